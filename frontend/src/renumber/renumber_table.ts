/** The table beside the map: old number, new number, what is wrong; rows move by handle or by buttons. */

import { h, required } from '../dom.ts';
import { numberText, type Row, type Section } from './order.ts';
import type { Line } from './renumber_api.ts';
import { RowDrag } from './row_drag.ts';

export interface TableActions {
  move(code: string, target: string): void;
  shift(code: string, by: 1 | -1): void;
  lookAt(code: string): void;
  hover(code: string | null): void;
  /** A drag is over, dropped or not. */
  released(): void;
}

const SIDE_TITLES = { right: '右侧', left: '左侧' } as const;

export class RenumberTable {
  private readonly table = required<HTMLTableElement>('#renumber-table');
  private readonly scroller = required<HTMLElement>('#renumber-scroll');
  private readonly drag: RowDrag;

  constructor(private readonly actions: TableActions) {
    const moved = (code: string, target: string): void => actions.move(code, target);
    this.drag = new RowDrag(this.table, this.scroller, moved, () => actions.released());
    this.table.addEventListener('click', (event) => this.onClick(event));
    this.table.addEventListener('pointerover', (event) => actions.hover(codeAt(event)));
    this.table.addEventListener('pointerleave', () => actions.hover(null));
    this.table.addEventListener('focusin', (event) => actions.hover(codeAt(event)));
  }

  /** The whole place, changed rows marked; `faults` by address code. */
  showOrder(sections: readonly Section[], movable: boolean, faults: ReadonlyMap<string, string>): void {
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['deed'] : undefined;
    const bodies = sections.map((section) => {
      const body = h('tbody', {});
      if (section.side) {
        const title = `${SIDE_TITLES[section.side]}（沿编号方向），${section.rows.length} 处`;
        body.append(h('tr', { class: 'side' }, h('th', { colspan: 5, scope: 'rowgroup' }, title)));
      }
      section.rows.forEach((row, index) => {
        body.append(this.orderRow(row, movable, index, section.rows.length, faults.get(row.door.code) ?? ''));
      });
      return body;
    });
    this.table.replaceChildren(head(movable), ...bodies);
    if (focused) this.table.querySelector<HTMLElement>(`[data-deed="${focused}"]`)?.focus();
  }

  private orderRow(row: Row, movable: boolean, index: number, count: number, fault: string): HTMLTableRowElement {
    const { door } = row;
    const remarks = [door.stage === 'draft' ? '草案' : '', door.rooms > 0 ? `${door.rooms} 户室` : ''].filter(Boolean);
    const old = movable
      ? h('button', { type: 'button', class: 'grip', tabindex: -1, 'aria-label': `拖动${door.number}`, title: '拖动改变次序' }, '⠿')
      : null;
    const attributes = { 'data-code': door.code, class: [row.changed && 'changed', fault && 'faulty'].filter(Boolean).join(' ') };
    return h(
      'tr',
      attributes,
      h('td', { class: 'hold' }, old),
      h('td', {}, door.number),
      h('td', { class: 'new' }, row.changed ? h('b', {}, numberText(row)) : '不变'),
      h('td', { class: 'remark' }, remarks.join('，'), fault ? h('span', { class: 'failure' }, fault) : null),
      h('td', { class: 'steps' }, ...(movable ? [step(door.code, -1, door.number, index === 0), step(door.code, 1, door.number, index === count - 1)] : [])),
    );
  }

  /** The changes of a kept plan. */
  showPlan(lines: readonly Line[]): void {
    const body = h('tbody', {});
    for (const line of lines) {
      const rooms = line.rooms.length > 0 ? `，${line.rooms.length} 户室` : '';
      const why = line.reasons.at(-1)?.text ?? '';
      body.append(
        h(
          'tr',
          { 'data-code': line.code, class: 'changed' },
          h('td', { class: 'hold' }),
          h('td', {}, line.old_number),
          h('td', { class: 'new' }, h('b', {}, line.new_number)),
          h('td', { class: 'remark', colspan: 2 }, `${line.new_text}${rooms}`, why ? h('span', { class: 'why' }, why) : null),
        ),
      );
    }
    this.table.replaceChildren(head(false), body);
  }

  clear(): void {
    this.drag.clear();
    this.table.replaceChildren();
  }

  /** A row is held just now. */
  get dragging(): boolean {
    return this.drag.busy;
  }

  setBusy(busy: boolean): void {
    this.table.toggleAttribute('inert', busy);
  }

  /** Marks the row of a door, and brings it into view on demand. */
  mark(code: string | null, reveal = false): void {
    for (const row of this.table.querySelectorAll('tr.marked')) row.classList.remove('marked');
    const row = code ? this.table.querySelector(`tr[data-code="${code}"]`) : null;
    row?.classList.add('marked');
    if (reveal) row?.scrollIntoView({ block: 'nearest' });
  }

  private onClick(event: MouseEvent): void {
    const code = codeAt(event);
    if (!code || !(event.target instanceof Element)) return;
    const by = event.target.closest<HTMLElement>('[data-by]')?.dataset['by'];
    if (by) this.actions.shift(code, by === '1' ? 1 : -1);
    else if (!event.target.closest('.grip')) this.actions.lookAt(code);
  }
}

function head(movable: boolean): HTMLTableSectionElement {
  const cells = ['', '原号', '新号', '说明', movable ? '移动' : ''];
  return h('thead', {}, h('tr', {}, ...cells.map((text) => h('th', { scope: 'col' }, text))));
}

function step(code: string, by: 1 | -1, number: string, disabled: boolean): HTMLButtonElement {
  const word = by < 0 ? '上移' : '下移';
  const attributes = { type: 'button', class: 'step', 'data-by': by, 'data-deed': `${code}/${by}`, disabled, 'aria-label': `${word}${number}` };
  return h('button', attributes, by < 0 ? '↑' : '↓');
}

function codeAt(event: Event): string | null {
  const row = event.target instanceof Element ? event.target.closest<HTMLElement>('tr[data-code]') : null;
  return row?.dataset['code'] ?? null;
}

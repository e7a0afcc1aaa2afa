/** The list at the left: a tab for each tray, applications with their deadline, more of them on demand. */

import { h, required } from '../dom.ts';
import { notify, sentence } from '../notice.ts';
import type { Application, CounterApi, Tray } from './counter_api.ts';
import { KIND_LABELS, TRAY_LABELS } from './counter_labels.ts';

const TRAYS: Tray[] = ['decision', 'approval', 'plate', 'done'];

export class CaseList {
  private readonly tabs = required<HTMLElement>('#counter-tabs');
  private readonly list = required<HTMLUListElement>('#counter-list');
  private tray: Tray = 'decision';
  private chosen: string | null = null;
  private turn = 0;

  constructor(
    private readonly api: CounterApi,
    private readonly choose: (id: string) => void,
  ) {
    this.tabs.append(...TRAYS.map((tray) => this.tab(tray)));
    this.tabs.addEventListener('keydown', (event) => this.walk(event, [...this.tabs.querySelectorAll('button')], 'ArrowLeft', 'ArrowRight'));
    this.list.addEventListener('keydown', (event) =>
      this.walk(event, [...this.list.querySelectorAll('button')], 'ArrowUp', 'ArrowDown'),
    );
  }

  /** Opens a tray and reads its first page. */
  async open(tray: Tray): Promise<void> {
    this.tray = tray;
    for (const tab of this.tabs.querySelectorAll<HTMLElement>('[role=tab]')) {
      const isOpen = tab.dataset['tray'] === tray;
      tab.setAttribute('aria-selected', String(isOpen));
      tab.tabIndex = isOpen ? 0 : -1;
    }
    await this.read(null);
  }

  /** Marks the application that is shown beside the list. */
  mark(id: string | null): void {
    this.chosen = id;
    for (const row of this.list.querySelectorAll<HTMLElement>('[data-id]')) this.markRow(row);
  }

  private tab(tray: Tray): HTMLElement {
    const tab = h('button', { type: 'button', role: 'tab', 'data-tray': tray, 'aria-controls': 'counter-list' }, TRAY_LABELS[tray]);
    tab.addEventListener('click', () => void this.open(tray));
    return tab;
  }

  private async read(cursor: string | null): Promise<void> {
    const turn = (this.turn += 1);
    if (cursor === null) this.list.replaceChildren(h('li', { class: 'nothing' }, '正在读取…'));
    try {
      const page = await this.api.list(this.tray, cursor);
      if (turn !== this.turn) return;
      if (cursor === null) this.list.replaceChildren();
      this.list.append(...page.items.map((item) => h('li', {}, this.row(item))));
      if (page.next_cursor !== null && page.items.length > 0) this.list.append(this.more(page.next_cursor));
      if (this.list.childElementCount === 0) this.list.append(h('li', { class: 'nothing' }, '这里没有申请'));
    } catch (error) {
      if (turn !== this.turn) return;
      notify(sentence(error), 'bad');
      if (cursor === null) this.list.replaceChildren(h('li', { class: 'nothing' }, '名单没有读到，请稍后再点一次上面的标签。'));
      else this.list.append(this.more(cursor));
    }
  }

  /** Opens the tray of an application that is not in the list shown. */
  reveal(card: Application): void {
    if (!this.list.querySelector(`[data-id="${card.id}"]`) && card.tray !== this.tray) void this.open(card.tray);
  }

  private row(item: Application): HTMLElement {
    const where = item.full_text ?? item.subject_text ?? `${item.village}${item.place === item.village ? '' : (item.place ?? '')} ${item.building_code ?? ''}`;
    const due = item.tray === 'done' ? item.received_on : `${item.due_on} 前`;
    const row = h(
      'button',
      { type: 'button', class: `case${item.overdue ? ' late' : ''}`, 'data-id': item.id },
      h('span', { class: 'case-head' }, h('b', {}, KIND_LABELS[item.kind]), h('span', { class: 'code' }, item.application_no)),
      h('span', { class: 'case-where' }, where),
      h('span', { class: 'case-due' }, item.overdue ? h('span', { class: 'tag stage-rejected' }, '逾期') : null, due),
    );
    row.addEventListener('click', () => this.choose(item.id));
    this.markRow(row);
    return row;
  }

  private markRow(row: HTMLElement): void {
    if (row.dataset['id'] === this.chosen) row.setAttribute('aria-current', 'true');
    else row.removeAttribute('aria-current');
  }

  private more(cursor: string): HTMLElement {
    const button = h('button', { type: 'button', class: 'quiet' }, '再显示一些');
    const row = h('li', {}, button);
    button.addEventListener('click', () => {
      row.remove();
      void this.read(cursor);
    });
    return row;
  }

  private walk(event: KeyboardEvent, buttons: HTMLButtonElement[], back: string, on: string): void {
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const next = event.key === on ? at + 1 : event.key === back ? at - 1 : -1;
    const button = at < 0 ? undefined : buttons[next];
    if (!button) return;
    event.preventDefault();
    button.focus();
    if (button.getAttribute('role') === 'tab') button.click();
  }
}

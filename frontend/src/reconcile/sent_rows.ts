/** Rows that reviewers sent to one's own villages: which address each means, or back. */

import { isOutdated } from '../api.ts';
import { h, required } from '../dom.ts';
import { notify, sentence } from '../notice.ts';
import type { ReconcileApi, Row } from './reconcile_api.ts';
import { coloured } from './row_view.ts';

export class SentRows {
  private rows: Row[] = [];
  private cursor: string | null = null;
  private busy = false;
  private readonly list = required<HTMLElement>('#sent-rows');

  constructor(private readonly api: ReconcileApi) {}

  async open(): Promise<void> {
    const page = await this.api.sent(null);
    [this.rows, this.cursor] = [page.items, page.next_cursor];
    this.draw();
  }

  forget(): void {
    this.rows = [];
    this.list.replaceChildren();
  }

  private async more(): Promise<void> {
    const page = await this.api.sent(this.cursor);
    this.rows.push(...page.items);
    this.cursor = page.next_cursor;
    this.draw();
  }

  private async answer(row: Row, code: string | null): Promise<void> {
    if (this.busy) return;
    if (code !== null && !/^\d{26}$/.test(code)) return notify('请填26位地址编码', 'bad');
    this.busy = true;
    try {
      await this.api.answer(row, code);
      this.rows = this.rows.filter((one) => one.id !== row.id);
      notify(code === null ? '已退回' : '已答复');
      this.draw();
    } catch (error) {
      notify(sentence(error), 'bad');
      if (isOutdated(error)) await this.open();
    } finally {
      this.busy = false;
    }
  }

  private draw(): void {
    required('#sent-count').textContent = this.rows.length ? `${this.rows.length}${this.cursor === null ? '' : '+'} 行` : '';
    const items = this.rows.map((row) => this.item(row));
    if (this.cursor !== null) items.push(h('li', {}, this.button('再列一些', () => this.more())));
    this.list.replaceChildren(...(items.length ? items : [h('li', { class: 'note' }, '没有等待核实的行。')]));
  }

  private item(row: Row): HTMLElement {
    const person = [row.name, row.under_14 ? '不满十四周岁' : row.id_no, row.book_no && `户号 ${row.book_no}`].filter(Boolean).join('　');
    const code = h('input', { inputmode: 'numeric', maxlength: '26', autocomplete: 'off', size: '28' });
    const given = h('label', {}, '地址编码', code);
    return h('li', {}, coloured(row), h('p', { class: 'person' }, person || '没有可用的号码'),
      h('ol', { class: 'candidates' }, ...row.candidates.slice(0, 5).map((one) =>
        h('li', {}, this.button('是这里', () => this.answer(row, one.address_code)), ' ', h('a', { href: `/#/address/${one.address_code}`, target: '_blank', rel: 'noopener' }, one.full_text)))),
      h('div', { class: 'review-bar' }, given, this.button('是这个编码', () => this.answer(row, code.value.trim())), this.button('查不到，退回', () => this.answer(row, null))));
  }

  private button(words: string, act: () => Promise<void>): HTMLElement {
    const made = h('button', { type: 'button', class: 'quiet small' }, words);
    made.addEventListener('click', () => void act().catch((error: unknown) => notify(sentence(error), 'bad')));
    return made;
  }
}

/** Review of one extract by keyboard: a list of rows, the chosen one beside it, decisions that others may have made first. */

import { isOutdated } from '../api.ts';
import { h, required } from '../dom.ts';
import { notify, sentence } from '../notice.ts';
import type { Decision, ReconcileApi, Row } from './reconcile_api.ts';
import { detail } from './row_view.ts';

export class Review {
  private rows: Row[] = [];
  private at = 0;
  private cursor: string | null = null;
  private last: number | null = null;
  private busy = false;
  private turn = 0;
  private query = '';
  private id = '';
  private readonly list = required<HTMLElement>('#rows');
  private readonly view = required<HTMLElement>('#row');

  constructor(
    private readonly api: ReconcileApi,
    private readonly changed: () => void,
  ) {
    document.addEventListener('keydown', (event) => this.press(event));
  }

  async open(id: string, query: string): Promise<void> {
    const turn = (this.turn += 1);
    this.view.replaceChildren();
    const page = await this.api.row(id, query, null);
    if (turn !== this.turn) return;
    [this.id, this.query, this.rows, this.cursor, this.at, this.last] = [id, query, page.items, page.next_cursor, 0, null];
    this.draw();
  }

  forget(): void {
    this.turn += 1;
    this.rows = [];
    this.list.replaceChildren();
    this.view.replaceChildren();
  }

  /** Decides on the row shown; a row that somebody else decided first is read anew and stays. */
  async decide(body: Decision, at = this.at): Promise<void> {
    const row = this.rows[at];
    if (!row || this.busy) return;
    this.busy = true;
    try {
      this.rows[at] = await this.api.decide(row, body);
      this.last = body.decision === 'undo' ? null : at;
      if (body.decision !== 'undo' && at === this.at) await this.move(1);
      this.changed();
    } catch (error) {
      notify(sentence(error), 'bad');
      if (isOutdated(error)) await this.readAgain(at);
    } finally {
      this.busy = false;
    }
    this.draw();
  }

  private async readAgain(at: number): Promise<void> {
    const row = this.rows[at];
    if (!row) return;
    const page = await this.api.row(this.id, '', before(this.rows[at]));
    const found = page.items.find((one) => one.id === row.id);
    if (found) this.rows[at] = found;
  }

  private async move(by: number): Promise<void> {
    if (this.at + by >= this.rows.length && this.cursor !== null) {
      const page = await this.api.row(this.id, this.query, this.cursor);
      this.rows.push(...page.items);
      this.cursor = page.next_cursor;
    }
    this.at = Math.min(Math.max(this.at + by, 0), Math.max(this.rows.length - 1, 0));
  }

  private press(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest('input, select, textarea, dialog') || this.rows.length === 0) return;
    if (event.key === 'Enter' && target.closest('a, button, summary')) return;
    const act = this.actOf(event.key);
    if (!act) return;
    event.preventDefault();
    void act().then(() => this.draw()).catch((error: unknown) => notify(sentence(error), 'bad'));
  }

  private actOf(key: string): (() => Promise<void>) | null {
    if (key === 'j' || key === 'ArrowDown') return () => this.move(1);
    if (key === 'k' || key === 'ArrowUp') return () => this.move(-1);
    if (key === 'Enter') return () => this.decide({ decision: 'accept' });
    if (key === 'v') return () => this.toVillage();
    if (key === 'p') return () => this.decide({ decision: 'park' });
    if (key === 'u') return () => this.undo();
    const choice = /^[1-5]$/.test(key) ? this.rows[this.at]?.candidates[Number(key) - 1] : undefined;
    return choice ? () => this.decide({ decision: 'choose', address_code: choice.address_code }) : null;
  }

  toVillage(): Promise<void> {
    const village = required<HTMLSelectElement>('#to-village').value;
    return this.decide(village === '' ? { decision: 'village' } : { decision: 'village', village_code: village });
  }

  /** Takes the last decision of this sitting back, or that of the row shown. */
  async undo(): Promise<void> {
    const at = this.last ?? this.at;
    if (this.rows[at]?.decision == null) return notify('没有可撤销的核定');
    this.at = at;
    await this.decide({ decision: 'undo' }, at);
  }

  private draw(): void {
    this.list.replaceChildren(...this.rows.map((row, n) => this.item(row, n)));
    const row = this.rows[this.at];
    required<HTMLElement>('#acts').hidden = !row;
    this.view.replaceChildren(...(row ? detail(row, (one) => void this.decide({ decision: 'choose', address_code: one.address_code })) : [h('p', { class: 'note' }, '没有这样的行。')]));
    this.list.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }

  private item(row: Row, n: number): HTMLElement {
    const button = h('button', { type: 'button', 'aria-current': n === this.at ? 'true' : null, class: row.decision === null ? '' : 'done' },
      h('span', { class: `tag ${row.outcome}` }, row.outcome_text), ` ${row.row_no} `, row.text ?? row.target?.full_text ?? '（已销毁）');
    button.addEventListener('click', () => {
      this.at = n;
      this.draw();
    });
    return h('li', {}, button);
  }
}

/** The cursor before a row: ids of an extract's rows follow each other. */
function before(row: Row | undefined): string | null {
  if (!row || row.row_no <= 1) return null;
  const hex = row.id.replaceAll('-', '');
  const bytes = hex.slice(0, 24) + (row.row_no - 1).toString(16).padStart(8, '0');
  const text = String.fromCharCode(...(bytes.match(/../g) ?? []).map((one) => parseInt(one, 16)));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

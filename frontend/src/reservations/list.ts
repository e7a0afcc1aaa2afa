/** The reservations by village, each with its state; choosing one opens its review. */

import { h, required } from '../dom.ts';
import type { Reservation } from './questions.ts';

const ALL = '';

export class ReservationList {
  private readonly village = required<HTMLSelectElement>('#reservation-village');
  private readonly note = required<HTMLElement>('#reservation-note');
  private readonly rows = required<HTMLElement>('#reservation-rows');
  private items: Reservation[] = [];

  constructor(private readonly choose: (reservation: Reservation) => void) {
    this.village.addEventListener('change', () => this.draw());
  }

  show(items: Reservation[], complete: boolean): void {
    this.items = items;
    const chosen = this.village.value;
    const villages = new Map(items.map((item) => [item.village_code ?? ALL, item.village ?? '未定']));
    const options = [...villages].sort().map(([code, name]) => h('option', { value: code }, name));
    this.village.replaceChildren(h('option', { value: ALL }, `全部（${items.length} 项预留）`), ...options);
    this.village.value = chosen;
    this.note.textContent = complete ? '' : '名单过长，只显示前一部分。';
    this.draw();
  }

  /** Brings the keyboard back to a row. */
  focus(id: string): void {
    this.rows.querySelector<HTMLElement>(`[data-id="${id}"]`)?.focus();
  }

  say(text: string): void {
    this.note.textContent = text;
  }

  private draw(): void {
    const shown = this.items.filter((item) => this.village.value === ALL || item.village_code === this.village.value);
    const groups = new Map<string, Reservation[]>();
    for (const item of shown) groups.set(item.village ?? '未定', [...(groups.get(item.village ?? '未定') ?? []), item]);
    const blocks = [...groups].map(([name, items]) =>
      h('section', {}, h('h3', {}, name), h('ul', { class: 'reservation-rows' }, ...items.map((item) => this.row(item)))),
    );
    const none = shown.length === 0 && this.items.length > 0 ? h('p', { class: 'note' }, '这个村没有预留。') : null;
    this.rows.replaceChildren(...(none ? [none] : blocks));
  }

  private row(item: Reservation): HTMLLIElement {
    const [kind, word] = stateOf(item);
    const title = item.plan_no === null ? `${item.place} 超宽间距` : item.purpose;
    const button = h(
      'button',
      { type: 'button', class: 'reservation-row' },
      h('span', { class: 'reservation-name' }, title, h('small', { class: 'soft' }, facts(item))),
      h('span', { class: `tag reserved-${kind}` }, word),
    );
    button.dataset['id'] = item.id;
    button.addEventListener('click', () => this.choose(item));
    return h('li', {}, button);
  }
}

function facts(item: Reservation): string {
  const until = item.expires_on === null ? '' : ` · 至 ${item.expires_on}`;
  return `${item.place} · 预留 ${item.numbers.length} · 在用 ${item.issued}${until}`;
}

/** A class and a word: overdue goes before all, time alone changes nothing. */
export function stateOf(item: Reservation): ['released' | 'overdue' | 'issued' | 'active', string] {
  if (item.stage === 'released') return ['released', '已释放'];
  if (item.expires_on !== null && item.expires_on < today()) return ['overdue', '逾期'];
  if (item.numbers.length === 0) return ['issued', '已用尽'];
  return ['active', '预留中'];
}

/** Today's date where the register is kept. */
export function today(): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date());
}

/** 21-27、30: runs of ones, or of twos by side, whichever says it shorter; as on the map. */
export function inRuns(numbers: readonly number[]): string {
  const sides = [0, 1].flatMap((parity) => runs(numbers.filter((number) => number % 2 === parity), 2));
  const whole = runs(numbers, 1);
  return (sides.length < whole.length ? sides : whole).join('、');
}

function runs(numbers: readonly number[], step: number): string[] {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const last = found[found.length - 1];
    if (last && number === last[1] + step) last[1] = number;
    else found.push([number, number]);
  }
  return found.map(([low, high]) => (low === high ? String(low) : `${low}-${high}`));
}

/** The form of a decision on a reservation; what is typed stays while the review beside it changes. */

import { h } from '../dom.ts';
import { Refusal } from '../refusal.ts';
import { today } from './list.ts';
import type { Grounds, Reservation, Review } from './questions.ts';

export interface DecisionActions {
  apply(grounds: Grounds): void;
  release(grounds: Grounds): void;
  extend(grounds: Grounds, expiresOn: string): void;
}

const DAY_MS = 86_400_000;

export class DecisionForm {
  readonly node = h('form', { class: 'decision', 'aria-label': '决定' });
  private readonly decree = h('input', { id: 'decision-decree', type: 'text', required: true, pattern: '.*\\S.*', maxlength: 200, autocomplete: 'off', placeholder: '如 童政发〔2026〕12号' });
  private readonly reason = h('input', { id: 'decision-reason', type: 'text', required: true, pattern: '.*\\S.*', maxlength: 500, autocomplete: 'off' });
  private readonly until = h('input', { id: 'decision-until', type: 'date' });
  private readonly apply = h('button', { type: 'button', class: 'primary' }, '按核对结果变更');
  private readonly extend = h('button', { type: 'button', class: 'quiet' }, '延期');
  private readonly release = h('button', { type: 'button', class: 'quiet danger' });
  private readonly refusal = new Refusal({
    'decree-missing': this.decree,
    decree_no: this.decree,
    'reason-missing': this.reason,
    reason: this.reason,
    'expiry-not-later': this.until,
    expires_on: this.until,
  });
  private readonly parts = h('fieldset', { class: 'decision-parts' });

  constructor(actions: DecisionActions) {
    this.apply.addEventListener('click', () => this.given((grounds) => actions.apply(grounds)));
    this.extend.addEventListener('click', () => this.given((grounds) => actions.extend(grounds, this.until.value), true));
    this.release.addEventListener('click', () => this.given((grounds) => actions.release(grounds)));
    this.parts.append(
      h('h3', {}, '决定'),
      h('label', { class: 'field', for: 'decision-decree' }, '文号'),
      this.decree,
      h('label', { class: 'field', for: 'decision-reason' }, '理由'),
      this.reason,
      this.refusal.node,
      this.apply,
      h('div', { class: 'tools' }, h('label', { class: 'until', for: 'decision-until' }, '延至'), this.until, this.extend),
      h('div', { class: 'tools' }, this.release),
    );
    this.node.append(this.parts);
    this.node.addEventListener('submit', (event) => event.preventDefault());
    this.node.addEventListener('input', () => this.refusal.clear());
  }

  /** What may be decided about a reservation as it now stands. */
  suit(reservation: Reservation, review: Review | null): void {
    this.apply.hidden = !review?.changes;
    this.release.textContent = `释放余下 ${reservation.numbers.length} 个号`;
    this.release.disabled = reservation.numbers.length === 0;
    const last = [today(), reservation.expires_on ?? ''].sort().at(-1)!;
    this.until.min = new Date(Date.parse(last) + DAY_MS).toISOString().slice(0, 10);
  }

  clear(): void {
    this.node.reset();
    this.refusal.clear();
  }

  /** Nothing can be pressed while something is sent. */
  setBusy(busy: boolean): void {
    this.parts.disabled = busy;
    this.node.setAttribute('aria-busy', String(busy));
  }

  /** Says why nothing was written, and leads to the field that it is about. */
  refuse(error: unknown, more = ''): void {
    this.refusal.tell(error, more);
  }

  private given(act: (grounds: Grounds) => void, withDay = false): void {
    this.until.required = withDay;
    const complete = this.node.reportValidity();
    this.until.required = false;
    if (complete) act({ decree_no: this.decree.value.trim(), reason: this.reason.value.trim() });
  }
}

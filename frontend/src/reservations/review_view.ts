/** One reservation: its plan beside it, number by number; below it stands the form of the decision. */

import { h } from '../dom.ts';
import { fact } from '../panel/parts.ts';
import { inRuns, stateOf } from './list.ts';
import type { Moment } from './picture.ts';
import type { Measure, Reservation, Review, SiteNumber } from './questions.ts';

export interface ReviewActions {
  back(): void;
  measure(by: Measure): void;
  look(moment: Moment): void;
  lookAt(one: SiteNumber): void;
}

const STATE_WORDS = { reserved: '预留', issued: '在用', gap: '间距预留' } as const;
const FIELD_WORDS = { holder: '建设单位', expires_on: '到期日' } as const;

/** Everything about one reservation; `review` is null for numbers kept for an over-wide gap. */
export function reviewView(
  reservation: Reservation,
  review: Review | null,
  by: Measure,
  moment: Moment,
  decision: HTMLElement,
  actions: ReviewActions,
): HTMLElement[] {
  const back = h('button', { type: 'button', class: 'quiet small' }, '← 返回名单');
  back.addEventListener('click', () => actions.back());
  const [kind, word] = stateOf(reservation);
  const title = h('h2', { class: 'review-title', tabindex: -1 }, review?.name ?? `${reservation.place} 超宽间距`);
  const head = h('div', { class: 'review-head' }, title, h('span', { class: `tag reserved-${kind}` }, word));
  const parts: HTMLElement[] = [back, head, facts(reservation, review)];
  if (review) parts.push(...comparison(review, by, moment, actions));
  if (reservation.stage === 'active') parts.push(decision);
  return parts;
}

function facts(reservation: Reservation, review: Review | null): HTMLElement {
  return h(
    'dl',
    { class: 'facts' },
    ...fact('地名', `${reservation.village ?? ''}${reservation.place}`),
    ...fact('计划编号', reservation.plan_no),
    ...fact('建设单位', reservation.holder),
    ...fact('预留文号', reservation.decree_no),
    ...fact('预留至', reservation.expires_on),
    ...fact('预留号', inRuns(reservation.numbers)),
    ...fact('已编', `${reservation.issued} 个`),
    ...fact('规划现需', review ? `${review.needed} 个（${review.needed_why}）` : null),
  );
}

function comparison(review: Review, by: Measure, moment: Moment, actions: ReviewActions): HTMLElement[] {
  const notes = review.notes.map((note) => h('li', {}, note.text));
  const amendments = review.amendments.map((one) =>
    h('li', {}, `${FIELD_WORDS[one.field]}：${one.before || '无'} → ${one.after}`),
  );
  const moves = review.add + review.give_up > 0 ? `增 ${review.add} 个，释放 ${review.give_up} 个` : '号不变，只改下列事项';
  const sum = review.changes ? moves : '预留与规划一致';
  return [
    h('section', {}, h('h3', {}, '按规划核对'), measures(review, by, actions), h('p', { class: 'count' }, sum)),
    h('ul', { class: 'plain review-notes' }, ...notes, ...amendments),
    moments(moment, actions),
    table(review, actions),
  ];
}

function measures(review: Review, by: Measure, actions: ReviewActions): HTMLElement | null {
  if (review.frontage === null) return null;
  const button = (value: Measure, text: string): HTMLButtonElement => {
    const made = h('button', { type: 'button', class: 'quiet small', 'data-deed': value, 'aria-pressed': by === value }, text);
    made.addEventListener('click', () => actions.measure(value));
    return made;
  };
  return h(
    'div',
    { class: 'tools' },
    button('planned', '按规划户数'),
    button('frontage', `按临街宽度（${review.frontage} 个）`),
  );
}

function moments(moment: Moment, actions: ReviewActions): HTMLElement {
  const button = (value: Moment, text: string): HTMLButtonElement => {
    const made = h('button', { type: 'button', class: 'quiet small', 'data-deed': value, 'aria-pressed': moment === value }, text);
    made.addEventListener('click', () => actions.look(value));
    return made;
  };
  return h('div', { class: 'tools', role: 'group', 'aria-label': '图上显示' }, button('before', '图上看现状'), button('after', '图上看变更后'));
}

function table(review: Review, actions: ReviewActions): HTMLElement {
  const head = h('tr', {}, ...['号', '现状', '变更后', '理由'].map((name) => h('th', { scope: 'col' }, name)));
  const rows = review.numbers.map((one) => {
    const number = h('button', { type: 'button', class: 'number-link' }, one.number);
    number.addEventListener('click', () => actions.lookAt(one));
    const before = one.before ? STATE_WORDS[one.before] : '—';
    const after = one.after ? STATE_WORDS[one.after] : '释放';
    return h(
      'tr',
      { class: changeOf(one) },
      h('th', { scope: 'row' }, number),
      h('td', {}, before),
      h('td', {}, after),
      h('td', { class: 'soft' }, one.why),
    );
  });
  return h('div', { class: 'review-scroll' }, h('table', { class: 'review-table' }, h('thead', {}, head), h('tbody', {}, ...rows)));
}

function changeOf(one: SiteNumber): string {
  if (one.after === null) return 'is-gone';
  return one.before === null || one.before === 'gap' ? 'is-added' : '';
}

/** What a text leads to: today's address or addresses, how sure that is, and by which chain. */

import { h } from '../dom.ts';
import { label } from '../labels.ts';
import type { Holder, Line, Outcome, Resolution, Step, Target, VillageFate } from './history_api.ts';
import { DOUBT_LABELS, EVENT_LABELS, noteText, SOURCE_LABELS, spanText } from './history_words.ts';
import { linkTo } from './location.ts';

const OUTCOME_WORDS: Record<Outcome, (answer: Resolution) => string> = {
  resolved: () => '今天是下面这个地址。',
  ambiguous: ({ targets }) => `不能确定，可能是下面${targets.length > 1 ? `这 ${targets.length} 个地址之一` : '这个地址'}，须人工判断。`,
  gone: () => '这个地址已经注销，没有后继。',
  village: () => '没有查到这一户，只查到所在的村。',
  unknown: () => '没有这个地址的记载。请核对文字，或换一个日期。',
};

export function resolutionView(answer: Resolution, text: string): HTMLElement[] {
  const shown = new Set(answer.targets.map((one) => one.code));
  const others = answer.holds_then.filter((one) => !shown.has(one.code));
  return [
    h('header', { class: 'history-head' }, h('h2', {}, text), h('p', { class: 'soft' }, answer.on ? `按 ${answer.on} 的写法查` : '没有写日期，各个时期的写法都查')),
    h('p', { class: `history-outcome outcome-${answer.outcome}`, role: 'status', 'data-outcome': answer.outcome }, OUTCOME_WORDS[answer.outcome](answer)),
    ...(answer.read_as ? [h('p', { class: 'soft' }, `原文字没有记载，按“${answer.read_as}”查得。`)] : []),
    ...doubts(answer.doubts),
    ...block('今天的地址', answer.targets.map(target)),
    ...block('沿革', answer.lines.map(line)),
    ...block('所在的村', answer.villages.map(village)),
    ...block('今天用这个写法的是', others.map(target)),
    ...block('别的日期用过这个写法的', answer.elsewhen.map((one) => h('li', {}, holder(one)))),
  ];
}

function block(name: string, items: readonly HTMLElement[]): HTMLElement[] {
  if (items.length === 0) return [];
  return [h('section', { class: 'history-more' }, h('h3', {}, name), h('ul', { class: 'history-plain' }, ...items))];
}

function doubts(codes: readonly string[]): HTMLElement[] {
  if (codes.length === 0) return [];
  return [h('ul', { class: 'history-doubts', 'aria-label': '不能确定的原因' }, ...codes.map((code) => h('li', { 'data-doubt': code }, label(DOUBT_LABELS, code))))];
}

function target(one: Target): HTMLElement {
  return h('li', { class: 'history-target' }, h('a', { href: linkTo({ address: one.code }) }, one.full_text), h('span', { class: 'soft' }, `${one.village}，${spanText(one)}`));
}

function holder(one: Holder): HTMLElement {
  return h(
    'p',
    { class: 'history-holder' },
    h('a', { href: linkTo({ address: one.code }) }, one.text),
    h('span', { class: 'soft' }, `${label(SOURCE_LABELS, one.source)}，${spanText(one)}`),
  );
}

function line(one: Line): HTMLElement {
  const more: string[] = [];
  if (one.targets.length > 1) more.push(`一分为 ${one.targets.length}`);
  if (one.ended.length > 0) more.push(`${one.ended.length} 个到此注销`);
  return h(
    'li',
    { class: 'history-chain' },
    holder(one),
    ...chain(one.via_division, '经由所在的村'),
    ...chain(one.steps, '这个地址经过'),
    more.length > 0 && h('p', { class: 'history-ended' }, more.join('，')),
  );
}

function chain(steps: readonly Step[], name: string): HTMLElement[] {
  if (steps.length === 0) return [];
  return [h('p', { class: 'history-via' }, `${name}：`), h('ol', { class: 'history-steps', 'aria-label': name }, ...steps.map(step))];
}

function step(one: Step): HTMLElement {
  const groups = one.groups.length > 0 && h('span', {}, `随之划转：${one.groups.join('、')}`);
  const after = one.after && one.after !== one.before && h('a', { href: linkTo({ address: one.after }) }, '到哪个地址');
  return h(
    'li',
    { 'data-kind': one.kind },
    h('span', { class: 'history-day' }, one.on),
    h('span', { class: 'tag' }, label(EVENT_LABELS, one.kind)),
    one.share === 'part' && '部分',
    one.decree_no && h('span', { class: 'history-decree' }, one.decree_no),
    groups,
    after,
    one.note && h('span', { class: 'soft' }, noteText(one.note)),
  );
}

function village(one: VillageFate): HTMLElement {
  const became = one.became.filter((other) => other.name !== one.name || one.became.length > 1);
  return h(
    'li',
    { class: 'history-chain' },
    h('p', { class: 'history-holder' }, h('a', { href: linkTo({ division: one.id }) }, one.name), h('span', { class: 'soft' }, spanText(one))),
    became.length > 0 &&
      h('p', { class: 'history-kin' }, '今天是：', ...became.flatMap((other, index) => [index > 0 ? '、' : '', h('a', { href: linkTo({ code: other.code }) }, other.name)])),
    ...chain(one.steps, '这个村经过'),
  );
}

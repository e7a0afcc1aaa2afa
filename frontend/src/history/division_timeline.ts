/** The life of a village: events with their decrees, codes and names, who came before and after. */

import { h } from '../dom.ts';
import { label } from '../labels.ts';
import type { DivisionHistory, DivisionVersion, Happening, Kin } from './history_api.ts';
import { dayAfter, dayInChina, DIVISION_KIND_LABELS, spanText } from './history_words.ts';
import { linkFromHere, linkTo } from './location.ts';
import { daysOf, type Entry, eventRow, timeline } from './timeline.ts';

const BEFORE_WORDS: Record<string, string> = { merge: '并入本村', split: '析自' };
const AFTER_WORDS: Record<string, string> = { merge: '并入', split: '析出' };

export function divisionTimeline(history: DivisionHistory): HTMLElement[] {
  const days = daysOf([
    ...history.events.map((event) => event.effective_on),
    ...history.versions.map((version) => version.valid_from),
    ...history.versions.flatMap((version) => version.valid_to ?? []),
  ]);
  return [head(history), timeline(days.map((day) => entry(history, day)), '村沿革')];
}

function head(history: DivisionHistory): HTMLElement {
  const last = history.versions.at(-1);
  if (!last) return h('header', { class: 'history-head' });
  const state = last.valid_to ? h('span', { class: 'tag stage-retired' }, `${last.valid_to} 起不再存在`) : h('span', { class: 'tag stage-current' }, '现行');
  return h(
    'header',
    { class: 'history-head' },
    h('h2', {}, last.name),
    h('p', { class: 'history-facts' }, state, h('span', { class: 'code' }, last.code), h('span', {}, label(DIVISION_KIND_LABELS, last.kind)), last.parent && h('span', {}, last.parent)),
    ...formerNames(history.versions, last),
    ...kinLine(history.predecessors, '由来'),
    ...kinLine(history.successors, '去向'),
  );
}

function formerNames(versions: readonly DivisionVersion[], last: DivisionVersion): HTMLElement[] {
  const former = new Map<string, DivisionVersion[]>();
  for (const one of versions) if (one.name !== last.name) former.set(one.name, [...(former.get(one.name) ?? []), one]);
  if (former.size === 0) return [];
  const words = [...former].map(([name, own]) => `${name}（${spanText({ valid_from: own[0]!.valid_from, valid_to: own.at(-1)!.valid_to })}）`);
  return [h('p', { class: 'history-former' }, `曾用名：${words.join('、')}`)];
}

function kinLine(kin: readonly Kin[], word: string): HTMLElement[] {
  if (kin.length === 0) return [];
  return [h('p', { class: 'history-kin' }, `${word}：`, ...kin.flatMap((one, index) => [index > 0 ? '、' : '', link(one)]))];
}

function link(one: Kin): HTMLElement {
  return h('a', { href: linkTo({ division: one.id }) }, one.name ?? one.code ?? '没有名称的区划');
}

function entry(history: DivisionHistory, on: string | null): Entry {
  const index = history.versions.findIndex((version) => version.valid_from === on);
  const starts = history.versions[index];
  const ended = !starts && history.versions.some((version) => version.valid_to === on);
  const events = history.events.filter((event) => event.effective_on === on);
  return {
    on,
    content: [
      ...events.flatMap((event) => told(history, event, Boolean(starts) || ended)),
      ...(starts ? changes(history.versions[index - 1], starts) : []),
      ended ? h('p', { class: 'history-ended' }, '至此终止') : null,
      on && ((starts && index > 0) || ended || has(history.predecessors, on)) ? compare(on) : null,
    ],
  };
}

/** How much went this way: the share of the land and the groups that left whole, as far as they are on record. */
function partText(one: Kin): string {
  const land = one.area_share === null ? '' : `，约占面积 ${Math.round(one.area_share * 1000) / 10}%`;
  return `部分${land}${one.groups.length > 0 ? `，含${one.groups.join('、')}` : ''}`;
}

/** A boundary that changed nothing from its day on was drawn for what had been so all along. */
function told(history: DivisionHistory, event: Happening, isTurn: boolean): HTMLElement[] {
  const word = event.kind === 'boundary' && !isTurn ? '补登界线' : null;
  const row = (one: Kin, words: Record<string, string>, other: string): HTMLElement =>
    h('p', { class: 'history-kin' }, `${words[one.kind] ?? other}：`, link(one), one.share === 'part' && h('span', { class: 'soft' }, partText(one)));
  return [
    eventRow(event, word),
    ...history.predecessors.filter((one) => one.event_id === event.id).map((one) => row(one, BEFORE_WORDS, '承接')),
    ...history.successors.filter((one) => one.event_id === event.id).map((one) => row(one, AFTER_WORDS, '由此承接')),
  ];
}

function changes(before: DivisionVersion | undefined, now: DivisionVersion): HTMLElement[] {
  const since = dayInChina(new Date(now.recorded_at));
  const known = since === now.valid_from ? null : h('p', { class: 'soft history-known' }, `${since} 登记`);
  if (!before) return [h('p', { class: 'history-reads' }, h('strong', {}, now.name), h('span', { class: 'code' }, now.code)), ...(known ? [known] : [])];
  const facts: [string, string | null, string | null][] = [
    ['名称', before.name, now.name],
    ['统计代码', before.code, now.code],
    ['民政代码', before.code_mca, now.code_mca],
    ['性质', label(DIVISION_KIND_LABELS, before.kind), label(DIVISION_KIND_LABELS, now.kind)],
    ['所属', before.parent, now.parent],
  ];
  const changed = facts.filter(([, was, is]) => was !== is);
  return [
    ...changed.map(([name, was, is]) => h('p', { class: 'history-reads' }, `${name}：${was ?? '无'} → `, h('strong', {}, is ?? '无'))),
    ...(known ? [known] : []),
  ];
}

function has(kin: readonly Kin[], on: string): boolean {
  return kin.some((one) => one.effective_on === on);
}

function compare(on: string): HTMLElement {
  return h('p', {}, h('a', { class: 'history-days', href: linkFromHere({ left: dayAfter(on, -1), right: on }) }, '对照这一天前后的图'));
}

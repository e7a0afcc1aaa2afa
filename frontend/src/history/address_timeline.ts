/** The life of one address: what it read when, what happened by which decree, who came before and after. */

import { h } from '../dom.ts';
import { ADDRESS_STAGE_LABELS, label } from '../labels.ts';
import type { AddressHistory, AddressVersion, Relative, Span } from './history_api.ts';
import { dayInChina, EVENT_LABELS, SOURCE_LABELS, spanText } from './history_words.ts';
import { linkTo } from './location.ts';
import { daysOf, type Entry, eventRow, timeline } from './timeline.ts';

export function addressTimeline(history: AddressHistory): HTMLElement[] {
  const known = history.versions.filter((version) => version.recorded_to === null);
  const latest = known.at(-1) ?? history.versions.at(-1);
  const days = daysOf([
    ...history.events.map((event) => event.effective_on),
    ...known.map((version) => version.valid_from),
    ...[...history.predecessors, ...history.successors].map((one) => one.effective_on),
  ]);
  return [head(history, latest), timeline(days.map((day) => entry(history, known, day)), '地址沿革'), ...aliases(history)];
}

function head(history: AddressHistory, latest: AddressVersion | undefined): HTMLElement {
  const village = latest && h('a', { href: linkTo({ code: latest.village_code, on: latest.valid_from }) }, latest.village);
  const door = history.door_code && h('a', { href: linkTo({ address: history.door_code }) }, '所属门');
  return h(
    'header',
    { class: 'history-head' },
    h('h2', {}, latest?.full_text ?? history.code),
    h(
      'p',
      { class: 'history-facts' },
      latest && h('span', { class: `tag stage-${latest.stage}` }, label(ADDRESS_STAGE_LABELS, latest.stage)),
      h('span', { class: 'code' }, history.code),
      village,
      door,
      latest?.stage === 'current' && h('a', { href: `/#/address/${history.code}` }, '在地图上看'),
    ),
  );
}

function entry(history: AddressHistory, known: readonly AddressVersion[], on: string | null): Entry {
  const events = history.events.filter((event) => event.effective_on === on);
  const kin = (list: readonly Relative[], word: string): HTMLElement[] =>
    list.filter((one) => one.effective_on === on).map((one) => relative(one, word));
  return {
    on,
    content: [
      ...events.map((event) => eventRow(event)),
      ...known.filter((version) => version.valid_from === on).flatMap((version) => [reading(version), ...corrected(history, version)]),
      ...kin(history.predecessors, '前身'),
      ...kin(history.successors, '后继'),
    ],
  };
}

function reading(version: AddressVersion): HTMLElement {
  const since = dayInChina(new Date(version.recorded_from));
  const later = since !== version.valid_from && h('span', { class: 'soft' }, `${since} 登记`);
  return h(
    'p',
    { class: 'history-reads' },
    h('strong', {}, version.full_text),
    h('span', { class: 'soft' }, spanText(version)),
    version.stage !== 'current' && h('span', { class: `tag stage-${version.stage}` }, label(ADDRESS_STAGE_LABELS, version.stage)),
    later,
  );
}

/** What the register said of the same time before it knew better; a version that only ended early is no correction. */
function corrected(history: AddressHistory, version: AddressVersion): HTMLElement[] {
  const wrong = history.versions.filter(
    (one) => one.recorded_to !== null && one.stage !== 'draft' && one.full_text !== version.full_text && covers(version, one),
  );
  return wrong.map((one) =>
    h(
      'p',
      { class: 'history-corrected' },
      `更正前登记为「${one.full_text}」（${dayInChina(new Date(one.recorded_from))} 登记，${dayInChina(new Date(one.recorded_to ?? ''))} 更正）`,
    ),
  );
}

function covers(version: Span, old: Span): boolean {
  const first = old.valid_from ?? '';
  return (version.valid_from ?? '') <= first && (version.valid_to === null || first < version.valid_to);
}

function relative(one: Relative, word: string): HTMLElement {
  return h(
    'p',
    { class: 'history-kin' },
    `${word}：`,
    h('a', { href: linkTo({ address: one.code }) }, one.full_text),
    h('span', { class: 'soft' }, `${label(EVENT_LABELS, one.kind)}${one.share === 'part' ? '，部分' : ''}`),
  );
}

function aliases(history: AddressHistory): HTMLElement[] {
  if (history.aliases.length === 0) return [];
  const items = history.aliases.map((one) =>
    h('li', {}, h('strong', {}, one.text), h('span', { class: 'soft' }, `${label(SOURCE_LABELS, one.kind)}，${spanText(one)}`)),
  );
  return [h('section', { class: 'history-more' }, h('h3', {}, '别的写法'), h('ul', { class: 'history-plain' }, ...items))];
}

/** A life as a list of days, the oldest first. */

import { h } from '../dom.ts';
import { label } from '../labels.ts';
import type { Happening } from './history_api.ts';
import { EVENT_LABELS, noteText } from './history_words.ts';

export interface Entry {
  /** Null where nobody knows since when. */
  on: string | null;
  content: (Node | null)[];
}

export function timeline(entries: readonly Entry[], name: string): HTMLOListElement {
  const items = entries.map((entry) =>
    h('li', { class: 'history-entry', 'data-day': entry.on }, h('p', { class: 'history-day' }, entry.on ?? '始于何日不详'), ...entry.content),
  );
  return h('ol', { class: 'history-line', 'aria-label': name }, ...items);
}

/** What happened, by which decree; `word` where it was not what its kind says. */
export function eventRow(event: Pick<Happening, 'kind' | 'decree_no' | 'note'> & Partial<Pick<Happening, 'attachments'>>, word: string | null = null): HTMLElement {
  return h(
    'p',
    { class: 'history-event' },
    h('span', { class: 'tag', 'data-kind': event.kind }, word ?? label(EVENT_LABELS, event.kind)),
    event.decree_no && h('span', { class: 'history-decree' }, event.decree_no),
    event.note && h('span', { class: 'soft' }, noteText(event.note)),
    ...(event.attachments ?? []).map((one) => h('a', { href: `/api/v1/attachments/${encodeURIComponent(one.id)}`, download: one.filename }, one.filename)),
  );
}

/** The days on which anything is to be told, the unknown one first. */
export function daysOf(days: Iterable<string | null>): (string | null)[] {
  return [...new Set(days)].sort((one, other) => (one ?? '').localeCompare(other ?? ''));
}

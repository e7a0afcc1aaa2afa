/** One suggestion: the address with what was typed marked in it, and why it is listed. */

import type { SearchItem } from '../api.ts';
import { h } from '../dom.ts';
import { ADDRESS_STAGE_LABELS, label } from '../labels.ts';
import { markMatches } from './highlight.ts';

export function optionOf(item: SearchItem, index: number, typed: string): HTMLLIElement {
  const stage = item.stage === 'current' ? null : h('span', { class: 'tag' }, label(ADDRESS_STAGE_LABELS, item.stage));
  return h(
    'li',
    { id: `search-option-${index}`, role: 'option', 'aria-selected': 'false', 'data-index': index },
    h('span', { class: 'option-number' }, item.number),
    h('span', { class: 'option-text' }, ...markMatches(item.full_text, marked(item, typed)), h('small', { class: 'soft' }, ...why(item, typed))),
    stage,
  );
}

/** What of the full text answers to what was typed. */
function marked(item: SearchItem, typed: string): string {
  if (item.field === 'initials') return item.form;
  return item.field === 'text' || item.field === 'number' || item.field === 'near' ? typed : '';
}

function why(item: SearchItem, typed: string): (Node | string)[] {
  if (item.field === 'former') return [h('span', { class: 'was' }, '原'), ' ', ...markMatches(item.form, typed), ` · ${item.match}`];
  if (item.field === 'initials') return [`${typed.trim()} → ${item.form} · ${item.match}`];
  if (item.field === 'code') return [...markMatches(item.code, typed), ` · ${item.match}`];
  return [item.match];
}

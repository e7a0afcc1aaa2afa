/** What an act would do: texts before and after, who succeeds whom, plates and households. */

import { h } from '../dom.ts';
import type { Outlook } from './acts_api.ts';

export function outlookView(found: Outlook): HTMLElement[] {
  const rows = found.readings.map((one) => {
    const days = one.valid_from || one.valid_to ? `${one.valid_from ?? '原先'} 起${one.valid_to ? `，${one.valid_to} 止` : ''}` : '';
    const next = one.stage === 'retired' ? h('span', { class: 'tag stage-retired' }, '注销') : one.before === one.after ? '全称不变' : one.after;
    return h('li', {}, h('span', { class: 'was' }, one.before ?? '（新地址）'), h('span', { class: 'arrow', 'aria-hidden': true }, ' → '), next, days ? h('small', {}, days) : null);
  });
  const lines = found.successors.map((one) => h('li', {}, `${one.predecessor} 由 ${one.successor} 承接${one.share === 'part' ? '（部分）' : ''}`));
  const day = found.effective_on ? `自 ${found.effective_on} 起：` : '';
  return [
    h('p', { class: 'price' }, `${day}失效或重制门牌 ${found.plates} 块，涉及 ${found.households ?? 0} 户`),
    ...found.notes.map((text) => h('p', { class: 'failure' }, text)),
    rows.length ? h('ul', { class: 'readings' }, ...rows) : h('p', { class: 'note' }, '全称都不变。'),
    ...(lines.length ? [h('h3', {}, '承接'), h('ul', { class: 'readings' }, ...lines)] : []),
  ];
}

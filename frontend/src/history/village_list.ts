/** The villages of a town as a way in, those that have ended too. */

import { h } from '../dom.ts';
import type { ListedDivision } from './history_api.ts';
import { dayAfter } from './history_words.ts';
import { linkTo } from './location.ts';

export function villageList(villages: readonly ListedDivision[]): HTMLElement[] {
  const standing = villages.filter((one) => one.valid_to === null);
  const ended = villages.filter((one) => one.valid_to !== null);
  return [
    h('p', { class: 'note' }, '查一个旧地址今天在哪里，或选一个村看它的来龙去脉。'),
    ...group(`现有的村（社区） ${standing.length}`, standing),
    ...group(`已终止的 ${ended.length}`, ended),
  ];
}

function group(name: string, villages: readonly ListedDivision[]): HTMLElement[] {
  if (villages.length === 0) return [];
  const items = villages.map((one) =>
    h('li', {}, h('a', { href: linkTo({ division: one.id }) }, one.name), one.valid_to && h('span', { class: 'soft' }, `至 ${dayAfter(one.valid_to, -1)}`)),
  );
  return [h('section', { class: 'history-more' }, h('h3', {}, name), h('ul', { class: 'history-villages' }, ...items))];
}

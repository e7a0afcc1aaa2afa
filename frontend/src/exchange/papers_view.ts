/** Papers of households that show an old address: to re-issue, issued, collected; heads come masked. */

import { h, required } from '../dom.ts';
import { notify } from '../notice.ts';
import type { OfficeApi, Paper } from './office_api.ts';
import { failed, PagedList, rowActor } from './paged_list.ts';

const day = (moment: string | null): string => (moment ? new Date(moment).toLocaleDateString('zh-CN') : '');

/** Opens the list where the account may see it; what it gives reads it anew. */
export function openPapers(calls: OfficeApi, words: Record<string, string>): () => Promise<void> {
  if (!document.querySelector('#office-papers')) return async () => undefined;
  const state = required<HTMLSelectElement>('#paper-state');
  state.append(...Object.entries(words).map(([value, name]) => h('option', { value }, name)));
  state.value = 'to_reissue';
  const list: PagedList<Paper> = new PagedList('papers', '没有证件。', (cursor) => calls.papers(state.value, cursor), draw);

  async function refresh(): Promise<void> {
    required<HTMLAnchorElement>('#papers-export').href = `/api/v1/papers/export?state=${encodeURIComponent(state.value)}`;
    const [progress] = await Promise.all([calls.progress(), list.list()]);
    const villages = new Map<string, Record<string, number>>();
    for (const one of progress.items) {
      const counts = villages.get(one.village) ?? {};
      counts[one.state] = (counts[one.state] ?? 0) + one.papers;
      villages.set(one.village, counts);
    }
    const told = [...villages].map(([name, counts]) => `${name}：` + Object.keys(words).filter((key) => counts[key]).map((key) => `${words[key]} ${counts[key]}`).join('，'));
    required('#papers-progress').textContent = told.join('　') || '还没有须换发的证件。';
  }

  function draw(one: Paper): HTMLElement {
    const next = one.state === 'to_reissue' ? ['issued', '记为已办好'] : one.state === 'issued' ? ['collected', '记为已领取'] : null;
    const done = [one.issued_at && `${day(one.issued_at)} ${one.issued_by} 办好`, one.collected_at && `${day(one.collected_at)} ${one.collected_by} 发出`].filter(Boolean).join('　');
    const button = next && rowActor(next[1] ?? '', async () => {
      await calls.advance(one, next[0] ?? '');
      notify('已记录');
    }, refresh, true);
    return h('li', {},
      h('span', {}, `${one.village}　户号 ${one.book_no ?? '无'}　户主 ${one.head ?? '无'}　${one.kind_text} ${one.copies} 份 `, h('span', { class: `tag ${one.state}` }, one.state_text)),
      h('small', {}, `${one.old_text} → ${one.new_text}${done ? `　${done}` : ''}`),
      button && h('div', { class: 'buttons' }, button));
  }

  state.addEventListener('change', () => void refresh().catch(failed));
  void refresh().catch(failed);
  return refresh;
}

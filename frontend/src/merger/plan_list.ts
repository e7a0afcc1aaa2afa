/** All plans with their states, the newest first. */

import { h } from '../dom.ts';
import type { PlanItem } from './merger_api.ts';
import { dayInChina, stateName } from './merger_words.ts';

/** The list, with what waits for somebody on top. */
export function planList(plans: readonly PlanItem[], isComplete: boolean, open: (id: string) => void): HTMLElement {
  if (plans.length === 0) return h('p', { class: 'nothing' }, '还没有区划变更方案。');
  const newest = [...plans].reverse();
  const waiting = newest.filter((plan) => plan.stage === 'draft');
  const settled = newest.filter((plan) => plan.stage !== 'draft');
  return h(
    'div',
    { class: 'merger-lists' },
    section('待批准', waiting, open),
    section('已办结', settled, open),
    isComplete ? null : h('p', { class: 'note' }, '方案很多，只列出了较早的一部分。'),
  );
}

function section(name: string, plans: readonly PlanItem[], open: (id: string) => void): HTMLElement | null {
  if (plans.length === 0) return null;
  return h('section', {}, h('h2', {}, `${name}（${plans.length}）`), h('ul', { class: 'merger-plans' }, ...plans.map((plan) => item(plan, open))));
}

function item(plan: PlanItem, open: (id: string) => void): HTMLLIElement {
  const kind = plan.kind === 'merge' ? '合并' : '拆分';
  const left = plan.undecided > 0 ? `，${plan.undecided} 处重名未定` : '';
  const button = h(
    'button',
    { type: 'button', class: 'merger-plan', 'data-plan': plan.id },
    h('span', { class: 'merger-plan-title' }, h('strong', {}, plan.title), h('span', { class: `tag stage-${plan.stage}` }, stateName(plan))),
    h('span', { class: 'soft' }, `${kind}，自 ${plan.effective_on} 起${left}；${plan.drawn_by} ${dayInChina(new Date(plan.created_at))} 拟定`),
  );
  button.addEventListener('click', () => open(plan.id));
  return h('li', {}, button);
}

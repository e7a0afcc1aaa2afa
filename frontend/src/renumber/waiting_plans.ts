/** The plans that wait for a decision, shown while no place is chosen. */

import { h, required } from '../dom.ts';
import { dayInChina } from './deeds_view.ts';
import type { PlanItem } from './renumber_api.ts';

export class WaitingPlans {
  private readonly box = required<HTMLElement>('#renumber-waiting');

  constructor(private readonly choose: (plan: PlanItem) => void) {}

  hide(): void {
    this.box.hidden = true;
    this.box.replaceChildren();
  }

  /** Those that have waited longest first; `complete` is false when the list was cut. */
  show(plans: readonly PlanItem[], complete: boolean): void {
    const title = h('h2', {}, plans.length > 0 ? `待批准的方案（${plans.length}）` : '没有待批准的改号方案');
    const rows = plans.map((plan) => h('li', {}, this.row(plan)));
    const cut = complete ? null : h('p', { class: 'note' }, '方案过多，只列出前一部分。');
    this.box.replaceChildren(title, ...(cut ? [cut] : []), h('ul', {}, ...rows));
    this.box.hidden = false;
  }

  private row(plan: PlanItem): HTMLButtonElement {
    const where = plan.place === plan.village ? plan.village : `${plan.village}${plan.place}`;
    const facts = `${plan.summary.doors} 个门牌号 · ${plan.drawn_by} ${dayInChina(new Date(plan.created_at))} 拟定`;
    const row = h(
      'button',
      { type: 'button', class: 'waiting-plan' },
      h('b', {}, where),
      h('span', {}, plan.title),
      h('small', { class: 'soft' }, facts),
    );
    row.addEventListener('click', () => this.choose(plan));
    return row;
  }
}

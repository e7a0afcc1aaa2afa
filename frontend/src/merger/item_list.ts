/** What a plan does to the things of one kind: a count that unfolds into pages of a list. */

import { h } from '../dom.ts';
import { ADDRESS_STAGE_LABELS, label, PLATE_STAGE_LABELS, USE_LABELS } from '../labels.ts';
import { sentence } from '../notice.ts';
import { type Affected, mergerApi, type Plan } from './merger_api.ts';
import { STATE_LABELS } from './merger_words.ts';

const SUBJECTS: readonly [subject: string, count: string, name: string, unit: string][] = [
  ['places', 'places', '地名（组、街路巷、自然村）', '处'],
  ['addresses', 'addresses', '标准地址', '条'],
  ['numbers', 'numbers', '门牌号', '个'],
  ['plates', 'plates', '门牌', '块'],
  ['parcels', 'parcels', '宗地', '宗'],
  ['buildings', 'buildings', '建筑', '栋'],
  ['lanes', 'lanes', '村道小路', '条'],
  ['reservations', 'reservations', '预留号', '项'],
  ['construction_plans', 'construction_plans', '建设规划', '项'],
  ['applications', 'applications', '未办结的申请', '件'],
];

/** All kinds with their counts; those with none cannot be unfolded. */
export function itemLists(plan: Plan): HTMLElement {
  const { counts } = plan.summary;
  return h('div', { class: 'merger-items' }, ...SUBJECTS.map(([subject, count, name, unit]) => one(plan.id, subject, name, `${counts[count] ?? 0} ${unit}`, (counts[count] ?? 0) > 0)));
}

function one(plan: string, subject: string, name: string, count: string, hasAny: boolean): HTMLElement {
  const head = [h('span', {}, name), h('strong', {}, count)];
  if (!hasAny) return h('div', { class: 'merger-none', 'data-subject': subject }, ...head);
  const body = h('div', { class: 'merger-item-body' });
  const details = h('details', { 'data-subject': subject }, h('summary', {}, ...head), body);
  details.addEventListener('toggle', () => {
    if (details.open && body.childElementCount === 0) new Pages(plan, subject, body).more();
  });
  return details;
}

class Pages {
  private readonly list = h('ul', { class: 'merger-affected' });
  private readonly button = h('button', { type: 'button', class: 'quiet small' });
  private cursor: string | null = null;

  constructor(
    private readonly plan: string,
    private readonly subject: string,
    private readonly body: HTMLElement,
  ) {
    body.append(this.list, this.button);
    this.button.addEventListener('click', () => this.more());
  }

  more(): void {
    this.button.disabled = true;
    this.button.hidden = false;
    this.button.textContent = '正在读取…';
    void this.read();
  }

  private async read(): Promise<void> {
    try {
      const page = await mergerApi.items(this.plan, this.subject, this.cursor);
      this.cursor = page.next_cursor;
      this.list.append(...page.items.map((item) => row(item, this.subject)));
      this.button.hidden = this.cursor === null;
      this.button.textContent = '再看 50 条';
      if (this.list.childElementCount === 0) this.body.replaceChildren(h('p', { class: 'note' }, this.subject === 'plates' ? '旧牌都已列为换发，没有仍在用的。' : '没有记录。'));
    } catch (error) {
      this.button.textContent = `${sentence(error)} 重试`;
    }
    this.button.disabled = false;
  }
}

function row(item: Affected, subject: string): HTMLLIElement {
  const state = item.state ? h('span', { class: 'tag' }, stateName(item.state, subject)) : null;
  if (item.before === null || item.after === null) return h('li', {}, h('span', {}, item.label || '（无名）'), state);
  const isSame = item.before === item.after;
  const after = isSame ? null : h('span', { class: 'merger-after' }, item.after);
  const code = subject === 'addresses' ? h('span', { class: 'code soft' }, item.label) : null;
  return h('li', { class: 'merger-change' }, h('span', { class: isSame ? '' : 'merger-before' }, item.before), after, h('span', { class: 'merger-line' }, code, state));
}

function stateName(state: string, subject: string): string {
  if (subject === 'buildings') return label(USE_LABELS, state);
  if (subject === 'plates') return label(PLATE_STAGE_LABELS, state);
  return STATE_LABELS[state] ?? label(ADDRESS_STAGE_LABELS, state);
}

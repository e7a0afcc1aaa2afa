/** Step four: what the change costs in plates and money, and how many households it touches. */

import { h } from '../dom.ts';
import type { Plan } from './merger_api.ts';

export function priceStep(plan: Plan): HTMLElement[] {
  const { summary } = plan;
  const { counts } = summary;
  const figures = h('dl', { class: 'figures' });
  const add = (name: string, value: string): void => {
    figures.append(h('div', {}, h('dt', {}, name), h('dd', {}, value)));
  };
  add('改写全称的地址', `${counts['addresses'] ?? 0} 条`);
  add('其中改门牌号', `${counts['renumbered'] ?? 0} 个`);
  add('户数（按户室推算）', `${counts['dwellings'] ?? 0} 户`);
  add('须重制门牌', `${summary.plate_count} 块`);
  add('现场完好的旧牌', `${counts['wall_plates'] ?? 0} 块`);
  add('费用', money(summary.cost_yuan));
  const note = plan.stage === 'draft' && summary.undecided > 0 ? h('p', { class: 'merger-left' }, `还有 ${summary.undecided} 处重名未决定，以下数字会随决定而变。`) : null;
  return [note, figures, plates(plan), h('p', { class: 'note' }, '地址编码不变，门牌上的二维码继续有效；旧的全称作为曾用名保留，按旧写法仍能查到。')].filter((node) => node !== null);
}

function plates(plan: Plan): HTMLElement {
  const { plates: lines } = plan.summary;
  if (lines.length === 0) return h('p', {}, '现有门牌都不必重制。');
  const head = h('tr', {}, ...['门牌', '块数', '单价', '费用'].map((text) => h('th', { scope: 'col' }, text)));
  const rows = lines.map((line) => h('tr', {}, h('th', { scope: 'row' }, line.label), h('td', {}, String(line.count)), h('td', {}, money(line.unit_price)), h('td', {}, money(line.cost))));
  return h('table', { class: 'merger-table' }, h('thead', {}, head), h('tbody', {}, ...rows));
}

export function money(yuan: number | null): string {
  return yuan === null ? '未设单价' : `${yuan.toFixed(2)} 元`;
}

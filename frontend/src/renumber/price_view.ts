/** What a renumbering would cost, in words and figures. */

import { ApiError } from '../api.ts';
import { h, required } from '../dom.ts';
import { sentence } from '../notice.ts';
import type { Price } from './renumber_api.ts';

const CYCLES_SHOWN = 6;

export class PriceView {
  private readonly box = required<HTMLElement>('#renumber-price');

  wait(): void {
    this.box.classList.add('waiting');
  }

  clear(): void {
    this.box.classList.remove('waiting');
    this.box.replaceChildren();
  }

  fail(error: unknown): void {
    this.box.classList.remove('waiting');
    const errors = error instanceof ApiError ? error.errors : [];
    const items = errors.map((one) => h('li', {}, one.message));
    this.box.replaceChildren(h('p', { class: 'failure' }, sentence(error)), h('ul', { class: 'plain' }, ...items));
  }

  show(price: Price): void {
    this.box.classList.remove('waiting');
    this.box.replaceChildren(figures(price), ...warnings(price));
  }
}

function figures(price: Price): HTMLDListElement {
  const list = h('dl', { class: 'figures' });
  const add = (name: string, value: string, kind = ''): void => {
    list.append(h('div', { class: kind }, h('dt', {}, name), h('dd', {}, value)));
  };
  add('改动门牌号', `${price.doors} 个`);
  add('户数（按户室推算）', `${price.dwellings} 户`);
  add('须重制门牌', price.plates.length > 0 ? price.plates.map((p) => `${p.label} ${p.count} 块`).join('、') : '无');
  if (price.wall_plates > 0) add('失效的完好旧牌', `${price.wall_plates} 块`);
  add('费用', price.cost_yuan === null ? '未设单价' : `${price.cost_yuan.toFixed(2)} 元`);
  add('次序与单双号', order(price), trend(price));
  return list;
}

function order(price: Price): string {
  if (price.faults_before === null || price.faults_after === null) return '无中心线，未检查';
  if (price.faults_before === price.faults_after) return `${price.faults_after} 处问题，不变`;
  return `${price.faults_before} → ${price.faults_after} 处问题`;
}

function trend(price: Price): string {
  const change = (price.faults_after ?? 0) - (price.faults_before ?? 0);
  return change > 0 ? 'worse' : change < 0 ? 'better' : '';
}

function warnings(price: Price): HTMLElement[] {
  const notes: HTMLElement[] = [];
  const add = (text: string, isBad = false): void => {
    notes.push(h('p', { class: isBad ? 'failure' : 'note' }, text));
  };
  if (price.cycles.length > 0) {
    const more = price.cycles.length > CYCLES_SHOWN ? ` 等 ${price.cycles.length} 组` : '';
    add(`轮换：${price.cycles.slice(0, CYCLES_SHOWN).join('；')}${more}`);
  }
  if (price.retired.length > 0) add(`改后注销：${price.retired.join('、')}`);
  if (price.reclaimed.length > 0) add(`重新启用已注销的号：${price.reclaimed.join('、')}`);
  for (const homonym of price.homonyms) add(`重名：“${homonym.text}”已是地址 ${homonym.code} 的全称，不能执行`, true);
  for (const finding of price.findings) add(finding.text);
  return notes;
}

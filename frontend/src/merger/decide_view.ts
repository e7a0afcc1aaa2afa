/** Step five: approve under a decree or drop; afterwards what was done, and the way back by a split. */

import { h } from '../dom.ts';
import { itemLists } from './item_list.ts';
import type { Plan, Undo } from './merger_api.ts';
import { dayInChina, obstacles, story, villagesOf } from './merger_words.ts';
import { labelled } from './village_form.ts';

export interface DecideActions {
  commit(decree: string): void;
  drop(): void;
  again(): void;
  undo(undo: Undo): void;
  open(id: string): void;
}

export interface Rights {
  name: boolean;
  approve: boolean;
  /** The account's name, as plans say who drew them. */
  who: string;
}

export function decideView(plan: Plan, rights: Rights, actions: DecideActions): HTMLElement[] {
  if (plan.stage === 'committed') return doneView(plan, rights, actions);
  const told = h('p', { class: 'merger-story' }, story(plan));
  if (plan.stage === 'dropped') return [told];
  return [told, readiness(plan), decision(plan, rights, actions), tools(rights, actions)].filter((node) => node !== null);
}

function readiness(plan: Plan): HTMLElement {
  const found = obstacles(plan);
  if (found.length === 0) return h('p', { class: 'merger-clear' }, '核对通过，重名都已决定，可以提请批准。');
  return h('div', {}, h('p', { class: 'merger-left' }, '还不能执行：'), h('ul', { class: 'merger-findings' }, ...found.map((text) => h('li', { class: 'merger-bad' }, text))));
}

function decision(plan: Plan, rights: Rights, actions: DecideActions): HTMLElement | null {
  if (!rights.approve) return h('p', { class: 'note' }, '方案已保存，待县级主管部门凭文号批准执行。');
  if (plan.drawn_by === rights.who) return h('p', { class: 'note' }, '方案由本人拟定，须由另一位经办人批准。');
  const decree = h('input', { type: 'text', required: true, maxlength: 200, placeholder: '如 平政函〔2026〕21号' });
  const submit = h('button', { type: 'submit', class: 'primary', disabled: !plan.can_commit }, '批准执行');
  const words = `自 ${plan.effective_on} 起，${plan.summary.counts['addresses'] ?? 0} 条地址改写全称。要么全部完成，要么一条不改。`;
  const form = h('form', { class: 'merger-form' }, labelled('批准文号', decree), h('p', { class: 'note' }, words), submit);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (plan.can_commit && decree.value.trim()) actions.commit(decree.value.trim());
  });
  return form;
}

function tools(rights: Rights, actions: DecideActions): HTMLElement | null {
  if (!rights.name) return null;
  const again = button('重新试算', () => actions.again());
  const drop = button('作废', () => actions.drop());
  return h('div', { class: 'tools' }, again, drop);
}

function doneView(plan: Plan, rights: Rights, actions: DecideActions): HTMLElement[] {
  const { summary } = plan;
  const ends = villagesOf(summary, 'ends');
  const words = plan.kind === 'merge' ? `${ends.join('、')}已并入${summary.target.name}。` : `已设${summary.target.name}。`;
  const counts = `${summary.counts['places'] ?? 0} 处地名、${summary.counts['addresses'] ?? 0} 条地址已改属${summary.target.name}；地址编码都没有变。`;
  const lists = h('section', {}, h('h2', {}, '办了什么'), h('p', {}, `${words}${counts}`), itemLists(plan));
  return [h('p', { class: 'merger-story' }, story(plan)), related(plan, actions), lists, rights.name ? undoing(plan, actions) : null].filter((node) => node !== null);
}

function related(plan: Plan, actions: DecideActions): HTMLElement | null {
  const links = plan.undone_by.map((id, index) => button(`查看恢复方案${plan.undone_by.length > 1 ? index + 1 : ''}`, () => actions.open(id)));
  if (plan.undoes) links.push(button('查看原合并方案', () => actions.open(plan.undoes ?? '')));
  return links.length > 0 ? h('div', { class: 'tools' }, ...links) : null;
}

/** The form that draws the split; the merger stays on record. */
function undoing(plan: Plan, actions: DecideActions): HTMLElement | null {
  const ended = plan.summary.villages.filter((village) => village.part === 'ends');
  if (plan.kind !== 'merge' || plan.undone_by.length >= ended.length) return null;
  const today = dayInChina(new Date());
  const which = h('select', {}, ...ended.map((village) => h('option', { value: village.id }, village.name)));
  const from = h('input', { type: 'date', required: true, value: today, min: plan.effective_on, max: today });
  const code = h('input', { type: 'text', inputmode: 'numeric', pattern: '[0-9]{12}', maxlength: 12, title: '12 位数字', placeholder: '缺省为旧村的代码' });
  const form = h(
    'form',
    { class: 'merger-form' },
    labelled('恢复哪个村', which),
    h('div', { class: 'pair' }, labelled('恢复生效日期', from), labelled('村级代码', code)),
    h('button', { type: 'submit', class: 'quiet' }, '拟定恢复方案'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const own = code.value.trim();
    actions.undo({ restores: which.value, effective_on: from.value, ...(own ? { code: own } : {}) });
  });
  const words = '合并有误或另有决定时，用一个拆分方案把旧村的地名和地址划出来，恢复原名；合并的记录仍然保留。恢复方案同样须经批准。';
  return h('details', { class: 'merger-undo' }, h('summary', {}, '恢复旧村（拆分）'), h('p', { class: 'note' }, words), form);
}

function button(text: string, act: () => void): HTMLButtonElement {
  const made = h('button', { type: 'button', class: 'quiet' }, text);
  made.addEventListener('click', act);
  return made;
}

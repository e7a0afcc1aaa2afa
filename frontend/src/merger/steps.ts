/** The steps of the assistant, as a row of buttons that says where one is. */

import { h } from '../dom.ts';
import type { Plan } from './merger_api.ts';

export type Step = 'villages' | 'check' | 'collisions' | 'price' | 'decide';

const NAMES: readonly [Step, string][] = [
  ['villages', '选村'],
  ['check', '核对'],
  ['collisions', '重名'],
  ['price', '费用'],
  ['decide', '批准'],
];

/** The step of that name, where a kept plan has one. */
export function stepOf(name: string | null): Step | null {
  return NAMES.find(([step]) => step === name && step !== 'villages')?.[0] ?? null;
}

/** The way back and on, at the foot of a step. */
export function stepsOn(current: Step, plan: Plan, go: (step: Step) => void): HTMLElement {
  const open: Step[] = NAMES.slice(1).map(([step]) => step);
  const at = open.indexOf(current);
  const button = (step: Step | undefined, kind: string, word: string): HTMLButtonElement | null => {
    if (!step) return null;
    const made = h('button', { type: 'button', class: kind }, `${word}：${nameOf(step, plan)}`);
    made.addEventListener('click', () => go(step));
    return made;
  };
  return h('div', { class: 'merger-foot' }, button(open[at - 1], 'quiet', '上一步'), button(open[at + 1], 'quiet merger-next', '下一步'));
}

function nameOf(step: Step, plan: Plan | null): string {
  if (step === 'decide' && plan && plan.stage !== 'draft') return '结果';
  return NAMES.find(([one]) => one === step)?.[1] ?? '';
}

/** Without a plan only the first step can be taken; of a kept plan it is over. */
export function drawSteps(box: HTMLElement, current: Step, plan: Plan | null, go: (step: Step) => void): void {
  box.hidden = false;
  const items = NAMES.map(([step], index) => {
    const isDone = plan !== null && step === 'villages';
    const isOpen = plan === null ? step === current : !isDone;
    const mark = step === 'collisions' && plan && plan.undecided > 0 ? h('span', { class: 'merger-mark', title: '未决定的重名' }, String(plan.undecided), h('span', { class: 'offscreen' }, ' 处未决定')) : null;
    const number = h('span', { class: 'merger-step-no', 'aria-hidden': true }, isDone ? '✓' : String(index + 1));
    const button = h('button', { type: 'button', 'data-step': step, disabled: !isOpen, 'aria-current': step === current && 'step' }, number, nameOf(step, plan), mark);
    button.addEventListener('click', () => go(step));
    return h('li', {}, button);
  });
  box.replaceChildren(h('ol', {}, ...items));
}

/** What may be done next: keep or redraw what is on the table, decide on a plan that is kept, take one back. */

import { h, required } from '../dom.ts';
import type { Plan } from './renumber_api.ts';

export interface Deeds {
  redraw(): void;
  reset(): void;
  keep(title: string): void;
  drop(): void;
  undo(): void;
  continueFrom(): void;
  commit(decree: string, from: string): void;
}

export interface Rights {
  number: boolean;
  approve: boolean;
}

const STAGES = { draft: '草案', committed: '已执行', dropped: '已作废' } as const;

/** The parts that change while a plan is made; the field of the title stays, with what is being typed into it. */
interface Editing {
  keep: HTMLButtonElement;
  reset: HTMLButtonElement;
}

export class DeedsView {
  private readonly box = required<HTMLFieldSetElement>('#renumber-deeds');
  private editing: Editing | null = null;

  constructor(
    private readonly deeds: Deeds,
    private readonly rights: Rights,
  ) {}

  clear(): void {
    this.editing = null;
    this.box.replaceChildren();
  }

  /** Nothing can be pressed while something is sent. */
  setBusy(busy: boolean): void {
    this.box.disabled = busy;
    this.box.setAttribute('aria-busy', String(busy));
  }

  /** Brings the keyboard to what was decided. */
  focus(): void {
    this.box.querySelector<HTMLElement>('.facts-line')?.focus();
  }

  /** Says below everything why a deed was refused; stays until something else is shown. */
  refuse(text: string): void {
    this.box.querySelector('.refusal')?.remove();
    this.box.append(h('p', { class: 'failure refusal' }, text));
  }

  /** While a plan is made: `changes` doors would move. */
  showEditing(changes: number): void {
    this.editing ??= this.startEditing();
    this.box.querySelector('.refusal')?.remove();
    const { keep, reset } = this.editing;
    keep.textContent = changes > 0 ? `保存方案（${changes} 处）` : '尚未改动';
    keep.disabled = reset.disabled = changes === 0;
  }

  private startEditing(): Editing {
    const name = h('input', { type: 'text', id: 'renumber-title', maxlength: 200, placeholder: '方案名称，可不填', 'aria-label': '方案名称' });
    const keep = h('button', { type: 'submit', class: 'primary' });
    const form = h('form', { class: 'keep' }, name, keep);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.deeds.keep(name.value);
    });
    const redraw = button('重新编排整处', () => this.deeds.redraw());
    const reset = button('还原', () => this.deeds.reset());
    this.box.replaceChildren(h('div', { class: 'tools' }, redraw, reset), form);
    return { keep, reset };
  }

  showPlan(plan: Plan): void {
    this.editing = null;
    const facts = h('p', { class: 'facts-line', tabindex: -1 }, h('span', { class: `tag stage-${plan.stage}` }, STAGES[plan.stage]), ` ${story(plan)}`);
    const tools = h('div', { class: 'tools' });
    if (this.rights.number && plan.stage === 'draft') tools.append(button('作废', () => this.deeds.drop()));
    if (this.rights.number && plan.stage === 'committed' && !plan.undone_by) tools.append(button('撤销（另拟撤销方案）', () => this.deeds.undo()));
    if (this.rights.number && plan.stage === 'draft' && !plan.undoes) tools.append(button('以此为基础另拟', () => this.deeds.continueFrom()));
    const decide = plan.stage === 'draft' && this.rights.approve ? this.decision() : null;
    const wait = plan.stage === 'draft' && !this.rights.approve ? h('p', { class: 'note' }, '方案已保存，待县级主管部门凭文号批准执行。') : null;
    this.box.replaceChildren(facts, tools, ...[decide, wait].filter((node) => node !== null));
  }

  private decision(): HTMLFormElement {
    const decree = h('input', { type: 'text', required: true, maxlength: 200, placeholder: '如 平民地〔2026〕9号', 'aria-label': '批准文号' });
    const from = h('input', { type: 'date', required: true, value: today(), max: today(), 'aria-label': '生效日期' });
    const form = h('form', { class: 'keep' }, decree, from, h('button', { type: 'submit', class: 'primary' }, '批准执行'));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.deeds.commit(decree.value, from.value);
    });
    return form;
  }
}

function story(plan: Plan): string {
  const drawn = `${plan.drawn_by}拟定`;
  const decided = plan.decree_no ? `，${plan.decided_by ?? ''}批准，${plan.decree_no}，自 ${plan.effective_on ?? ''} 起生效` : '';
  const undone = plan.undone_by ? '，已被撤销' : '';
  return `${plan.title}：${drawn}${decided}${undone}`;
}

function button(text: string, act: () => void): HTMLButtonElement {
  const made = h('button', { type: 'button', class: 'quiet' }, text);
  made.addEventListener('click', act);
  return made;
}

function today(): string {
  return dayInChina(new Date());
}

/** The date where the register is kept. */
export function dayInChina(moment: Date): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(moment);
}

/** How a plan is called in the list of plans. */
export function planName(plan: { title: string; stage: keyof typeof STAGES; created_at: string }): string {
  return `${plan.title}（${STAGES[plan.stage]}，${dayInChina(new Date(plan.created_at))}）`;
}

/** What a clerk decides on an application that waits: the number, the room, the reason. */

import { h } from '../dom.ts';
import { Refusal } from '../refusal.ts';
import { planName } from '../renumber/deeds_view.ts';
import { renumberApi } from '../renumber/renumber_api.ts';
import type { ApplicationCard, Candidate, Decision } from './counter_api.ts';
import type { SiteMap } from './site_map.ts';

export interface DecisionActions {
  decide(decision: Decision): void;
  withdraw(note: string): void;
  close(note: string): void;
}

const ACCEPT_WORDS = { new_house: '同意编号', split_household: '同意分户', lost_plate: '同意补发', correction: '同意更正' } as const;

export class DecisionForm {
  readonly node: HTMLFormElement;
  private readonly note = h('textarea', { id: 'decision-note', rows: 2, maxlength: 500 });
  private readonly room = h('input', { id: 'decision-room', type: 'text', maxlength: 20, placeholder: '如 2室' });
  private readonly main = h('input', { id: 'decision-main', type: 'number', min: 1, max: 99999 });
  private readonly sub = h('input', { id: 'decision-sub', type: 'number', min: 0, max: 999 });
  private readonly plan = h('select', { id: 'decision-plan' }, h('option', { value: '' }, '不附'));
  readonly refusal: Refusal;

  constructor(
    private readonly card: ApplicationCard,
    private readonly site: SiteMap,
    private readonly actions: DecisionActions,
  ) {
    const accept = h('button', { type: 'submit', class: 'primary' }, ACCEPT_WORDS[card.kind]);
    accept.disabled = card.kind === 'new_house' && card.candidates.length === 0;
    this.refusal = new Refusal({
      'reason-missing': this.note,
      note: this.note,
      room_label: this.room,
      'wanted-number-missing': this.main,
      number: this.main,
      renumbering_plan_id: this.plan,
    });
    this.node = h(
      'form',
      { class: 'decision', autocomplete: 'off' },
      h('h3', {}, '核定'),
      ...this.choices(),
      h('label', { class: 'field' }, '说明或理由', this.note),
      this.refusal.node,
      h('div', { class: 'actions' }, accept, this.button('不予办理', () => this.refuse()), ...this.others()),
    );
    this.node.addEventListener('input', () => this.refusal.clear());
    this.node.addEventListener('submit', (event) => {
      event.preventDefault();
      actions.decide(this.acceptance());
    });
  }

  private choices(): HTMLElement[] {
    const { card } = this;
    if (card.kind === 'new_house') return [this.candidates()];
    if (card.kind === 'split_household') return this.splitChoices();
    if (card.kind === 'correction') return this.numberFields();
    return [];
  }

  private splitChoices(): HTMLElement[] {
    this.room.value = this.card.room_label;
    return [
      h('label', { class: 'field' }, '在原门牌下编户室', this.room),
      h('p', { class: 'note' }, '不填户室则另编门牌，须写明理由：'),
      this.candidates(),
    ];
  }

  private numberFields(): HTMLElement[] {
    const wanted = /^(\d+)号(?:附(\d+))?/.exec(this.card.wanted ?? '');
    this.main.value = wanted?.[1] ?? '';
    this.sub.value = wanted?.[2] ?? '';
    return [
      h('div', { class: 'pair' }, h('label', { class: 'field' }, '应为门牌号', this.main), h('label', { class: 'field' }, '附号', this.sub)),
      h('label', { class: 'field' }, '改号方案', this.plan),
      this.planHint(),
    ];
  }

  /** Where a plan is drawn that does what is asked; those drawn already are offered. */
  private planHint(): HTMLElement {
    const { place_id: place } = this.card;
    if (!place) return h('p', { class: 'note' }, '房屋尚未归入组或街路，不能附改号方案。');
    void this.offerPlans(place);
    return h('p', { class: 'note' }, '改号须先有方案：', h('a', { href: `/renumber?place=${place}`, target: '_blank' }, '到改号页拟定'), '。');
  }

  private async offerPlans(place: string): Promise<void> {
    const plans = await renumberApi.plans(place).catch(() => ({ items: [] }));
    const live = plans.items.filter((plan) => plan.stage !== 'dropped').reverse();
    this.plan.append(...live.map((plan) => h('option', { value: plan.id }, planName(plan))));
  }

  private candidates(): HTMLElement {
    const { card } = this;
    const problem = card.candidates_problem;
    if (problem) return h('p', { class: 'failure', role: 'alert' }, problem.title);
    const list = h('fieldset', { class: 'candidates' }, h('legend', {}, '可选门牌号'));
    list.append(...card.candidates.map((one, index) => this.candidate(one, index)));
    list.addEventListener('change', () => this.site.sign(this.chosen()?.number ?? ''));
    return list;
  }

  private candidate(one: Candidate, index: number): HTMLElement {
    const between = [one.after && `前 ${one.after}`, one.before && `后 ${one.before}`].filter(Boolean).join(' · ');
    return h(
      'label',
      { class: 'candidate' },
      h('input', { type: 'radio', name: 'candidate', value: String(index), checked: index === 0 }),
      h('span', { class: 'option-number' }, one.number),
      h(
        'span',
        { class: 'why' },
        h('span', { class: 'soft' }, between),
        !one.in_order && h('span', { class: 'tag stage-draft' }, '次序不顺'),
        one.overflow && h('span', { class: 'tag stage-draft' }, '超出规划'),
        h('span', {}, one.reasons.map((reason) => reason.text).join('；')),
      ),
    );
  }

  /** The candidate that is ticked. */
  chosen(): Candidate | undefined {
    const ticked = this.node.querySelector<HTMLInputElement>('[name=candidate]:checked');
    return ticked ? this.card.candidates[Number(ticked.value)] : undefined;
  }

  private acceptance(): Decision {
    const note = this.note.value.trim();
    const room = this.room.value.trim();
    if (this.card.kind === 'split_household' && room !== '') return { accept: true, note, room_label: room };
    if (this.card.kind === 'correction') return { accept: true, note, ...this.correction() };
    const chosen = this.chosen();
    return { accept: true, note, ...(chosen ? { number: { main: chosen.main, sub: chosen.sub } } : {}) };
  }

  private correction(): Partial<Decision> {
    const main = Number(this.main.value);
    const plan = this.plan.value.trim();
    return { ...(main > 0 ? { number: { main, sub: Number(this.sub.value) } } : {}), ...(plan ? { renumbering_plan_id: plan } : {}) };
  }

  private others(): HTMLElement[] {
    const withdraw = this.button('撤回', () => this.actions.withdraw(this.note.value.trim()));
    if (this.card.kind !== 'correction') return [withdraw];
    return [this.button('直接办结', () => this.actions.close(this.note.value.trim())), withdraw];
  }

  private refuse(): void {
    const note = this.note.value.trim();
    if (note === '') return this.refusal.say('不予办理须说明理由', this.note);
    this.actions.decide({ accept: false, note });
  }

  private button(name: string, act: () => void): HTMLElement {
    const button = h('button', { type: 'button', class: 'quiet' }, name);
    button.addEventListener('click', act);
    return button;
  }
}

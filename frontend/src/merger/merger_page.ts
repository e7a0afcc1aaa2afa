/** `/mergers`: the list of plans, the form of a new one, or one plan step by step, beside the map before and after. */

import type { Map as MapView } from 'maplibre-gl';

import type { Division, MapSettings } from '../api.ts';
import { h, required } from '../dom.ts';
import { hideCounts } from '../map/overview_counts.ts';
import { reloadTiles } from '../map/view.ts';
import { notify, sentence } from '../notice.ts';
import { BoundaryMap } from './boundary_map.ts';
import { checkView } from './check_view.ts';
import { collisionView } from './collision_view.ts';
import { decideView, type Rights } from './decide_view.ts';
import { mergerApi, type Plan, type PlanItem } from './merger_api.ts';
import { stateName } from './merger_words.ts';
import { MergerWrites } from './merger_writes.ts';
import { planList } from './plan_list.ts';
import { priceStep } from './price_step.ts';
import { drawSteps, type Step, stepOf, stepsOn } from './steps.ts';
import { VillageForm } from './village_form.ts';

const OVERTAKEN_WORDS: Record<string, string> = {
  'plan-outdated': '方案拟定之后，这几个村的地名、号码或界线有了变化。没有关系：已按现状重新试算，请核对之后再批准。',
  'plan-decided': '别人已经办理了这个方案，下面是办理之后的样子。',
};

export function startMergers(map: MapView, settings: MapSettings): void {
  hideCounts(map);
  for (const layer of ['address-dot', 'address-text']) map.setLayoutProperty(layer, 'visibility', 'none');
  const data = document.body.dataset;
  const who = settings.signed_in?.name ?? '';
  const rights = { name: data['mayName'] === 'yes', approve: data['mayApprove'] === 'yes', who };
  new MergerPage(map, settings, rights).start();
}

class MergerPage {
  private readonly head = required<HTMLElement>('#merger-head');
  private readonly steps = required<HTMLElement>('#merger-steps');
  private readonly main = required<HTMLElement>('#merger-main');
  private readonly boundaries: BoundaryMap;
  private readonly writes: MergerWrites;
  private villages: Division[] = [];
  private form: VillageForm | null = null;
  private plan: Plan | null = null;
  private step: Step = 'check';
  /** Said above the plan until something else is opened. */
  private word = '';
  /** Counts what was opened; an answer to an earlier opening is too late. */
  private turn = 0;

  constructor(
    private readonly map: MapView,
    private readonly settings: MapSettings,
    private readonly rights: Rights,
  ) {
    this.boundaries = new BoundaryMap(map, (code) => this.form?.toggle(code));
    this.writes = new MergerWrites(settings.csrf_token ?? '', (busy) => this.setBusy(busy), (code) => void this.takeOver(code));
  }

  start(): void {
    window.addEventListener('popstate', () => void this.route());
    void this.route();
  }

  /** What the address names. */
  private async route(): Promise<void> {
    const turn = (this.turn += 1);
    const query = new URLSearchParams(location.search);
    const id = query.get('plan');
    [this.plan, this.form, this.word] = [null, null, ''];
    this.steps.hidden = true;
    this.boundaries.clear();
    this.main.replaceChildren(h('p', { class: 'note' }, '正在读取…'));
    try {
      if (id) await this.openPlan(id, query.get('step'), turn);
      else if (query.has('new') && this.rights.name) await this.openForm(turn);
      else await this.openList(turn);
    } catch (error) {
      if (turn === this.turn) this.fail(error);
    }
  }

  private fail(error: unknown): void {
    this.head.replaceChildren(this.backButton());
    this.main.replaceChildren(h('p', { class: 'failure' }, sentence(error)));
  }

  private go(query: string): void {
    history.pushState(null, '', `/mergers${query}`);
    void this.route();
  }

  private async openList(turn: number): Promise<void> {
    const plans = await mergerApi.plans();
    if (turn !== this.turn) return;
    const draw = h('button', { type: 'button', class: 'primary', id: 'merger-new' }, '拟定合并方案');
    draw.addEventListener('click', () => this.go('?new'));
    this.head.replaceChildren(h('h2', {}, '区划变更方案'), this.rights.name ? draw : '');
    this.main.replaceChildren(planList(plans.items, plans.complete, (id) => this.go(`?plan=${id}`)));
    await this.readVillages(turn);
    if (turn === this.turn) this.boundaries.frameAll(boxes(this.villages));
  }

  private async openForm(turn: number): Promise<void> {
    await this.readVillages(turn);
    if (turn !== this.turn) return;
    this.head.replaceChildren(this.backButton(), h('h2', {}, '拟定合并方案'));
    this.form = new VillageForm(this.villages, {
      changed: (ends, absorber) => this.boundaries.showChosen(ends, absorber),
      draw: (asked) => void this.shown(this.writes.draw(asked)),
    });
    this.main.replaceChildren(this.form.node);
    drawSteps(this.steps, 'villages', null, () => undefined);
    this.boundaries.frameAll(boxes(this.villages));
  }

  private async readVillages(turn: number): Promise<void> {
    const villages = await mergerApi.villages(this.settings);
    if (turn === this.turn) this.villages = villages;
  }

  private async openPlan(id: string, step: string | null, turn: number): Promise<void> {
    const plan = await mergerApi.plan(id);
    if (turn !== this.turn) return;
    this.take(plan, stepOf(step) ?? (plan.stage === 'draft' ? 'check' : 'decide'));
    this.boundaries.showPlan(plan.summary, plan.stage === 'committed' ? 'after' : 'before');
    this.boundaries.frame();
  }

  private take(plan: Plan, step: Step): void {
    [this.plan, this.step] = [plan, step];
    const state = h('span', { class: `tag stage-${plan.stage}` }, stateName(plan));
    this.head.replaceChildren(this.backButton(), h('h2', {}, plan.title, state));
    this.draw();
  }

  /** The step that is shown, with the way to the next and the one before. */
  private draw(): void {
    const { plan, step } = this;
    if (!plan) return;
    drawSteps(this.steps, step, plan, (next) => this.goStep(next));
    const word = this.word ? h('p', { class: 'merger-word', role: 'status' }, this.word) : null;
    this.main.replaceChildren(...(word ? [word] : []), ...this.stepView(plan, step), stepsOn(step, plan, (next) => this.goStep(next)));
    this.main.dataset['step'] = step;
    history.replaceState(null, '', `/mergers?plan=${plan.id}&step=${step}`);
  }

  private stepView(plan: Plan, step: Step): HTMLElement[] {
    const choose = (choices: Parameters<MergerWrites['choose']>[1]): void => void this.chosen(plan, choices);
    if (step === 'collisions') return collisionView(plan, this.rights.name, { choose });
    if (step === 'price') return priceStep(plan);
    if (step === 'decide') return decideView(plan, this.rights, this.decisions(plan));
    return checkView(plan, (place) => this.boundaries.frameOn(place));
  }

  private decisions(plan: Plan): Parameters<typeof decideView>[2] {
    return {
      commit: (decree) => void this.after(this.writes.commit(plan.id, decree)),
      drop: () => void this.after(this.writes.drop(plan.id)),
      again: () => void this.again(),
      undo: (undo) => void this.shown(this.writes.undo(plan.id, undo)),
      open: (id) => this.go(`?plan=${id}`),
    };
  }

  private goStep(step: Step): void {
    if (!this.plan) return;
    this.step = step;
    this.draw();
    this.main.scrollTop = 0;
    this.steps.querySelector<HTMLElement>('[aria-current]')?.focus();
  }

  /** Opens the plan that was drawn just now. */
  private async shown(written: Promise<Plan | null>): Promise<void> {
    const plan = await written;
    if (plan) this.go(`?plan=${plan.id}`);
  }

  private async chosen(plan: Plan, choices: Parameters<MergerWrites['choose']>[1]): Promise<void> {
    const { turn } = this;
    const drawn = await this.writes.choose(plan.id, choices);
    if (!drawn || turn !== this.turn) return;
    this.redraw(drawn);
    const next = this.main.querySelector<HTMLElement>('.merger-collision:not(.decided)');
    if (!next) this.main.scrollTop = 0;
    next?.scrollIntoView({ block: 'start' });
    (next?.querySelector<HTMLElement>('fieldset:not(.merger-keeper *) input[type=radio]') ?? this.main).focus({ preventScroll: true });
  }

  private async again(): Promise<boolean> {
    const { plan, turn } = this;
    const drawn = plan?.stage === 'draft' ? await this.writes.again(plan) : null;
    if (drawn && turn === this.turn) this.redraw(drawn);
    return drawn !== null;
  }

  private redraw(plan: Plan): void {
    const at = this.main.scrollTop;
    this.take(plan, this.step);
    this.boundaries.refresh(plan.summary);
    this.main.scrollTop = at;
  }

  /** Reads a plan that was decided upon, and the map with it. */
  private async after(written: Promise<PlanItem | null>): Promise<void> {
    const { turn } = this;
    const done = await written;
    if (!done) return;
    if (done.stage === 'committed') reloadTiles(this.map, Date.now());
    if (turn === this.turn) await this.reread(done.id, 'decide');
  }

  private async reread(id: string, step: Step): Promise<void> {
    const { turn } = this;
    try {
      const plan = await mergerApi.plan(id);
      if (turn !== this.turn) return;
      this.take(plan, step);
      this.boundaries.showPlan(plan.summary, plan.stage === 'committed' ? 'after' : 'before');
      this.main.scrollTop = 0;
    } catch (error) {
      notify(sentence(error), 'bad');
    }
  }

  /** Somebody else was quicker: shows how things stand, with a kind word. */
  private async takeOver(code: string): Promise<void> {
    const { plan } = this;
    if (!plan) return;
    await this.reread(plan.id, code === 'plan-outdated' ? 'check' : 'decide');
    if (code === 'plan-outdated' && !(await this.again())) return;
    this.word = OVERTAKEN_WORDS[code] ?? '';
    this.draw();
  }

  private backButton(): HTMLButtonElement {
    const back = h('button', { type: 'button', class: 'quiet small' }, '全部方案');
    back.addEventListener('click', () => this.go(''));
    return back;
  }

  /** Nothing can be pressed while something is sent. */
  private setBusy(busy: boolean): void {
    this.main.inert = this.steps.inert = busy;
    this.main.setAttribute('aria-busy', String(busy));
  }
}

function boxes(villages: readonly Division[]): [number, number, number, number][] {
  return villages.map((village) => village.bounds).filter((box) => box !== null);
}

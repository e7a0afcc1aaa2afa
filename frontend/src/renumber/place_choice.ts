/** Which place and which plan: three lists that follow each other, and the address of the page that remembers both. */

import type { Division, Place } from '../api.ts';
import { h, required } from '../dom.ts';
import { label, PLACE_KIND_LABELS } from '../labels.ts';
import { planName } from './deeds_view.ts';
import type { PlanItem } from './renumber_api.ts';

export interface ChoiceActions {
  village(code: string): void;
  place(id: string): void;
  plan(id: string | null): void;
}

export class PlaceChoice {
  private readonly villages = required<HTMLSelectElement>('#renumber-village');
  private readonly places = required<HTMLSelectElement>('#renumber-place');
  private readonly plans = required<HTMLSelectElement>('#renumber-plan');
  private readonly message = required<HTMLElement>('#renumber-note');

  constructor(actions: ChoiceActions) {
    this.villages.addEventListener('change', () => actions.village(this.villages.value));
    this.places.addEventListener('change', () => actions.place(this.places.value));
    this.plans.addEventListener('change', () => actions.plan(this.plans.value || null));
  }

  showVillages(villages: readonly Division[]): void {
    this.villages.replaceChildren(...villages.map((village) => h('option', { value: village.code }, village.name)));
  }

  showPlaces(village: string, places: readonly Place[]): void {
    this.villages.value = village;
    const groups = Object.keys(PLACE_KIND_LABELS).map((kind) => {
      const options = places
        .filter((place) => place.kind === kind)
        .map((place) => h('option', { value: place.id }, place.name || place.village));
      return options.length > 0 ? h('optgroup', { label: label(PLACE_KIND_LABELS, kind) }, ...options) : null;
    });
    this.places.replaceChildren(h('option', { value: '' }, '请选择'), ...groups.filter((group) => group !== null));
  }

  /** The plans of what is opened next are not known yet. */
  forgetPlans(): void {
    this.plans.replaceChildren(h('option', { value: '' }, '先选地名'));
  }

  /** `mayDraw`: a new plan stands among the choices. */
  showPlans(place: string, plans: readonly PlanItem[], chosen: string | null, mayDraw: boolean): void {
    this.places.value = place;
    const none = mayDraw ? '新方案' : plans.length > 0 ? '请选择' : '此处没有方案';
    const options = [...plans].reverse().map((plan) => h('option', { value: plan.id }, planName(plan)));
    this.plans.replaceChildren(h('option', { value: '' }, none), ...options);
    this.plans.value = chosen ?? '';
    const query = new URLSearchParams({ place, ...(chosen ? { plan: chosen } : {}) });
    history.replaceState(null, '', `/renumber?${query.toString()}`);
  }

  note(text: string): void {
    this.message.textContent = text;
  }
}

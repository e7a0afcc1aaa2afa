/** Names that are taken for one another, and names that nobody has approved yet. */

import { api, ask, askAll, type MapSettings, part } from '../api.ts';
import { h, required } from '../dom.ts';
import { failed } from '../exchange/paged_list.ts';
import type { ActsApi, Clash, NamedPlace } from './acts_api.ts';

const LIKENESS: Record<string, string> = { homonym: '重名', homophone: '同音' };
const STATES: Record<string, string> = { proposed: '拟定', approved: '已批准', filed: '已备案' };

export function clashLine(one: Clash): HTMLElement {
  const names = one.names.map((name) => `${name.name}（${name.where}）`).join('、');
  return h('li', { 'data-likeness': one.likeness }, h('span', { class: 'tag' }, LIKENESS[one.likeness] ?? one.likeness), one.reading ? ` ${one.reading}：` : ' ', names);
}

export class NamesView {
  private readonly circle = required<HTMLSelectElement>('#clash-circle');
  private readonly village = required<HTMLSelectElement>('#state-village');

  constructor(private readonly calls: ActsApi) {
    this.circle.addEventListener('change', () => void this.clashes().catch(failed));
    this.village.addEventListener('change', () => void this.states().catch(failed));
  }

  async open(settings: MapSettings): Promise<void> {
    const { items } = await api.villages(settings);
    this.village.replaceChildren(...items.map((one) => h('option', { value: one.code }, one.name)));
    await Promise.all([this.clashes(), this.states()]);
  }

  private async clashes(): Promise<void> {
    const found = await this.calls.clashes(this.circle.value);
    const none = h('li', { class: 'note' }, '没有重名或同音。');
    required('#clashes').replaceChildren(...(found.length ? found.map(clashLine) : [none]));
  }

  private async states(): Promise<void> {
    const code = this.village.value;
    if (code === '') return;
    const [own, places] = await Promise.all([
      ask<{ name: string; name_state: string; decree_no: string | null }>(`/api/v1/divisions/${part(code)}`),
      askAll<NamedPlace>(`/api/v1/places?village=${part(code)}`),
    ]);
    if (code !== this.village.value) return;
    const rows = [{ display_name: own.name, ...own }, ...places.items].map((one) =>
      h('li', { 'data-state': one.name_state }, h('span', {}, one.display_name), h('span', { class: `tag ${one.name_state}` }, STATES[one.name_state] ?? one.name_state), one.decree_no ? h('small', {}, one.decree_no) : null));
    required('#name-states').replaceChildren(...rows);
  }
}

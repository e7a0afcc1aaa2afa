/** The right side of the page: town and two days, the two maps, and the list of what differs. */

import type { MapSettings } from '../api.ts';
import { h, required } from '../dom.ts';
import { sentence } from '../notice.ts';
import { type Difference, differences, type Fate } from './differences.ts';
import { type Area, historyApi, type ListedDivision } from './history_api.ts';
import { dayAfter, isDay, today } from './history_words.ts';
import { linkTo } from './location.ts';
import { FATE_WORDS, PairMaps, type Side } from './pair_maps.ts';

export interface Days {
  town: string;
  left: string;
  right: string;
}

const LISTED: readonly Fate[] = ['ended', 'appeared', 'boundary', 'renamed', 'unknown'];

export class CompareView {
  private readonly town = required<HTMLSelectElement>('#history-town');
  private readonly inputs: Record<Side, HTMLInputElement> = { left: required('#history-left'), right: required('#history-right') };
  private readonly box = required<HTMLElement>('#history-differences');
  private readonly maps: PairMaps;
  private shown: Days | null = null;
  private framed = '';
  private turn = 0;

  /** `changed` is told of a choice made by hand, `picked` of a village clicked on a map. */
  constructor(settings: MapSettings, changed: (days: Partial<Days>) => void, picked: (id: string) => void) {
    this.maps = new PairMaps(settings, picked);
    this.town.addEventListener('change', () => changed({ town: this.town.value }));
    for (const side of ['left', 'right'] as const) {
      const input = this.inputs[side];
      input.max = today();
      input.addEventListener('change', () => isDay(input.value) && changed({ [side]: input.value }));
    }
    required('#history-synthetic').toggleAttribute('hidden', !settings.synthetic);
  }

  offerTowns(towns: readonly ListedDivision[]): void {
    this.town.replaceChildren(...towns.map((town) => h('option', { value: town.code }, town.valid_to ? `${town.name}（已撤销）` : town.name)));
  }

  /** Draws the days; what is drawn already stays. */
  async show(days: Days, marked: string | null): Promise<void> {
    [this.town.value, this.inputs.left.value, this.inputs.right.value] = [days.town, days.left, days.right];
    if (JSON.stringify(days) !== JSON.stringify(this.shown)) await this.draw(days);
    this.maps.mark(marked);
  }

  private async draw(days: Days): Promise<void> {
    const turn = (this.turn += 1);
    this.shown = days;
    this.box.replaceChildren(h('p', { class: 'note' }, '正在读取界线…'));
    try {
      const [left, right] = await Promise.all([historyApi.areas(days.town, days.left), historyApi.areas(days.town, days.right), this.maps.ready()]);
      if (turn === this.turn) this.drawAreas({ left, right }, days);
    } catch (error) {
      if (turn !== this.turn) return;
      this.shown = null;
      this.maps.show({ left: [], right: [] }, []);
      this.box.replaceChildren(h('p', { class: 'failure' }, sentence(error)));
    }
  }

  private drawAreas(areas: Record<Side, Area[]>, days: Days): void {
    const [before, after] = days.left <= days.right ? [areas.left, areas.right] : [areas.right, areas.left];
    const found = differences(before, after);
    this.maps.show(areas, found);
    this.box.replaceChildren(...list(found, days, before.length, after.length));
    if (this.framed !== days.town) this.maps.frame([...areas.left, ...areas.right]);
    this.framed = days.town;
  }
}

/** The days around the last change of the town's villages, or today twice where nothing is known to have changed. */
export function lastChange(villages: readonly ListedDivision[]): Pick<Days, 'left' | 'right'> {
  const days = villages.flatMap((one) => [one.valid_from, one.valid_to]).filter((day): day is string => day !== null && day <= today());
  const first = villages.map((one) => one.valid_from ?? '').sort()[0] ?? '';
  const last = days.filter((day) => day > first).sort().at(-1);
  return { left: last ? dayAfter(last, -1) : today(), right: today() };
}

function list(found: readonly Difference[], days: Days, before: number, after: number): HTMLElement[] {
  const [from, to] = [days.left, days.right].sort();
  const groups = LISTED.map((fate) => ({ fate, own: found.filter((one) => one.fate === fate) })).filter(({ own }) => own.length > 0);
  const head = groups.length > 0 ? '' : '：没有不同';
  return [
    h('h2', {}, `${from} 有 ${before} 个，${to} 有 ${after} 个${head}`),
    ...groups.map(({ fate, own }) =>
      h(
        'div',
        { class: 'history-fate', 'data-fate': fate },
        h('h3', {}, h('span', { class: `history-swatch fate-${fate}`, 'aria-hidden': true }), `${FATE_WORDS[fate]} ${own.length}`),
        h('ul', {}, ...own.map(item)),
      ),
    ),
  ];
}

function item(one: Difference): HTMLElement {
  const [was, is] = [one.before?.name, one.after?.name];
  const name = was && is && was !== is ? `${was} → ${is}` : (was ?? is ?? '');
  return h('li', {}, h('a', { href: linkTo({ division: one.id }) }, name));
}

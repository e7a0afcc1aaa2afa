/** Which house: by village and place, by a list of its houses, by a code, or by a click on the map. */

import { api, type Building, type Division, type MapSettings, type Place } from '../api.ts';
import { h } from '../dom.ts';
import { label, USE_LABELS } from '../labels.ts';
import { notify, sentence } from '../notice.ts';
import type { SiteMap } from './site_map.ts';

export const ADDRESS_CODE = /^[0-9]{26}$/;

/** What stands behind a code, in words and on the map. */
interface Found {
  text: string;
  show(): void;
}

export class HouseChoice {
  readonly house = h('input', { id: 'new-house', type: 'text', required: true, maxlength: 200, list: 'new-houses', placeholder: '在地图上点房屋，或选、填编号' });
  readonly parts: HTMLElement[];
  private readonly village = h('select', { id: 'new-village' }, h('option', { value: '' }, '（在地图上找）'));
  private readonly place = h('select', { id: 'new-place' }, h('option', { value: '' }, '（全村）'));
  private readonly offered = h('datalist', { id: 'new-houses' });
  private readonly found = h('p', { class: 'note', role: 'status', id: 'new-found' });
  private villages: Division[] = [];
  private places: Place[] = [];
  private houses: Building[] = [];
  /** Houses by the code of their address, as far as they were looked up. */
  private readonly behind = new Map<string, string>();
  private wantsNumber = true;
  private looked = 0;
  /** Kept while a code is looked up, so that nothing is sent before it is known. */
  settled: Promise<void> = Promise.resolve();
  private opened = 0;

  constructor(
    private readonly settings: MapSettings,
    private readonly site: SiteMap,
  ) {
    this.parts = [
      h('div', { class: 'pair' }, h('label', { class: 'field' }, '村（社区）', this.village), h('label', { class: 'field' }, '组、街路', this.place)),
      h('label', { class: 'field' }, '建筑编号或地址编码', this.house),
      this.offered,
      this.found,
    ];
    this.village.addEventListener('change', () => void this.openVillage());
    this.place.addEventListener('change', () => this.openPlace());
    this.house.addEventListener('change', () => this.look());
    void this.readVillages();
  }

  /** Whether houses without a number are wanted, or those that have one. */
  suit(wantsNumber: boolean): void {
    this.wantsNumber = wantsNumber;
    this.offer();
  }

  /** The map hands over what was clicked. */
  take(kind: 'building' | 'address', code: string): void {
    this.house.value = code;
    this.look(kind);
  }

  /** What the application is about; where a house is `wanted`, the one behind the address that was named. */
  subject(wanted: boolean): { address_code: string } | { building_code: string } {
    const code = this.house.value.trim();
    const behind = wanted ? this.behind.get(code) : undefined;
    if (behind !== undefined) return { building_code: behind };
    return ADDRESS_CODE.test(code) ? { address_code: code } : { building_code: code };
  }

  private async readVillages(): Promise<void> {
    try {
      this.villages = (await api.villages(this.settings)).items;
      this.village.append(...this.villages.map((one) => h('option', { value: one.code }, one.name)));
      const [only, ...others] = this.villages;
      if (!only || others.length > 0 || this.village.value !== '') return;
      this.village.value = only.code;
      await this.openVillage();
    } catch (error) {
      notify(sentence(error), 'bad');
    }
  }

  private async openVillage(): Promise<void> {
    const turn = (this.opened += 1);
    const chosen = this.villages.find((one) => one.code === this.village.value);
    this.places = this.houses = [];
    this.place.replaceChildren(h('option', { value: '' }, '（全村）'));
    this.offer();
    if (!chosen) return;
    if (chosen.bounds && this.house.value === '') this.site.frame(chosen.bounds);
    try {
      const [places, houses] = await Promise.all([api.places(chosen.code), api.buildings(chosen.code)]);
      if (turn !== this.opened) return;
      this.places = places.items;
      this.houses = houses.items;
      this.place.append(...this.places.map((one) => h('option', { value: one.id }, one.name)));
      this.offer();
    } catch (error) {
      if (turn === this.opened) notify(sentence(error), 'bad');
    }
  }

  private openPlace(): void {
    const chosen = this.places.find((one) => one.id === this.place.value);
    this.offer();
    if (chosen && typeof chosen.lon === 'number' && typeof chosen.lat === 'number') this.site.lookAt(chosen.lon, chosen.lat);
  }

  /** The houses that may be meant, so that nobody needs the mouse. */
  private offer(): void {
    const place = this.places.find((one) => one.id === this.place.value)?.name;
    const wanted = this.houses.filter((house) => {
      const suits = (house.full_text === null) === this.wantsNumber && house.use !== 'outbuilding';
      return suits && (place === undefined || house.place === place);
    });
    this.offered.replaceChildren(...wanted.map((house) => h('option', { value: house.building_code }, houseText(house))));
  }

  private look(kind?: 'building' | 'address'): void {
    this.settled = this.lookUp(kind);
  }

  /** Says what stands behind the code, so that a slip of the finger is seen at once. */
  private async lookUp(kind?: 'building' | 'address'): Promise<void> {
    const code = this.house.value.trim();
    const turn = (this.looked += 1);
    this.tell('', false);
    if (code === '') return;
    try {
      const isAddress = kind === 'address' || ADDRESS_CODE.test(code);
      const found = isAddress ? await this.findAddress(code) : await this.findBuilding(code);
      if (turn !== this.looked) return;
      this.tell(found.text, false);
      if (this.house.isConnected) found.show();
    } catch (error) {
      if (turn === this.looked) this.tell(sentence(error), true);
    }
  }

  private tell(text: string, isWrong: boolean): void {
    this.found.textContent = text;
    this.found.className = isWrong ? 'failure' : 'note';
    if (isWrong) this.house.setAttribute('aria-invalid', 'true');
    else this.house.removeAttribute('aria-invalid');
  }

  private async findAddress(code: string): Promise<Found> {
    const address = await api.address(code);
    const house = { ...address, building_code: address.buildings[0]?.code ?? null };
    if (house.building_code !== null) this.behind.set(code, house.building_code);
    return { text: address.full_text, show: () => this.site.show(house, address.number) };
  }

  private async findBuilding(code: string): Promise<Found> {
    const building = await api.building(code);
    return { text: houseText(building), show: () => this.site.show(building, building.full_text ? '已有门牌' : '本房屋') };
  }
}

function houseText(house: Building): string {
  return `${house.place ?? '尚未归组'} · ${label(USE_LABELS, house.use)} · ${house.full_text ?? '尚无标准地址'}`;
}

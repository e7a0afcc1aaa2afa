/** The form of a new application: what for, which house, which papers. */

import { api, type Building, type Division, type Place } from '../api.ts';
import { h } from '../dom.ts';
import { label, USE_LABELS } from '../labels.ts';
import { notify, sentence } from '../notice.ts';
import { OneWrite } from '../one_write.ts';
import type { CounterApi, Kind, NewApplication } from './counter_api.ts';
import { FIRST_PAPER, KIND_LABELS, REQUEST_WORDS } from './counter_labels.ts';
import { EvidenceRows } from './evidence_rows.ts';
import type { SiteMap } from './site_map.ts';

const ADDRESS_CODE = /^[0-9]{26}$/;

/** What stands behind a code, in words and on the map. */
interface Found {
  text: string;
  show(): void;
}

export class NewForm {
  readonly node = h('form', { class: 'new-form', autocomplete: 'off' });
  private readonly kind = h('select', { id: 'new-kind' }, ...Object.entries(KIND_LABELS).map(([value, name]) => h('option', { value }, name)));
  private readonly village = h('select', { id: 'new-village' }, h('option', { value: '' }, '（在地图上找）'));
  private readonly place = h('select', { id: 'new-place' }, h('option', { value: '' }, '（全村）'));
  private readonly house = h('input', { id: 'new-house', type: 'text', required: true, maxlength: 200, placeholder: '在地图上点房屋，或填编号' });
  private readonly found = h('p', { class: 'note', role: 'status', id: 'new-found' });
  private readonly request = h('textarea', { id: 'new-request', rows: 2, maxlength: 500, required: true });
  private readonly room = h('input', { id: 'new-room', type: 'text', maxlength: 20, placeholder: '如 2室；另编门牌则不填' });
  private readonly main = h('input', { id: 'new-main', type: 'number', min: 1, max: 99999 });
  private readonly sub = h('input', { type: 'number', min: 0, max: 999, 'aria-label': '附号', placeholder: '附号' });
  private readonly evidence = new EvidenceRows();
  private readonly submit = h('button', { type: 'submit', class: 'primary' }, '受理');
  private villages: Division[] = [];
  private places: Place[] = [];
  private looked = 0;
  private opened = 0;
  private readonly write = new OneWrite((busy) => {
    this.submit.disabled = busy;
  });

  constructor(
    private readonly counter: CounterApi,
    private readonly site: SiteMap,
    private readonly received: (id: string) => void,
  ) {
    this.node.append(
      h('h2', { tabindex: -1 }, '新申请'),
      h('p', { class: 'note' }, '只登记房屋和材料，不登记姓名、电话和身份证号码。'),
      field('申请类别', this.kind),
      h('div', { class: 'pair' }, field('村（社区）', this.village), field('组、街路', this.place)),
      field('建筑编号或地址编码', this.house),
      this.found,
      field('申请事项', this.request),
      h('div', { 'data-for': 'split_household' }, field('所求户室', this.room)),
      h('div', { 'data-for': 'correction', class: 'pair' }, field('应为门牌号', this.main), h('label', { class: 'field' }, '附号', this.sub)),
      this.evidence.node,
      this.submit,
    );
    this.kind.addEventListener('change', () => this.suitKind());
    this.village.addEventListener('change', () => void this.openVillage());
    this.place.addEventListener('change', () => this.openPlace());
    this.house.addEventListener('change', () => void this.lookUp());
    this.node.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.send();
    });
    this.suitKind();
    void this.readVillages();
  }

  /** The map hands over what was clicked. */
  take(kind: 'building' | 'address', code: string): void {
    this.house.value = code;
    void this.lookUp(kind);
  }

  private suitKind(): void {
    const kind = this.kind.value as Kind;
    for (const part of this.node.querySelectorAll<HTMLElement>('[data-for]')) part.hidden = part.dataset['for'] !== kind;
    this.request.value = REQUEST_WORDS[kind];
    this.evidence.reset(FIRST_PAPER[kind]);
  }

  private async readVillages(): Promise<void> {
    try {
      this.villages = (await api.villages()).items;
      this.village.append(...this.villages.map((one) => h('option', { value: one.code }, one.name)));
    } catch (error) {
      notify(sentence(error), 'bad');
    }
  }

  private async openVillage(): Promise<void> {
    const turn = (this.opened += 1);
    const chosen = this.villages.find((one) => one.code === this.village.value);
    this.places = [];
    this.place.replaceChildren(h('option', { value: '' }, '（全村）'));
    if (!chosen) return;
    if (chosen.bounds) this.site.frame(chosen.bounds);
    try {
      const found = await api.places(chosen.code);
      if (turn !== this.opened) return;
      this.places = found.items;
      this.place.append(...this.places.map((one) => h('option', { value: one.id }, one.name)));
    } catch (error) {
      notify(sentence(error), 'bad');
    }
  }

  private openPlace(): void {
    const chosen = this.places.find((one) => one.id === this.place.value);
    if (chosen && typeof chosen.lon === 'number' && typeof chosen.lat === 'number') this.site.lookAt(chosen.lon, chosen.lat);
  }

  /** Says what stands behind the code, so that a slip of the finger is seen at once. */
  private async lookUp(kind?: 'building' | 'address'): Promise<void> {
    const code = this.house.value.trim();
    const turn = (this.looked += 1);
    if (code === '') return;
    try {
      const isAddress = kind === 'address' || ADDRESS_CODE.test(code);
      const found = isAddress ? await this.findAddress(code) : await this.findBuilding(code);
      if (turn !== this.looked) return;
      this.found.textContent = found.text;
      if (this.node.isConnected) found.show();
    } catch (error) {
      if (turn === this.looked) this.found.textContent = sentence(error);
    }
  }

  private async findAddress(code: string): Promise<Found> {
    const address = await api.address(code);
    const house = { ...address, building_code: address.buildings[0]?.code ?? null };
    return { text: address.full_text, show: () => this.site.show(house, address.number) };
  }

  private async findBuilding(code: string): Promise<Found> {
    const building: Building = await api.building(code);
    const text = `${building.place ?? '尚未归组'} · ${label(USE_LABELS, building.use)} · ${building.full_text ?? '尚无标准地址'}`;
    return { text, show: () => this.site.show(building, building.full_text ? '已有门牌' : '本房屋') };
  }

  private body(): NewApplication {
    const kind = this.kind.value as Kind;
    const code = this.house.value.trim();
    const main = Number(this.main.value);
    return {
      kind,
      request: this.request.value.trim(),
      evidence: this.evidence.values(),
      ...(ADDRESS_CODE.test(code) ? { address_code: code } : { building_code: code }),
      ...(kind === 'split_household' ? { room_label: this.room.value.trim() } : {}),
      ...(kind === 'correction' && main > 0 ? { wanted: { main, sub: Number(this.sub.value) } } : {}),
    };
  }

  private async send(): Promise<void> {
    const body = this.body();
    try {
      await this.write.run(body, async (key) => {
        const card = await this.counter.receive(body, key);
        notify(`已受理，编号 ${card.application_no}`);
        if (this.node.isConnected) this.received(card.id);
      });
    } catch (error) {
      notify(sentence(error), 'bad');
    }
  }
}

function field(name: string, input: HTMLElement): HTMLElement {
  return h('label', { class: 'field' }, name, input);
}

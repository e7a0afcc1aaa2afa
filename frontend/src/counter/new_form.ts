/** The form of a new application: what for, which house, which papers. */

import type { MapSettings } from '../api.ts';
import { h } from '../dom.ts';
import { notify } from '../notice.ts';
import { OneWrite } from '../one_write.ts';
import { Refusal } from '../refusal.ts';
import type { CounterApi, Kind, NewApplication } from './counter_api.ts';
import { FIRST_PAPER, KIND_LABELS, REQUEST_WORDS } from './counter_labels.ts';
import { EvidenceRows } from './evidence_rows.ts';
import { HouseChoice } from './house_choice.ts';
import type { SiteMap } from './site_map.ts';

const ABOUT_THE_HOUSE = [
  'building-not-found',
  'address-not-found',
  'subject-missing',
  'building-has-address',
  'house-without-place',
  'split-without-door',
  'address-not-current',
  'house-not-behind-address',
  'outbuilding-has-no-number',
  'application-open-already',
  'out-of-scope',
  'building_code',
  'address_code',
];

export class NewForm {
  readonly node = h('form', { class: 'new-form', autocomplete: 'off' });
  private readonly kind = h('select', { id: 'new-kind' }, ...Object.entries(KIND_LABELS).map(([value, name]) => h('option', { value }, name)));
  private readonly request = h('textarea', { id: 'new-request', rows: 2, maxlength: 500, required: true });
  private readonly room = h('input', { id: 'new-room', type: 'text', maxlength: 20, placeholder: '如 2室；另编门牌则不填' });
  private readonly main = h('input', { id: 'new-main', type: 'number', min: 1, max: 99999 });
  private readonly sub = h('input', { type: 'number', min: 0, max: 999, 'aria-label': '附号', placeholder: '附号' });
  private readonly evidence = new EvidenceRows();
  private readonly submit = h('button', { type: 'submit', class: 'primary' }, '受理');
  private readonly choice: HouseChoice;
  private readonly refusal: Refusal;
  private readonly write = new OneWrite((busy) => {
    this.submit.disabled = busy;
    this.submit.textContent = busy ? '正在受理…' : '受理';
  });

  constructor(
    private readonly counter: CounterApi,
    settings: MapSettings,
    site: SiteMap,
    private readonly received: (id: string) => void,
  ) {
    this.choice = new HouseChoice(settings, site);
    const { house } = this.choice;
    this.refusal = new Refusal({
      ...Object.fromEntries(ABOUT_THE_HOUSE.map((code) => [code, house])),
      'request-missing': this.request,
      request: this.request,
      room_label: this.room,
      wanted: this.main,
    });
    this.node.append(
      h('h2', { tabindex: -1 }, '新申请'),
      h('p', { class: 'note' }, '只登记房屋和材料，不登记姓名、电话和身份证号码。'),
      field('申请类别', this.kind),
      ...this.choice.parts,
      field('申请事项', this.request),
      h('div', { 'data-for': 'split_household' }, field('所求户室', this.room)),
      h('div', { 'data-for': 'correction', class: 'pair' }, field('应为门牌号', this.main), h('label', { class: 'field' }, '附号', this.sub)),
      this.evidence.node,
      this.refusal.node,
      this.submit,
    );
    this.kind.addEventListener('change', () => this.suitKind());
    this.node.addEventListener('input', () => this.refusal.clear());
    this.node.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.send();
    });
    this.suitKind();
  }

  /** The map hands over what was clicked. */
  take(kind: 'building' | 'address', code: string): void {
    this.choice.take(kind, code);
  }

  private suitKind(): void {
    const kind = this.kind.value as Kind;
    for (const part of this.node.querySelectorAll<HTMLElement>('[data-for]')) part.hidden = part.dataset['for'] !== kind;
    const written = this.request.value.trim();
    if (written === '' || Object.values(REQUEST_WORDS).includes(written)) this.request.value = REQUEST_WORDS[kind];
    this.evidence.suit(FIRST_PAPER[kind]);
    this.choice.suit(kind === 'new_house');
  }

  private body(): NewApplication {
    const kind = this.kind.value as Kind;
    const main = Number(this.main.value);
    return {
      kind,
      request: this.request.value.trim(),
      evidence: this.evidence.values(),
      ...this.choice.subject(kind === 'new_house' || kind === 'split_household'),
      ...(kind === 'split_household' ? { room_label: this.room.value.trim() } : {}),
      ...(kind === 'correction' && main > 0 ? { wanted: { main, sub: Number(this.sub.value) } } : {}),
    };
  }

  private async send(): Promise<void> {
    this.refusal.clear();
    await this.choice.settled;
    const body = this.body();
    try {
      await this.write.run(body, async (key) => {
        const card = await this.counter.receive(body, key);
        notify(`已受理，编号 ${card.application_no}`);
        if (this.node.isConnected) this.received(card.id);
      });
    } catch (error) {
      this.refusal.tell(error);
    }
  }
}

function field(name: string, input: HTMLElement): HTMLElement {
  return h('label', { class: 'field' }, name, input);
}

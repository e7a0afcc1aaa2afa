/** A pair proposed by hand: a row of a police dictionary, what it is of the register, and why; somebody else accepts it. */

import { api } from '../api.ts';
import { h, required } from '../dom.ts';
import { label, PLACE_KIND_LABELS } from '../labels.ts';
import { notify } from '../notice.ts';
import { OneWrite } from '../one_write.ts';
import { Refusal } from '../refusal.ts';
import { EntryField } from './entry_field.ts';
import type { Words } from './office.ts';
import type { NamedPlace, OfficeApi, Proposal } from './office_api.ts';
import { failed } from './paged_list.ts';

const UNNAMED = '请从提示中选一条字典条目';

export class ProposeForm {
  private readonly box = required<HTMLDetailsElement>('#proposing');
  private readonly form = required<HTMLFormElement>('#propose');
  private readonly kind = required<HTMLSelectElement>('#propose-kind');
  private readonly division = required<HTMLSelectElement>('#propose-division');
  private readonly place = required<HTMLSelectElement>('#propose-place');
  private readonly reason = required<HTMLInputElement>('#propose-reason');
  private readonly entry: EntryField;
  private readonly refusal: Refusal;
  private turn = 0;

  /** `done` is told the dictionary of a pair that was proposed. */
  constructor(
    private readonly calls: OfficeApi,
    words: Words,
    private readonly done: (kind: string) => Promise<void>,
  ) {
    this.kind.append(...Object.entries(words.kinds).map(([value, name]) => h('option', { value }, name)));
    this.entry = new EntryField(calls, () => this.kind.value);
    this.refusal = new Refusal({
      'dictionary-entry-not-found': this.entry.input, code: this.entry.input, name: this.entry.input, 'crosswalk-known': this.entry.input,
      'crosswalk-target-not-found': this.division, 'out-of-scope': this.division, 'personal-data-not-here': this.reason, reason: this.reason,
    });
    this.form.append(this.refusal.node);
  }

  start(): void {
    this.box.addEventListener('toggle', () => {
      if (this.box.open && !this.division.options.length) void this.offerDivisions().catch(failed);
    });
    this.kind.addEventListener('change', () => this.entry.clear());
    this.division.addEventListener('change', () => void this.offerPlaces().catch(failed));
    const writing = new OneWrite((busy) => (required<HTMLButtonElement>('#propose button').disabled = busy));
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.refusal.clear();
      void this.send(writing).catch((error: unknown) => this.refusal.tell(error));
    });
  }

  private async send(writing: OneWrite): Promise<void> {
    const entry = await this.entry.entry();
    if (!entry) return this.refusal.say(UNNAMED, this.entry.input);
    const target = this.place.value || this.division.value;
    const body: Proposal = { kind: this.kind.value, code: entry.code, name: entry.name, target_id: target, reason: this.reason.value };
    await writing.run(body, async (key) => {
      await this.calls.propose(body, key);
      notify('已提出，须他人采纳');
      this.entry.clear();
      this.reason.value = '';
      await this.done(body.kind);
      this.entry.input.focus();
    });
  }

  /** Towns and villages of the account's scope, a village under its town. */
  private async offerDivisions(): Promise<void> {
    const settings = await api.settings();
    const scope = settings.signed_in?.division_code ?? '';
    const [towns, villages] = await Promise.all([this.calls.divisions('township'), this.calls.divisions('village')]);
    const own = [...towns.items, ...villages.items].filter((one) => one.code.startsWith(scope)).sort((a, b) => (a.code < b.code ? -1 : 1));
    this.division.replaceChildren(...own.map((one) => h('option', { value: one.id, 'data-code': one.code }, one.name)));
    await this.offerPlaces();
  }

  private async offerPlaces(): Promise<void> {
    const turn = (this.turn += 1);
    const code = this.division.selectedOptions[0]?.dataset['code'] ?? '';
    this.place.replaceChildren(h('option', { value: '' }, '就是它本身'));
    const { items } = code.length === 12 ? await this.calls.places(code) : { items: [] };
    if (turn !== this.turn) return;
    this.place.append(...groups(items));
  }
}

function groups(places: readonly NamedPlace[]): HTMLElement[] {
  return Object.keys(PLACE_KIND_LABELS).flatMap((kind) => {
    const options = places.filter((one) => one.kind === kind && one.name).map((one) => h('option', { value: one.id }, one.display_name));
    return options.length ? [h('optgroup', { label: label(PLACE_KIND_LABELS, kind) }, ...options)] : [];
  });
}

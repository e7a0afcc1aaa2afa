/** The choices for one place of a collision, each in words with an example of the text before and after. */

import { h } from '../dom.ts';
import { label, PLACE_KIND_LABELS } from '../labels.ts';
import type { Choice, ChoiceKind, CollidingPlace, Collision, PlaceChange, Plan } from './merger_api.ts';
import { districtName, textAfter, textBefore } from './merger_words.ts';

const WORDS: Record<ChoiceKind, string> = {
  undecided: '未定',
  keep: '名称不变',
  district: '保留旧村为片区',
  rename: '改名',
  join: '并入并重排门牌',
};

interface Radio {
  input: HTMLInputElement;
  option: Choice;
  name: HTMLInputElement | null;
}

export class PlaceEditor {
  readonly node: HTMLElement;
  private readonly radios: Radio[] = [];
  private readonly target: string;
  private readonly change: PlaceChange | undefined;

  /** `isKeeper`: the place that is proposed to keep its name; what else it could do is folded away. */
  constructor(
    plan: Plan,
    collision: Collision,
    private readonly place: CollidingPlace,
    isKeeper: boolean,
  ) {
    this.target = plan.summary.target.name;
    this.change = plan.summary.places.find((one) => one.id === place.id);
    const options = optionsOf(collision, place, isKeeper).map((option, index) => this.option(option, index === 0));
    this.node = isKeeper ? this.folded(options) : h('fieldset', { class: 'merger-place', 'data-place': place.id }, h('legend', {}, this.title(), this.facts()), ...options);
  }

  /** What a person picked and is not kept yet; null when nothing is picked. */
  choice(): Choice | null {
    const picked = this.radios.find((radio) => radio.input.checked);
    if (!picked) return null;
    const made = this.made(picked);
    const known = this.place.chosen;
    const isSame = known?.kind === made.kind && known.name === made.name && known.into_id === made.into_id;
    return isSame || (picked.name && !made.name) ? null : made;
  }

  /** What becomes of the place by the decisions so far, null while it stays as it is. */
  standing(): HTMLElement | null {
    const { change, place } = this;
    const chosen = place.chosen;
    if (!chosen && (!change || (change.new_name === change.old_name && !change.joined_to))) return null;
    const after = chosen ? textAfter(place, chosen, this.target, change) : `${this.target}${change?.new_name ?? ''}${place.doors > 0 ? '1号' : ''}`;
    const how = chosen ? WORDS[chosen.kind] : '随整村保留为片区';
    return h('p', { class: 'merger-standing' }, h('span', { class: 'merger-how' }, how), beforeAfter(textBefore(place), after ?? ''));
  }

  private folded(options: HTMLElement[]): HTMLElement {
    const { chosen } = this.place;
    const advice = chosen && chosen.kind !== 'keep' ? '' : '，建议名称不变';
    const summary = h('summary', {}, this.title(), h('span', { class: 'soft' }, `${this.factWords()}${advice}`));
    return h('details', { class: 'merger-keeper', open: chosen !== null, 'data-place': this.place.id }, summary, h('fieldset', { class: 'merger-place', 'aria-label': this.title() }, ...options));
  }

  private title(): string {
    return `${this.place.village}${this.place.kind === 'village' ? '（全村统一编号）' : this.place.name}`;
  }

  private facts(): HTMLElement {
    return h('span', { class: 'soft' }, this.factWords());
  }

  private factWords(): string {
    return `${label(PLACE_KIND_LABELS, this.place.kind)}，${this.place.doors} 个门牌号`;
  }

  private option(option: Choice, isProposed: boolean): HTMLElement {
    const { chosen } = this.place;
    const isChosen = chosen?.kind === option.kind;
    const input = h('input', { type: 'radio', name: `choice-${this.place.id}`, value: option.kind, checked: isChosen });
    const radio: Radio = { input, option, name: hasName(option) ? this.nameField(isChosen ? chosen.name : option.name, option.kind) : null };
    this.radios.push(radio);
    const example = h('div', { class: 'merger-example' });
    const show = (): void => example.replaceChildren(...this.example(this.made(radio)));
    radio.name?.addEventListener('input', () => {
      input.checked = true;
      show();
    });
    show();
    const proposed = isProposed ? h('span', { class: 'tag merger-proposed' }, '建议') : null;
    return h('div', { class: 'merger-option', 'data-kind': option.kind }, h('label', {}, input, h('span', { class: 'merger-option-words' }, WORDS[option.kind], proposed)), radio.name, example);
  }

  private nameField(value: string, kind: ChoiceKind): HTMLInputElement {
    const words = kind === 'district' ? '片区名称' : '新的名称';
    return h('input', { type: 'text', value, maxlength: 60, 'aria-label': `${this.title()}：${words}`, placeholder: words });
  }

  private made({ option, name }: Radio): Choice {
    return { ...option, name: name ? name.value.trim() : option.name };
  }

  private example(choice: Choice): (Node | string)[] {
    const after = textAfter(this.place, choice, this.target, this.change);
    if (choice.kind === 'join' && !after) return [`门牌号接在${this.target}“${this.place.name}”已用的号之后，门牌要重做`];
    return [beforeAfter(textBefore(this.place), after ?? '…')];
  }
}

function beforeAfter(before: string, after: string): HTMLElement {
  return h('span', {}, h('span', { class: 'merger-before' }, before), h('span', { class: 'merger-after' }, after));
}

function hasName(option: Choice): boolean {
  return option.kind === 'district' || option.kind === 'rename';
}

/** The service's options; the place that is to keep its name may give way too. */
function optionsOf(collision: Collision, place: CollidingPlace, isKeeper: boolean): Choice[] {
  const plain = (kind: ChoiceKind, name = ''): Choice => ({ subject_id: place.id, kind, name, into_id: null });
  if (!isKeeper) return [...collision.options.filter((option) => option.subject_id === place.id), plain('keep')];
  const rename = place.kind === 'village' ? [] : [plain('rename')];
  return [plain('keep'), plain('district', districtName(place.village)), ...rename];
}

/** Step one: which villages end, which one takes them in, from which day on. */

import type { Division } from '../api.ts';
import { h } from '../dom.ts';
import type { Asked } from './merger_api.ts';
import { dayInChina } from './merger_words.ts';

export interface FormActions {
  changed(ends: readonly string[], absorber: string | null): void;
  draw(asked: Asked): void;
}

const NEW = 'new';

export class VillageForm {
  readonly node: HTMLFormElement;
  private readonly ends = new Set<string>();
  private readonly boxes = new Map<string, HTMLInputElement>();
  private readonly into: HTMLSelectElement;
  private readonly code = h('input', { type: 'text', inputmode: 'numeric', pattern: '[0-9]{12}', maxlength: 12, placeholder: '12 位，如 430626113221', title: '12 位数字' });
  private readonly name = h('input', { type: 'text', maxlength: 60, placeholder: '如 新平村' });
  private readonly fresh: HTMLElement;
  private readonly on: HTMLInputElement;
  private readonly title = h('input', { type: 'text', maxlength: 200, placeholder: '可不填' });
  private readonly said = h('p', { class: 'merger-said', role: 'status' });
  private readonly submit = h('button', { type: 'submit', class: 'primary' }, '试算');

  constructor(
    private readonly villages: readonly Division[],
    private readonly actions: FormActions,
  ) {
    const today = dayInChina(new Date());
    this.on = h('input', { type: 'date', required: true, value: today, max: today });
    this.into = h('select', {}, h('option', { value: '' }, '请选择'), h('option', { value: NEW }, '新设一个村…'), h('optgroup', { label: '现有的村' }, ...villages.map((v) => h('option', { value: v.code }, v.name))));
    this.fresh = h('div', { class: 'pair', hidden: true }, labelled('新村代码', this.code), labelled('新村名称', this.name));
    this.node = this.build();
    this.say();
  }

  /** A village clicked on the map ends, or no longer does. */
  toggle(code: string): void {
    const box = this.boxes.get(code);
    if (!box || box.disabled) return;
    box.checked = !box.checked;
    this.take(code, box.checked);
    box.scrollIntoView({ block: 'nearest' });
  }

  private build(): HTMLFormElement {
    const filter = h('input', { type: 'search', placeholder: '按村名筛选', 'aria-label': '按村名筛选' });
    const rows = this.villages.map((village) => this.row(village));
    filter.addEventListener('input', () => {
      for (const row of rows) row.hidden = !row.textContent?.includes(filter.value.trim());
    });
    const list = h('ul', { class: 'merger-villages' }, ...rows);
    const form = h(
      'form',
      { class: 'merger-form' },
      h('fieldset', {}, h('legend', {}, '并出的村'), h('p', { class: 'note' }, '在下面勾选，或在地图上点选。'), this.villages.length > 8 ? filter : null, list),
      labelled('并入', this.into),
      this.fresh,
      h('div', { class: 'pair' }, labelled('生效日期', this.on), labelled('方案名称', this.title)),
      this.said,
      this.submit,
    );
    this.into.addEventListener('change', () => this.choose());
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (!this.submit.disabled) this.actions.draw(this.asked());
    });
    return form;
  }

  private row(village: Division): HTMLLIElement {
    const box = h('input', { type: 'checkbox', value: village.code });
    this.boxes.set(village.code, box);
    box.addEventListener('change', () => this.take(village.code, box.checked));
    return h('li', {}, h('label', {}, box, h('span', {}, village.name), h('span', { class: 'code soft' }, village.code)));
  }

  private take(code: string, isEnding: boolean): void {
    if (isEnding) this.ends.add(code);
    else this.ends.delete(code);
    for (const option of this.into.querySelectorAll('option')) option.disabled = this.ends.has(option.value);
    this.changed();
  }

  private choose(): void {
    const isNew = this.into.value === NEW;
    this.fresh.hidden = !isNew;
    this.code.required = this.name.required = isNew;
    for (const [code, box] of this.boxes) box.disabled = code === this.into.value;
    this.changed();
  }

  private changed(): void {
    const { value } = this.into;
    this.say();
    this.actions.changed([...this.ends], value && value !== NEW ? value : null);
  }

  private say(): void {
    const names = this.villages.filter((village) => this.ends.has(village.code)).map((village) => village.name);
    const into = this.into.value === NEW ? '新村' : this.villages.find((village) => village.code === this.into.value)?.name;
    const least = this.into.value === NEW ? 2 : 1;
    this.submit.disabled = names.length < least || into === undefined;
    this.said.textContent =
      names.length === 0 ? '还没有选并出的村。' : into === undefined ? `${names.join('、')}：请选择并入哪个村。` : names.length < least ? '新设一个村，至少由两个村合并而来。' : `${names.join('、')}并入${into}。试算只看结果，不改动任何数据。`;
  }

  private asked(): Asked {
    const chosen = this.into.value === NEW ? { new: { code: this.code.value.trim(), name: this.name.value.trim() } } : { absorber: this.into.value };
    return { kind: 'merge', effective_on: this.on.value, title: this.title.value.trim(), ends: [...this.ends], ...chosen };
  }
}

let labels = 0;

/** A control under its name. */
export function labelled(name: string, input: HTMLElement): HTMLElement {
  input.id ||= `merger-field-${(labels += 1)}`;
  return h('div', { class: 'merger-field' }, h('label', { class: 'field', for: input.id }, name), input);
}

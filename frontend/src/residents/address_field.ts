/** A field for a standard address: suggestions while typing, a code of 26 digits taken as it is. */

import { api } from '../api.ts';
import { field } from '../accounts/form.ts';
import { h } from '../dom.ts';

const PAUSE_MS = 250;
const CODE = /^\d{26}$/;
/** Numbers of people have no place in a search, whose words stand in an address. */
const LONG_NUMBER = /\d{11,}/;
let serial = 0;

export class AddressField {
  readonly node: HTMLElement;
  readonly input: HTMLInputElement;
  private readonly list: HTMLDataListElement;
  private readonly codes = new Map<string, string>();
  private timer = 0;
  private stop = new AbortController();

  constructor(label: string, required: boolean, value = '') {
    serial += 1;
    const id = `addresses-${serial}`;
    const { node, input } = field(label, { type: 'text', list: id, required, maxlength: 100, autocomplete: 'off', spellcheck: 'false' });
    [this.node, this.input, this.list] = [node, input, h('datalist', { id })];
    this.node.append(this.list);
    this.input.value = value;
    this.input.addEventListener('input', () => {
      window.clearTimeout(this.timer);
      if (!this.codes.has(this.input.value)) this.timer = window.setTimeout(() => void this.suggest().catch(() => undefined), PAUSE_MS);
    });
  }

  /** The code of what was typed; null where nothing was. Throws in words when it is no address, or several. */
  async code(): Promise<string | null> {
    const typed = this.input.value.trim();
    if (typed === '') return null;
    if (CODE.test(typed)) return typed;
    const known = this.codes.get(typed);
    if (known) return known;
    window.clearTimeout(this.timer); // a suggestion that begins later would break off this question
    await this.suggest();
    // The search answers what is alike; nobody is written down at an address that was not typed to its end.
    const meant = [...this.codes].filter(([text]) => text.endsWith(typed));
    if (meant.length === 1 && meant[0]) return meant[0][1];
    this.input.focus();
    throw new Error(this.codes.size === 0 ? '没有找到这个标准地址' : '没有与所填完全相同的地址，请从提示中选一条');
  }

  private async suggest(): Promise<void> {
    const typed = this.input.value.trim();
    this.stop.abort();
    this.stop = new AbortController();
    if (typed.length < 2 || LONG_NUMBER.test(typed)) return this.codes.clear();
    const found = await api.search(typed, this.stop.signal);
    this.codes.clear();
    for (const one of found.items) this.codes.set(one.full_text, one.code);
    this.list.replaceChildren(...found.items.map((one) => h('option', { value: one.full_text })));
  }
}

/** A field for a row of a police dictionary: names are suggested while typing, one code under its name is taken. */

import { h, required } from '../dom.ts';
import type { Entry, OfficeApi } from './office_api.ts';

const PAUSE_MS = 250;
const told = (one: Entry): string => `${one.name}（${one.code}）`;

export class EntryField {
  readonly input = required<HTMLInputElement>('#propose-entry');
  private readonly list = required<HTMLDataListElement>('#propose-entries');
  private found: Entry[] = [];
  private timer = 0;
  private turn = 0;

  /** `kind` names the dictionary that is asked. */
  constructor(
    private readonly calls: OfficeApi,
    private readonly kind: () => string,
  ) {
    this.input.addEventListener('input', () => {
      window.clearTimeout(this.timer);
      if (!this.meant()) this.timer = window.setTimeout(() => void this.suggest().catch(() => undefined), PAUSE_MS);
    });
  }

  clear(): void {
    window.clearTimeout(this.timer);
    this.turn += 1;
    this.input.value = '';
    this.found = [];
    this.list.replaceChildren();
  }

  /** The row that was typed to its end; null where none or several bear that name. */
  async entry(): Promise<Entry | null> {
    window.clearTimeout(this.timer);
    if (!this.meant()) await this.suggest();
    return this.meant();
  }

  private meant(): Entry | null {
    const typed = this.input.value.trim();
    const exact = this.found.find((one) => told(one) === typed);
    const named = this.found.filter((one) => one.name === typed);
    return exact ?? (named.length === 1 ? (named[0] ?? null) : null);
  }

  private async suggest(): Promise<void> {
    const turn = (this.turn += 1);
    const [name = ''] = this.input.value.trim().split('（');
    const { items } = await this.calls.entries(this.kind(), name);
    if (turn !== this.turn) return;
    this.found = items;
    this.list.replaceChildren(...items.map((one) => h('option', { value: told(one) })));
  }
}

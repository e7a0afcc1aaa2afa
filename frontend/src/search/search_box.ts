/** The search box: a combobox with a list of suggestions (WAI-ARIA pattern), usable by keyboard alone. */

import type { SearchItem } from '../api.ts';
import { h, required } from '../dom.ts';
import { sentence } from '../notice.ts';
import { Lookup } from './lookup.ts';
import { optionOf } from './option.ts';

/** So many suggestions are a full list, behind which there may be more. */
const FULL = 8;

/** What stands in the list behind the addresses: where else to look. */
interface Lead {
  words: string;
  follow: () => void;
}

export class SearchBox {
  private readonly input = required<HTMLInputElement>('#search-input');
  private readonly list = required<HTMLUListElement>('#search-list');
  private readonly status = required<HTMLElement>('#search-status');
  private readonly clear = required<HTMLButtonElement>('#search-clear');
  private items: SearchItem[] = [];
  private leads: Lead[] = [];
  private active = -1;
  private readonly form = required<HTMLFormElement>('#search');
  private readonly lookup = new Lookup({
    found: (text, items) => this.found(text, items),
    failed: (text, error) => {
      this.answered = text;
      this.show([], sentence(error));
    },
    waiting: (isLate, isLost) => {
      this.form.classList.toggle('waiting', isLate);
      if (isLate) this.status.textContent = isLost ? '信号不好，正在重试' : '正在查找';
    },
  });
  private answered: string | null = null;
  /** Enter was pressed before the answer came: take its first item. */
  private takeFirst = false;
  /** More than suggestions was asked for. */
  private isWhole = false;

  constructor(private readonly choose: (item: SearchItem) => void) {
    this.input.addEventListener('input', (event) => {
      if (!(event as InputEvent).isComposing) this.schedule();
    });
    this.input.addEventListener('compositionend', () => this.schedule());
    this.input.addEventListener('keydown', (event) => this.onKey(event));
    this.input.addEventListener('focus', () => this.reopen());
    this.input.addEventListener('blur', () => this.close());
    this.list.addEventListener('mousedown', (event) => event.preventDefault());
    this.list.addEventListener('click', (event) => this.onClick(event));
    this.clear.addEventListener('click', () => this.reset());
    this.form.addEventListener('submit', (event) => event.preventDefault());
    if (this.input.value !== '') this.schedule(); // typed before this script was there
  }

  private schedule(): void {
    const text = this.input.value.trim();
    this.clear.hidden = this.input.value === '';
    this.takeFirst = this.isWhole = false;
    if (text === '') {
      this.lookup.stop();
      this.answered = null;
      this.show([], '');
    } else if (text === this.answered) {
      this.lookup.stop();
      this.reopen();
    } else this.lookup.soon(text);
  }

  private found(text: string, items: SearchItem[]): void {
    this.answered = text;
    this.show(items, items.length === 0 ? `没有找到“${text}”，可试试村名、组名、门牌号或拼音首字母` : '', this.leadsOf(text, items));
    if (this.takeFirst && items[0]) this.take(items[0]);
    this.takeFirst = false;
  }

  /** The history of villages and addresses where nothing holds the text itself; the whole search behind a full list. */
  private leadsOf(text: string, items: SearchItem[]): Lead[] {
    const leads: Lead[] = [];
    if (items.every((item) => item.field === 'near')) {
      leads.push({ words: '旧村名、旧地址：到沿革里查', follow: () => location.assign(`/history?text=${encodeURIComponent(text)}`) });
    }
    if (items.length === FULL && !this.isWhole) leads.push({ words: '列出更多结果', follow: () => this.more() });
    return leads;
  }

  private show(items: SearchItem[], message: string, leads: Lead[] = []): void {
    this.items = items;
    this.leads = leads;
    this.active = -1;
    const rows = items.map((item, index) => optionOf(item, index, this.input.value));
    if (message) rows.push(h('li', { class: 'nothing', role: 'presentation' }, message));
    rows.push(...leads.map((lead, at) => leadOption(lead, items.length + at)));
    this.list.replaceChildren(...rows);
    this.status.textContent = message || (items.length > 0 ? `${items.length} 条结果，用上下方向键选择` : '');
    this.setOpen(rows.length > 0 && document.activeElement === this.input);
    this.markActive();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      this.reopen();
      this.move(event.key === 'ArrowDown' ? 1 : -1);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      this.onEnter();
    } else if (event.key === 'Escape') {
      if (this.isOpen()) this.close();
      else this.reset();
    }
  }

  private move(by: number): void {
    const count = this.list.querySelectorAll('[role=option]').length;
    if (count === 0 || this.answered !== this.input.value.trim()) return; // the list is still that of another text
    this.active = this.active < 0 && by < 0 ? count - 1 : (this.active + by + count) % count;
    this.markActive();
  }

  private onEnter(): void {
    const text = this.input.value.trim();
    const item = this.items[Math.max(this.active, 0)];
    if (text === '') return;
    if (this.answered !== text) {
      this.takeFirst = true;
      this.lookup.now(text);
    } else if (item) this.take(item);
    else if (this.active >= 0) this.leads[this.active - this.items.length]?.follow();
    else this.lookup.now(text);
  }

  private onClick(event: MouseEvent): void {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-index]') : null;
    const index = Number(row?.dataset['index']);
    const item = this.items[index];
    if (item) this.take(item);
    else this.leads[index - this.items.length]?.follow();
  }

  private more(): void {
    this.isWhole = true;
    this.lookup.more(this.input.value.trim());
  }

  private take(item: SearchItem): void {
    this.takeFirst = false;
    this.input.value = item.full_text;
    this.answered = null;
    this.clear.hidden = false;
    this.close();
    this.choose(item);
  }

  private reset(): void {
    this.input.value = '';
    this.schedule();
    this.input.focus();
  }

  private reopen(): void {
    if (this.list.childElementCount > 0 && this.answered === this.input.value.trim()) this.setOpen(true);
  }

  private close(): void {
    this.active = -1;
    this.markActive();
    this.setOpen(false);
  }

  private isOpen(): boolean {
    return this.input.getAttribute('aria-expanded') === 'true';
  }

  private setOpen(open: boolean): void {
    this.list.hidden = !open;
    this.input.setAttribute('aria-expanded', String(open));
  }

  private markActive(): void {
    this.list.querySelectorAll('[role=option]').forEach((row, index) => {
      row.setAttribute('aria-selected', String(index === this.active));
      if (index === this.active) row.scrollIntoView({ block: 'nearest' });
    });
    if (this.active < 0) this.input.removeAttribute('aria-activedescendant');
    else this.input.setAttribute('aria-activedescendant', `search-option-${this.active}`);
  }
}

function leadOption(lead: Lead, index: number): HTMLLIElement {
  return h('li', { id: `search-option-${index}`, role: 'option', class: 'more', 'aria-selected': 'false', 'data-index': index }, lead.words);
}

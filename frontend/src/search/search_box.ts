/** The search box: a combobox with a list of suggestions (WAI-ARIA pattern), usable by keyboard alone. */

import { api, type SearchItem } from '../api.ts';
import { h, required } from '../dom.ts';
import { ADDRESS_STAGE_LABELS, label } from '../labels.ts';
import { sentence } from '../notice.ts';
import { markMatches } from './highlight.ts';

const DEBOUNCE_MS = 180;

export class SearchBox {
  private readonly input = required<HTMLInputElement>('#search-input');
  private readonly list = required<HTMLUListElement>('#search-list');
  private readonly status = required<HTMLElement>('#search-status');
  private readonly clear = required<HTMLButtonElement>('#search-clear');
  private items: SearchItem[] = [];
  private active = -1;
  private timer = 0;
  private running: AbortController | null = null;
  private answered: string | null = null;
  /** Enter was pressed before the answer came: take its first item. */
  private takeFirst = false;

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
    required<HTMLFormElement>('#search').addEventListener('submit', (event) => event.preventDefault());
  }

  private schedule(): void {
    const text = this.input.value.trim();
    this.clear.hidden = this.input.value === '';
    this.takeFirst = false;
    window.clearTimeout(this.timer);
    this.running?.abort();
    if (text === '') {
      this.answered = null;
      this.show([], '');
      return;
    }
    this.timer = window.setTimeout(() => void this.look(text), DEBOUNCE_MS);
  }

  private async look(text: string): Promise<void> {
    const running = new AbortController();
    this.running?.abort();
    this.running = running;
    try {
      const answer = await api.search(text, running.signal);
      this.answered = text;
      this.show(answer.items, answer.items.length === 0 ? `没有找到“${text}”，可试试村名、组名或门牌号` : '');
      if (this.takeFirst && answer.items[0]) this.take(answer.items[0]);
    } catch (error) {
      if (!running.signal.aborted) this.show([], sentence(error));
    }
  }

  private show(items: SearchItem[], message: string): void {
    this.items = items;
    this.active = -1;
    const rows = items.map((item, index) => this.row(item, index));
    if (message) rows.push(h('li', { class: 'nothing', role: 'presentation' }, message));
    this.list.replaceChildren(...rows);
    this.status.textContent = message || (items.length > 0 ? `${items.length} 条结果，用上下方向键选择` : '');
    this.setOpen(rows.length > 0 && document.activeElement === this.input);
    this.markActive();
  }

  private row(item: SearchItem, index: number): HTMLLIElement {
    const stage = item.stage === 'current' ? null : h('span', { class: 'tag' }, label(ADDRESS_STAGE_LABELS, item.stage));
    return h(
      'li',
      { id: `search-option-${index}`, role: 'option', 'aria-selected': 'false', 'data-index': index },
      h('span', { class: 'option-number' }, item.number),
      h(
        'span',
        { class: 'option-text' },
        ...markMatches(item.full_text, this.input.value),
        h('small', { class: 'soft' }, item.match),
      ),
      stage,
    );
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
    const count = this.items.length;
    if (count === 0) return;
    this.active = this.active < 0 && by < 0 ? count - 1 : (this.active + by + count) % count;
    this.markActive();
  }

  private onEnter(): void {
    const text = this.input.value.trim();
    const item = this.items[Math.max(this.active, 0)];
    if (item && this.answered === text) this.take(item);
    else if (text !== '') {
      this.takeFirst = true;
      window.clearTimeout(this.timer);
      void this.look(text);
    }
  }

  private onClick(event: MouseEvent): void {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-index]') : null;
    const item = row ? this.items[Number(row.dataset['index'])] : undefined;
    if (item) this.take(item);
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

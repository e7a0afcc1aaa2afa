/** `/audit-trail`: the audit, chosen by a form whose fields stand in the address, page after page. */

import '../app.css';
import './trail.css';

import { h, required } from '../dom.ts';
import { notify, sentence } from '../notice.ts';
import { closeMenuBeside } from '../menu.ts';
import { COLUMNS, lineRows } from './line_row.ts';
import { exportUrl, trailApi } from './trail_api.ts';

const FIELDS = ['since', 'until', 'account', 'action', 'object_kind', 'object_id', 'channel', 'source'] as const;

class TrailPage {
  private readonly form = required<HTMLFormElement>('#trail-form');
  private readonly body = required<HTMLTableSectionElement>('#trail-lines');
  private readonly more = required<HTMLButtonElement>('#trail-next');
  private readonly note = required<HTMLElement>('#trail-note');
  private cursor: string | null = null;
  private turn = 0;
  private count = 0;

  start(): void {
    required<HTMLElement>('#trail-head').append(h('tr', {}, ...COLUMNS.map((name) => h('th', { scope: 'col' }, name))));
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.search();
    });
    required<HTMLButtonElement>('#trail-clear').addEventListener('click', () => {
      for (const name of FIELDS) this.field(name).value = '';
      this.search();
    });
    required<HTMLButtonElement>('#trail-export').addEventListener('click', () => location.assign(exportUrl(this.asked())));
    this.more.addEventListener('click', () => void this.read(false));
    window.addEventListener('popstate', () => void this.open());
    void this.open();
  }

  private async open(): Promise<void> {
    const wanted = new URLSearchParams(location.search);
    await this.nameActions(wanted.get('action'));
    for (const name of FIELDS) this.field(name).value = wanted.get(name) ?? '';
    await this.read(true);
  }

  private search(): void {
    const query = this.asked().toString();
    history.pushState(null, '', query === '' ? location.pathname : `?${query}`);
    void this.read(true);
  }

  private asked(): URLSearchParams {
    const asked = new URLSearchParams();
    for (const name of FIELDS) {
      const value = this.field(name).value.trim();
      if (value !== '') asked.set(name, value);
    }
    return asked;
  }

  private async read(anew: boolean): Promise<void> {
    const turn = (this.turn += 1);
    this.more.disabled = true;
    if (anew) {
      this.cursor = null;
      this.count = 0;
      this.note.textContent = '正在读取…';
    }
    try {
      const page = await trailApi.page(this.asked(), this.cursor);
      if (turn !== this.turn) return;
      if (anew) this.body.replaceChildren();
      this.body.append(...page.items.flatMap(lineRows));
      this.cursor = page.next_cursor;
      this.count += page.items.length;
      this.note.textContent = this.count === 0 ? '没有符合条件的记录' : `已列出 ${this.count} 条，新的在前${this.cursor === null ? '' : '，还有更多'}`;
    } catch (error) {
      if (turn !== this.turn) return;
      notify(sentence(error), 'bad');
      this.note.textContent = '没有读到，请修改条件后再查';
    }
    this.more.hidden = this.cursor === null;
    this.more.disabled = false;
  }

  /** Fills the list of actions once; one that the address names and that is not in it is added. */
  private async nameActions(chosen: string | null): Promise<void> {
    const list = this.field('action') as HTMLSelectElement;
    try {
      if (list.options.length === 1) {
        const found = await trailApi.actions();
        list.append(...found.items.map((one) => h('option', { value: one.action }, one.label)));
      }
    } catch (error) {
      notify(sentence(error), 'bad');
    }
    if (chosen !== null && ![...list.options].some((one) => one.value === chosen)) list.append(h('option', { value: chosen }, chosen));
  }

  private field(name: (typeof FIELDS)[number]): HTMLInputElement | HTMLSelectElement {
    return required(`#trail-${name.replace('_', '-')}`);
  }
}

closeMenuBeside();
new TrailPage().start();

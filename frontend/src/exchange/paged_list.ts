/** A list of things to work on that is read page by page; whoever acts on one sees the list anew. */

import { isOutdated, type Page } from '../api.ts';
import { h, required } from '../dom.ts';
import { notify, sentence } from '../notice.ts';

export class PagedList<T> {
  private cursor: string | null = null;
  private turn = 0;

  constructor(
    private readonly id: string,
    private readonly empty: string,
    private readonly read: (cursor: string | null) => Promise<Page<T>>,
    private readonly draw: (one: T) => HTMLElement,
  ) {
    required(`#${id}-more`).addEventListener('click', () => void this.list(false).catch(failed));
  }

  async list(anew = true): Promise<void> {
    const turn = (this.turn += 1);
    const page = await this.read(anew ? null : this.cursor);
    if (turn !== this.turn) return;
    this.cursor = page.next_cursor;
    const rows = page.items.map(this.draw);
    const node = required(`#${this.id}`);
    if (anew) node.replaceChildren(...(rows.length ? rows : [h('li', { class: 'note' }, this.empty)]));
    else node.append(...rows);
    required<HTMLElement>(`#${this.id}-more`).hidden = page.next_cursor === null;
  }
}

export const failed = (error: unknown): void => notify(sentence(error), 'bad');

/** A button whose act runs once at a time; what went wrong is said at the foot of the page. */
export function actor(text: string, act: () => Promise<void>, main = false): HTMLButtonElement {
  const button = h('button', { type: 'button', class: main ? 'primary' : 'quiet' }, text);
  button.addEventListener('click', () => {
    button.disabled = true;
    void act().catch(failed).finally(() => (button.disabled = false));
  });
  return button;
}

/** A button of a row: the list is read anew after its act, and where the act was refused because the row is outdated. */
export function rowActor(text: string, act: () => Promise<void>, again: () => Promise<void>, main = false): HTMLButtonElement {
  const run = async (): Promise<void> => {
    const back = placeOf(button);
    try {
      await act();
    } catch (error) {
      failed(error);
      if (!isOutdated(error)) return;
    }
    await again();
    back();
  };
  const button = actor(text, run, main);
  return button;
}

/** What brings the keyboard back to where a button stood: to the row that is there now, not to its button. */
function placeOf(button: HTMLElement): () => void {
  const row = button.closest('li');
  const list = row?.parentElement;
  const at = row && list ? [...list.children].indexOf(row) : 0;
  return () => {
    const next = (list?.children[at] ?? list?.lastElementChild) as HTMLElement | null;
    next?.setAttribute('tabindex', '-1');
    next?.focus();
  };
}

/** What a file came to, and which of its lines were not taken. */
export function report(id: string, words: string, rejects: { row: number; field: string; message: string }[], rejected: number): void {
  const box = required<HTMLElement>(`#${id}`);
  const lines = rejects.slice(0, 20).map((one) => h('li', {}, `第${one.row}行 ${one.field}：${one.message}`));
  if (rejected > lines.length) lines.push(h('li', {}, `等共 ${rejected} 行`));
  box.className = 'report';
  box.replaceChildren(h('p', {}, words), lines.length ? h('ul', {}, ...lines) : '');
  box.hidden = false;
  box.focus();
}

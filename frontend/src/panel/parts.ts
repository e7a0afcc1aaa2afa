/** Pieces that panels are made of. */

import { h, icon, ICONS } from '../dom.ts';
import { notify } from '../notice.ts';

const CONFIRMED_MS = 1600;

/** A titled section. */
export function section(title: string, ...content: Node[]): HTMLElement {
  return h('section', {}, h('h3', {}, title), ...content);
}

/** One row of a definition list, or nothing when there is nothing to say. */
export function fact(name: string, value: Node | string | null | undefined): HTMLElement[] {
  if (value === null || value === undefined || value === '') return [];
  return [h('dt', {}, name), h('dd', {}, value)];
}

/** A button that copies `text` and says that it did. */
export function copyButton(name: string, text: string): HTMLButtonElement {
  const button = h('button', { type: 'button', class: 'quiet' }, icon(ICONS.copy), name);
  button.addEventListener('click', () => {
    void copy(text).then((copied) => {
      notify(copied ? '已复制' : '浏览器不允许复制，请手工选取', copied ? 'good' : 'bad');
      if (!copied) return;
      button.replaceChildren(icon(ICONS.done), name);
      window.setTimeout(() => button.replaceChildren(icon(ICONS.copy), name), CONFIRMED_MS);
    });
  });
  return button;
}

/** The clipboard interface needs https; on a plain office network the older way still works. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const focused = document.activeElement;
    const area = h('textarea', { class: 'offscreen', readonly: true }, text);
    document.body.append(area);
    area.select();
    const copied = document.execCommand('copy');
    area.remove();
    if (focused instanceof HTMLElement) focused.focus();
    return copied;
  }
}

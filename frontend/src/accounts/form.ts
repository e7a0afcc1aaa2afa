/** Small parts that both pages of accounts are made of: fields, forms that send once, secrets shown once. */

import { h } from '../dom.ts';
import { sentence } from '../notice.ts';

type Attributes = Parameters<typeof h>[1];
let serial = 0;

/** A labelled field; `hint` is read out with it. */
export function field(label: string, attributes: Attributes, hint = ''): { node: HTMLElement; input: HTMLInputElement } {
  serial += 1;
  const id = `field-${serial}`;
  const input = h('input', { id, ...attributes, 'aria-describedby': hint ? `${id}-hint` : null });
  const node = h('div', { class: 'row' }, h('label', { for: id }, label), input, hint ? h('p', { class: 'note', id: `${id}-hint` }, hint) : null);
  return { node, input };
}

/** A labelled choice. */
export function choice(label: string, options: Record<string, string>, chosen: string): { node: HTMLElement; input: HTMLSelectElement } {
  serial += 1;
  const id = `field-${serial}`;
  const input = h('select', { id }, ...Object.entries(options).map(([value, text]) => h('option', { value }, text)));
  input.value = chosen;
  return { node: h('div', { class: 'row' }, h('label', { for: id }, label), input), input };
}

/** Do something, and say beside it in words what went wrong. */
export async function telling(problem: HTMLElement, act: () => Promise<void>): Promise<void> {
  problem.hidden = true;
  try {
    await act();
  } catch (error) {
    problem.textContent = sentence(error);
    problem.hidden = false;
  }
}

/** A form that sends once per press and says in words what went wrong. */
export function form(button: string, rows: HTMLElement[], send: () => Promise<void>): HTMLFormElement {
  const press = h('button', { type: 'submit', class: 'primary' }, button);
  const problem = h('p', { class: 'failure', role: 'alert', hidden: true });
  const node = h('form', { class: 'stack' }, ...rows, problem, press);
  node.addEventListener('submit', (event) => {
    event.preventDefault();
    press.disabled = true;
    void telling(problem, send).finally(() => {
      press.disabled = false;
    });
  });
  return node;
}

/** A button that acts once per press; `confirm` words ask first. */
export function button(text: string, act: () => Promise<void>, failed: (error: unknown) => void, confirm = '', kind = ''): HTMLButtonElement {
  const node = h('button', { type: 'button', class: `quiet small ${kind}`.trim() }, text);
  node.addEventListener('click', () => {
    if (confirm && !window.confirm(confirm)) return;
    node.disabled = true;
    void act()
      .catch(failed)
      .finally(() => {
        node.disabled = false;
      });
  });
  return node;
}

/** What is shown this once: the words, and the secrets one a line. */
export function shownOnce(words: string, secrets: string[]): HTMLElement {
  const node = h('div', { class: 'once', role: 'status', tabindex: '-1' }, h('p', {}, words), h('pre', { class: 'code' }, secrets.join('\n')));
  window.setTimeout(() => node.focus());
  return node;
}

/** A table with a head, or a sentence where there is nothing. */
export function table(heads: string[], rows: (Node | string)[][], nothing: string): HTMLElement {
  if (!rows.length) return h('p', { class: 'note' }, nothing);
  const head = h('tr', {}, ...heads.map((text) => h('th', { scope: 'col' }, text)));
  const body = rows.map((cells) => h('tr', {}, ...cells.map((cell, n) => h('td', { 'data-head': heads[n] ?? '' }, cell))));
  return h('table', {}, h('thead', {}, head), h('tbody', {}, ...body));
}

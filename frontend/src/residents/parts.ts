/** Pieces of the views: links that stay on the page, tables, facts, flags. */

import { h } from '../dom.ts';
import type { Member, Resident } from './residents_api.ts';
import { NOTHING, standing } from './words.ts';

type Cell = Node | string | null;

/** A button that looks like a link: what it leads to never stands in the address bar. */
export function link(text: string, act: () => void): HTMLButtonElement {
  const node = h('button', { type: 'button', class: 'link' }, text);
  node.addEventListener('click', act);
  return node;
}

export function heading(text: string, ...flags: (HTMLElement | null)[]): HTMLElement {
  return h('h2', { tabindex: '-1' }, text, ...flags);
}

export function tag(text: string, kind = ''): HTMLElement {
  return h('span', { class: `tag ${kind}`.trim() }, text);
}

/** Flags of a person: a child's data are sensitive, a record may have ended. */
export function flags(person: Resident | Member): HTMLElement[] {
  const ended = standing(person);
  return [...(person.under_14 ? [tag('未满14周岁', 'child')] : []), ...(ended ? [tag(ended, 'stage-retired')] : [])];
}

export function facts(rows: [string, Cell][]): HTMLElement {
  const shown = rows.filter(([, value]) => value !== null && value !== '');
  return h('dl', { class: 'facts' }, ...shown.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
}

/** A table, or a sentence where there is nothing. */
export function table(heads: string[], rows: Cell[][], nothing: string): HTMLElement {
  if (rows.length === 0) return h('p', { class: 'note' }, nothing);
  const head = h('tr', {}, ...heads.map((text) => h('th', { scope: 'col' }, text)));
  const body = rows.map((cells) => h('tr', {}, ...cells.map((cell, at) => h('td', { 'data-head': heads[at] ?? '' }, cell ?? NOTHING))));
  return h('div', { class: 'scroll' }, h('table', {}, h('thead', {}, head), h('tbody', {}, ...body)));
}

/** Several links one after the other, or nothing. */
export function several(nodes: Node[]): Node | null {
  return nodes.length === 0 ? null : h('span', { class: 'several' }, ...nodes);
}

/** A part that is made when it is opened. */
export function folded(title: string, make: () => Promise<Node> | Node): HTMLDetailsElement {
  const node = h('details', {}, h('summary', {}, title));
  node.addEventListener('toggle', () => {
    if (!node.open || node.childElementCount > 1) return;
    const box = h('div', { class: 'folded' }, '正在读取…');
    node.append(box);
    void Promise.resolve(make()).then(
      (made) => {
        box.replaceChildren(made);
        box.querySelector<HTMLElement>('input, select')?.focus();
      },
      (error: unknown) => {
        box.replaceChildren(h('p', { class: 'failure', role: 'alert' }, error instanceof Error ? error.message : '没有读到'));
      },
    );
  });
  return node;
}

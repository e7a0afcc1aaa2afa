/** Step three: the collisions that wait for a decision, then those that are decided; a person decides each. */

import { h } from '../dom.ts';
import type { Choice, Collision, Plan } from './merger_api.ts';
import { PlaceEditor } from './place_editor.ts';
import { wholeVillages } from './whole_village.ts';

export interface CollisionActions {
  choose(choices: Choice[]): void;
}

/** 9组 before 10组. */
const IN_ORDER = new Intl.Collator('zh', { numeric: true });

export function collisionView(plan: Plan, mayDecide: boolean, actions: CollisionActions): HTMLElement[] {
  const { summary } = plan;
  if (summary.collisions.length === 0) return [h('p', { class: 'merger-clear' }, '没有重名：各村的组、自然村和街路巷合并后名称都不相同。')];
  const isOpen = mayDecide && plan.stage === 'draft';
  const left = summary.undecided;
  const words = left > 0 ? `共 ${summary.collisions.length} 处重名，还有 ${left} 处未决定。` : `${summary.collisions.length} 处重名都已决定。`;
  const counted = h('p', { class: left > 0 ? 'merger-left' : 'merger-clear', id: 'merger-left' }, words);
  const ordered = [...summary.collisions].sort((a, b) => Number(a.decided) - Number(b.decided) || IN_ORDER.compare(a.reads, b.reads));
  const cards = ordered.map((one) => card(plan, one, isOpen, actions));
  return [counted, isOpen ? wholeVillages(plan, actions.choose) : null, homonyms(plan), ...cards].filter((node) => node !== null);
}

/** What is decided is told in a line, with the choices folded away. */
function card(plan: Plan, collision: Collision, isOpen: boolean, actions: CollisionActions): HTMLElement {
  const isDecided = collision.decided;
  const state = h('span', { class: `tag ${isDecided ? 'stage-current' : 'stage-draft'}` }, isDecided ? '已决定' : '未决定');
  const villages = [...new Set(collision.places.map((place) => place.village))].join('、');
  const heading = h('h3', {}, `“${collision.words}”`, h('span', { class: 'soft' }, villages), state);
  const equal = collision.equal_texts > 0 ? `若不处理，有 ${collision.equal_texts} 个地址全称会相同。` : '没有全称相同的地址，但地名会混淆。';
  const editors = collision.places.map((place, index) => new PlaceEditor(plan, collision, place, index === 0));
  const standing = editors.map((one) => one.standing()).filter((node) => node !== null);
  const form = isOpen ? editing(editors, actions) : null;
  const body = isDecided && form ? h('details', {}, h('summary', {}, '更改决定'), form) : form;
  const classes = `merger-collision${isDecided ? ' decided' : ''}`;
  return h('section', { class: classes, 'data-reads': collision.reads }, heading, isDecided ? null : h('p', { class: 'note' }, equal), ...standing, body);
}

function editing(editors: readonly PlaceEditor[], actions: CollisionActions): HTMLFormElement {
  const submit = h('button', { type: 'submit', class: 'primary' }, '确定');
  const form = h('form', {}, ...editors.map((one) => one.node), submit);
  const gate = (): void => {
    submit.disabled = editors.every((one) => one.choice() === null);
  };
  form.addEventListener('input', gate);
  gate();
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const choices = editors.map((one) => one.choice()).filter((choice) => choice !== null);
    if (choices.length > 0) actions.choose(choices);
  });
  return form;
}

function homonyms(plan: Plan): HTMLElement | null {
  const { homonyms: texts, homonym_count: count } = plan.summary;
  if (count === 0) return null;
  const shown = texts.slice(0, 20).map((one) => h('li', {}, one.text, h('span', { class: 'code soft' }, one.code)));
  return h('details', { class: 'merger-homonyms' }, h('summary', {}, `按现有决定，${count} 条地址会与别的地址全称相同`), h('ul', { class: 'merger-affected' }, ...shown));
}

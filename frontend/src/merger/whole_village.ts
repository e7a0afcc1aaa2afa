/** One decision for many collisions: a village stays as 片区 in all its texts, or every proposal is taken. */

import { h } from '../dom.ts';
import type { Choice, Collision, Plan } from './merger_api.ts';
import { districtName, districtOf, ownName, textBefore, villagesOf } from './merger_words.ts';

type Choose = (choices: Choice[]) => void;

export function wholeVillages(plan: Plan, choose: Choose): HTMLElement {
  const { summary } = plan;
  const colliding = new Set(summary.collisions.flatMap((one) => one.places.map((place) => place.village)));
  const forms = villagesOf(summary, 'ends').filter((name) => colliding.has(name)).map((name) => wholeVillage(plan, name, choose));
  return h('section', { class: 'merger-bulk' }, h('h2', {}, '一并决定'), ...forms, allProposals(plan, choose));
}

function wholeVillage(plan: Plan, village: string, choose: Choose): HTMLElement {
  const { summary } = plan;
  const id = summary.villages.find((one) => one.name === village)?.id ?? '';
  const known = districtOf(summary, village);
  const field = h('input', { type: 'text', value: known ?? districtName(village), maxlength: 60, required: true, 'aria-label': `${village}的片区名称` });
  const set = h('button', { type: 'submit', class: 'quiet' }, known ? '更改片区名' : '整村保留为片区');
  const back = h('button', { type: 'button', class: 'quiet' }, '不再保留');
  back.addEventListener('click', () => choose([{ subject_id: id, kind: 'undecided', name: '', into_id: null }]));
  const words = known ? `${village}的地名前都加“${known}”，单独决定的除外。` : `${village}的地名前都加旧村名，称为片区：`;
  const line = h('div', { class: 'merger-inline' }, field, set, known ? back : null);
  const form = h('form', { class: 'merger-whole', 'data-village': village }, h('span', {}, words), line, example(plan, village, field));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    choose([{ subject_id: id, kind: 'district', name: field.value.trim(), into_id: null }]);
  });
  return form;
}

/** The first colliding place of the village, as it would read. */
function example(plan: Plan, village: string, field: HTMLInputElement): HTMLElement | null {
  const place = plan.summary.collisions.flatMap((one) => one.places).find((one) => one.village === village);
  if (!place) return null;
  const before = textBefore(place);
  const rest = ownName(place) + (place.doors > 0 ? '1号' : '');
  const after = h('span', { class: 'merger-after' });
  const show = (): void => {
    after.textContent = `${plan.summary.target.name}${field.value.trim()}${rest}`;
  };
  field.addEventListener('input', show);
  show();
  return h('p', { class: 'merger-example' }, h('span', { class: 'merger-before' }, before), after);
}

function allProposals(plan: Plan, choose: Choose): HTMLElement | null {
  const left = plan.summary.collisions.filter((one) => !one.decided);
  const proposals = left.flatMap(proposalsOf);
  if (proposals.length === 0) return null;
  const button = h('button', { type: 'button', class: 'quiet' }, `未决定的 ${left.length} 处都按建议办`);
  button.addEventListener('click', () => choose(proposals));
  return button;
}

/** The first option of every place but the one that keeps its name. */
function proposalsOf(collision: Collision): Choice[] {
  const seen = new Set<string>();
  return collision.options.filter((option) => !seen.has(option.subject_id) && seen.add(option.subject_id));
}

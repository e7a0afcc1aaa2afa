/** Step two: the villages, their areas, what is wrong with the boundaries, what happens to everything. */

import { h } from '../dom.ts';
import { PLACE_KIND_LABELS, label } from '../labels.ts';
import { itemLists } from './item_list.ts';
import type { BoundaryFinding, Plan, Summary, Village } from './merger_api.ts';
import { areaText } from './merger_words.ts';

const PARTS = { ends: '并出', absorbs: '接收', is_split: '从中划出' } as const;

/** `look` brings a place of the map into view. */
export function checkView(plan: Plan, look: (place: GeoJSON.Geometry) => void): HTMLElement[] {
  const { summary } = plan;
  return [
    h('section', {}, h('h2', {}, plan.kind === 'merge' ? '涉及的村' : '拆分'), villageTable(plan)),
    h('section', {}, h('h2', {}, '界线核对'), ...boundaryWords(summary, look)),
    h('section', {}, h('h2', {}, '涉及的事项'), kinds(summary), notes(plan), itemLists(plan)),
  ];
}

/** The villages before, and what they are afterwards. */
export function villageTable(plan: Plan): HTMLElement {
  const { summary } = plan;
  const { areas_before_m2: before, areas_after_m2: after } = summary.invariants;
  const rows = summary.villages.map((village) => row(village.name, village.code, PARTS[village.part], areaOf(before, village), `${village.places} 处`));
  const results = Object.entries(after).map(([name, area]) => row(name, codeAfter(summary, name), '变更后', area, ''));
  const head = h('tr', {}, ...['村', '去向', '面积', '地名'].map((text) => h('th', { scope: 'col' }, text)));
  return h('table', { class: 'merger-table' }, h('thead', {}, head), h('tbody', {}, ...rows), h('tbody', { class: 'merger-result' }, ...results));
}

function row(name: string, code: string, part: string, area: number | null | undefined, places: string): HTMLTableRowElement {
  return h('tr', {}, h('th', { scope: 'row' }, name, h('span', { class: 'code soft' }, code)), h('td', {}, part), h('td', {}, ...areaParts(area)), h('td', {}, places));
}

/** In two pieces, each of which stays whole on a narrow screen. */
function areaParts(area: number | null | undefined): HTMLElement[] {
  return areaText(area).split(/(?=（)/).map((text) => h('span', { class: 'whole' }, text));
}

function codeAfter(summary: Summary, name: string): string {
  if (name.startsWith(summary.target.name)) return summary.target.code;
  return summary.villages.find((village) => village.name === name)?.code ?? '';
}

/** Two villages of one name are told apart by their codes. */
function areaOf(areas: Record<string, number | null>, village: Village): number | null | undefined {
  return areas[village.name] ?? areas[`${village.name}（${village.code}）`];
}

function boundaryWords(summary: Summary, look: (place: GeoJSON.Geometry) => void): HTMLElement[] {
  const { invariants } = summary;
  const words = invariants.findings.map((finding) => {
    const area = finding.area_m2 === null || finding.text.includes('平方米') ? '' : `（${areaText(finding.area_m2)}）`;
    const isBad = finding.severity === 'error';
    return h('li', { class: isBad ? 'merger-bad' : 'merger-warn' }, `${isBad ? '不能执行：' : '请留意：'}${finding.text}${area}`, lookButton(finding, look));
  });
  const [old, now] = [total(invariants.areas_before_m2), total(invariants.areas_after_m2)];
  const isKnown = old !== null && now !== null;
  if (invariants.hold && isKnown) {
    const tolerance = `界线误差 ${invariants.tolerance_m} 米以内`;
    words.unshift(h('li', { class: 'merger-good' }, `变更前合计 ${areaText(old)}，变更后 ${areaText(now)}：没有重叠、没有缺口（${tolerance}）。`));
  }
  return [h('ul', { class: 'merger-findings' }, ...words)];
}

function lookButton({ where }: BoundaryFinding, look: (place: GeoJSON.Geometry) => void): HTMLElement | null {
  if (!where) return null;
  const button = h('button', { type: 'button', class: 'merger-look' }, '在图上看');
  button.addEventListener('click', () => look(where));
  return button;
}

function total(areas: Record<string, number | null>): number | null {
  const values = Object.values(areas);
  return values.some((value) => value === null) ? null : values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

function kinds(summary: Summary): HTMLElement {
  const counts = new Map<string, number>();
  for (const place of summary.places) counts.set(place.kind, (counts.get(place.kind) ?? 0) + 1);
  const words = [...counts].map(([kind, count]) => `${label(PLACE_KIND_LABELS, kind)} ${count} 处`);
  return h('p', {}, words.length > 0 ? `${words.join('、')}改属${summary.target.name}。` : '没有地名随之改属。');
}

function notes(plan: Plan): HTMLElement | null {
  const found = plan.summary.findings.map((finding) => h('li', { class: 'merger-warn' }, `请留意：${finding.text}`));
  return found.length > 0 ? h('ul', { class: 'merger-findings' }, ...found) : null;
}

/** One row: the old text with its elements coloured, what it leads to, candidates on a small picture, the person masked. */

import { h } from '../dom.ts';
import type { Row, Target } from './reconcile_api.ts';

const SVG = 'http://www.w3.org/2000/svg';
const KINDS: Record<string, string> = {
  province: '省', prefecture: '市', county: '县', town: '乡镇', village: '村居', street: '街路巷', district: '片区', hamlet: '自然村', group: '组',
  compound: '小区', institution: '单位', number: '号', building: '栋', unit: '单元', floor: '层', room: '室', remark: '备注',
};

/** Coloured pieces; spans count characters, of which one outside of the basic plane is two units of a string here. */
export function coloured(row: Row): HTMLElement {
  const letters = [...(row.text ?? '')];
  const box = h('p', { class: 'old-text' });
  let at = 0;
  for (const one of [...row.elements].sort((a, b) => a.start - b.start)) {
    if (one.start > at) box.append(h('span', { class: 'left-over', title: '没有认出的部分' }, letters.slice(at, one.start).join('')));
    const title = `${KINDS[one.kind] ?? one.kind}：${one.value}${one.known ? '' : '（不在名录）'}`;
    box.append(h('mark', { class: `element ${one.kind}${one.known ? '' : ' unknown'}`, title }, letters.slice(one.start, one.end).join('')));
    at = Math.max(at, one.end);
  }
  if (at < letters.length) box.append(h('span', { class: 'left-over', title: '没有认出的部分' }, letters.slice(at).join('')));
  return box;
}

export function detail(row: Row, choose: (target: Target) => void): Node[] {
  const person = [row.name, row.under_14 ? '不满十四周岁' : row.id_no, row.book_no && `户号 ${row.book_no}`, row.external_id && `门楼牌 ${row.external_id}`].filter(Boolean).join('　');
  const shown = row.candidates.length > 0 ? row.candidates.slice(0, 5) : row.target ? [row.target] : [];
  return [
    h('h2', { tabindex: '-1' }, `第 ${row.row_no} 行 `, h('span', { class: `tag ${row.outcome}` }, row.outcome_text)),
    row.text === null ? h('p', { class: 'note' }, '底册没有行对应这个地址。') : coloured(row),
    ...(row.target ? [h('p', {}, '标准地址：', h('strong', {}, row.target.full_text))] : []),
    ...(row.reasons.length ? [h('ul', { class: 'reasons' }, ...row.reasons.map((one) => h('li', {}, one)))] : []),
    ...(row.text === null ? [] : [h('p', { class: 'person' }, '人员：', person || '没有可用的号码')]),
    ...(row.finding_texts.length ? [h('p', { class: 'findings' }, ...row.finding_texts.map((one) => h('span', { class: 'tag finding' }, one)))] : []),
    decided(row),
    h('ol', { class: 'candidates' }, ...shown.map((one, n) => candidate(one, n, choose))),
    ...(shown.length > 1 ? [picture(shown)] : []),
  ];
}

function decided(row: Row): HTMLElement {
  if (row.decision === null) return h('p', { class: 'note' }, '尚未核定');
  const words = { accept: '采纳', choose: '选定', village: '转村核实', park: '搁置' }[row.decision];
  const origin = row.is_replayed ? '，沿用上一份底册的核定' : '';
  return h('p', { class: 'decided' }, `已${words}${row.decided ? `：${row.decided.full_text}` : ''}（${row.decided_by ?? ''}${origin}）`);
}

function candidate(one: Target, n: number, choose: (target: Target) => void): HTMLElement {
  const button = h('button', { type: 'button', class: 'quiet small' }, `${n + 1} 选定`);
  button.addEventListener('click', () => choose(one));
  return h('li', {}, button, ' ', h('a', { href: `/#/address/${one.address_code}`, target: '_blank', rel: 'noopener' }, one.full_text),
    one.score === null ? '' : ` ${Math.round(one.score)} 分`, ...(one.reasons.length ? [h('small', {}, one.reasons.join('；'))] : []));
}

/** Where several candidates stand to each other: north up, a bar of metres; the map itself is a link away. */
function picture(shown: Target[]): SVGElement {
  const [width, height, edge] = [300, 170, 26];
  const squeeze = Math.cos(((shown[0]?.lat ?? 0) * Math.PI) / 180);
  const xs = shown.map((one) => one.lon * squeeze * 111_320);
  const ys = shown.map((one) => one.lat * 111_320);
  const [left, low] = [Math.min(...xs), Math.min(...ys)];
  const span = Math.max(Math.max(...xs) - left, (Math.max(...ys) - low) * (width / height), 40);
  const scale = (width - 2 * edge) / span;
  const svg = svgNode('svg', { viewBox: `0 0 ${width} ${height}`, class: 'picture', role: 'img', 'aria-label': '候选地址的相对位置' });
  shown.forEach((_, n) => {
    const [x, y] = [edge + ((xs[n] ?? 0) - left) * scale, height - edge - ((ys[n] ?? 0) - low) * scale];
    const label = svgNode('text', { x: String(x), y: String(y + 4), 'text-anchor': 'middle' });
    label.textContent = String(n + 1);
    svg.append(svgNode('circle', { cx: String(x), cy: String(y), r: '11' }), label);
  });
  const metres = 10 ** Math.floor(Math.log10(span));
  const words = svgNode('text', { x: String(10), y: String(height - 8), class: 'scale' });
  words.textContent = metres >= 1000 ? `${metres / 1000} 千米` : `${metres} 米`;
  svg.append(svgNode('line', { x1: '10', y1: String(height - 4), x2: String(10 + metres * scale), y2: String(height - 4) }), words);
  return svg;
}

function svgNode(name: string, attributes: Record<string, string>): SVGElement {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

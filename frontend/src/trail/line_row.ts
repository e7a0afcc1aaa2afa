/** One audit line as a row, and all that it holds in the row below it. */

import { h, required } from '../dom.ts';
import type { AuditLine } from './trail_api.ts';

export const COLUMNS = ['时间', '账户', '操作', '对象', '来源', '缘由'] as const;

const CLOCK = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** The row, with a button that opens the one with everything else. */
export function lineRows(line: AuditLine): HTMLTableRowElement[] {
  const more = h('tr', { class: 'trail-more', hidden: true }, h('td', { colspan: COLUMNS.length }, facts(line)));
  const opener = h('button', { type: 'button', class: 'link', 'aria-expanded': 'false' }, CLOCK.format(new Date(line.at)));
  opener.addEventListener('click', () => {
    more.hidden = !more.hidden;
    opener.setAttribute('aria-expanded', String(!more.hidden));
  });
  const cells: (Node | string)[][] = [
    [opener],
    [h('b', {}, line.account), h('small', {}, line.office_label)],
    [line.action_label],
    [h('span', {}, kindName(line.object_kind)), h('small', { class: 'code' }, line.object_id ?? '')],
    [line.channel_label, h('small', { class: 'code' }, line.source ?? '')],
    [line.reason ?? ''],
  ];
  const refused = line.action === 'request.refused';
  const row = h('tr', { class: refused ? 'refused' : null }, ...cells.map((cell, at) => h('td', { 'data-name': COLUMNS[at] }, ...cell)));
  return [row, more];
}

/** The Chinese name of a kind of object, as the list to choose from has it. */
function kindName(kind: string): string {
  const named = required<HTMLSelectElement>('#trail-object-kind').options;
  return [...named].find((one) => one.value === kind)?.text ?? kind;
}

function facts(line: AuditLine): HTMLElement {
  const detail = Object.entries(line.detail).map(([name, value]) => `${name} = ${value}`);
  const pairs: [string, string | null][] = [
    ['操作代码', line.action],
    ['对象代码', line.object_kind],
    ['内容', detail.join('；') || null],
    ['此前摘要', line.before],
    ['此后摘要', line.after],
    ['辖区', line.scope],
    ['请求编号', line.request_id],
    ['链号与序号', `第 ${line.chain} 链第 ${line.seq} 条`],
    ['校验码', line.mac],
  ];
  const shown = pairs.filter((pair): pair is [string, string] => pair[1] !== null);
  return h('dl', { class: 'trail-facts' }, ...shown.flatMap(([name, value]) => [h('dt', {}, name), h('dd', { class: 'code' }, value)]));
}

/** Words of the timelines: events, doubts, days. */

import type { Span } from './history_api.ts';

export const EVENT_LABELS: Record<string, string> = {
  create: '新设',
  approve: '批准',
  reject: '退回',
  rename: '更名',
  respell: '更正用字',
  recode: '换码',
  renumber: '改号',
  merge: '合并',
  split: '拆分',
  swap: '互换',
  retire: '废弃',
  reassign: '改派',
  correct: '更正',
  abolish: '撤销',
  boundary: '界线变更',
  transfer: '划转',
  change_kind: '村居互改',
};

export const SOURCE_LABELS: Record<string, string> = {
  standard: '标准地址',
  former: '曾用写法',
  colloquial: '俗称',
  police: '公安登记写法',
  survey: '调查时写法',
};

export const DIVISION_KIND_LABELS: Record<string, string> = {
  county: '县',
  town: '镇',
  township: '乡',
  subdistrict: '街道',
  administrative_village: '行政村',
  community: '社区（居委会）',
  other: '其他',
};

export const DOUBT_LABELS: Record<string, string> = {
  'several-holders': '先后有几家用过这个地址',
  'address-split': '这个地址后来一分为几',
  'village-split': '村已分设，不知道归了哪一边',
  'village-merged': '村已合并，同号的可能是另一家',
  'held-later': '这个号码是后来才编的',
  'too-many': '沿革太长，没有查到头',
};

const DAY_MS = 86_400_000;
const IMPORT_NOTE = /^导入 [0-9a-f-]{36}$/;

/** A day moved by whole days, as text. */
export function dayAfter(day: string, days = 1): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Today where the register is kept. */
export function today(): string {
  return dayInChina(new Date());
}

export function dayInChina(moment: Date): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(moment);
}

/** 2009-01-01 至 2015-12-31: the last day on which it was so, not the first on which it was not. */
export function spanText(span: Span): string {
  const from = span.valid_from ?? '始于何日不详';
  if (!span.valid_to) return span.valid_from ? `${from} 起` : '历来如此';
  const last = dayAfter(span.valid_to, -1);
  return last === from ? `${from} 一天` : `${from} 至 ${last}`;
}

/** What a person wrote; the number of an import says nothing to anybody. */
export function noteText(note: string): string {
  return IMPORT_NOTE.test(note) ? '由图层或名录导入' : note;
}

/** A day as a date field gives it. */
export function isDay(text: string | null): text is string {
  return text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** Bringing a list of residents: sent, checked or imported in the background, with what was refused row by row. */

import { field } from '../accounts/form.ts';
import { h } from '../dom.ts';
import { decidedText, withdraw } from './decision.ts';
import { deed } from './deeds.ts';
import type { Desk } from './desk.ts';
import { facts, heading, link, several, table } from './parts.ts';
import type { Job, Reject, Way } from './residents_api.ts';

const EVERY_MS = 700;
/** Rows of a refusal list that an old computer still shows quickly. */
const MOST_ROWS = 500;
const MOST_JOBS = 20;
const STAGES: Record<Job['stage'], string> = { queued: '排队中', running: '处理中', done: '已完成', failed: '没有导入' };
const WAYS: [Way, string][] = [['code', '按编码'], ['plate', '按二维码'], ['text', '按地址文字']];
const FORMS: [string, string][] = [['survey-form', '入户调查表'], ['population-form', '人口信息采集表'], ['household-roster', '户籍花名册']];
const CLOCK = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'short' });

export async function importsView(desk: Desk): Promise<Node[]> {
  const { items } = await desk.api.jobs();
  const lists = items.filter((job) => job.layer === 'residents').reverse();
  const rows = lists.slice(0, MOST_JOBS).map((job) => [
    link(CLOCK.format(new Date(job.created_at)), () => desk.go({ kind: 'job', id: job.id })), job.dry_run ? '检查' : '导入', STAGES[job.stage],
    `${job.accepted} 行`, `${job.rejected} 行`,
  ]);
  return [
    heading(desk.rights.enrol ? '导入人员名册' : '人员名册的导入记录'),
    ...(desk.rights.enrol ? [bring(desk)] : []),
    h('h3', {}, '近来的检查和导入'),
    table(['时间', '方式', '状态', '写入', '未接受'], rows, '还没有。'),
  ];
}

function bring(desk: Desk): HTMLElement {
  const { node, input } = field('名册文件', { type: 'file', required: true, accept: '.xlsx,.csv,.txt,.tsv' }, 'XLSX 或 CSV（GBK、UTF-8 均可）。');
  const dry = tick('先检查，不写入', true);
  const whole = tick('有一行不合格就全部不写入', false);
  return deed('上传', [forms(desk), node, dry.node, whole.node], async () => {
    const file = input.files?.[0];
    if (!file) throw new Error('请选择文件');
    return { name: file.name, size: file.size, modified: file.lastModified, dry_run: dry.input.checked, all_or_nothing: whole.input.checked };
  }, async (body, key) => {
    const file = input.files?.[0];
    const { dry_run, all_or_nothing } = body as Record<string, boolean>;
    if (file) await send(desk, file, { dry_run: dry_run === true, all_or_nothing: all_or_nothing === true }, key);
  });
}

/** Forms to be filled in: text columns, lists to choose from, a sample row that is not imported. */
function forms(desk: Desk): HTMLElement {
  const links = FORMS.map(([name, title]) => h('a', { href: desk.api.template(name), download: `${title}.xlsx` }, title));
  return h('p', { class: 'several forms' }, '空表下载：', ...links);
}

async function send(desk: Desk, file: File, options: Record<string, boolean>, key: string): Promise<void> {
  const job = await desk.api.upload(file, options, key);
  void desk.go({ kind: 'job', id: job.id, file });
}

function tick(words: string, checked: boolean): { node: HTMLElement; input: HTMLInputElement } {
  const input = h('input', { type: 'checkbox', checked });
  return { node: h('label', { class: 'tick' }, input, words), input };
}

/** One check or import: its progress while it runs, then its counts and what was refused. */
export async function jobView(desk: Desk, id: string, file?: File): Promise<Node[]> {
  const job = await desk.api.job(id);
  const box = h('div', { class: 'job' });
  const state = h('p', { role: 'status', class: 'note' });
  if (isOver(job)) box.replaceChildren(...(await outcome(desk, job, file)));
  else window.setTimeout(() => void follow(desk, id, box, state, file), EVERY_MS);
  state.textContent = progressText(job);
  return [heading(job.dry_run ? '名册检查' : '名册导入'), state, box];
}

const isOver = (job: Job): boolean => job.stage === 'done' || job.stage === 'failed';

function progressText(job: Job): string {
  return `${STAGES[job.stage]}${job.phase && !isOver(job) ? `：${job.phase}` : ''}`;
}

/** Asks again until it is over or the view is left; a lost connection is said and tried again. */
async function follow(desk: Desk, id: string, box: HTMLElement, state: HTMLElement, file?: File): Promise<void> {
  if (!box.isConnected) return;
  try {
    const job = await desk.api.job(id);
    const nodes = isOver(job) ? await outcome(desk, job, file) : null;
    const words = progressText(job);
    if (state.textContent !== words) state.textContent = words; // read out once
    if (nodes) return box.replaceChildren(...nodes);
  } catch {
    state.textContent = '暂时读不到进度，正在重试…';
  }
  window.setTimeout(() => void follow(desk, id, box, state, file), EVERY_MS);
}

async function outcome(desk: Desk, job: Job, file?: File): Promise<Node[]> {
  const written = job.dry_run ? '可以写入' : '已写入';
  const refused = desk.rights.enrol && job.rejected > 0 ? (await desk.api.rejects(job.id)).items : [];
  return [
    ...(job.report.error ? [h('p', { class: 'failure', role: 'alert' }, job.report.error.message)] : []),
    facts([['读到', `${job.read} 行`], [written, `${job.accepted} 行`], ['没有变化', `${job.unchanged} 行`], ['未接受', `${job.rejected} 行`],
      ['关联到门牌', linked(job)]]),
    ...(job.report.notes ?? []).map((note) => h('p', { class: 'note' }, note)),
    ...inEarnest(desk, job, file),
    ...(desk.rights.administer ? withdrawal(desk, job) : []),
    ...(refused.length > 0 ? rejects(desk, refused) : []),
  ];
}

/** How many households are linked by what. */
function linked(job: Job): Node | null {
  const { ways } = job.report;
  return ways ? several(WAYS.map(([way, words]) => h('span', {}, `${words} ${ways[way]} 户`))) : null;
}

/** After a check the same file is imported without choosing it again. */
function inEarnest(desk: Desk, job: Job, file?: File): HTMLElement[] {
  if (!file || !job.dry_run || job.stage !== 'done' || job.accepted === 0) return [];
  const words = job.rejected === 0 ? '正式导入这份名册' : '正式导入合格的行';
  return [deed(words, [], async () => ({ job: job.id }), (_, key) => send(desk, file, { dry_run: false, all_or_nothing: false }, key))];
}

function withdrawal(desk: Desk, job: Job): HTMLElement[] {
  if (job.dry_run || job.stage !== 'done' || job.accepted === 0) return [];
  const press = h('button', { type: 'button', class: 'quiet' }, '撤回这次导入…');
  const box = h('div', { class: 'actions' }, press);
  press.addEventListener('click', () => withdraw(desk, job, (decided) => {
    const words = decidedText(decided);
    const people = desk.rights.see ? (decided.left ?? []).map((id, at) => link(`第 ${at + 1} 人`, () => desk.go({ kind: 'person', id }))) : [];
    box.replaceChildren(words, ...people);
    window.setTimeout(() => words.focus()); // after the dialog has given the focus back
  }));
  return [box];
}

/** Why a row was refused; addresses that it may mean lead to their houses. */
function reason(desk: Desk, one: Reject): Node | string {
  const candidates = one.code.startsWith('address-') ? one.value.split('；') : [];
  const links = candidates.map((candidate) => /^(\d{26}) (.+)$/.exec(candidate)).filter((found) => found !== null)
    .map(([, code = '', words = '']) => h('li', {}, maybe(desk, code, words)));
  if (links.length === 0) return one.message;
  return h('div', {}, one.message.split('；可能是：')[0] ?? '', h('ul', { class: 'candidates' }, ...links));
}

function maybe(desk: Desk, code: string, words: string): Node {
  const shown = desk.rights.see ? link(words, () => desk.go({ kind: 'house', key: 'address_code', code })) : words;
  return h('span', { class: 'several' }, shown, h('span', { class: 'code soft' }, code));
}

function rejects(desk: Desk, refused: Reject[]): HTMLElement[] {
  const rows = refused.slice(0, MOST_ROWS).map((one) => [one.row === null ? null : String(one.row), one.field, reason(desk, one)]);
  const cut = refused.length > MOST_ROWS ? [h('p', { class: 'warning' }, `只列出了前 ${MOST_ROWS} 条。`)] : [];
  return [h('h3', {}, `未接受的行（${refused.length}）`), h('p', { class: 'note' }, '行号从表头下第一行起算。'), table(['行', '列', '原因'], rows, ''), ...cut];
}

/** Entry of `/reconcile`: extracts with their progress, and the review of one; nothing of a person stays behind. */

import '../app.css';
import './reconcile.css';

import { api } from '../api.ts';
import { h, required } from '../dom.ts';
import { closeMenuBeside } from '../menu.ts';
import { notify, sentence } from '../notice.ts';
import { offerExport } from './export_form.ts';
import { type Extract, type ExtractCard, ReconcileApi } from './reconcile_api.ts';
import { Review } from './review.ts';
import { SentRows } from './sent_rows.ts';

const AGAIN_MS = 1500;
const AT_ONCE = ['same', 'update', 'lineage', 'register_only'];
const failed = (error: unknown): void => notify(sentence(error), 'bad');
const names = JSON.parse(required<HTMLElement>('#outcomes').dataset['names'] ?? '{}') as Record<string, string>;
const calls = new ReconcileApi(document.body.dataset['csrf'] ?? '');
const [reviews, answers] = ['reconcile', 'answer'].map((name) => name in document.body.dataset);
const review = reviews ? new Review(calls, () => void count().catch(failed)) : null;
const sent = answers ? new SentRows(calls) : null;
const divisions = new Map<string, string>();
let shown: ExtractCard | null = null;
let timer = 0;

async function list(): Promise<void> {
  window.clearTimeout(timer);
  const { items } = await calls.extracts();
  required('#extracts').replaceChildren(...(items.length ? items.map(item) : [h('li', { class: 'note' }, '还没有上传过底册。')]));
  if (items.some((one) => ['queued', 'running'].includes(one.stage))) timer = window.setTimeout(() => void list().catch(failed), AGAIN_MS);
}

function item(one: Extract): HTMLElement {
  const progress = one.stage === 'running' ? h('progress', { max: Math.max(one.row_count, 1), value: one.done_count, 'aria-label': '进度' }) : null;
  const counts = Object.entries(names).filter(([key]) => one.counts[key]).map(([key, name]) => `${name} ${one.counts[key]}`).join('，');
  const open = h('button', { type: 'button', class: 'link' }, `${new Date(one.created_at).toLocaleString('zh-CN', { dateStyle: 'short', timeStyle: 'short' })}　${divisions.get(one.division_code) ?? one.division_code}`);
  open.addEventListener('click', () => void show(one.id).catch(failed));
  const state = one.error ? `${one.stage_text}：${one.error.message}` : one.stage === 'running' ? `${one.done_count}/${one.row_count} 行` : one.stage_text;
  return h('li', { 'data-stage': one.stage, 'data-id': one.id }, open, h('span', { class: 'state' }, state), progress, h('small', {}, counts));
}

async function show(id: string): Promise<void> {
  shown = await calls.extract(id);
  required<HTMLElement>('#review').hidden = false;
  const outcome = required<HTMLSelectElement>('#outcome');
  outcome.replaceChildren(h('option', { value: '' }, '全部'), ...Object.entries(names).filter(([key]) => shown?.outcomes[key])
    .map(([key, name]) => h('option', { value: key }, `${name}（${shown?.outcomes[key]}）`)));
  await filter();
  await count();
}

async function filter(): Promise<void> {
  if (!shown || !review) return;
  const outcome = required<HTMLSelectElement>('#outcome').value;
  const open = required<HTMLInputElement>('#only-open').checked;
  await review.open(shown.id, `${outcome ? `&outcome=${outcome}` : ''}${open ? '&decided=false' : ''}`);
  required<HTMLElement>('#rows').focus();
  required<HTMLButtonElement>('#accept-all').hidden = !AT_ONCE.includes(outcome);
}

async function count(): Promise<void> {
  if (!shown) return;
  shown = await calls.extract(shown.id);
  required('#open-count').textContent = `未核定 ${shown.open} 行`;
}

/** The number of rows is counted, said, and sent along: what was not shown is not accepted. */
async function acceptAll(): Promise<void> {
  const outcome = required<HTMLSelectElement>('#outcome').value;
  if (!shown || outcome === '') return;
  const typed = required<HTMLInputElement>('#accept-count').value.trim();
  if (!/^\d{1,7}$/.test(typed)) return notify('请填要采纳的行数', 'bad');
  const { accepted } = await calls.acceptAll(shown.id, outcome, Number(typed));
  notify(`已采纳 ${accepted} 行`);
  await filter();
  await count();
}

function listen(review: Review): void {
  required<HTMLFormElement>('#send').addEventListener('submit', (event) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    void calls.send(form).then(async () => {
      form.reset();
      notify('已上传，正在核对');
      await list();
    }).catch(failed);
  });
  for (const id of ['#outcome', '#only-open']) required(id).addEventListener('change', () => void filter().catch(failed));
  const on = (id: string, act: () => Promise<void>): void => required(id).addEventListener('click', () => void act().catch(failed));
  on('#accept', () => review.decide({ decision: 'accept' }));
  on('#village-act', () => review.toVillage());
  on('#park', () => review.decide({ decision: 'park' }));
  on('#undo', () => review.undo());
  on('#accept-all-act', acceptAll);
}

/** Nothing of a person stays behind when the page is left. */
function leave(): void {
  review?.forget();
  sent?.forget();
}

async function nameDivisions(): Promise<void> {
  const settings = await api.settings();
  const { items } = await api.villages(settings);
  const own = settings.signed_in?.division_code ?? '';
  divisions.set(own, '本辖区');
  for (const one of items) if (one.code !== own) divisions.set(one.code, one.name);
  required('#division').append(...[...divisions].map(([code, name]) => h('option', { value: code }, name)));
  required('#to-village').append(...items.map((one) => h('option', { value: one.code }, one.name)));
}

closeMenuBeside();
window.addEventListener('pagehide', leave);
window.addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});
if (review) {
  listen(review);
  offerExport(calls, () => shown?.id);
  nameDivisions().then(list).catch(failed);
}
void sent?.open().catch(failed);

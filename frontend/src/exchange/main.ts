/** Entry of `/exchange`: consumers and what waits for each, the packages issued to them, one of them in detail. */

import '../app.css';
import './exchange.css';

import { api } from '../api.ts';
import { h, required } from '../dom.ts';
import { closeMenuBeside } from '../menu.ts';
import { notify, sentence } from '../notice.ts';
import { OneWrite } from '../one_write.ts';
import { Refusal } from '../refusal.ts';
import { type Consumer, ExchangeApi, type Package, type Registering } from './exchange_api.ts';
import { openOffice } from './office.ts';
import { PackageView } from './package_view.ts';

const failed = (error: unknown): void => notify(sentence(error), 'bad');
const names = JSON.parse(required<HTMLElement>('#states').dataset['names'] ?? '{}') as Record<string, string>;
const calls = new ExchangeApi(document.body.dataset['csrf'] ?? '');
const view = new PackageView(calls, names, list);
const office = openOffice(async () => {
  await Promise.all([list(), view.again()]);
});
const divisions = new Map<string, string>();
let cursor: string | null = null;

async function list(): Promise<void> {
  const [{ items, profiles }, packages] = await Promise.all([calls.consumers(), calls.packages(null)]);
  office.offer(packages.items);
  const profile = required<HTMLSelectElement>('#profile');
  if (!profile.options.length) profile.append(...profiles.map((one) => h('option', { value: one.name }, one.title)));
  const none = h('li', { class: 'note' }, '还没有登记接收单位。');
  required('#consumers').replaceChildren(...(items.length ? items.map(consumer) : [none]));
  if (!items.length) required<HTMLDetailsElement>('#registering').open = true;
  const empty = h('li', { class: 'note' }, '还没有生成过对照包。');
  required('#packages').replaceChildren(...(packages.items.length ? packages.items.map(entry) : [empty]));
  follow(packages.next_cursor);
}

async function more(): Promise<void> {
  const page = await calls.packages(cursor);
  required('#packages').append(...page.items.map(entry));
  follow(page.next_cursor);
}

function follow(next: string | null): void {
  cursor = next;
  required<HTMLElement>('#packages-more').hidden = next === null;
}

function consumer(one: Consumer): HTMLElement {
  const act = h('button', { type: 'button', class: 'primary' }, one.open_package_id ? '查看待确认的包' : '生成下一包');
  act.addEventListener('click', () => {
    act.disabled = true;
    void next(one).catch(failed).finally(() => (act.disabled = false));
  });
  const done = one.acknowledged_sequence ? `已确认到第 ${one.acknowledged_sequence} 包` : '尚无已确认的包';
  const waits = `${one.open_package_id ? '其后' : ''}有 ${one.waiting} 个地址的变更待告知`;
  const held = one.held ? h('span', { class: 'tag held' }, `暂不下发 ${one.held} 行`) : null;
  return h('li', {}, h('h3', {}, one.name), h('p', {}, `${divisions.get(one.division_code) ?? one.division_code}　${done}`), h('p', {}, waits, ' ', held), act);
}

/** The package that waits for its acknowledgement, or the next one; who asks twice gets the same. */
async function next(one: Consumer): Promise<void> {
  const id = one.open_package_id ?? (await calls.issue(one.id)).id;
  if (!one.open_package_id) await list();
  await view.open(id);
}

function entry(one: Package): HTMLElement {
  const open = h('button', { type: 'button', class: 'link' }, `${one.consumer} 第 ${one.sequence} 包`);
  open.addEventListener('click', () => void view.open(one.id).catch(failed));
  const when = new Date(one.issued_at).toLocaleString('zh-CN', { dateStyle: 'short', timeStyle: 'short' });
  const held = one.held ? `，暂不下发 ${one.held} 行` : '';
  return h('li', { 'data-stage': one.stage }, open, h('span', { class: `tag ${one.stage}` }, one.stage_text), h('small', {}, `${when}　变更 ${one.moves} 行${held}`));
}

function listenToRegistering(): void {
  const form = required<HTMLFormElement>('#register');
  const field = (id: string): HTMLInputElement & HTMLSelectElement => required(`#${id}`);
  const refusal = new Refusal({ 'mapping-consumer-exists': field('name'), name: field('name'), division: field('division') });
  const writing = new OneWrite((busy) => (required<HTMLButtonElement>('#register button').disabled = busy));
  form.append(refusal.node);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    refusal.clear();
    const body: Registering = {
      name: field('name').value, division: field('division').value, profile: field('profile').value,
      encoding: field('encoding').value, from_now: field('from-now').checked,
    };
    void writing.run(body, async (key) => {
      await calls.register(body, key);
      form.reset();
      required<HTMLDetailsElement>('#registering').open = false;
      notify('已登记');
      await list();
      required<HTMLElement>('#consumers').focus();
    }).catch((error: unknown) => refusal.tell(error));
  });
}

async function nameDivisions(): Promise<void> {
  const settings = await api.settings();
  const { items } = await api.villages(settings);
  const own = settings.signed_in?.division_code ?? '';
  divisions.set(own, '本辖区');
  for (const one of items) if (one.code !== own) divisions.set(one.code, one.name);
  required('#division').append(...[...divisions].map(([code, name]) => h('option', { value: code }, name)));
}

closeMenuBeside();
listenToRegistering();
required('#packages-more').addEventListener('click', () => void more().catch(failed));
window.addEventListener('pagehide', () => view.forget());
nameDivisions().then(list).then(() => (required<HTMLButtonElement>('#register button').disabled = false)).catch(failed);

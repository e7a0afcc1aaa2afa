/** Entry of `/residents`, which needs no map and leaves nothing of a person behind when it is left. */

import '../app.css';
import './residents.css';

import { api, type MapSettings } from '../api.ts';
import { h, required } from '../dom.ts';
import { closeMenuBeside } from '../menu.ts';
import { notify, sentence } from '../notice.ts';
import { AddressField } from './address_field.ts';
import { destroyByNumber } from './decision.ts';
import { Desk } from './desk.ts';
import { type LookUp, ResidentsApi } from './residents_api.ts';

const failed = (error: unknown): void => notify(sentence(error), 'bad');

async function start(): Promise<void> {
  const has = (right: string): boolean => right in document.body.dataset;
  const rights = { enrol: has('enrol'), reveal: has('reveal'), administer: has('administer'), see: has('see') };
  const desk = new Desk(new ResidentsApi(document.body.dataset['csrf'] ?? ''), rights);
  leaveNothing(desk);
  document.querySelector('#imports')?.addEventListener('click', () => desk.go({ kind: 'imports' }));
  document.querySelector('#destroy')?.addEventListener('click', () => destroyByNumber(desk));
  if (!rights.see) return; // the administrator decides, and looks for nobody
  listen(desk);
  followLink(desk);
  window.addEventListener('hashchange', () => followLink(desk));
  await nameVillages(desk, await api.settings());
  if (document.activeElement === document.body) required<HTMLInputElement>('#look-up-value').focus();
}

function listen(desk: Desk): void {
  const by = required<HTMLSelectElement>('#look-up-by');
  const value = required<HTMLInputElement>('#look-up-value');
  on('#look-up', () => {
    void desk.go({ kind: 'found', by: by.value as LookUp, value: value.value }).then((isRead) => {
      if (isRead) value.value = '';
      else value.select(); // to be mended, not typed again
    });
  });
  const door = new AddressField('标准地址或地址编码', true);
  required('#by-house-field').replaceWith(door.node);
  on('#by-house', () => void door.code().then((code) => (code === null ? false : desk.go({ kind: 'house', key: 'address_code', code }))).catch(failed));
  document.querySelector('#enrol')?.addEventListener('click', () => desk.go({ kind: 'enrol', address: '' }));
  required('#batches').addEventListener('click', () => desk.go({ kind: 'batches' }));
}

function on(selector: string, act: () => void): void {
  required<HTMLFormElement>(selector).addEventListener('submit', (event) => {
    event.preventDefault();
    act();
  });
}

/** A link of the map leads to a house; its code then leaves the address bar, where nothing of this page stands. */
function followLink(desk: Desk): void {
  const found = /^#\/address\/(\d{26})$/.exec(location.hash);
  if (location.hash !== '') history.replaceState(null, '', location.pathname);
  if (found?.[1]) desk.go({ kind: 'house', key: 'address_code', code: found[1] });
}

async function nameVillages(desk: Desk, settings: MapSettings): Promise<void> {
  const list = required<HTMLSelectElement>('#village');
  const ended = required<HTMLInputElement>('#village-ended');
  on('#by-village', () => {
    const name = list.selectedOptions[0]?.textContent ?? '';
    desk.go({ kind: 'village', code: list.value, name, ended: ended.checked });
  });
  const { items } = await api.villages(settings);
  list.append(...items.map((one) => h('option', { value: one.code }, one.name)));
}

/** Neither the way back nor a page restored from memory shows anybody. */
function leaveNothing(desk: Desk): void {
  window.addEventListener('pagehide', () => {
    for (const form of document.querySelectorAll('form')) form.reset();
    desk.forget();
  });
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
}

closeMenuBeside();
start().catch(failed);

/** What the panel says about one address: the plate as it hangs on the wall, the code, and why it has this number. */

import type { Address } from '../api.ts';
import { h } from '../dom.ts';
import {
  ADDRESS_STAGE_LABELS,
  label,
  PLACE_KIND_LABELS,
  PLATE_PROFILE_LABELS,
  PLATE_STAGE_LABELS,
  SIDE_LABELS,
  USE_LABELS,
} from '../labels.ts';
import { addressLink } from '../location_hash.ts';
import { copyButton, fact, section } from './parts.ts';

/** All sections of the panel, from the plate down. */
export function addressView(address: Address): Node[] {
  return [
    doorplate(address),
    h('p', { class: 'full-text' }, address.full_text),
    h(
      'div',
      { class: 'actions' },
      copyButton('复制地址', address.full_text),
      copyButton('复制编码', address.code),
      copyButton('复制链接', addressLink(address.code)),
      'residents' in document.body.dataset && h('a', { class: 'quiet', href: `/residents#/address/${address.code}` }, '看住户'),
      'acts' in document.body.dataset && address.stage === 'current' && h('a', { class: 'quiet', href: `/acts?address=${address.code}` }, '办变更'),
    ),
    reasons(address),
    facts(address),
    ...rooms(address),
    ...aliases(address),
  ];
}

function doorplate(address: Address): HTMLElement {
  const stage = label(ADDRESS_STAGE_LABELS, address.stage);
  return h(
    'div',
    { class: 'plate-row' },
    h(
      'div',
      { class: 'plate', 'aria-hidden': true },
      h('span', { class: 'plate-name' }, address.place),
      h('span', { class: 'plate-number' }, address.number.replace(/号$/, '')),
    ),
    h(
      'div',
      { class: 'plate-side' },
      h('span', { class: `tag stage-${address.stage}` }, stage),
      h('span', {}, address.village),
      h('span', { class: 'soft' }, label(PLACE_KIND_LABELS, address.place_kind)),
    ),
  );
}

function reasons(address: Address): HTMLElement {
  const items = address.reasons.map((reason) => h('li', {}, reason.text));
  const list = items.length > 0 ? h('ol', { class: 'reasons' }, ...items) : h('p', { class: 'soft' }, '没有记录编号理由。');
  return section('为什么是这个号', list);
}

function facts(address: Address): HTMLElement {
  const plate = address.plate;
  return section(
    '登记内容',
    h(
      'dl',
      { class: 'facts' },
      ...fact('地址编码', h('span', { class: 'code grouped' }, address.code_grouped)),
      ...fact('门牌号', address.number),
      ...fact('位置', where(address)),
      ...fact('依据', address.decree_no ?? '尚无批准文号'),
      ...fact('生效日期', address.valid_from),
      ...fact('宗地代码', address.parcel_code && h('span', { class: 'code' }, address.parcel_code)),
      ...address.buildings.flatMap((building) =>
        fact('建筑', h('span', {}, h('span', { class: 'code' }, building.code), ` · ${label(USE_LABELS, building.use)}`)),
      ),
      ...fact('门牌', plate ? plateText(plate) : '未订制'),
      ...fact('坐标', `${address.lon.toFixed(6)}, ${address.lat.toFixed(6)}`),
    ),
  );
}

function plateText(plate: NonNullable<Address['plate']>): Node {
  const text = `${label(PLATE_PROFILE_LABELS, plate.profile)} · ${label(PLATE_STAGE_LABELS, plate.stage)}`;
  return h('span', {}, `${text} `, h('a', { href: plate.token_url }, '扫码页'));
}

function where(address: Address): string | null {
  const along = address.offset_m === null ? null : `距起点 ${address.offset_m.toFixed(1)} 米`;
  const side = address.side ? (SIDE_LABELS[address.side] ?? null) : null;
  return [address.place, side, along].filter(Boolean).join(' · ');
}

function rooms(address: Address): HTMLElement[] {
  if (address.rooms.length === 0) return [];
  const items = address.rooms.map((room) => h('li', {}, room.label));
  return [section(`户室（${address.rooms.length}）`, h('ul', { class: 'rooms' }, ...items))];
}

function aliases(address: Address): HTMLElement[] {
  if (address.aliases.length === 0) return [];
  const items = address.aliases.map((alias) => h('li', {}, alias.text));
  return [section('曾用名与俗称', h('ul', { class: 'plain' }, ...items))];
}

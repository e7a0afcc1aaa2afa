/** The three views of 人、户、房, each leading to the others; what they show is masked. */

import { api as register } from '../api.ts';
import { h } from '../dom.ts';
import { addressLink } from '../location_hash.ts';
import { changeFacts, changeNumber } from './changes.ts';
import { destroy } from './decision.ts';
import type { Desk } from './desk.ts';
import { endHousehold, endPerson, join, moveHousehold, movePerson } from './deeds.ts';
import { facts, flags, folded, heading, link, several, table, tag } from './parts.ts';
import { type Home, type Household, type HouseKey, type Kind, platePage, type PlatePlace, type Resident } from './residents_api.ts';
import { EVENTS, headOf, HOME_KINDS, nameOf, NOTHING, SEX } from './words.ts';

const CLOCK = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'short' });

export async function householdView(desk: Desk, id: string): Promise<Node[]> {
  const household = await desk.api.household(id);
  const [there, plates] = await Promise.all([
    household.home ? desk.api.residentsAt('address_code', household.home.address_code) : { items: [] },
    desk.api.platesOf(id),
  ]);
  const isActive = household.stage === 'active';
  return [
    heading(`${headOf(household)}${household.kind === 'family' ? ' 的户' : ''}`, tag(household.kind_text), isActive ? null : tag('已终止', 'stage-retired')),
    householdFacts(desk, household, plates.items),
    h('h3', {}, `成员（${household.person_count}）`),
    members(desk, household, there.items),
    ...(desk.rights.enrol && isActive ? householdDeeds(desk, household) : []),
    history(desk, 'households', id),
  ];
}

function householdFacts(desk: Desk, household: Household, plates: PlatePlace[]): HTMLElement {
  const number = h('span', { class: 'several' }, household.book_no ?? NOTHING);
  if (desk.rights.reveal && household.book_no !== null) {
    number.append(reveal('查看户号', () => desk.reveal.open({ kind: 'households', id: household.id, words: `${headOf(household)} 一户的户号`, isChild: false })));
  }
  return facts([
    ['户号', number],
    ...(household.home ? homeFacts(desk, household.home) : []),
    ['门牌', several(plates.flatMap((plate) => [
      h('a', { href: platePage(plate), target: '_blank', rel: 'noopener' }, `${plate.name_text}${plate.number_text}，批次 ${plate.batch_no} 第 ${plate.page} 页`),
      link('同批各牌的住户', () => desk.go({ kind: 'plates', batch: { id: plate.batch_id, batch_no: plate.batch_no } })),
    ])) ?? '尚未订制'],
  ]);
}

function members(desk: Desk, household: Household, there: Resident[]): HTMLElement {
  const rows = household.members.map((member) => {
    const homes = there.find((one) => one.id === member.id)?.homes ?? [];
    const registered = homes.find((home) => home.kind === 'registered');
    const name = h('span', { class: 'several' }, link(nameOf(member), () => desk.go({ kind: 'person', id: member.id })), ...flags(member));
    return [name, member.relation_text, SEX[member.sex ?? ''] ?? NOTHING, member.id_no, member.phone, registered?.arrived_on ?? null, elsewhere(desk, homes)];
  });
  return table(['姓名', '与户主关系', '性别', '公民身份号码', '电话', '何时来本址', '现住址'], rows, '这一户没有成员。');
}

function elsewhere(desk: Desk, homes: Home[]): Node | string {
  const [registered, actual] = ['registered', 'actual'].map((kind) => homes.find((home) => home.kind === kind));
  if (!actual) return NOTHING;
  return actual.address_code === registered?.address_code ? '同户籍地址' : door(desk, actual);
}

function householdDeeds(desk: Desk, household: Household): HTMLElement[] {
  return [
    h('h3', {}, '办理'),
    folded('增加一名成员', () => join(desk, household)),
    folded('更改户号', () => changeNumber(desk, household)),
    folded('全户迁移', () => moveHousehold(desk, household)),
    ...(household.members.length === 0 ? [folded('终止空户', () => endHousehold(desk, household))] : []),
  ];
}

export async function personView(desk: Desk, id: string): Promise<Node[]> {
  const person = await desk.api.person(id);
  const household = person.household;
  const words = nameOf(person);
  const show = desk.rights.reveal && person.name !== null
    ? reveal('查看明文', () => desk.reveal.open({ kind: 'residents', id, words, isChild: person.under_14 === true })) : null;
  return [
    heading(words, ...flags(person)),
    person.under_14 ? h('p', { class: 'warning' }, '不满十四周岁，全部资料属敏感个人信息，只显示脱敏姓名。') : '',
    facts([
      ['公民身份号码', person.id_no], ['性别', SEX[person.sex ?? ''] ?? null], ['电话', person.phone],
      ['户', household ? several([link(household.kind === 'collective' ? '集体户' : `户号 ${household.book_no ?? '未填'}`,
        () => desk.go({ kind: 'household', id: household.id })), h('span', {}, `${household.relation_text}，自 ${household.since}`)]) : '不在任何户'],
      ...homesOnce(person.homes).flatMap((home) => homeFacts(desk, home)),
    ]),
    show ? h('div', { class: 'actions' }, show) : '',
    ...(desk.rights.enrol && person.stage === 'active' ? [h('h3', {}, '办理'), folded('更改资料', () => changeFacts(desk, person)),
      folded('迁入另一户，或改现住址', () => movePerson(desk, person)),
      folded('记载死亡、注销或迁出', () => endPerson(desk, person))] : []),
    ...ending(desk, person, words),
    history(desk, 'residents', id),
  ].filter((node): node is HTMLElement => typeof node !== 'string');
}

/** What an administrator decides once a person is no longer here; the others may name the record to him. */
function ending(desk: Desk, person: Resident, words: string): HTMLElement[] {
  if (person.stage === 'active' || person.name === null) return [];
  const number = h('p', { class: 'note' }, '资料编号（请管理员办理销毁时用）：', h('span', { class: 'code' }, person.id));
  if (!desk.rights.administer) return [number];
  const press = h('button', { type: 'button', class: 'quiet' }, '保存期满，销毁密钥…');
  press.addEventListener('click', () => destroy(desk, person.id, words));
  return [h('div', { class: 'actions' }, press)];
}

export async function houseView(desk: Desk, key: HouseKey, code: string): Promise<Node[]> {
  const [households, persons, address] = await Promise.all([
    desk.api.householdsAt(key, code), desk.api.residentsAt(key, code), key === 'address_code' ? register.address(code) : null,
  ]);
  const own = new Set(households.items.map((household) => household.id));
  const guests = persons.items.filter((person) => !person.household || !own.has(person.household.id));
  const name = address?.full_text ?? `${key === 'building_code' ? '建筑' : '宗地'} ${code}`;
  return [
    heading(name),
    address ? facts([
      ['地址编码', h('span', { class: 'code' }, address.code_grouped)],
      ['建筑', several(address.buildings.map((one) => link(one.code, () => desk.go({ kind: 'house', key: 'building_code', code: one.code }))))],
      ['宗地', address.parcel_code ? link(address.parcel_code, () => desk.go({ kind: 'house', key: 'parcel_code', code: address.parcel_code ?? '' })) : null],
      ['地图', h('a', { href: addressLink(address.code) }, '在地图上看')],
    ]) : '',
    desk.rights.enrol && address ? h('div', { class: 'actions' }, enrolHere(desk, address.full_text)) : '',
    h('h3', {}, `户籍在此的户（${households.items.length}）`),
    ...(households.items.length === 0 ? [h('p', { class: 'note' }, '没有登记在此的户，或不在辖区内。')] : households.items.map((one) => houseHousehold(desk, one, key))),
    h('h3', {}, `住在此、户籍在别处的人（${guests.length}）`),
    personTable(desk, guests, '没有。'),
    households.complete && persons.complete ? '' : h('p', { class: 'warning' }, '内容过多，只列出了一部分。'),
  ].filter((node): node is HTMLElement => typeof node !== 'string');
}

function enrolHere(desk: Desk, text: string): HTMLElement {
  const node = h('button', { type: 'button', class: 'quiet' }, '在此登记一户');
  node.addEventListener('click', () => desk.go({ kind: 'enrol', address: text }));
  return node;
}

function houseHousehold(desk: Desk, household: Household, key: HouseKey): HTMLElement {
  const people = household.members.map((member) => h('li', { class: 'several' }, link(nameOf(member), () => desk.go({ kind: 'person', id: member.id })),
    h('span', { class: 'soft' }, member.relation_text), ...flags(member)));
  return h('section', { class: 'household' },
    h('p', { class: 'several' }, link(headOf(household), () => desk.go({ kind: 'household', id: household.id })), tag(household.kind_text),
      h('span', { class: 'soft' }, `户号 ${household.book_no ?? '未填'} · ${household.person_count} 人`),
      key !== 'address_code' && household.home ? door(desk, household.home) : null),
    h('ul', { class: 'people' }, ...people));
}

/** Households of a list, in the order of the answer. */
export function householdTable(desk: Desk, households: Household[], nothing: string): HTMLElement {
  return table(['户主', '户号', '种类', '人数', '户籍地址'], households.map((one) => [
    link(headOf(one), () => desk.go({ kind: 'household', id: one.id })), one.book_no, one.kind_text, String(one.person_count),
    one.home ? door(desk, one.home) : null,
  ]), nothing);
}

export function personTable(desk: Desk, persons: Resident[], nothing: string): HTMLElement {
  return table(['姓名', '公民身份号码', '电话', '户', '现住址'], persons.map((one) => {
    const home = one.homes.find((each) => each.kind === 'actual') ?? one.homes[0];
    const household = one.household;
    return [h('span', { class: 'several' }, link(nameOf(one), () => desk.go({ kind: 'person', id: one.id })), ...flags(one)), one.id_no, one.phone,
      household ? link(household.relation_text || '户', () => desk.go({ kind: 'household', id: household.id })) : null, home ? door(desk, home) : null];
  }), nothing);
}

/** Who lives where they are registered has one home; registered first. */
function homesOnce(homes: Home[]): (Home & { both?: true })[] {
  const [registered, actual] = ['registered', 'actual'].map((kind) => homes.find((home) => home.kind === kind));
  if (registered && actual?.address_code === registered.address_code && actual.arrived_on === registered.arrived_on) return [{ ...registered, both: true }];
  return [registered, actual].filter((home): home is Home => home !== undefined);
}

function homeFacts(desk: Desk, home: Home & { both?: true }): [string, Node | string | null][] {
  const to = (key: HouseKey, code: string): Node => link(code, () => desk.go({ kind: 'house', key, code }));
  return [
    [home.both ? '户籍、现住址' : (HOME_KINDS[home.kind] ?? '住址'), several([door(desk, home), h('span', { class: 'soft' }, `自 ${home.since}`)])],
    ['何时来本址', home.arrived_on],
    ['建筑', several(home.building_codes.map((code) => to('building_code', code)))],
    ['宗地', several(home.parcel_codes.map((code) => to('parcel_code', code)))],
  ];
}

function door(desk: Desk, home: Home): HTMLElement {
  return link(home.full_text, () => desk.go({ kind: 'house', key: 'address_code', code: home.address_code }));
}

function reveal(text: string, open: () => void): HTMLButtonElement {
  const node = h('button', { type: 'button', class: 'quiet small' }, text);
  node.addEventListener('click', open);
  return node;
}

function history(desk: Desk, kind: Kind, id: string): HTMLElement {
  return folded('变动记录', async () => {
    const { items } = await desk.api.history(kind, id);
    const rows = items.map((one) => {
      const codes = ['from', 'to'].map((name) => one.details[name]).filter((code): code is string => typeof code === 'string' && /^\d{26}$/.test(code));
      const way = several(codes.map((code, at) => h('span', {}, at === 0 ? '由 ' : '至 ', link(code, () => desk.go({ kind: 'house', key: 'address_code', code })))));
      return [one.effective_on, EVENTS[one.kind] ?? one.kind, one.document_no, way, `${one.actor}，${CLOCK.format(new Date(one.recorded_at))}`];
    });
    return table(['日期', '事项', '文书号', '地址编码', '记录人与时间'], rows, '没有变动。');
  });
}

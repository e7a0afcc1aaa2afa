/** Forms for what the law lets an office write down: enrol, join, move, end. Each sends once and says what is wrong. */

import { choice, field, form } from '../accounts/form.ts';
import { h, required } from '../dom.ts';
import { notify } from '../notice.ts';
import { OneWrite } from '../one_write.ts';
import { AddressField } from './address_field.ts';
import type { Desk } from './desk.ts';
import { NewcomerFields } from './newcomer.ts';
import type { Household, Kind, Resident } from './residents_api.ts';
import { nameOf, refusal } from './words.ts';

const DAY_HINT = '留空即今天。';

const day = (label: string, hint = DAY_HINT): ReturnType<typeof field> => field(label, { type: 'date' }, hint);
export const documentNo = (isRequired = true): ReturnType<typeof field> =>
  field('文书号', { type: 'text', required: isRequired, maxlength: 100, autocomplete: 'off' });
export const filled = (input: HTMLInputElement): string | null => input.value.trim() || null;

/** A form whose body is put together anew at every press; the same body twice is written once. */
export function deed(button: string, rows: HTMLElement[], body: () => Promise<unknown>, write: (body: unknown, key: string) => Promise<void>): HTMLFormElement {
  const once = new OneWrite();
  const node = form(button, rows, async () => {
    try {
      const content = await body();
      await once.run(content, (key) => write(content, key));
    } catch (error) {
      throw refusal(error);
    }
  });
  node.autocomplete = 'off';
  return node;
}

export function done(desk: Desk, words: string): void {
  notify(words);
  desk.again();
}

/** A household with its members at an address. */
export function enrol(desk: Desk, address: string): HTMLElement {
  const kind = choice('种类', { family: '家庭户', collective: '集体户' }, 'family');
  const at = new AddressField('户籍地址', true, address);
  const book = field('户号', { type: 'text', maxlength: 30, autocomplete: 'off' });
  const since = day('自哪天起');
  const members: NewcomerFields[] = [];
  const box = h('div', { class: 'newcomers' });
  const add = (relation: string): void => {
    const one = new NewcomerFields(`第${members.length + 1}人`, relation);
    members.push(one);
    box.append(one.node);
  };
  const more = h('button', { type: 'button', class: 'quiet' }, '再加一人');
  more.addEventListener('click', () => {
    add('');
    members.at(-1)?.focus();
  });
  add('户主');
  return deed('登记', [kind.node, at.node, book.node, since.node, box, more], async () => ({
    kind: kind.input.value, address_code: await at.code(), book_no: filled(book.input), since: filled(since.input),
    members: await Promise.all(members.filter((one) => !one.isEmpty()).map((one) => one.body())),
  }), async (body, key) => {
    const made = await desk.api.enrol(body, key);
    notify('已登记');
    desk.go({ kind: 'household', id: made.household_id }, true);
  });
}

/** One more person in a household. */
export function join(desk: Desk, household: Household): HTMLElement {
  const one = new NewcomerFields('新成员', '');
  const since = day('自哪天起');
  return deed('登记', [one.node, since.node], async () => ({ ...(await one.body()), since: filled(since.input) }), async (body, key) => {
    await desk.api.join(household.id, body, key);
    done(desk, '已登记');
  });
}

/** A household registered elsewhere, with or without those who live there now. */
export function moveHousehold(desk: Desk, household: Household): HTMLElement {
  const at = new AddressField('新的户籍地址', true);
  const document = documentNo();
  const on = day('迁移日期');
  const arrived = day('何时来新址', '留空即迁移日期。');
  const along = h('input', { type: 'checkbox', checked: true });
  const tick = h('label', { class: 'tick' }, along, '现住原址的成员一并改住新址');
  return deed('迁移', [at.node, document.node, on.node, arrived.node, tick], async () => ({
    address_code: await at.code(), document_no: document.input.value, on: filled(on.input), arrived_on: filled(arrived.input),
    those_living_there_too: along.checked,
  }), writing(desk, 'households', household, 'move', '已迁移'));
}

/** A person into another household, another dwelling, or both. */
export async function movePerson(desk: Desk, person: Resident): Promise<HTMLElement> {
  const book = field('迁入的户：户号', { type: 'text', maxlength: 30, autocomplete: 'off' }, '只改现住址时，户号、门址和关系都留空。');
  const at = new AddressField('或迁入的户：户籍地址', false);
  const relation = field('与新户主关系', { type: 'text', list: 'relations', maxlength: 30, autocomplete: 'off' });
  const document = documentNo(false);
  const lives = new AddressField('新的现住址', false);
  const on = day('日期');
  const arrived = day('何时来新址', '留空即上面的日期。');
  const heir = await successor(desk, person);
  return deed('迁移', [book.node, at.node, relation.node, document.node, lives.node, on.node, arrived.node, ...(heir ? [heir.node] : [])], async () => ({
    household_id: await target(desk, filled(book.input), await at.code()), relation: filled(relation.input), document_no: document.input.value,
    lives_at: await lives.code(), on: filled(on.input), arrived_on: filled(arrived.input), new_head: heir?.input.value || null,
  }), writing(desk, 'residents', person, 'move', '已迁移'));
}

/** That a person is no longer here, by the document of an authority; the record stays. */
export async function endPerson(desk: Desk, person: Resident): Promise<HTMLElement> {
  const reason = choice('事由', {}, '');
  reason.input.append(required<HTMLTemplateElement>('#end-reasons').content.cloneNode(true));
  const document = documentNo();
  const on = day('日期');
  const heir = await successor(desk, person);
  const note = h('p', { class: 'note' }, '依主管机关的文书记载；登记仍保留，不删除。');
  return deed('记载', [note, reason.node, document.node, on.node, ...(heir ? [heir.node] : [])], async () => ({
    reason: reason.input.value, document_no: document.input.value, on: filled(on.input), new_head: heir?.input.value || null,
  }), writing(desk, 'residents', person, 'end', '已记载'));
}

/** That a household nobody is in any more has ended. */
export function endHousehold(desk: Desk, household: Household): HTMLElement {
  const document = documentNo();
  const on = day('日期');
  return deed('终止', [document.node, on.node], async () => ({ document_no: document.input.value, on: filled(on.input) }),
    writing(desk, 'households', household, 'end', '已终止'));
}

function writing(desk: Desk, kind: Kind, of: { id: string; revision: number }, act: 'move' | 'end', words: string) {
  return async (body: unknown, key: string): Promise<void> => {
    await desk.api.act(kind, of.id, act, of.revision, body, key);
    done(desk, words);
  };
}

/** Who follows a head that leaves a family behind; nothing to choose for anybody else. */
async function successor(desk: Desk, person: Resident): Promise<ReturnType<typeof choice> | null> {
  const household = person.household;
  if (household?.kind !== 'family' || household.relation !== '02') return null;
  const { members } = await desk.api.household(household.id);
  const others = members.filter((member) => member.id !== person.id).map((member) => [member.id, `${nameOf(member)}（${member.relation_text}）`]);
  return others.length === 0 ? null : choice('由谁接任户主', { '': '请选择', ...(Object.fromEntries(others) as Record<string, string>) }, '');
}

/** The one household meant by its number or its address. */
async function target(desk: Desk, book: string | null, address: string | null): Promise<string | null> {
  if (book === null && address === null) return null;
  const found = book !== null ? await desk.api.households('book_no', book) : await desk.api.householdsAt('address_code', address ?? '');
  const living = found.items.filter((one) => one.stage === 'active');
  if (living.length === 1 && living[0]) return living[0].id;
  throw new Error(living.length === 0 ? '没有找到迁入的户，或不在辖区内' : '有几户相符，请填户号');
}

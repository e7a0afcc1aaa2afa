/** Forms for what was written down wrongly or has changed: a person's facts, a household's number. */

import { choice, field } from '../accounts/form.ts';
import { ApiError } from '../api.ts';
import { h } from '../dom.ts';
import { deed, done, filled } from './deeds.ts';
import type { Desk } from './desk.ts';
import { link } from './parts.ts';
import type { Household, Resident } from './residents_api.ts';

const text = (label: string, maxlength: number, hint = ''): ReturnType<typeof field> =>
  field(label, { type: 'text', maxlength, autocomplete: 'off', spellcheck: 'false' }, hint);

function tick(words: string): { node: HTMLElement; input: HTMLInputElement } {
  const input = h('input', { type: 'checkbox' });
  return { node: h('label', { class: 'tick' }, input, words), input };
}

/** Other facts of a person: what is left empty stays as it is, since nothing of it is shown in clear. */
export function changeFacts(desk: Desk, person: Resident): HTMLElement {
  const name = text('姓名', 60);
  const number = text('公民身份号码', 20, '出生日期和性别由号码得出。');
  const born = field('出生日期（没有号码时填）', { type: 'date' });
  const sex = choice('性别（没有号码时填）', { '': '不改', 男: '男', 女: '女' }, '');
  const phone = field('电话', { type: 'text', inputmode: 'tel', maxlength: 20, autocomplete: 'off' });
  const noPhone = tick('电话已停用，清空');
  const note = h('p', { class: 'note' }, '只填要改的；留空的保持不变。更改前的内容仍封存，不会丢失。');
  const fields = h('div', { class: 'newcomer' }, ...[name, number, born, sex, phone, noPhone].map((one) => one.node));
  const write = writing(desk, 'residents', person, () => form);
  const form: HTMLFormElement = deed('更改', [note, fields], async () => {
    const asked = { name: filled(name.input), id_no: filled(number.input), born_on: filled(born.input), sex: sex.input.value || null, phone: filled(phone.input) };
    const body: Record<string, string | null> = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== null));
    if (noPhone.input.checked && body['phone'] !== undefined) throw new Error('要么填新电话，要么清空');
    if (noPhone.input.checked) body['phone'] = null;
    if (Object.keys(body).length === 0) throw new Error('没有填写要改的内容');
    return body;
  }, write);
  return form;
}

/** Another 户号 of a household, or none. */
export function changeNumber(desk: Desk, household: Household): HTMLElement {
  const number = text('新的户号', 30);
  const none = tick('没有户号');
  const write = writing(desk, 'households', household, () => form);
  const form: HTMLFormElement = deed('更改', [number.node, none.node], async () => {
    const book_no = filled(number.input);
    if ((book_no === null) !== none.input.checked) throw new Error('请填新的户号，或勾选没有户号');
    return { book_no };
  }, write);
  return form;
}

/** Writes on the revision that was shown; where somebody was quicker, what was typed stays and the way on is offered. */
function writing(desk: Desk, kind: 'residents' | 'households', of: { id: string; revision: number }, form: () => HTMLFormElement) {
  return async (body: unknown, key: string): Promise<void> => {
    try {
      await desk.api.change(kind, of.id, of.revision, body, key);
    } catch (error) {
      if (error instanceof ApiError && error.code === 'stale') offerLatest(desk, form());
      throw error;
    }
    done(desk, '已更改');
  };
}

function offerLatest(desk: Desk, form: HTMLFormElement): void {
  if (form.querySelector('.latest')) return;
  const node = link('读取最新内容', () => desk.again());
  node.classList.add('latest');
  form.append(node);
  node.focus();
}

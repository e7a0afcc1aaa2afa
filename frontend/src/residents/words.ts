/** Words of people and households that the answers name by code, and what is said where nothing is. */

import { ApiError } from '../api.ts';
import { sentence } from '../notice.ts';
import type { Household, LookUp, Member, Resident } from './residents_api.ts';

export const NOTHING = '—';
export const SEX: Record<string, string> = { '1': '男', '2': '女' };
export const HOME_KINDS: Record<string, string> = { registered: '户籍地址', actual: '现住址' };
export const END_REASONS: Record<string, string> = { deceased: '死亡', cancelled: '注销', moved_away: '迁出' };
export const EVENTS: Record<string, string> = {
  enrol: '登记', join: '增加成员', leave: '成员离开', change: '更改资料', move: '迁移', end: '终止', withdraw: '撤回', destroy: '销毁密钥',
};
export const LOOK_UPS: Record<LookUp, string> = { id_no: '公民身份号码', name: '姓名', phone: '电话', book_no: '户号', head_name: '户主姓名' };

/** A masked name, or why there is none. */
export function nameOf(person: Resident | Member): string {
  return person.name ?? (person.stage === 'withdrawn' ? '资料已销毁' : NOTHING);
}

/** What a household is called: by its head, masked. */
export function headOf(household: Household): string {
  if (household.kind === 'collective') return '集体户';
  const head = household.members.find((member) => member.relation === '02') ?? household.members[0];
  return head ? nameOf(head) : '空户';
}

/** Whether a record goes on, in words; empty while it does. */
export function standing(person: Resident | Member): string {
  if (person.stage === 'active') return '';
  if (person.stage === 'withdrawn') return '已撤回';
  return `${END_REASONS[person.end_reason ?? ''] ?? '已终止'}${person.ended_on ? `（${person.ended_on}）` : ''}`;
}

export const STALE = '就在您填写时，别人更改了这一条，您的更改没有写入。请先读取最新内容，核对后再改';

/** The sentence of a refusal with the line of each member that is wrong. */
export function refusal(error: unknown): Error {
  if (error instanceof ApiError && error.code === 'stale') return new Error(STALE);
  if (!(error instanceof ApiError) || error.errors.length === 0) return new Error(sentence(error));
  const lines = error.errors.map((one) => {
    const member = /^members\.(\d+)/.exec(one.field ?? '');
    return member ? `第${Number(member[1]) + 1}人：${one.message}` : one.message;
  });
  return new Error(`${error.message}：${lines.join('；')}`);
}

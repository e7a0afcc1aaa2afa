/** The fields of each act, and what is sent for it. */

import { field } from '../accounts/form.ts';
import { api } from '../api.ts';
import { h } from '../dom.ts';
import { AddressField } from '../residents/address_field.ts';
import type { ActsApi, Asking, Door } from './acts_api.ts';

export interface ActFields {
  nodes: HTMLElement[];
  asking(note: string, on: string | null): Promise<Asking>;
}

type Make = (door: Door, calls: ActsApi) => ActFields;

const NUMBER = /^([1-9]\d{0,4})(?:号?(?:[-附－]([1-9]\d{0,2}))?)?号?$/;

export function numberOf(text: string): { main: number; sub: number } {
  const found = NUMBER.exec(text.trim());
  if (!found) throw new Error(`“${text}”不是门牌号，应如 18 或 18-1`);
  return { main: Number(found[1]), sub: Number(found[2] ?? 0) };
}

const numberField = (label: string, hint = ''): ReturnType<typeof field> => field(label, { type: 'text', inputmode: 'text', maxlength: 12, placeholder: '如 18 或 18-1', autocomplete: 'off' }, hint);
const change = (kind: string, body: Record<string, unknown>): Asking => ({ family: 'address-changes', path: '/address-changes', body: { kind, ...body } });
const plan = (title: string, door: Door, changes: unknown[]): Asking => ({ family: 'renumbering-plans', path: '/renumbering-plans', body: { place_id: door.place_id, changes, title } });
const needed = async (one: AddressField, words: string): Promise<string> => {
  const code = await one.code();
  if (code === null) throw new Error(words);
  return code;
};

function simple(kind: string, words: string): Make {
  return (door) => ({ nodes: [h('p', { class: 'note' }, words)], asking: async (note) => change(kind, { code: door.code, note }) });
}

function merge(door: Door): ActFields {
  const into = new AddressField('并入哪个门', true);
  return { nodes: [into.node], asking: async (note) => change('merge', { code: door.code, into: await needed(into, '请给出并入的地址'), note }) };
}

/** Each house either stays behind the old door or leaves under a number of its own. */
function split(door: Door): ActFields {
  if (door.buildings.length === 0) return { nodes: [h('p', { class: 'note' }, '此门之下没有房屋，不能分门。')], asking: () => Promise.reject(new Error('此门之下没有房屋，不能分门。')) };
  const houses = door.buildings.map((one) => ({ id: one.id, ...numberField(`房屋 ${one.code} 的新门号`, '不填则留在原门') }));
  return {
    nodes: houses.map((one) => one.node),
    asking: async (note) => {
      const parts = new Map<string, { building_ids: string[]; number: { main: number; sub: number } }>();
      let stays = false;
      for (const one of houses) {
        if (one.input.value.trim() === '') stays = true;
        else {
          const number = numberOf(one.input.value);
          const same = parts.get(JSON.stringify(number)) ?? { building_ids: [], number };
          same.building_ids.push(one.id);
          parts.set(JSON.stringify(number), same);
        }
      }
      return change('split', { code: door.code, stays, parts: [...parts.values()], note });
    },
  };
}

function renumber(door: Door): ActFields {
  const to = numberField('改为几号');
  return { nodes: [to.node], asking: async (note) => plan(note, door, [{ code: door.code, ...numberOf(to.input.value) }]) };
}

function swap(door: Door, calls: ActsApi): ActFields {
  const other = new AddressField('与哪个门对调', true);
  return {
    nodes: [other.node],
    asking: async (note) => {
      const with_ = await calls.door(await needed(other, '请给出对调的地址'));
      if (with_.place_id !== door.place_id) throw new Error('只能与同一路街或同一组的门对调');
      return plan(note, door, [
        { code: door.code, ...numberOf(with_.number) },
        { code: with_.code, ...numberOf(door.number) },
      ]);
    },
  };
}

function reassign(door: Door): ActFields {
  const house = field('得号房屋的建筑编码', { type: 'text', maxlength: 40, autocomplete: 'off' }, '房屋须在此路街或组内，且还没有标准地址');
  const number = numberField('已注销的号', `${door.place}内的号`);
  return {
    nodes: [house.node, number.node],
    asking: async (note) => {
      const building = await api.building(house.input.value.trim());
      return change('reassign', { place_id: door.place_id, building_id: building.id, number: numberOf(number.input.value), note });
    },
  };
}

function correct(door: Door): ActFields {
  const number = numberField('应为几号', '只更正位置时不填');
  const lon = field('应为的经度', { type: 'text', inputmode: 'decimal', maxlength: 14, placeholder: String(door.lon) });
  const lat = field('应为的纬度', { type: 'text', inputmode: 'decimal', maxlength: 14, placeholder: String(door.lat) });
  const since = field('自哪天起是错的', { type: 'date' }, '不填为现行版本的生效日');
  const until = field('到哪天之前', { type: 'date' }, '不填为至今');
  return {
    nodes: [number.node, lon.node, lat.node, since.node, until.node],
    asking: async (note) => {
      const [x, y] = [lon.input.value.trim(), lat.input.value.trim()];
      if ((x === '') !== (y === '') || Number.isNaN(Number(x)) || Number.isNaN(Number(y))) throw new Error('经度和纬度须一起填写，都是数');
      return change('correct', {
        code: door.code,
        note,
        number: number.input.value.trim() ? numberOf(number.input.value) : null,
        position: x === '' ? null : { lon: Number(x), lat: Number(y) },
        since: since.input.value || null,
        until: until.input.value || null,
      });
    },
  };
}

function rename(door: Door): ActFields {
  const name = field('新的名称', { type: 'text', maxlength: 60, autocomplete: 'off' }, `“${door.place}”之下所有地址一同改读；提交后列出改读的地址数、门牌、重名和同音`);
  return {
    nodes: [name.node],
    asking: async (note, on) => ({ family: 'division-acts', path: `/places/${encodeURIComponent(door.place_id)}/rename`, body: { name: name.input.value.trim(), note, effective_on: on } }),
  };
}

/** Acts in the order in which they are offered. */
export const ACTS: Record<string, { name: string; make: Make }> = {
  renumber: { name: '改号', make: renumber },
  swap: { name: '与另一门对调', make: swap },
  split: { name: '分门', make: split },
  merge: { name: '并门', make: merge },
  retire: { name: '注销', make: simple('retire', '房屋已不存在，地址连同户室终止，号码注销。') },
  reassign: { name: '改派已注销的号', make: reassign },
  correct: { name: '更正登记错误', make: correct },
  replace: { name: '换码', make: simple('replace', '同一门换用新的地址编码，旧编码由新编码承接。') },
  rename: { name: '所在路街或组更名', make: rename },
};

/** Lists: what a look-up found, the households of a village, the batches of plates and the households behind each plate. */

import type { Page } from '../api.ts';
import { h } from '../dom.ts';
import { notify, sentence } from '../notice.ts';
import type { Desk } from './desk.ts';
import { facts, folded, heading, link, table } from './parts.ts';
import { type Batch, type LookUp, platePage } from './residents_api.ts';
import { householdTable, personTable } from './views.ts';
import { LOOK_UPS } from './words.ts';

/** A look-up answers at most so many. */
const MOST_FOUND = 50;
/** Batches that a hand-out sheet can be made for. */
const PRINTED = ['printed', 'made'];

export async function foundView(desk: Desk, by: LookUp, value: string): Promise<Node[]> {
  const nothing = `辖区内没有${LOOK_UPS[by]}与所填内容完全相同的。`;
  if (by === 'book_no' || by === 'head_name') {
    const { items } = await desk.api.households(by, value);
    return [heading(`找到 ${items.length} 户`), householdTable(desk, items, nothing)];
  }
  const { items } = await desk.api.persons(by, value);
  const more = items.length >= MOST_FOUND ? [h('p', { class: 'warning' }, `只列出了前 ${MOST_FOUND} 人，请用公民身份号码查找。`)] : [];
  return [heading(`找到 ${items.length} 人`), personTable(desk, items, nothing), ...more];
}

/** The households of a village, or those alone whose address has ended, with who lives at such an address. */
export async function villageView(desk: Desk, code: string, name: string, ended: boolean): Promise<Node[]> {
  const households = await paged((cursor) => desk.api.ofVillage(code, ended, cursor),
    (items) => householdTable(desk, items, ended ? '没有户籍在已注销地址的户。' : '没有登记的户。'));
  if (!ended) return [heading(name), ...households];
  const persons = await paged((cursor) => desk.api.personsOf(code, ended, cursor),
    (items) => personTable(desk, items, '没有户籍或住处在已注销地址的人。'));
  return [
    heading(`${name}：地址已注销的`),
    h('p', { class: 'note' }, '这些户和人登记的地址已经注销，没有唯一的后继，须由经办人核实后迁到现在的地址。'),
    h('h3', {}, '户籍地址已注销的户'), ...households,
    h('h3', {}, '户籍地址或现住址已注销的人'), ...persons,
  ];
}

/** A table that grows by a page at a time. */
async function paged<T>(read: (cursor: string | null) => Promise<Page<T>>, draw: (items: T[]) => HTMLElement): Promise<HTMLElement[]> {
  const first = await read(null);
  const shown = [...first.items];
  const box = h('div', {}, draw(shown));
  const more = h('button', { type: 'button', class: 'quiet' }, '再列一页');
  let cursor = first.next_cursor;
  more.hidden = cursor === null;
  more.addEventListener('click', () => {
    more.disabled = true;
    void read(cursor).then((page) => {
      shown.push(...page.items);
      cursor = page.next_cursor;
      box.replaceChildren(draw(shown));
      more.hidden = cursor === null;
    }).catch((error: unknown) => notify(sentence(error), 'bad')).finally(() => {
      more.disabled = false;
    });
  });
  return [box, more];
}

export async function batchesView(desk: Desk): Promise<Node[]> {
  const { items } = await desk.api.batches();
  const rows = items.filter((batch) => PRINTED.includes(batch.stage)).reverse().map((batch) => [
    batch.batch_no, someDoor(desk, batch), `${batch.plate_count} 块`,
    h('span', { class: 'actions' }, sheet(desk, batch, 'pdf'), sheet(desk, batch, 'xlsx')),
    link('逐牌看住户', () => desk.go({ kind: 'plates', batch })),
  ]);
  return [
    heading('门牌发放表'),
    h('p', { class: 'note' }, '发放表按行走顺序列出每块门牌和门后的户（脱敏），供签收，仅供内部；每次制作都记入审计，服务器上不保存。'),
    table(['批次', '其中一门', '门牌', '发放表', '住户'], rows, '辖区内没有已印出的批次。'),
  ];
}

/** One door of a batch, read after the list is there: batches are numbered, and a village is known by its doors. */
function someDoor(desk: Desk, batch: Batch): HTMLElement {
  const node = h('span', { class: 'soft' }, '…');
  void desk.api.onePlate(batch.id).then((page) => node.replaceChildren(page.items[0]?.full_text ?? '—'), () => node.replaceChildren('—'));
  return node;
}

type Named = Pick<Batch, 'id' | 'batch_no'>;

function sheet(desk: Desk, batch: Named, format: 'pdf' | 'xlsx'): HTMLButtonElement {
  const node = h('button', { type: 'button', class: 'quiet small' }, format.toUpperCase());
  node.setAttribute('aria-label', `批次 ${batch.batch_no} 的发放表 ${format.toUpperCase()}`);
  node.addEventListener('click', () => {
    node.disabled = true;
    void desk.api.handout(batch.id, format).then((file) => save(file, `${batch.batch_no}-发放表-仅供内部.${format}`))
      .catch((error: unknown) => notify(sentence(error), 'bad')).finally(() => {
        node.disabled = false;
      });
  });
  return node;
}

/** Hands a file to the browser's downloads; the page keeps nothing of it. */
function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const way = h('a', { href: url, download: name, hidden: true });
  document.body.append(way);
  way.click();
  way.remove();
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export async function platesView(desk: Desk, batch: Named): Promise<Node[]> {
  const { items, complete } = await desk.api.plates(batch.id);
  const rows = [...items].sort((one, other) => one.position - other.position).map((plate) => {
    const page = { ...plate, batch_id: batch.id, batch_no: batch.batch_no, page: plate.position, number_text: '', name_text: '' };
    return [
      h('a', { href: platePage(page), target: '_blank', rel: 'noopener' }, `第 ${plate.position} 页`),
      link(plate.full_text, () => desk.go({ kind: 'house', key: 'address_code', code: plate.address_code })),
      folded('住户', async () => behind(desk, plate.id)),
    ];
  });
  return [heading(`批次 ${batch.batch_no}`), h('p', { class: 'several' }, '发放表（仅供内部）', sheet(desk, batch, 'pdf'), sheet(desk, batch, 'xlsx')), table(['印刷页', '门址', '住户'], rows, '没有门牌。'),
    ...(complete ? [] : [h('p', { class: 'warning' }, '门牌过多，只列出了一部分。')])];
}

async function behind(desk: Desk, plate: string): Promise<Node> {
  const { items } = await desk.api.behind(plate);
  if (items.length === 0) return h('p', { class: 'note' }, '没有登记在此的户。');
  return facts(items.map((one) => [one.book_no || '户号未填', link(`${one.head || '空户'}，${one.persons} 人`, () => desk.go({ kind: 'household', id: one.household_id }))]));
}

/** One package: its facts, download under a passphrase, acknowledgement, and its rows. */

import { isOutdated } from '../api.ts';
import { h, required } from '../dom.ts';
import { notify, sentence } from '../notice.ts';
import { Refusal } from '../refusal.ts';
import type { ExchangeApi, PackageCard, Row } from './exchange_api.ts';
import { makePassphrase } from './passphrase.ts';

const failed = (error: unknown): void => notify(sentence(error), 'bad');
const at = (moment: string): string => new Date(moment).toLocaleString('zh-CN', { dateStyle: 'short', timeStyle: 'short' });

export class PackageView {
  private shown: PackageCard | null = null;
  private cursor: string | null = null;
  private turn = 0;
  private readonly passphrase = required<HTMLInputElement>('#passphrase');
  private readonly digest = required<HTMLInputElement>('#digest');
  private readonly state = required<HTMLSelectElement>('#state');
  private readonly noDownload = new Refusal({ 'passphrase-too-short': this.passphrase, 'passphrase-unusable': this.passphrase });
  private readonly noAcknowledgement = new Refusal({ 'mapping-digest-differs': this.digest, digest: this.digest });

  constructor(
    private readonly api: ExchangeApi,
    private readonly names: Record<string, string>,
    private readonly changed: () => Promise<void>,
  ) {
    required('#download').append(this.noDownload.node);
    required('#acknowledge').append(this.noAcknowledgement.node);
    required('#make-passphrase').addEventListener('click', () => {
      this.passphrase.value = makePassphrase();
      this.passphrase.select();
    });
    this.state.addEventListener('change', () => void this.list(true).catch(failed));
    required('#rows-more').addEventListener('click', () => void this.list(false).catch(failed));
    this.hear('#download', this.noDownload, () => this.download());
    this.hear('#acknowledge', this.noAcknowledgement, () => this.acknowledge());
  }

  async open(id: string): Promise<void> {
    const turn = (this.turn += 1);
    const card = await this.api.package(id);
    if (turn !== this.turn) return;
    this.shown = card;
    this.draw(card);
    this.empty();
    await this.list(true);
    required<HTMLElement>('#package').focus();
  }

  /** What is shown, read anew after something else on the page has changed it; the focus stays where it is. */
  async again(): Promise<void> {
    if (!this.shown) return;
    const card = await this.api.package(this.shown.id);
    if (card.id !== this.shown.id) return;
    this.draw((this.shown = card));
    await this.list(true);
  }

  forget(): void {
    this.passphrase.value = '';
  }

  private hear(form: string, refusal: Refusal, act: () => Promise<void>): void {
    required<HTMLFormElement>(form).addEventListener('submit', (event) => {
      event.preventDefault();
      const buttons = required(form).querySelectorAll('button');
      if ([...buttons].some((one) => one.disabled)) return;
      refusal.clear();
      buttons.forEach((one) => (one.disabled = true));
      void act().catch((error: unknown) => this.refused(refusal, error)).finally(() => buttons.forEach((one) => (one.disabled = false)));
    });
  }

  private refused(refusal: Refusal, error: unknown): void {
    refusal.tell(error);
    if (this.shown && isOutdated(error)) void this.api.package(this.shown.id).then((card) => this.draw((this.shown = card))).catch(failed);
  }

  private draw(card: PackageCard): void {
    required<HTMLElement>('#package').hidden = false;
    required('#package-title').textContent = `${card.consumer} 第 ${card.sequence} 包`;
    const confirmed = card.acknowledged_at ? `${at(card.acknowledged_at)} ${card.acknowledged_by ?? ''}` : '尚未确认';
    const facts: [string, string][] = [
      ['状态', card.stage_text], ['发出', `${at(card.issued_at)} ${card.issued_by}`], ['确认', confirmed],
      ['变更', `${card.moves} 行`], ['暂不下发', `${card.held} 行`], ['变更位置', `${card.from_cursor} 之后至 ${card.to_cursor}`],
      ['本包摘要（SM3）', card.digest], ['上一包摘要', card.previous_digest || '无（首包）'],
    ];
    required('#facts').replaceChildren(...facts.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))));
    required<HTMLElement>('#acknowledge').hidden = card.stage !== 'issued';
    const options = Object.entries(this.names).filter(([key]) => card.states[key]).map(([key, name]) => h('option', { value: key }, `${name}（${card.states[key]}）`));
    this.state.replaceChildren(h('option', { value: '' }, '全部'), ...options);
  }

  private empty(): void {
    this.passphrase.value = this.digest.value = '';
    required<HTMLInputElement>('#sure').checked = false;
    this.noDownload.clear();
    this.noAcknowledgement.clear();
  }

  private async list(anew: boolean): Promise<void> {
    if (!this.shown) return;
    const id = this.shown.id;
    const page = await this.api.rows(id, this.state.value, anew ? null : this.cursor);
    if (id !== this.shown?.id) return;
    this.cursor = page.next_cursor;
    const rows = page.items.map(line);
    const list = required('#rows');
    if (anew) list.replaceChildren(...(rows.length ? rows : [h('li', { class: 'note' }, '没有行。')]));
    else list.append(...rows);
    required<HTMLElement>('#rows-more').hidden = page.next_cursor === null;
  }

  private async download(): Promise<void> {
    if (!this.shown) return;
    const { id, sequence } = this.shown;
    const url = URL.createObjectURL(await this.api.archive(id, this.passphrase.value));
    h('a', { href: url, download: `mapping-${String(sequence).padStart(4, '0')}.zip` }).click();
    window.setTimeout(() => URL.revokeObjectURL(url), 60_000); // some browsers read it only after the click
    notify('已下载，请把口令另行告知对方');
  }

  private async acknowledge(): Promise<void> {
    if (!this.shown) return;
    await this.api.acknowledge(this.shown, this.digest.value.trim());
    notify('已确认，可以生成下一包');
    await this.changed();
    await this.open(this.shown.id);
  }
}

function line(row: Row): HTMLElement {
  const texts = h('span', { class: 'texts' }, h('span', {}, row.old_text ?? '（新增）'), h('span', { class: 'arrow', 'aria-label': '改为' }, '→'), h('span', {}, row.new_text ?? '（注销）'));
  const facts = [row.kind_text, row.decrees.join('、'), `${row.effective_on} 起`, row.is_one_household ? '只迁一户' : '', stay(row)];
  const state = h('span', { class: `tag ${row.state}` }, row.reason_text ? `${row.state_text}：${row.reason_text}` : row.state_text);
  return h('li', { value: row.row_no }, texts, h('small', {}, facts.filter(Boolean).join('　')), state);
}

function stay(row: Row): string {
  if (row.old_text === null || row.new_text === null) return '';
  return row.keeps_arrival ? '何时来本址不变' : '何时来本址由受理机关核定';
}

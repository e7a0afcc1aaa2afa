/** Police dictionaries taken by file, and the pairs of their codes with the register that a person decides on. */

import { h, required } from '../dom.ts';
import { notify } from '../notice.ts';
import { Refusal } from '../refusal.ts';
import type { Words } from './office.ts';
import type { OfficeApi, Pair } from './office_api.ts';
import { failed, PagedList, report, rowActor } from './paged_list.ts';
import { ProposeForm } from './propose_form.ts';

export class CrosswalkView {
  private readonly kind = required<HTMLSelectElement>('#pair-kind');
  private readonly state = required<HTMLSelectElement>('#pair-state');
  private readonly sure = required<HTMLButtonElement>('#accept-sure');
  private readonly list: PagedList<Pair>;
  private counted = 0;

  constructor(
    private readonly calls: OfficeApi,
    private readonly words: Words,
  ) {
    const options = (named: Record<string, string>): HTMLElement[] => Object.entries(named).map(([value, name]) => h('option', { value }, name));
    required('#dictionary-kind').append(...options(words.kinds));
    this.kind.append(...options(words.kinds));
    this.state.append(...options(words.pairs));
    this.state.value = 'proposed';
    this.list = new PagedList('pairs', '没有对照。', (cursor) => calls.pairs(this.kind.value, this.state.value, cursor), (one) => this.draw(one));
  }

  start(): void {
    for (const one of [this.kind, this.state]) one.addEventListener('change', () => void this.refresh().catch(failed));
    this.sure.addEventListener('click', () => {
      this.sure.disabled = true;
      void this.acceptSure().catch(failed).finally(() => (this.sure.disabled = false));
    });
    this.listen();
    new ProposeForm(this.calls, this.words, (kind) => this.showProposed(kind)).start();
    void this.refresh().catch(failed);
  }

  private async refresh(): Promise<void> {
    const [summary] = await Promise.all([this.calls.summary(), this.list.list()]);
    const told = summary.items.map((one) => `${this.words.kinds[one.kind]}${this.words.pairs[one.state]} ${one.pairs}`);
    required('#crosswalk-counts').textContent = told.join('　') || '还没有对照：先导入字典，再逐条核定。未核定的代码不会用于对照包。';
    this.counted = summary.sure[this.kind.value] ?? 0;
    this.sure.hidden = this.counted === 0 || this.state.value !== 'proposed';
    this.sure.textContent = `采纳名称相同且无歧义的 ${this.counted} 条`;
  }

  private async acceptSure(): Promise<void> {
    const done = await this.calls.acceptSure(this.kind.value, this.counted);
    notify(`已采纳 ${done.accepted} 条`);
    await this.refresh();
  }

  private draw(one: Pair): HTMLElement {
    const days = one.since ? `　${one.since} 至 ${one.until ?? '今'}` : '';
    const rivals = one.rivals ? h('span', { class: 'tag held' }, `另有 ${one.rivals} 处同名`) : null;
    const who = one.decided_by ? `　${one.decided_by}` : one.ground === 'person' ? `　${one.proposer} 提出，须他人采纳` : '';
    const why = one.evidence.startsWith(one.ground_text) ? one.evidence : `${one.ground_text}：${one.evidence}`;
    return h('li', {},
      h('span', {}, `${one.code} ${one.name} → ${one.target} `, h('span', { class: `tag ${one.state}` }, one.state_text), ' ', rivals),
      h('small', {}, `${why}${days}${who}`),
      this.buttons(one));
  }

  private buttons(one: Pair): HTMLElement | null {
    const decide = (text: string, body: () => Record<string, string>, main = false): HTMLElement =>
      rowActor(text, async () => {
        await this.calls.decide(one, body());
        notify('已核定');
      }, () => this.refresh(), main);
    const day = h('input', { type: 'date', 'aria-label': one.state === 'proposed' ? `${one.name}自哪天起` : `${one.name}终止日期` });
    if (one.state === 'proposed') {
      const accepted = (): Record<string, string> => (day.value ? { verdict: 'accept', day: day.value } : { verdict: 'accept' });
      return h('div', { class: 'buttons' }, decide('采纳', accepted, true), decide('否定', () => ({ verdict: 'refuse' })), h('label', {}, '自哪天起（可不填）', day));
    }
    const ended = (): Record<string, string> => (day.value ? { verdict: 'end', day: day.value } : { verdict: 'end' });
    return one.state === 'accepted' ? h('div', { class: 'buttons' }, h('label', {}, '终止日期', day), decide('终止', ended)) : null;
  }

  private listen(): void {
    const form = required<HTMLFormElement>('#dictionary');
    const file = required<HTMLInputElement>('#dictionary-file');
    const day = required<HTMLInputElement>('#dictionary-day');
    const button = required<HTMLButtonElement>('#dictionary button');
    const refusal = new Refusal({ file, list_day: day, 'list-day-impossible': day, 'columns-missing': file });
    form.append(refusal.node);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (button.disabled) return;
      refusal.clear();
      button.disabled = true;
      void this.send(file, day.value).catch((error: unknown) => refusal.tell(error)).finally(() => (button.disabled = false));
    });
  }

  private async send(file: HTMLInputElement, day: string): Promise<void> {
    const chosen = file.files?.[0];
    if (!chosen) return;
    const kind = required<HTMLSelectElement>('#dictionary-kind').value;
    const body = new FormData();
    body.append('kind', kind);
    body.append('file', chosen);
    if (day) body.append('list_day', day);
    body.append('is_complete', String(required<HTMLInputElement>('#dictionary-complete').checked));
    body.append('dry_run', String(required<HTMLInputElement>('#dictionary-dry').checked));
    const done = await this.calls.dictionary(body);
    const how = done.id === null ? '仅检查，未写入。' : '';
    const missing = done.missing_count ? `，已有而表中没有 ${done.missing_count}` : '';
    report('dictionary-report', `${how}读取 ${done.read} 行，新增 ${done.added}，更改 ${done.changed}，未变 ${done.unchanged}，停用 ${done.ended}，拒绝 ${done.rejected}，提出对照 ${done.proposed}${missing}`, done.rejects, done.rejected);
    await this.showProposed(kind);
  }

  private async showProposed(kind: string): Promise<void> {
    this.kind.value = kind;
    this.state.value = 'proposed';
    await this.refresh();
  }
}

/** What waits for approval: what it would do, the scans beside it, and the decision by whoever may. */

import { field } from '../accounts/form.ts';
import { h } from '../dom.ts';
import { actor, PagedList } from '../exchange/paged_list.ts';
import { notify } from '../notice.ts';
import { OneWrite } from '../one_write.ts';
import { EVENT_LABELS } from '../history/history_words.ts';
import { label } from '../labels.ts';
import { SCAN_TYPES } from './act_form.ts';
import type { ActsApi, Change, Family, NameAct, Outlook, Plan } from './acts_api.ts';
import { clashLine } from './names_view.ts';
import { outlookView } from './outlook_view.ts';

export interface Rights {
  number: boolean;
  name: boolean;
  approve: boolean;
  attach: boolean;
}

interface Waiting {
  family: Family;
  id: string;
  title: string;
  by: string;
  mayDrop: boolean;
  /** Asks for the day as well: acts on names have theirs already. */
  asksDay: boolean;
  look: (on: string | null) => Promise<HTMLElement[]>;
}

const CHANGES: Record<string, string> = { retire: '注销', merge: '并门', split: '分门', replace: '换码', reassign: '改派', correct: '更正' };

export class WaitingView {
  private readonly lists: PagedList<never>[];

  constructor(
    private readonly calls: ActsApi,
    private readonly rights: Rights,
  ) {
    const views = async (found: Promise<Outlook>): Promise<HTMLElement[]> => outlookView(await found);
    const changes = new PagedList<Change>('changes', '没有待批的。', calls.changes, (one) =>
      this.row(one, { family: 'address-changes', id: one.id, title: `${CHANGES[one.kind] ?? one.kind}：${one.full_text ?? '已注销的号'}`, by: one.drawn_by, mayDrop: rights.number, asksDay: one.kind !== 'correct', look: (on) => views(calls.outlookOfChange(one.id, on)) }, one.note));
    const plans = new PagedList<Plan>('plans', '没有待批的。', calls.plans, (one) =>
      this.row(one, { family: 'renumbering-plans', id: one.id, title: `改号：${one.village}${one.place} ${one.summary.doors} 个门`, by: one.drawn_by, mayDrop: rights.number, asksDay: true, look: () => views(calls.outlookOfPlan(one.id)) }, one.title));
    const names = new PagedList<NameAct>('name-acts', '没有待批的。', calls.nameActs, (one) =>
      this.row(one, { family: 'division-acts', id: one.id, title: `${one.kind === 'rename_place' ? '更名' : label(EVENT_LABELS, one.kind)}：${called(one)}`, by: one.drawn_by, mayDrop: rights.name, asksDay: false, look: async () => nameOutlook(one) }, one.note));
    this.lists = [changes, plans, names] as unknown as PagedList<never>[];
  }

  async list(): Promise<void> {
    await Promise.all(this.lists.map((one) => one.list()));
  }

  private row(one: { created_at: string }, act: Waiting, note: string): HTMLElement {
    const when = new Date(one.created_at).toLocaleString('zh-CN', { dateStyle: 'short', timeStyle: 'short' });
    const body = h('div', { class: 'stack' });
    const box = h('details', { 'data-act': act.id }, h('summary', {}, act.title, h('small', {}, `${act.by}　${when}${note ? `　${note}` : ''}`)), body);
    box.addEventListener('toggle', () => {
      if (box.open && body.childElementCount === 0) body.append(...this.parts(act));
    });
    return h('li', {}, box);
  }

  private parts(act: Waiting): HTMLElement[] {
    const seen = h('div', { class: 'seen', tabindex: '-1' });
    const day = field('生效日期', { type: 'date' }, '不填为今天');
    const look = actor('试算', async () => {
      seen.replaceChildren(...(await act.look(day.input.value || null)));
      seen.focus();
    });
    const drop = act.mayDrop ? actor('作废', async () => {
      if (!window.confirm('作废后不能恢复，要重新拟定。作废吗？')) return;
      await this.calls.drop(act.family, act.id);
      notify('已作废');
      await this.list();
    }) : null;
    return [
      this.scans(act),
      ...(act.asksDay ? [day.node] : []),
      h('div', { class: 'buttons' }, look, drop),
      seen,
      ...(this.rights.approve ? [this.decision(act, () => day.input.value || null)] : []),
    ];
  }

  private decision(act: Waiting, on: () => string | null): HTMLElement {
    const decree = field('文号', { type: 'text', required: true, maxlength: 100, autocomplete: 'off', placeholder: '如 平民地〔2026〕9号' });
    const writing = new OneWrite();
    const send = actor('批准执行', async () => {
      const body = { decree_no: decree.input.value.trim(), ...(act.asksDay && on() ? { effective_on: on() } : {}) };
      await writing.run(body, async (key) => {
        await this.calls.commit(act.family, act.id, body, key);
      });
      notify('已执行');
      await this.list();
    }, true);
    return h('div', { class: 'pick' }, decree.node, send);
  }

  private scans(act: Waiting): HTMLElement {
    const list = h('ul', { class: 'scans', 'aria-label': '附件' });
    const show = async (): Promise<void> => {
      const found = await this.calls.scans(act.family, act.id);
      const rows = found.map((one) => h('li', {}, h('a', { href: `/api/v1/attachments/${encodeURIComponent(one.id)}`, download: one.filename }, one.filename), h('small', {}, `${Math.ceil(one.size_bytes / 1024)} KB`)));
      list.replaceChildren(...(rows.length ? rows : [h('li', { class: 'note' }, '没有附件')]));
    };
    void show().catch(() => undefined);
    if (!this.rights.attach) return list;
    const file = field('添加扫描件', { type: 'file', accept: SCAN_TYPES }, 'PDF、JPG、PNG、OFD');
    const send = actor('上传', async () => {
      const chosen = file.input.files?.[0];
      if (!chosen) throw new Error('请先选择文件');
      await this.calls.attach(act.family, act.id, chosen);
      file.input.value = '';
      await show();
    });
    return h('div', {}, list, h('div', { class: 'pick' }, file.node, send));
  }
}

function called(one: NameAct): string {
  const first = one.summary.changes[0];
  if (!first) return '界线或代码';
  return `${first.before?.name ?? '（新设）'} → ${first.after?.name ?? '（终止）'}${one.summary.changes.length > 1 ? ` 等 ${one.summary.changes.length} 个` : ''}`;
}

function nameOutlook(one: NameAct): HTMLElement[] {
  const { addresses, in_force, plates, name_clashes } = one.summary;
  return [
    h('p', { class: 'price' }, `自 ${one.effective_on} 起：改读地址 ${addresses} 条（其中现行 ${in_force} 条），重制门牌 ${plates} 块`),
    name_clashes.length ? h('ul', { class: 'clashes' }, ...name_clashes.map(clashLine)) : h('p', { class: 'note' }, '新名称没有重名或同音。'),
  ];
}

/** Asking for an act on one address: the address, the act, a dry run, then the paper that goes to whoever approves. */

import { choice, field, telling } from '../accounts/form.ts';
import { h, required } from '../dom.ts';
import { notify, sentence } from '../notice.ts';
import { OneWrite } from '../one_write.ts';
import { AddressField } from '../residents/address_field.ts';
import { ACTS, type ActFields } from './act_fields.ts';
import type { ActsApi, Asking, Door } from './acts_api.ts';
import { outlookView } from './outlook_view.ts';

export const SCAN_TYPES = '.pdf,.jpg,.jpeg,.png,.ofd';

export class ActForm {
  private readonly address = new AddressField('地址', true);
  private readonly act: ReturnType<typeof choice>;
  private readonly own = h('div', { class: 'own' });
  private readonly on = field('生效日期', { type: 'date' }, '试算以此日为准，不填为今天；改号在批准时定');
  private readonly note = field('事由', { type: 'text', maxlength: 200, autocomplete: 'off' }, '不要填写身份证号等个人信息');
  private readonly scan = field('批文或申请的扫描件', { type: 'file', accept: SCAN_TYPES }, 'PDF、JPG、PNG、OFD');
  private readonly problem = h('p', { class: 'failure', role: 'alert', hidden: true });
  private readonly look = h('button', { type: 'submit', class: 'quiet' }, '试算');
  private readonly send = h('button', { type: 'button', class: 'primary' }, '提交审批');
  private readonly outlook = h('div', { id: 'outlook', tabindex: '-1', 'aria-live': 'polite' });
  private readonly writing = new OneWrite((busy) => (this.send.disabled = this.look.disabled = busy));
  private door: Door | null = null;
  private fields: ActFields | null = null;

  /** `drawn` is told when something waits for approval. */
  constructor(
    private readonly calls: ActsApi,
    mayName: boolean,
    private readonly drawn: () => Promise<void>,
  ) {
    const offered = Object.entries(ACTS).filter(([key]) => mayName || key !== 'rename');
    this.act = choice('办理什么', Object.fromEntries(offered.map(([key, one]) => [key, one.name])), 'renumber');
    const choose = h('button', { type: 'button', class: 'quiet' }, '选定');
    const more = h('p', { class: 'note' }, '新房编号在', h('a', { href: '/counter' }, '窗口'), '办理，整条路街改号在', h('a', { href: '/renumber' }, '改号'), '办理。');
    const rest = h('div', { class: 'stack', id: 'act-rest', hidden: true }, this.act.node, this.own, this.on.node, this.note.node, this.scan.node, h('div', { class: 'buttons' }, this.look, this.send));
    const form = h('form', { class: 'stack', id: 'act-form', novalidate: true }, h('div', { class: 'pick' }, this.address.node, choose), rest, this.problem, more);
    required('#act-desk').append(form, this.outlook);
    choose.addEventListener('click', () => void telling(this.problem, () => this.choose(rest)));
    this.address.input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      void telling(this.problem, () => this.choose(rest));
    });
    this.address.input.addEventListener('input', () => (rest.hidden = true));
    this.act.input.addEventListener('change', () => this.show());
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (!rest.hidden) void telling(this.problem, () => this.tryIt());
    });
    form.addEventListener('input', () => this.outlook.replaceChildren());
    this.send.addEventListener('click', () => void telling(this.problem, () => this.draw(rest)));
  }

  /** Opens the form for an address, as a link from elsewhere asks. */
  async open(code: string): Promise<void> {
    this.address.input.value = code;
    await telling(this.problem, () => this.choose(required('#act-rest')));
  }

  private async choose(rest: HTMLElement): Promise<void> {
    const code = await this.address.code();
    if (code === null) throw new Error('请填写地址或26位编码');
    this.door = await this.calls.door(code);
    if (this.door.stage !== 'current') throw new Error('这不是现行地址');
    this.address.input.value = this.door.full_text;
    rest.hidden = false;
    this.show();
    this.act.input.focus();
  }

  private show(): void {
    if (this.door === null) return;
    this.fields = ACTS[this.act.input.value]?.make(this.door, this.calls) ?? null;
    this.own.replaceChildren(...(this.fields?.nodes ?? []));
    this.look.hidden = this.act.input.value === 'rename';
    this.outlook.replaceChildren();
  }

  private async asking(): Promise<Asking> {
    if (this.fields === null) throw new Error('请先选定地址');
    return this.fields.asking(this.note.input.value.trim(), this.on.input.value || null);
  }

  private async tryIt(): Promise<void> {
    const found = await this.calls.preview(await this.asking(), this.on.input.value || null);
    this.outlook.replaceChildren(h('h3', {}, '试算结果（尚未写入）'), ...outlookView(found));
    this.outlook.focus();
  }

  private async draw(rest: HTMLElement): Promise<void> {
    const asking = await this.asking();
    let refused = '';
    await this.writing.run(asking, async (key) => {
      const made = await this.calls.draw(asking, key);
      const file = this.scan.input.files?.[0];
      // What was asked for waits in any case; a file that is no scan is told of, and may be sent again beside it.
      if (file) await this.calls.attach(asking.family, made.id, file).catch((error: unknown) => (refused = sentence(error)));
    });
    rest.hidden = true;
    this.outlook.replaceChildren();
    this.address.input.value = this.note.input.value = this.scan.input.value = '';
    await this.drawn();
    if (refused) throw new Error(`已提交审批，但扫描件未收：${refused}`);
    notify('已提交，待他人批准');
  }
}

/** What people and the police call an address: recorded from a day on, listed, ended. */

import { button, choice, field, telling } from '../accounts/form.ts';
import { ask, part, posting } from '../api.ts';
import { h, required } from '../dom.ts';
import { notify, sentence } from '../notice.ts';
import { OneWrite } from '../one_write.ts';
import { AddressField } from '../residents/address_field.ts';

interface Alias {
  id: string;
  kind: string;
  text: string;
  valid_from: string | null;
  valid_to: string | null;
  note: string;
}

const KINDS: Record<string, string> = { colloquial: '俗称', police: '公安写法' };
const OTHERS: Record<string, string> = { former: '曾用名', survey: '普查写法' };

export class AliasForm {
  private readonly address = new AddressField('哪条地址的别名', true);
  private readonly kind = choice('种类', KINDS, 'colloquial');
  private readonly text = field('别名文字', { type: 'text', required: true, maxlength: 100, autocomplete: 'off' }, '写上村名，例如“烟舟村大樟树下”');
  private readonly since = field('自哪天起', { type: 'date', required: true });
  private readonly note = field('来源', { type: 'text', maxlength: 200, autocomplete: 'off' }, '不要填写身份证号等个人信息');
  private readonly problem = h('p', { class: 'failure', role: 'alert', hidden: true });
  private readonly save = h('button', { type: 'submit', class: 'primary' }, '登记');
  private readonly title = h('h3', { id: 'aliases-title', tabindex: '-1', hidden: true });
  private readonly list = h('ul', { id: 'aliases', 'aria-labelledby': 'aliases-title' });
  private readonly rest = h('div', { class: 'stack', hidden: true }, this.kind.node, this.text.node, this.since.node, this.note.node, h('div', { class: 'buttons' }, this.save));
  private readonly writing = new OneWrite((busy) => (this.save.disabled = busy));
  private code = '';

  constructor(private readonly csrf: string) {
    const choose = h('button', { type: 'button', class: 'quiet' }, '选定');
    const form = h('form', { class: 'stack', id: 'alias-form', novalidate: true }, h('div', { class: 'pick' }, this.address.node, choose), this.rest, this.problem);
    required('#alias-desk').append(form, this.title, this.list);
    choose.addEventListener('click', () => void telling(this.problem, () => this.choose()));
    this.address.input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      void telling(this.problem, () => this.choose());
    });
    this.address.input.addEventListener('input', () => this.show(false));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (!this.rest.hidden) void telling(this.problem, () => this.record());
    });
  }

  private get path(): string {
    return `/api/v1/addresses/${part(this.code)}/aliases`;
  }

  private show(chosen: boolean): void {
    this.rest.hidden = this.title.hidden = this.list.hidden = !chosen;
  }

  private async choose(): Promise<void> {
    const code = await this.address.code();
    if (code === null) throw new Error('请填写地址或26位编码');
    this.code = code;
    await this.read();
    this.show(true);
    this.kind.input.focus();
  }

  private async read(): Promise<void> {
    const { items } = await ask<{ items: Alias[] }>(this.path);
    this.title.textContent = `已有的别名（${items.length}）`;
    this.list.replaceChildren(...items.map((one) => this.row(one)));
  }

  private row(one: Alias): HTMLElement {
    const days = `${one.valid_from ?? '早先'}起${one.valid_to === null ? '' : `，${one.valid_to}起不再使用`}`;
    const end = one.kind in KINDS && one.valid_to === null
      && button('终止', () => this.end(one), (error) => notify(sentence(error), 'bad'), `“${one.text}”的最后一天定为今天？`);
    if (end) end.setAttribute('aria-label', `终止“${one.text}”`);
    return h('li', {}, h('span', { class: 'tag' }, KINDS[one.kind] ?? OTHERS[one.kind] ?? one.kind), ` ${one.text}`, h('small', {}, [days, one.note].filter(Boolean).join(' · ')), ' ', end);
  }

  private async record(): Promise<void> {
    const body = { kind: this.kind.input.value, text: this.text.input.value.trim(), valid_from: this.since.input.value, note: this.note.input.value.trim() };
    if (!body.text || !body.valid_from) throw new Error('请填写别名和起始日期');
    await this.writing.run([this.code, body], async (key) => void (await ask(this.path, posting(body, this.csrf, key))));
    this.text.input.value = this.note.input.value = '';
    await this.read();
    notify('已登记');
  }

  private async end(one: Alias): Promise<void> {
    await ask(`${this.path}/${part(one.id)}/end`, posting({}, this.csrf));
    await this.read();
    this.title.focus();
    notify('已终止');
  }
}

/** `/account`: one's own password, second factor, sessions and keys. */

import { h, required } from '../dom.ts';
import { notify, sentence } from '../notice.ts';
import { AccountsApi, type Me } from './accounts_api.ts';
import { moment, rightNames, RIGHTS, WAYS } from './accounts_labels.ts';
import { button, field, form, shownOnce, table } from './form.ts';

const MUST = {
  password: '首次登录或口令已到期，请先更改口令，之后才能办理其他业务。',
  second_factor: '您的职责须设置第二因素，请先设置，之后才能办理其他业务。',
};
const failed = (error: unknown): void => notify(sentence(error), 'bad');

export class AccountPage {
  private readonly api: AccountsApi;
  private readonly root = required<HTMLElement>('#account');

  constructor(private me: Me) {
    this.api = new AccountsApi(me.csrf_token);
  }

  async show(): Promise<void> {
    const parts: (HTMLElement | null)[] = [await this.who(), this.must()];
    if (this.me.signed_in_by === 'key') parts.push(h('p', { class: 'warning' }, '当前以接口密钥登录，只能查看；更改请用口令登录。'));
    else parts.push(this.password(), this.factor());
    parts.push(await this.sessions());
    if (this.me.must === null) parts.push(await this.keys());
    this.root.replaceChildren(...parts.filter((each): each is HTMLElement => each !== null));
  }

  private async again(): Promise<void> {
    this.me = await this.api.me();
    await this.show();
  }

  private async who(): Promise<HTMLElement> {
    const { name, office, division_code, rights } = this.me;
    const mayAsk = this.me.must === null && rights.includes('read');
    const scope = mayAsk ? await this.api.scope(division_code) : division_code;
    return h('section', { 'aria-labelledby': 'who' }, h('h2', { id: 'who' }, name),
      h('p', {}, `${office} · 辖区 ${scope} · ${rightNames(rights) || '尚无权限，请等待安全管理员授权'}`));
  }

  private must(): HTMLElement | null {
    return this.me.must === null ? null : h('p', { class: 'warning', role: 'alert' }, MUST[this.me.must]);
  }

  private password(): HTMLElement {
    const rules = this.me.password_rules;
    const old = field('当前口令', { type: 'password', required: true, autocomplete: 'current-password', maxlength: 128 });
    const fresh = field('新口令', { type: 'password', required: true, autocomplete: 'new-password', maxlength: 128 },
      `至少${rules.min_length}个字符，含大写字母、小写字母、数字、其他字符中的${rules.classes}类，不与最近${rules.history}次相同。`);
    const again = field('再输一次新口令', { type: 'password', required: true, autocomplete: 'new-password', maxlength: 128 });
    const sent = form('更改口令', [old.node, fresh.node, again.node], async () => {
      if (fresh.input.value !== again.input.value) throw new Error('两次输入的新口令不同。');
      await this.api.changePassword(old.input.value, fresh.input.value);
      await this.again();
      notify('口令已更改，其他会话已结束');
    });
    return h('section', { 'aria-labelledby': 'password' }, h('h2', { id: 'password' }, '口令'), sent);
  }

  private factor(): HTMLElement {
    const box = h('section', { 'aria-labelledby': 'factor' }, h('h2', { id: 'factor' }, '第二因素'));
    if (this.me.has_second_factor) {
      box.append(h('p', {}, '已设置。登录时除口令外还要填写手机上的6位数字。手机丢失时用恢复码登录，或请安全管理员解除。'));
      return box;
    }
    if (this.me.must === 'password') {
      box.append(h('p', { class: 'note' }, '更改口令之后再设置。'));
      return box;
    }
    const start = button('开始设置', async () => this.enrol(box, await this.api.startFactor()), failed);
    box.append(h('p', {}, '用手机上的身份验证器（支持 TOTP）生成6位数字，防止口令被盗用。'), start);
    return box;
  }

  private enrol(box: HTMLElement, started: { secret: string; qr_svg: string }): void {
    const picture = h('img', { src: `data:image/svg+xml;base64,${btoa(started.qr_svg)}`, alt: '设置第二因素的二维码', width: 200, height: 200 });
    const code = field('手机上显示的6位数字', { type: 'text', required: true, autocomplete: 'one-time-code', inputmode: 'numeric', maxlength: 8 });
    const sent = form('确认', [code.node], async () => {
      const { codes } = await this.api.confirmFactor(code.input.value);
      await this.again();
      required('#factor').after(shownOnce('第二因素已设置。请抄下这些恢复码，每个可在手机丢失时用一次，只显示这一次：', codes));
    });
    box.replaceChildren(h('h2', { id: 'factor' }, '第二因素'), h('p', {}, '用身份验证器扫描，或手工输入密钥：'), picture,
      h('p', { class: 'code', id: 'factor-secret' }, started.secret), sent);
    code.input.focus();
  }

  private async sessions(): Promise<HTMLElement> {
    const { items } = await this.api.mySessions();
    const rows = items.map((one) => [WAYS[one.opened_by] ?? one.opened_by, moment(one.created_at), moment(one.seen_at),
      one.is_this ? '当前会话' : button('结束', async () => { await this.api.endMySession(one.id); await this.again(); }, failed)]);
    return h('section', { 'aria-labelledby': 'sessions' }, h('h2', { id: 'sessions' }, '会话'),
      table(['登录方式', '登录时间', '最近使用', '操作'], rows, '没有会话。'));
  }

  private async keys(): Promise<HTMLElement> {
    const { items } = await this.api.myKeys();
    const rows = items.filter((one) => one.revoked_at === null).map((one) => [one.label,
      one.rights === null ? '职责的全部权限' : rightNames(one.rights), moment(one.expires_at),
      button('吊销', async () => { await this.api.endMyKey(one.id); await this.again(); }, failed, `吊销密钥“${one.label}”？`, 'danger')]);
    const box = h('section', { 'aria-labelledby': 'keys' }, h('h2', { id: 'keys' }, '接口密钥'),
      table(['用途', '权限', '到期', '操作'], rows, '没有密钥。密钥供程序使用，不能代替本人登录。'));
    if (this.me.signed_in_by !== 'key') box.append(this.newKey());
    return box;
  }

  private newKey(): HTMLElement {
    const label = field('用途', { type: 'text', required: true, maxlength: 200 });
    const days = field('有效天数', { type: 'number', required: true, min: 1, max: 366, value: 90 });
    const boxes = this.me.rights.map((right) => h('label', { class: 'tick' }, h('input', { type: 'checkbox', value: right, checked: right === 'read' }), RIGHTS[right] ?? right));
    const rights = h('fieldset', {}, h('legend', {}, '权限'), ...boxes);
    const sent = form('签发密钥', [label.node, days.node, rights], async () => {
      const chosen = [...rights.querySelectorAll<HTMLInputElement>('input:checked')].map((each) => each.value);
      const made = await this.api.makeMyKey(label.input.value, Number(days.input.value), chosen);
      await this.again();
      required('#keys').after(shownOnce('密钥只显示这一次，请立即保存：', [made.secret]));
    });
    return h('details', {}, h('summary', {}, '签发新密钥'), sent);
  }
}

/** `/users`: accounts, their offices and scopes; what is offered follows the rights of who looks. */

import { h, required } from '../dom.ts';
import { notify, sentence } from '../notice.ts';
import { AccountsApi, type Me, type User } from './accounts_api.ts';
import { moment, OFFICES, WAYS } from './accounts_labels.ts';
import { button, choice, field, form, shownOnce, table } from './form.ts';

const failed = (error: unknown): void => notify(sentence(error), 'bad');

export class UsersPage {
  private readonly api: AccountsApi;
  private readonly root = required<HTMLElement>('#users');
  private readonly mayOpen: boolean;
  private readonly maySecure: boolean;
  private users: User[] = [];
  private names: Map<string, string> | null = null;

  constructor(private readonly me: Me) {
    this.api = new AccountsApi(me.csrf_token);
    this.mayOpen = me.rights.includes('administer');
    this.maySecure = me.rights.includes('secure');
  }

  async show(chosen: string | null = null): Promise<void> {
    this.users = (await this.api.users()).items;
    if (this.me.rights.includes('read')) this.names ??= await this.api.divisionNames();
    const user = this.users.find((one) => one.id === chosen);
    const card = user ? await this.card(user) : null;
    this.root.replaceChildren(this.list(user), ...(card ? [card] : []));
    card?.querySelector('h2')?.focus();
  }

  private list(chosen: User | undefined): HTMLElement {
    const filter = field('按名称查找', { type: 'search', maxlength: 64 });
    const box = h('div', {}, this.rows('', chosen));
    filter.input.addEventListener('input', () => box.replaceChildren(this.rows(filter.input.value.trim(), chosen)));
    return h('section', { 'aria-labelledby': 'accounts' }, h('h2', { id: 'accounts' }, `账户（${this.users.length}）`),
      this.mayOpen ? this.opening() : null, filter.node, box);
  }

  private rows(words: string, chosen: User | undefined): HTMLElement {
    const shown = this.users.filter((one) => one.name.includes(words));
    const rows = shown.map((one) => {
      const open = h('button', { type: 'button', class: 'link', 'aria-pressed': one === chosen ? 'true' : 'false' }, one.name);
      open.addEventListener('click', () => void this.show(one.id).catch(failed));
      return [open, OFFICES[one.role] ?? one.role, this.scope(one), state(one)];
    });
    return table(['账户', '职责', '辖区', '状态'], rows, '没有这样的账户。');
  }

  private scope(user: User): string {
    const name = this.names?.get(user.division_code);
    return name === undefined ? user.division_code : `${name}（${user.division_code}）`;
  }

  private opening(): HTMLElement {
    const name = field('账户名', { type: 'text', required: true, maxlength: 64, autocomplete: 'off' });
    const sent = form('开设', [name.node], async () => {
      const made = await this.api.open(name.input.value);
      await this.show(made.id);
      notify(this.maySecure ? '账户已开设，请授予职责并发放口令' : '账户已开设，请由安全管理员授予职责并发放口令');
    });
    return h('details', {}, h('summary', {}, '开设账户'), sent);
  }

  private async card(user: User): Promise<HTMLElement> {
    const box = h('section', { class: 'user', 'aria-label': `账户 ${user.name}` }, h('h2', { tabindex: '-1' }, user.name),
      h('p', {}, `${OFFICES[user.role] ?? user.role} · 辖区 ${this.scope(user)} · ${state(user)}`));
    if (user.id === this.me.id) {
      box.append(h('p', { class: 'note' }, '这是您自己的账户，须由另一位管理员更改。'));
      return box;
    }
    box.append(this.acts(user, box));
    if (this.maySecure) box.append(this.office(user), await this.sessions(user), await this.keys(user));
    return box;
  }

  private acts(user: User, box: HTMLElement): HTMLElement {
    const act = (name: 'disable' | 'enable' | 'unlock') => async (): Promise<void> => {
      await this.api.act(user.id, name);
      await this.show(user.id);
    };
    const offers: HTMLElement[] = [];
    if (this.mayOpen && user.disabled_at === null) offers.push(button('停用', act('disable'), failed, `停用“${user.name}”？其会话立即结束，密钥失效。`, 'danger'));
    if (this.mayOpen && user.disabled_at !== null) offers.push(button('恢复', act('enable'), failed));
    if (this.maySecure && user.locked_until !== null) offers.push(button('解锁', act('unlock'), failed));
    if (this.maySecure) offers.push(button('发放一次性口令', async () => this.givePassword(user, box), failed, `为“${user.name}”发放一次性口令？其会话立即结束。`));
    if (this.maySecure && user.has_second_factor) {
      const remove = async (): Promise<void> => { await this.api.removeFactor(user.id); await this.show(user.id); };
      offers.push(button('解除第二因素', remove, failed, `解除“${user.name}”的第二因素？`, 'danger'));
    }
    return h('div', { class: 'actions' }, ...offers);
  }

  private async givePassword(user: User, box: HTMLElement): Promise<void> {
    const { password } = await this.api.givePassword(user.id);
    box.querySelector('.once')?.remove();
    required('.user .actions').after(shownOnce('一次性口令，七天内有效，首次登录须更改；只显示这一次：', [password]));
  }

  private office(user: User): HTMLElement {
    const role = choice('职责', OFFICES, user.role);
    const division = field('辖区代码', { type: 'text', required: true, pattern: '([0-9]{6}|[0-9]{9}|[0-9]{12})', value: user.division_code, inputmode: 'numeric' }, '6位为全县，9位为乡镇，12位为村（社区）。');
    const from = field('首日', { type: 'date', value: user.valid_from });
    const until = field('末日', { type: 'date', value: user.valid_until }, '留空即无期限；此日之后不能登录，密钥失效。');
    const identity = field('统一身份认证名称', { type: 'text', maxlength: 200, value: user.identity, autocomplete: 'off' });
    const sent = form('保存职责与辖区', [role.node, division.node, from.node, until.node, identity.node], async () => {
      await this.api.giveOffice(user.id, { role: role.input.value, division_code: division.input.value, valid_from: from.input.value || null,
        valid_until: until.input.value || null, identity: identity.input.value.trim() || null });
      await this.show(user.id);
      notify('已保存，该账户须重新登录');
    });
    return h('div', {}, h('h3', {}, '职责与辖区'), sent);
  }

  private async sessions(user: User): Promise<HTMLElement> {
    const { items } = await this.api.sessionsOf(user.id);
    const rows = items.map((one) => [WAYS[one.opened_by] ?? one.opened_by, moment(one.seen_at),
      button('结束', async () => { await this.api.endSession(one.id); await this.show(user.id); }, failed)]);
    return h('div', {}, h('h3', {}, '会话'), table(['登录方式', '最近使用', '操作'], rows, '没有会话。'));
  }

  private async keys(user: User): Promise<HTMLElement> {
    const { items } = await this.api.keysOf(user.id);
    const rows = items.filter((one) => one.revoked_at === null).map((one) => [one.label, moment(one.expires_at),
      button('吊销', async () => { await this.api.endKey(one.id); await this.show(user.id); }, failed, `吊销密钥“${one.label}”？`, 'danger')]);
    return h('div', {}, h('h3', {}, '接口密钥'), table(['用途', '到期', '操作'], rows, '没有密钥。'));
  }
}

function state(user: User): string {
  if (user.disabled_at !== null) return '已停用';
  if (user.locked_until !== null) return `锁定至 ${moment(user.locked_until)}`;
  const today = new Date().toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' });
  if (user.valid_from !== null && user.valid_from > today) return `${user.valid_from} 起`;
  if (user.valid_until !== null) return user.valid_until < today ? '已到期' : `至 ${user.valid_until}`;
  return user.has_second_factor ? '正常，有第二因素' : user.has_password ? '正常' : '无口令';
}

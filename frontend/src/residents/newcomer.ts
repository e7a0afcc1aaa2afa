/** The fields of one person about to be enrolled. */

import { choice, field } from '../accounts/form.ts';
import { h } from '../dom.ts';
import { AddressField } from './address_field.ts';

export class NewcomerFields {
  readonly node: HTMLFieldSetElement;
  private readonly name = field('姓名', { type: 'text', maxlength: 60, autocomplete: 'off' });
  private readonly relation: ReturnType<typeof field>;
  private readonly number = field('公民身份号码', { type: 'text', maxlength: 20, autocomplete: 'off', spellcheck: 'false' }, '出生日期和性别由号码得出。');
  private readonly born = field('出生日期（没有号码时填）', { type: 'date' });
  private readonly sex = choice('性别（没有号码时填）', { '': '未填', 男: '男', 女: '女' }, '');
  private readonly phone = field('电话', { type: 'text', inputmode: 'tel', maxlength: 20, autocomplete: 'off' });
  private readonly lives = new AddressField('现住址（同户籍地址时留空）', false);
  private readonly arrived = field('何时来本址', { type: 'date' });

  constructor(title: string, relation: string) {
    this.relation = field('与户主关系', { type: 'text', list: 'relations', maxlength: 30, autocomplete: 'off' });
    this.relation.input.value = relation;
    const rows = [this.name, this.relation, this.number, this.born, this.sex, this.phone, this.lives, this.arrived].map((one) => one.node);
    this.node = h('fieldset', { class: 'newcomer' }, h('legend', {}, title), ...rows);
  }

  focus(): void {
    this.name.input.focus();
  }

  /** Nobody was entered here. */
  isEmpty(): boolean {
    return [this.name, this.number, this.phone].every((one) => one.input.value.trim() === '');
  }

  /** As the interface takes a person. */
  async body(): Promise<Record<string, string | null>> {
    const filled = (input: HTMLInputElement | HTMLSelectElement): string | null => input.value.trim() || null;
    return {
      name: filled(this.name.input), relation: this.relation.input.value.trim(), id_no: filled(this.number.input), born_on: filled(this.born.input),
      sex: filled(this.sex.input), phone: filled(this.phone.input), lives_at: await this.lives.code(), arrived_on: filled(this.arrived.input),
    };
  }
}

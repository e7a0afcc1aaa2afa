/** The papers shown at the counter, as rows of a form; of identity papers only that they were seen. */

import { h } from '../dom.ts';
import type { NewApplication } from './counter_api.ts';
import { EVIDENCE_LABELS } from './counter_labels.ts';

export class EvidenceRows {
  readonly node: HTMLElement;
  private readonly rows = h('div', { class: 'papers' });

  constructor() {
    const add = h('button', { type: 'button', class: 'quiet small add' }, '加一份材料');
    add.addEventListener('click', () => this.add('other').querySelector('select')?.focus());
    this.node = h('fieldset', { class: 'evidence' }, h('legend', {}, '提交的材料'), this.rows, add);
  }

  /** Begins with the paper that is asked for; what was written down already stays. */
  suit(kind: string | null): void {
    for (const row of [...this.rows.children]) {
      const inputs = [...row.querySelectorAll('input')];
      if (inputs.every((input) => input.value === '')) row.remove();
    }
    const kinds = this.values().map((paper) => paper.kind);
    if (kind && !kinds.includes(kind)) this.rows.prepend(this.add(kind));
  }

  values(): NewApplication['evidence'] {
    return [...this.rows.children].map((row) => {
      const value = (name: string): string => row.querySelector<HTMLInputElement | HTMLSelectElement>(`[name=${name}]`)?.value.trim() ?? '';
      return { kind: value('kind'), document_no: value('document_no'), issued_by: value('issued_by'), issued_on: value('issued_on') || null };
    });
  }

  private add(kind: string): HTMLElement {
    const options = Object.entries(EVIDENCE_LABELS).map(([value, name]) => h('option', { value, selected: value === kind }, name));
    const select = h('select', { name: 'kind', 'aria-label': '材料类别' }, ...options);
    const number = h('input', { name: 'document_no', type: 'text', maxlength: 100, placeholder: '文号', 'aria-label': '文号' });
    const remove = h('button', { type: 'button', class: 'quiet small', 'aria-label': '去掉这份材料' }, '去掉');
    const row = h(
      'div',
      { class: 'paper' },
      select,
      number,
      h('input', { name: 'issued_by', type: 'text', maxlength: 100, placeholder: '签发机关', 'aria-label': '签发机关' }),
      h('input', { name: 'issued_on', type: 'date', 'aria-label': '签发日期' }),
      remove,
    );
    const suit = (): void => {
      number.disabled = select.value === 'identity';
      if (number.disabled) number.value = '';
      number.placeholder = number.disabled ? '不登记证件号' : '文号';
    };
    select.addEventListener('change', suit);
    suit();
    remove.addEventListener('click', () => {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      (next?.querySelector('select') ?? this.node.querySelector<HTMLElement>('.add'))?.focus();
    });
    this.rows.append(row);
    return row;
  }
}

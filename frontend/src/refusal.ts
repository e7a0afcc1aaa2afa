/** Why a form was not accepted: said in the form itself, with the field that it is about marked and focused. */

import { ApiError } from './api.ts';
import { h } from './dom.ts';
import { sentence } from './notice.ts';

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

export class Refusal {
  readonly node = h('p', { class: 'failure refusal', role: 'alert' });
  private marked: Field | null = null;

  /** `fields` names the field of each error code and of each member of the request. */
  constructor(private readonly fields: Readonly<Record<string, Field>>) {}

  clear(): void {
    this.node.textContent = '';
    this.marked?.removeAttribute('aria-invalid');
    this.marked = null;
  }

  say(text: string, field: Field | null = null): void {
    this.clear();
    this.node.textContent = text;
    this.marked = field;
    field?.setAttribute('aria-invalid', 'true');
    field?.focus();
  }

  /** Says what the service answered; `more` follows its sentence. */
  tell(error: unknown, more = ''): void {
    this.say(`${sentence(error)}${more}`, error instanceof ApiError ? this.fieldOf(error) : null);
  }

  private fieldOf(error: ApiError): Field | null {
    const named = (error.errors[0]?.field ?? '').split('.')[0] ?? '';
    return this.fields[error.code] ?? this.fields[named] ?? null;
  }
}

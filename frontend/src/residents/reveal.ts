/** The one place where somebody is shown unmasked: for a purpose and a reason, for a minute, and never in a hidden tab. */

import { ApiError } from '../api.ts';
import { h, required } from '../dom.ts';
import { Refusal } from '../refusal.ts';
import { facts } from './parts.ts';
import type { Kind, ResidentsApi, Revealed } from './residents_api.ts';

const SHOWN_S = 60;
const KINDLY: Record<string, string> = {
  'reveals-used-up': '。已查看的不受影响；确有急需，请由同事查看或与管理员联系',
  'right-missing': '。如工作需要，请向安全管理员申请',
  'person-not-found': '，请返回后重新查找',
};

export interface Subject {
  kind: Kind;
  id: string;
  words: string;
  isChild: boolean;
}

export class Reveal {
  private readonly dialog = required<HTMLDialogElement>('#reveal');
  private readonly form = required<HTMLFormElement>('#reveal-form');
  private readonly shown = required<HTMLElement>('#reveal-shown');
  private readonly purpose = required<HTMLSelectElement>('#reveal-purpose');
  private readonly reason = required<HTMLTextAreaElement>('#reveal-reason');
  private readonly press = required<HTMLButtonElement>('#reveal-form [type=submit]');
  private readonly refused = new Refusal({ purpose: this.purpose, reason: this.reason, 'reason-missing': this.reason, 'personal-data-not-here': this.reason });
  private subject: Subject | null = null;
  private timer = 0;

  constructor(private readonly api: ResidentsApi) {
    required('#reveal-refusal').append(this.refused.node);
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.ask();
    });
    required<HTMLButtonElement>('#reveal-cancel').addEventListener('click', () => this.dialog.close());
    // The event comes a moment after closing: by then the dialog may be open again, and being filled in.
    this.dialog.addEventListener('close', () => this.dialog.open || this.wipe());
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) this.hide();
    });
  }

  open(subject: Subject): void {
    this.wipe();
    this.subject = subject;
    required('#reveal-subject').textContent = subject.words;
    required<HTMLElement>('#reveal-child').hidden = !subject.isChild;
    this.dialog.showModal();
    this.purpose.focus();
  }

  /** Masks again at once. */
  hide(): void {
    if (this.dialog.open) this.dialog.close();
    this.wipe();
  }

  private async ask(): Promise<void> {
    const subject = this.subject;
    if (!subject || this.press.disabled) return;
    const reason = this.reason.value.trim();
    if (reason === '') return this.refused.say('请写明事由', this.reason);
    this.refused.clear();
    this.press.disabled = true;
    try {
      const found = await this.api.reveal(subject.kind, subject.id, this.purpose.value, reason);
      if (this.subject === subject && this.dialog.open && !document.hidden) this.show(found);
    } catch (error) {
      if (this.subject === subject) this.refused.tell(error, error instanceof ApiError ? KINDLY[error.code] : '');
    } finally {
      this.press.disabled = false;
    }
  }

  private show(found: Revealed): void {
    const left = h('p', { class: 'note' });
    const close = h('button', { type: 'button', class: 'primary' }, '立即隐藏');
    close.addEventListener('click', () => this.dialog.close());
    this.shown.replaceChildren(
      h('h2', { tabindex: '-1' }, '明文'),
      facts([['姓名', found.name ?? null], ['公民身份号码', found.id_no ?? null], ['出生日期', found.born_on ?? null], ['电话', found.phone ?? null],
        ['户号', found.book_no ?? null]]),
      h('p', {}, '本次查看已记录。'), left, h('div', { class: 'actions' }, close),
    );
    this.form.hidden = true;
    this.shown.hidden = false;
    close.focus();
    this.count(left, Date.now() + SHOWN_S * 1000);
  }

  private count(left: HTMLElement, until: number): void {
    const seconds = Math.ceil((until - Date.now()) / 1000);
    if (seconds <= 0) return this.hide();
    left.textContent = `${seconds} 秒后自动隐藏；切换到别的标签页时立即隐藏。`;
    this.timer = window.setTimeout(() => this.count(left, until), 1000);
  }

  private wipe(): void {
    window.clearTimeout(this.timer);
    this.subject = null;
    this.shown.replaceChildren();
    this.shown.hidden = true;
    this.form.reset();
    this.form.hidden = false;
    this.refused.clear();
  }
}

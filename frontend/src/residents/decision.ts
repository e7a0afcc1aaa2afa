/** The dialog in which an administrator carries out a decision that cannot be taken back: withdrawal, destruction. */

import { h, required } from '../dom.ts';
import { notify } from '../notice.ts';
import { OneWrite } from '../one_write.ts';
import { Refusal } from '../refusal.ts';
import type { Desk } from './desk.ts';
import type { Decided, Job } from './residents_api.ts';

interface Asked {
  title: string;
  subject: string;
  warning: string;
  /** What must be typed, so that nobody presses by habit. */
  word: string;
  /** Whether the record is named by its number. */
  byNumber: boolean;
  act: (body: { document_no: string; reason: string }, key: string, number: string) => Promise<void>;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export class Decision {
  private readonly dialog = document.querySelector<HTMLDialogElement>('#decision');
  private readonly once = new OneWrite((busy) => {
    required<HTMLButtonElement>('#decision-form [type=submit]').disabled = busy;
  });
  private readonly refused: Refusal | null;
  private asked: Asked | null = null;

  /** Offices that decide nothing have no such dialog. */
  constructor() {
    this.refused = this.dialog === null ? null : new Refusal({
      document_no: text('#decision-document'), 'document-missing': text('#decision-document'), reason: text('#decision-reason'),
      'reason-missing': text('#decision-reason'), 'personal-data-not-here': text('#decision-reason'),
    });
    if (!this.dialog || !this.refused) return;
    required('#decision-refusal').append(this.refused.node);
    required<HTMLFormElement>('#decision-form').addEventListener('submit', (event) => {
      event.preventDefault();
      void this.send();
    });
    required('#decision-cancel').addEventListener('click', () => this.dialog?.close());
  }

  open(asked: Asked): void {
    this.asked = asked;
    required<HTMLFormElement>('#decision-form').reset();
    this.refused?.clear();
    required('#decision-title').textContent = asked.title;
    required('#decision-subject').textContent = asked.subject;
    required('#decision-warning').textContent = asked.warning;
    required('#decision-word-label').textContent = `请输入“${asked.word}”以确认`;
    required<HTMLElement>('#decision-number-row').hidden = !asked.byNumber;
    this.dialog?.showModal();
    text(asked.byNumber ? '#decision-number' : '#decision-document').focus();
  }

  hide(): void {
    if (this.dialog?.open) this.dialog.close();
    this.asked = null;
  }

  private async send(): Promise<void> {
    const [asked, refused] = [this.asked, this.refused];
    if (!asked || !refused || this.once.busy) return;
    const [document_no, reason, number] = ['#decision-document', '#decision-reason', '#decision-number'].map((one) => text(one).value.trim());
    if (asked.byNumber && !UUID.test(number ?? '')) return refused.say('资料编号不全', text('#decision-number'));
    if (text('#decision-word').value.trim() !== asked.word) return refused.say(`没有输入“${asked.word}”，未执行`, text('#decision-word'));
    refused.clear();
    const body = { document_no: document_no ?? '', reason: reason ?? '' };
    try {
      await this.once.run({ ...body, number, subject: asked.subject }, async (key) => {
        await asked.act(body, key, number ?? '');
        this.hide();
      });
    } catch (error) {
      refused.tell(error);
    }
  }
}

function text(selector: string): HTMLInputElement {
  return required<HTMLInputElement>(selector);
}

const FOR_EVER = '执行后密钥即销毁，任何人都不能再读出，也不能恢复；登记的变动记录和审计仍在，不删除。';

/** Withdraws what a wrongly imported file brought. */
export function withdraw(desk: Desk, job: Job, tell: (decided: Decided) => void): void {
  desk.decision.open({
    title: '撤回误导入的名册', subject: `${job.filename}，导入 ${job.accepted} 行`, word: '撤回', byNumber: false,
    warning: `这次导入新登记的户和人一并撤回，被它改过的人恢复原来的资料。${FOR_EVER}`,
    act: async (body, key) => tell(await desk.api.withdraw({ ...body, import_id: job.id }, key)),
  });
}

/** Ends the retention of one person who is no longer here. */
export function destroy(desk: Desk, id: string, words: string): void {
  desk.decision.open({
    title: '销毁密钥', subject: words, word: '销毁', byNumber: false, warning: `保存期满，依决定办理。${FOR_EVER}`,
    act: async (body, key) => {
      await desk.api.destroy(id, body, key);
      notify('已销毁');
      desk.again();
    },
  });
}

/** The same for an administrator who sees nobody: an office tells the number of the record. */
export function destroyByNumber(desk: Desk): void {
  desk.decision.open({
    title: '销毁密钥', subject: '资料编号由主管职责在人员页面上查得。', word: '销毁', byNumber: true, warning: `保存期满，依决定办理。${FOR_EVER}`,
    act: async (body, key, number) => {
      await desk.api.destroy(number, body, key);
      notify('已销毁');
    },
  });
}

/** What a withdrawal did, in words. */
export function decidedText({ households, persons, restored = 0, left = [] }: Decided): HTMLElement {
  const more = left.length === 0 ? '' : `；${left.length} 人此后又经更改，没有动，请逐一核对`;
  return h('p', { class: 'done', role: 'status', tabindex: '-1' }, `已撤回 ${households} 户 ${persons} 人，恢复 ${restored} 人的原有资料${more}。`);
}

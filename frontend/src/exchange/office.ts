/** The parts of `/exchange` behind the packages: receipts and refused rows, dictionaries and crosswalk, papers. */

import { h, required } from '../dom.ts';
import { notify } from '../notice.ts';
import { Refusal } from '../refusal.ts';
import { CrosswalkView } from './crosswalk_view.ts';
import type { Package } from './exchange_api.ts';
import { OfficeApi, type RefusedRow } from './office_api.ts';
import { failed, PagedList, report, rowActor } from './paged_list.ts';
import { openPapers } from './papers_view.ts';

export interface Words {
  kinds: Record<string, string>;
  pairs: Record<string, string>;
  papers: Record<string, string>;
}

/** Opens the parts; `changed` is called after a receipt. What it gives offers the packages that may be answered. */
export function openOffice(changed: () => Promise<void>): { offer(packages: Package[]): void } {
  const words = JSON.parse(required<HTMLElement>('#office-words').dataset['words'] ?? '{}') as Words;
  const calls = new OfficeApi(document.body.dataset['csrf'] ?? '');
  const papers = openPapers(calls, words.papers);
  const refused: PagedList<RefusedRow> = new PagedList('refusals', '没有待处理的。', calls.refusals, (one) => work(one));
  new CrosswalkView(calls, words).start();
  void refused.list().catch(failed);
  listen();

  function work(one: RefusedRow): HTMLElement {
    const note = h('input', { type: 'text', maxlength: 500, 'aria-label': `第 ${one.sequence} 包 ${one.row_no} 号的处理说明`, placeholder: '说明' });
    const settle = (text: string, state: string, main = false): HTMLElement =>
      rowActor(text, async () => {
        await calls.settle(one, state, note.value);
        notify('已处理');
      }, () => refused.list(), main);
    return h('li', {},
      h('span', {}, `${one.old_text ?? '（新增）'} → ${one.new_text ?? '（注销）'}`),
      h('small', {}, `${one.consumer} 第 ${one.sequence} 包 ${one.row_no} 号${one.is_household ? '（一户）' : ''}　原因：${one.reason}`),
      h('div', { class: 'buttons' }, note, settle('随下一包重发', 'resend', true), settle('对方已更正', 'corrected'), settle('不再下发', 'not_sent')));
  }

  function listen(): void {
    const form = required<HTMLFormElement>('#receipt');
    const file = required<HTMLInputElement>('#receipt-file');
    const refusal = new Refusal({ file, 'receipt-other-package': required<HTMLSelectElement>('#receipt-package') });
    const button = required<HTMLButtonElement>('#receipt button');
    form.append(refusal.node);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (button.disabled) return;
      refusal.clear();
      button.disabled = true;
      void send().catch((error: unknown) => refusal.tell(error)).finally(() => (button.disabled = false));
    });

    async function send(): Promise<void> {
      const body = new FormData();
      const chosen = file.files?.[0];
      if (!chosen) return;
      body.append('file', chosen);
      body.append('dry_run', String(required<HTMLInputElement>('#receipt-dry').checked));
      const done = await calls.receipt(required<HTMLSelectElement>('#receipt-package').value, body);
      const how = done.is_known ? '这份回执已收过。' : done.id === null ? '仅检查，未写入。' : '';
      const closed = done.is_acknowledged ? '，本包已确认' : '';
      report('receipt-report', `${how}读取 ${done.read} 行，接受 ${done.accepted}，拒绝 ${done.refused}，未变 ${done.unchanged}，还有 ${done.left} 行没有回执，待换发证件 ${done.papers}${closed}`, done.rejects, done.rejected);
      await Promise.all([refused.list(), papers(), done.id === null ? null : changed()]);
    }
  }

  return {
    offer(packages: Package[]): void {
      const select = required<HTMLSelectElement>('#receipt-package');
      const chosen = select.value;
      select.replaceChildren(...packages.map((one) => h('option', { value: one.id }, `${one.consumer} 第 ${one.sequence} 包`)));
      if (packages.some((one) => one.id === chosen)) select.value = chosen;
    },
  };
}

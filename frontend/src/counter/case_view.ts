/** One application: what is asked, the papers, what to do now, and what happened. */

import { isOutdated } from '../api.ts';
import { h } from '../dom.ts';
import { label, PLATE_STAGE_LABELS } from '../labels.ts';
import { notify, sentence } from '../notice.ts';
import { OneWrite } from '../one_write.ts';
import { fact, section } from '../panel/parts.ts';
import { Refusal } from '../refusal.ts';
import { type ApplicationCard, type CounterApi, slipUrl } from './counter_api.ts';
import { EVIDENCE_LABELS, KIND_LABELS, STAGE_LABELS, STEP_LABELS, TRAY_LABELS } from './counter_labels.ts';
import { DecisionForm } from './decision_form.ts';
import type { SiteMap } from './site_map.ts';

const TIME = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'short' });
const STAGE_CLASSES: Record<string, string> = { accepted: 'stage-draft', closed: 'stage-current', refused: 'stage-rejected' };

export class CaseView {
  readonly node = h('article', { class: 'case-view' });
  private readonly write = new OneWrite((busy) => this.setBusy(busy));
  /** Where the form that is shown now says why it was refused. */
  private refusal: Refusal | null = null;
  private held: HTMLElement | null = null;

  constructor(
    private card: ApplicationCard,
    private readonly api: CounterApi,
    private readonly site: SiteMap,
    private readonly mayOrderPlates: boolean,
    private readonly changed: (card: ApplicationCard) => void,
  ) {
    this.draw();
  }

  /** Nothing can be pressed while something is sent, by mouse or keyboard; then the focus is where it was. */
  private setBusy(busy: boolean): void {
    if (busy) this.held = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    this.node.setAttribute('aria-busy', String(busy));
    this.node.toggleAttribute('inert', busy);
    if (!busy && this.held?.isConnected && this.node.contains(this.held)) this.held.focus();
  }

  private draw(): void {
    const { card } = this;
    this.refusal = null;
    const parts = [this.head(), this.facts(), this.papers(), this.now(), this.log()];
    this.node.replaceChildren(...parts.filter((part) => part !== null));
    this.site.show(card, card.taken ?? (card.room_label || (card.candidates[0]?.number ?? '本房屋')));
  }

  private head(): HTMLElement {
    const { card } = this;
    const slips = [h('a', { class: 'quiet', href: slipUrl(card.id, 'receipt'), target: '_blank' }, '受理回执')];
    const isTold = card.stage === 'refused' || card.stage === 'closed' || card.tray === 'plate';
    if (isTold) slips.push(h('a', { class: 'quiet', href: slipUrl(card.id, 'notice'), target: '_blank' }, '办结通知'));
    return h(
      'header',
      { class: 'case-title' },
      h('h2', { tabindex: -1 }, `${KIND_LABELS[card.kind]} `, h('span', { class: 'code' }, card.application_no)),
      h(
        'p',
        {},
        h('span', { class: `tag ${STAGE_CLASSES[card.stage] ?? ''}` }, STAGE_LABELS[card.stage] ?? card.stage),
        card.tray === 'done' ? null : h('span', { class: 'tag' }, TRAY_LABELS[card.tray]),
        card.overdue && h('span', { class: 'tag stage-rejected' }, '逾期'),
      ),
      h('div', { class: 'actions' }, ...slips),
    );
  }

  private facts(): HTMLElement {
    const { card } = this;
    const place = card.place && card.place !== card.village ? card.place : '';
    return h(
      'dl',
      { class: 'facts' },
      ...fact('申请事项', card.request),
      ...fact('现有地址', card.subject_text),
      ...fact('房屋', card.building_code && `${card.village}${place} ${card.building_code}`),
      ...fact('所求', [card.wanted, card.room_label].filter(Boolean).join(' ')),
      ...fact('办理地址', card.full_text),
      ...fact('地址编码', card.address_code && h('span', { class: 'code' }, card.address_code)),
      ...fact('说明', card.decision_note),
      ...fact('改号方案', card.renumbering_plan_id && h('a', { href: `/renumber?plan=${card.renumbering_plan_id}` }, '查看方案')),
      ...fact('门牌', this.plate()),
      ...fact('受理', card.received_on),
      ...fact('期限', card.due_on),
    );
  }

  private plate(): string {
    const { card } = this;
    if (!card.plate_stage) return '';
    return `${label(PLATE_STAGE_LABELS, card.plate_stage)}，批次 ${card.plate_batch_no ?? ''}`;
  }

  private papers(): HTMLElement | null {
    if (this.card.evidence.length === 0) return null;
    const rows = this.card.evidence.map((paper) =>
      h('li', {}, [label(EVIDENCE_LABELS, paper.kind), paper.document_no, paper.issued_by, paper.issued_on].filter(Boolean).join(' · ')),
    );
    return section('材料', h('ul', { class: 'plain' }, ...rows));
  }

  private now(): HTMLElement | null {
    const { card } = this;
    if (card.stage === 'received') return this.decision();
    if (card.stage !== 'accepted') return null;
    if (card.tray === 'plate' || card.kind === 'correction') return this.ending();
    return section('下一步', h('p', {}, '地址已起草，待县级主管部门批准；批准后可订制门牌。退回的会重新列入待办。'));
  }

  private decision(): HTMLElement {
    const { id } = this.card;
    const form = new DecisionForm(this.card, this.site, {
      decide: (decision) =>
        void this.run(['decide', decision], (key) => this.api.decide(id, decision, key), decision.accept ? '已核定' : '已记为不予办理'),
      withdraw: (note) => void this.act('withdraw', note, '已撤回'),
      close: (note) => void this.act('close', note, '已办结'),
    });
    this.refusal = form.refusal;
    return form.node;
  }

  private ending(): HTMLElement {
    const { card } = this;
    const note = h('input', { type: 'text', maxlength: 500, id: 'closing-note' });
    const close = h('button', { type: 'submit', class: card.plate_stage ? 'primary' : 'quiet' }, '办结');
    const order = h('button', { type: 'button', class: 'primary' }, card.kind === 'lost_plate' ? '作废原门牌并订制' : '订制门牌');
    order.addEventListener('click', () => void this.run(['plate'], (key) => this.api.orderPlate(card.id, key), '门牌已订制'));
    const refusal = (this.refusal = new Refusal({ 'reason-missing': note, 'plate-not-ordered': note, note }));
    note.addEventListener('input', () => refusal.clear());
    const mayOrder = this.mayOrderPlates && !card.plate_stage && card.kind !== 'correction';
    const form = h(
      'form',
      { class: 'decision', autocomplete: 'off' },
      h('h3', {}, card.kind === 'correction' ? '改号后办结' : '制牌与办结'),
      h('label', { class: 'field' }, '办结说明', note),
      refusal.node,
      h('div', { class: 'actions' }, mayOrder ? order : null, close),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.act('close', note.value.trim(), '已办结');
    });
    return form;
  }

  private log(): HTMLElement {
    const rows = this.card.steps.map((step) =>
      h(
        'li',
        {},
        h('b', {}, label(STEP_LABELS, step.kind)),
        h('span', { class: 'soft' }, ` ${step.actor} · ${TIME.format(new Date(step.at))}`),
        step.note ? h('p', {}, step.note) : null,
      ),
    );
    return section('办理经过', h('ol', { class: 'steps' }, ...rows));
  }

  private act(name: 'withdraw' | 'close', note: string, words: string): Promise<void> {
    return this.run([name, note], (key) => this.api.act(this.card.id, name, note, key), words);
  }

  private async run(content: unknown, act: (key: string) => Promise<ApplicationCard>, words: string): Promise<void> {
    try {
      await this.write.run(content, async (key) => {
        this.card = await act(key);
        notify(words);
        if (this.node.isConnected) this.redraw();
      });
    } catch (error) {
      await this.refused(error);
    }
  }

  /** What was written stays in its fields; what somebody else did meanwhile is read anew. */
  private async refused(error: unknown): Promise<void> {
    const isOld = isOutdated(error);
    if (isOld) await this.readAnew();
    if (this.refusal && this.node.isConnected) this.refusal.tell(error, isOld ? '。已读取最新情况。' : '');
    else notify(sentence(error), 'bad');
  }

  private async readAnew(): Promise<void> {
    const written = new Map([...this.node.querySelectorAll<HTMLInputElement>('[id^=decision-], #closing-note')].map((one) => [one.id, one.value]));
    try {
      this.card = await this.api.card(this.card.id);
    } catch {
      return; // the first refusal is told; a second one would say less
    }
    this.draw();
    for (const [id, value] of written) {
      const input = this.node.querySelector<HTMLInputElement>(`#${id}`);
      if (input) input.value = value;
    }
    if (this.node.isConnected) this.changed(this.card);
  }

  private redraw(): void {
    this.node.toggleAttribute('inert', false); // what is inert takes no focus
    this.draw();
    this.node.querySelector('h2')?.focus();
    this.changed(this.card);
  }
}

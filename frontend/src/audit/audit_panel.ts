/** The panel beside the map of `/audit`: choice, counts, findings by severity, and what to do about them. */

import type { Division } from '../api.ts';
import { h, required } from '../dom.ts';
import { label, PLACE_KIND_LABELS } from '../labels.ts';
import { SHEET_MEDIA } from '../panel/panel.ts';
import { type Counts, type Finding, type NotKept, type NumberAudit, type PlaceCounts, SEVERITIES, SEVERITY_LABELS } from './audit_api.ts';
import { FindingList } from './finding_list.ts';
import { mark } from './marks.ts';

export interface AuditActions {
  chooseVillage(code: string): void;
  choosePlace(id: string): void;
  look(finding: Finding): void;
  show(findings: readonly Finding[]): void;
  renumber(findings: readonly Finding[], reason: string): void;
  drop(findings: readonly Finding[], reason: string): void;
  keep(number: NotKept): void;
  print(): void;
}

/** A panel as tall as this is a sheet that was pulled up. */
const TALL = 'tall';

export class AuditPanel {
  private readonly root = required<HTMLElement>('#audit');
  private readonly village = required<HTMLSelectElement>('#audit-village');
  private readonly place = required<HTMLSelectElement>('#audit-place');
  private readonly message = required<HTMLElement>('#audit-note');
  private readonly summary = required<HTMLElement>('#audit-summary');
  private readonly tools = required<HTMLElement>('#audit-tools');
  private readonly filter = required<HTMLSelectElement>('#audit-filter');
  private readonly form = document.querySelector<HTMLFormElement>('#audit-actions');
  private readonly list: FindingList;
  private audit: NumberAudit | null = null;

  /** `origin` is what has to be said of the picture's origin where the sheet covers the map's own line. */
  constructor(
    private readonly actions: AuditActions,
    private readonly origin: string,
  ) {
    this.list = new FindingList(required('#audit-list'), {
      mayAct: this.form !== null,
      look: (finding) => actions.look(finding),
      keep: (number) => actions.keep(number),
      ticked: () => this.refresh(),
    });
    this.village.addEventListener('change', () => actions.chooseVillage(this.village.value));
    this.place.addEventListener('change', () => actions.choosePlace(this.place.value));
    this.filter.addEventListener('change', () => this.showList());
    required<HTMLElement>('#audit-print').addEventListener('click', () => actions.print());
    required<HTMLElement>('#audit-handle').addEventListener('click', () => this.root.classList.toggle(TALL));
    this.listenToForm();
  }

  /** Lists the villages; the chosen one is not asked for again. */
  showVillages(villages: readonly Division[], chosen: string): void {
    const sorted = [...villages].sort((a, b) => a.code.localeCompare(b.code));
    this.village.replaceChildren(...sorted.map((one) => h('option', { value: one.code }, one.name)));
    this.village.value = chosen;
  }

  /** Lists the places with how much is wrong on each. */
  showPlaces(places: readonly PlaceCounts[], chosen: string): void {
    this.place.replaceChildren(...places.map((one) => h('option', { value: one.id }, placeText(one))));
    this.place.value = chosen;
    this.place.disabled = places.length === 0;
    if (places.length === 0) this.fail('这个村还没有编号，也没有调查到的旧号。');
  }

  /** The places of the village opened next are not known yet. */
  forgetPlaces(): void {
    this.place.replaceChildren();
    this.place.disabled = true;
  }

  note(text: string): void {
    this.message.textContent = text;
  }

  /** Says why there is nothing to be seen. */
  fail(text: string): void {
    this.wait(text);
    this.summary.replaceChildren();
  }

  /** Says that an audit is on its way. */
  wait(text: string): void {
    this.audit = null;
    this.summary.replaceChildren(h('div', { class: 'skeleton' }));
    this.tools.hidden = true;
    this.list.clear();
    this.note(text);
    this.refresh();
  }

  showAudit(audit: NumberAudit): void {
    this.audit = audit;
    this.note(`${audit.door_count} 处门户，${rule(audit)}`);
    this.summary.replaceChildren(...chips(audit.counts), legend(audit.place.kind === 'street'), h('p', { class: 'audit-origin' }, this.origin));
    const titles = new Map(audit.findings.map((one) => [one.code, one.title]));
    const count = (code: string): number => audit.findings.filter((one) => one.code === code).length;
    this.filter.replaceChildren(
      h('option', { value: '' }, `全部问题（${audit.findings.length}）`),
      ...[...titles].map(([code, title]) => h('option', { value: code }, `${title}（${count(code)}）`)),
    );
    this.tools.hidden = false;
    this.showList();
  }

  /** Brings one finding of those shown into view and marks it. */
  point(finding: Finding): void {
    this.list.point(finding);
  }

  setBusy(busy: boolean): void {
    this.form?.toggleAttribute('inert', busy);
    this.form?.setAttribute('aria-busy', String(busy));
  }

  /** Room to leave for this panel, and around it, in pixels. */
  padding(): { left: number; right: number; top: number; bottom: number } {
    const isSheet = window.matchMedia(SHEET_MEDIA).matches;
    const panel = this.root.getBoundingClientRect();
    return isSheet
      ? { left: 36, right: 36, top: 36, bottom: Math.min(panel.height, window.innerHeight / 2) + 36 }
      : { left: panel.right + 50, right: 60, top: 50, bottom: 50 };
  }

  private showList(): void {
    if (!this.audit) return;
    const code = this.filter.value;
    const findings = this.audit.findings.filter((one) => code === '' || one.code === code);
    this.list.show(findings, code === '' ? this.audit.not_kept : []);
    this.actions.show(findings);
    this.refresh();
  }

  private listenToForm(): void {
    if (!this.form) return;
    const reason = required<HTMLInputElement>('#audit-reason');
    this.form.addEventListener('submit', (event) => event.preventDefault());
    required<HTMLElement>('#audit-renumber').addEventListener('click', () =>
      this.actions.renumber(this.list.ticked('renumber'), reason.value.trim()),
    );
    required<HTMLElement>('#audit-drop').addEventListener('click', () =>
      this.actions.drop(this.list.ticked('not-keep'), reason.value.trim()),
    );
  }

  private refresh(): void {
    if (!this.form) return;
    this.form.hidden = !this.audit?.findings.some((one) => one.remedy !== null);
    offer(required('#audit-renumber'), '按建议改号', this.list.ticked('renumber').length);
    offer(required('#audit-drop'), '不沿用旧号', this.list.ticked('not-keep').length);
  }
}

function offer(button: HTMLButtonElement, name: string, count: number): void {
  button.disabled = count === 0;
  button.textContent = count > 0 ? `${name}（${count}）` : name;
}

function placeText(one: PlaceCounts): string {
  const found = SEVERITIES.filter((severity) => one.counts[severity] > 0)
    .map((severity) => `${SEVERITY_LABELS[severity]} ${one.counts[severity]}`)
    .join('，');
  const name = one.kind === 'village' ? `${one.name}（${label(PLACE_KIND_LABELS, one.kind)}）` : one.name;
  return `${name} · ${found || '无问题'}`;
}

const MODES: Record<string, string> = { sequential: '依次编号', distance: '按距离编号', cells: '按距离分段编号' };

function rule(audit: NumberAudit): string {
  const mode = MODES[String(audit.policy['mode'])] ?? '';
  if (audit.place.kind !== 'street') return mode;
  return `${mode}，${audit.policy['odd_side'] === 'left' ? '左' : '右'}侧为单号`;
}

function chips(counts: Counts): HTMLElement[] {
  return SEVERITIES.map((severity) =>
    h('span', { class: `chip chip-${severity}` }, mark(severity), `${SEVERITY_LABELS[severity]} ${counts[severity]}`),
  );
}

/** What the lines on the map mean. */
function legend(isStreet: boolean): HTMLElement {
  const sample = (kind: string, text: string): HTMLElement =>
    h('li', {}, h('span', { class: `bone bone-${kind}`, 'aria-hidden': true }), text);
  return h(
    'ul',
    { class: 'audit-legend', 'aria-label': '图例' },
    sample('sound', isStreet ? '门与号相符' : '号码相连'),
    sample('crossed', '与别的线相交'),
    sample('wrong', isStreet ? '号码所示不在此处' : '次序颠倒'),
  );
}

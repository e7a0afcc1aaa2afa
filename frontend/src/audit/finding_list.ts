/** The list of findings, grouped by severity, each with its tick box where one click can end it. */

import { h } from '../dom.ts';
import { type Finding, type NotKept, type Severity, SEVERITIES, SEVERITY_LABELS } from './audit_api.ts';
import { mark } from './marks.ts';

export interface ListActions {
  mayAct: boolean;
  look(finding: Finding): void;
  keep(number: NotKept): void;
  ticked(): void;
}

/** How the one door that a remedy is for is told apart from all others. */
export function doorKey(finding: Finding): string {
  return finding.doors.at(-1)?.id ?? '';
}

export class FindingList {
  private readonly boxes = new Map<Finding, HTMLInputElement>();
  private readonly rows = new Map<Finding, HTMLElement>();

  constructor(
    private readonly host: HTMLElement,
    private readonly actions: ListActions,
  ) {}

  /** Lists nothing, and does not say that nothing is wrong. */
  clear(): void {
    this.boxes.clear();
    this.rows.clear();
    this.host.replaceChildren();
  }

  /** Replaces what is listed; ticks are dropped. */
  show(findings: readonly Finding[], notKept: readonly NotKept[]): void {
    this.clear();
    const groups = SEVERITIES.map((severity) => this.group(severity, findings.filter((one) => one.severity === severity)));
    const none = findings.length === 0 ? h('p', { class: 'note nothing-wrong' }, '没有发现问题。') : null;
    this.host.replaceChildren(...[none, ...groups, this.dropped(notKept)].filter((node) => node !== null));
    this.host.scrollTop = 0;
  }

  /** Findings ticked for a remedy, one for each door. */
  ticked(remedy: 'renumber' | 'not-keep'): Finding[] {
    const doors = new Set<string>();
    return [...this.boxes]
      .filter(([finding, box]) => box.checked && finding.remedy === remedy)
      .map(([finding]) => finding)
      .filter((finding) => !doors.has(doorKey(finding)) && doors.add(doorKey(finding)));
  }

  /** Marks one row as the one that is looked at and scrolls to it. */
  point(finding: Finding): void {
    for (const [one, row] of this.rows) row.classList.toggle('looked-at', one === finding);
    this.rows.get(finding)?.scrollIntoView({ block: 'nearest' });
  }

  private group(severity: Severity, findings: readonly Finding[]): HTMLElement | null {
    if (findings.length === 0) return null;
    const heading = h('h3', {}, mark(severity), `${SEVERITY_LABELS[severity]}（${findings.length}）`);
    const name = `${SEVERITY_LABELS[severity]}的问题`;
    return h('section', {}, heading, this.allBox(findings), h('ul', { 'aria-label': name }, ...findings.map((one) => this.row(one))));
  }

  private row(finding: Finding): HTMLElement {
    const door = finding.doors.at(-1);
    const title = h('span', { class: 'finding-title' }, door ? `${door.number} ${finding.title}` : finding.title);
    const mend = finding.proposal ? h('span', { class: 'proposal' }, `建议 ${finding.proposal.number}`) : null;
    const head = h('span', { class: 'finding-head' }, title, mend);
    const button = h('button', { type: 'button', class: 'finding' }, head, h('span', { class: 'finding-text' }, sentence(finding)));
    button.addEventListener('click', () => this.actions.look(finding));
    const row = h('li', {}, this.box(finding), button);
    this.rows.set(finding, row);
    return row;
  }

  private box(finding: Finding): HTMLElement | null {
    if (!this.actions.mayAct) return null;
    if (finding.remedy === null) return h('span', { class: 'no-box', 'aria-hidden': true });
    const act = finding.remedy === 'renumber' ? '按建议改号' : '不沿用旧号';
    const box = h('input', { type: 'checkbox', 'aria-label': `${act}：${finding.doors.at(-1)?.number ?? ''} ${finding.title}` });
    box.addEventListener('change', () => this.actions.ticked());
    this.boxes.set(finding, box);
    return box;
  }

  /** One box for all of a group that can be ended by a click. */
  private allBox(findings: readonly Finding[]): HTMLElement | null {
    const mendable = findings.filter((one) => one.remedy !== null);
    if (!this.actions.mayAct || mendable.length < 2) return null;
    const all = h('input', { type: 'checkbox' });
    all.addEventListener('change', () => {
      for (const one of mendable) this.boxes.get(one)!.checked = all.checked;
      this.actions.ticked();
    });
    return h('label', { class: 'check all' }, all, `全选（${mendable.length}）`);
  }

  private dropped(numbers: readonly NotKept[]): HTMLElement | null {
    if (numbers.length === 0) return null;
    const rows = numbers.map((one) => {
      const back = h('button', { type: 'button', class: 'quiet small' }, '恢复沿用');
      back.addEventListener('click', () => this.actions.keep(one));
      const text = h('span', { class: 'finding-text' }, `${one.building_code}，${one.decided_by}：${one.reason}`);
      const what = h('div', { class: 'finding' }, h('span', { class: 'finding-title' }, one.number), text);
      return h('li', {}, what, this.actions.mayAct ? back : null);
    });
    return h('section', {}, h('h3', {}, `已决定不沿用（${numbers.length}）`), h('ul', { 'aria-label': '不沿用的旧号' }, ...rows));
  }
}

/** The sentence without the words that the title says already. */
function sentence(finding: Finding): string {
  const rest = finding.text.startsWith(`${finding.title}：`) ? finding.text.slice(finding.title.length + 1) : finding.text;
  return finding.remedy === 'not-keep' ? `${rest}（调查旧号，尚无地址）` : rest;
}

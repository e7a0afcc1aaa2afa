/** `/residents`: the view shown and those before it, kept in this page's memory alone. */

import { h, required } from '../dom.ts';
import { sentence } from '../notice.ts';
import { importsView, jobView } from './bring.ts';
import { Decision } from './decision.ts';
import { enrol } from './deeds.ts';
import { batchesView, foundView, platesView, villageView } from './lists.ts';
import { heading, link } from './parts.ts';
import type { Batch, HouseKey, LookUp, ResidentsApi } from './residents_api.ts';
import { Reveal } from './reveal.ts';
import { householdView, houseView, personView } from './views.ts';

export type View =
  | { kind: 'person' | 'household'; id: string }
  | { kind: 'house'; key: HouseKey; code: string }
  | { kind: 'village'; code: string; name: string; ended: boolean }
  | { kind: 'found'; by: LookUp; value: string }
  | { kind: 'enrol'; address: string }
  | { kind: 'imports' }
  | { kind: 'job'; id: string; file?: File }
  | { kind: 'batches' }
  | { kind: 'plates'; batch: Pick<Batch, 'id' | 'batch_no'> };

export interface Rights {
  enrol: boolean;
  reveal: boolean;
  administer: boolean;
  see: boolean;
}

export class Desk {
  readonly reveal: Reveal;
  readonly decision: Decision;
  private readonly box = required<HTMLElement>('#view');
  private past: View[] = [];
  private turn = 0;

  constructor(
    readonly api: ResidentsApi,
    readonly rights: Rights,
  ) {
    this.reveal = new Reveal(api);
    this.decision = new Decision();
  }

  /** Shows a view and says whether it could be read; `instead` forgets the one it follows. */
  go(view: View, instead = false): Promise<boolean> {
    if (instead) this.past.pop();
    this.past.push(view);
    return this.draw();
  }

  /** Reads the present view anew, after something was written. */
  again(): void {
    void this.draw();
  }

  /** Forgets everybody: the page is left, or kept by the browser for the way back. */
  forget(): void {
    this.turn += 1;
    this.past = [];
    this.reveal.hide();
    this.decision.hide();
    this.box.replaceChildren();
  }

  private async draw(): Promise<boolean> {
    const view = this.past.at(-1);
    if (!view) return false;
    const turn = (this.turn += 1);
    this.box.setAttribute('aria-busy', 'true');
    let nodes: Node[];
    let isRead = true;
    try {
      nodes = await this.nodesOf(view);
    } catch (error) {
      isRead = false;
      nodes = [heading('没有读到'), h('p', { class: 'failure', role: 'alert' }, sentence(error))];
    }
    if (turn !== this.turn) return false;
    this.box.removeAttribute('aria-busy');
    this.box.replaceChildren(...(this.past.length > 1 ? [this.back()] : []), ...nodes);
    this.box.scrollTop = 0;
    this.box.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true });
    this.box.scrollIntoView({ block: 'start' }); // on a phone the finder stands above
    return isRead;
  }

  private back(): HTMLElement {
    return link('← 返回', () => {
      this.past.pop();
      void this.draw();
    });
  }

  private nodesOf(view: View): Promise<Node[]> | Node[] {
    switch (view.kind) {
      case 'person':
        return personView(this, view.id);
      case 'household':
        return householdView(this, view.id);
      case 'house':
        return houseView(this, view.key, view.code);
      case 'village':
        return villageView(this, view.code, view.name, view.ended);
      case 'found':
        return foundView(this, view.by, view.value);
      case 'enrol':
        return [heading('登记一户'), enrol(this, view.address)];
      case 'imports':
        return importsView(this);
      case 'job':
        return jobView(this, view.id, view.file);
      case 'batches':
        return batchesView(this);
      case 'plates':
        return platesView(this, view.batch);
    }
  }
}

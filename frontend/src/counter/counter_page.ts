/** `/counter`: the list at the left, one application or the form of a new one beside it, the map at the right. */

import type { Map as MapView } from 'maplibre-gl';

import type { MapSettings } from '../api.ts';
import { h, required } from '../dom.ts';
import { notify, sentence } from '../notice.ts';
import { CaseList } from './case_list.ts';
import { CaseView } from './case_view.ts';
import { type ApplicationCard, CounterApi } from './counter_api.ts';
import { NewForm } from './new_form.ts';
import { SiteMap } from './site_map.ts';

const CASE_HASH = /^#\/([0-9a-f-]{36})$/;
const NEW_HASH = '#/new';

/** Starts the page; the application shown stands in the URL, so that the browser's own "back" works. */
export function startCounter(map: MapView, settings: MapSettings): void {
  const page = new CounterPage(new SiteMap(map), new CounterApi(settings.csrf_token ?? ''), settings);
  page.start();
}

class CounterPage {
  private readonly root = required<HTMLElement>('#counter');
  private readonly main = required<HTMLElement>('#counter-main');
  private readonly list: CaseList;
  private readonly mayOrderPlates = document.body.dataset['plates'] === 'yes';
  private turn = 0;

  constructor(
    private readonly site: SiteMap,
    private readonly api: CounterApi,
    private readonly settings: MapSettings,
  ) {
    this.list = new CaseList(api, (id) => go(`#/${id}`));
  }

  start(): void {
    required<HTMLButtonElement>('#counter-new').addEventListener('click', () => go(NEW_HASH));
    document.addEventListener('keydown', (event) => this.onKey(event));
    window.addEventListener('hashchange', () => void this.route());
    void this.list.open('decision');
    void this.route();
  }

  private async route(): Promise<void> {
    const turn = (this.turn += 1);
    const id = CASE_HASH.exec(location.hash)?.[1] ?? null;
    this.list.mark(id);
    if (id === null) {
      if (location.hash === NEW_HASH) this.showForm();
      else this.showNothing();
      return;
    }
    try {
      const card = await this.api.card(id);
      if (turn === this.turn) this.showCase(card);
    } catch (error) {
      if (turn === this.turn) notify(sentence(error), 'bad');
    }
  }

  private showForm(): void {
    const form = new NewForm(this.api, this.settings, this.site, (id) => {
      void this.list.open('decision');
      go(`#/${id}`);
    });
    this.site.clear();
    this.put(form.node);
    this.site.onPick((kind, code) => form.take(kind, code));
    form.node.querySelector('select')?.focus();
  }

  private showCase(card: ApplicationCard): void {
    this.site.onPick(null);
    this.list.reveal(card);
    const view = new CaseView(card, this.api, this.site, this.mayOrderPlates, (changed) => {
      this.site.reload();
      void this.list.open(changed.tray);
      this.list.mark(changed.id);
    });
    this.put(view.node);
    view.node.querySelector('h2')?.focus();
  }

  private showNothing(): void {
    this.site.onPick(null);
    this.site.clear();
    this.root.dataset['view'] = 'list';
    this.main.replaceChildren(h('p', { class: 'nothing' }, '从左边选一件申请，或按 N 键新建。'));
  }

  private put(node: HTMLElement): void {
    const back = h('button', { type: 'button', class: 'quiet small back' }, '返回列表');
    back.addEventListener('click', () => go('#/'));
    this.main.replaceChildren(back, node);
    this.root.dataset['view'] = 'case';
    this.main.scrollTop = 0;
    this.site.resize();
  }

  private onKey(event: KeyboardEvent): void {
    const isTyping = event.target instanceof HTMLElement && event.target.matches('input, select, textarea');
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape' && !isTyping) go('#/');
    if (event.key.toLowerCase() === 'n' && !isTyping) {
      event.preventDefault();
      go(NEW_HASH);
    }
  }
}

function go(hash: string): void {
  location.hash = hash;
}

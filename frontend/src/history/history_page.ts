/** `/history`: an old text, an address or a village through time, beside the maps of two days. */

import type { MapSettings } from '../api.ts';
import { h, required } from '../dom.ts';
import { sentence } from '../notice.ts';
import { addressTimeline } from './address_timeline.ts';
import { CompareView, type Days, lastChange } from './compare_view.ts';
import { divisionTimeline } from './division_timeline.ts';
import { historyApi, type ListedDivision } from './history_api.ts';
import { isDay } from './history_words.ts';
import { linkFromHere, linkTo, type Place, readPlace } from './location.ts';
import { resolutionView } from './resolution_view.ts';
import { villageList } from './village_list.ts';

export function startHistory(settings: MapSettings): void {
  new HistoryPage(settings).start().catch((error: unknown) => fail(error));
}

function fail(error: unknown): void {
  required('#history-main').replaceChildren(h('p', { class: 'failure' }, sentence(error)));
}

class HistoryPage {
  private readonly form = required<HTMLFormElement>('#history-search');
  private readonly text = required<HTMLInputElement>('#history-text');
  private readonly on = required<HTMLInputElement>('#history-on');
  private readonly back = required<HTMLElement>('#history-back');
  private readonly main = required<HTMLElement>('#history-main');
  private readonly compare: CompareView;
  private towns: ListedDivision[] = [];
  /** The town of the village that is shown. */
  private ownTown: string | null = null;
  private readonly villages = new Map<string, ListedDivision[]>();
  /** Counts what was opened; an answer to an earlier opening is too late. */
  private turn = 0;

  constructor(private readonly settings: MapSettings) {
    this.compare = new CompareView(settings, (days) => this.go(linkFromHere(days)), (id) => this.go(linkTo({ division: id })));
  }

  async start(): Promise<void> {
    window.addEventListener('popstate', () => void this.route());
    document.addEventListener('click', (event) => this.followLink(event));
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      const text = this.text.value.trim();
      if (text) this.go(linkTo({ text, on: this.on.value || null }));
    });
    this.fill(readPlace(location.search));
    this.towns = await historyApi.towns();
    this.compare.offerTowns(this.towns);
    await this.open();
  }

  private go(url: string): void {
    history.pushState(null, '', url);
    void this.route();
  }

  /** Links within the page open here; a new tab opens as anywhere. */
  private followLink(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('main a[href^="/history"]') : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    this.go(link.getAttribute('href') ?? '/history');
    this.main.focus();
  }

  private async route(): Promise<void> {
    this.fill(readPlace(location.search));
    await this.open();
  }

  /** At once, never after an answer: what somebody typed meanwhile stays. */
  private fill(place: Place): void {
    [this.text.value, this.on.value] = [place.text ?? '', place.text && isDay(place.on) ? place.on : ''];
  }

  private async open(): Promise<void> {
    const turn = (this.turn += 1);
    await this.nameByIdentity(readPlace(location.search), turn);
    if (turn !== this.turn) return;
    const place = readPlace(location.search);
    this.back.hidden = !(place.text || place.address || place.division || place.code);
    required<HTMLAnchorElement>('#history-back a').href = linkTo({});
    await this.tell(place, turn);
    if (turn === this.turn) await this.draw(place, turn);
  }

  /** A code may be another village's tomorrow, so the address of the page names the one that is meant. */
  private async nameByIdentity(place: Place, turn: number): Promise<void> {
    if (!place.code || place.text || place.address || place.division) return;
    const found = await historyApi.byCode(place.code, place.on).catch(() => null);
    if (found && turn === this.turn) history.replaceState(null, '', linkTo({ division: found.id }));
  }

  private async tell(place: Place, turn: number): Promise<void> {
    this.main.setAttribute('aria-busy', 'true');
    let content: HTMLElement[];
    try {
      content = await this.read(place);
    } catch (error) {
      content = [h('p', { class: 'failure', role: 'alert' }, sentence(error))];
    }
    if (turn !== this.turn) return;
    this.main.removeAttribute('aria-busy');
    this.main.replaceChildren(...content);
    this.main.scrollTop = 0;
  }

  private async read(place: Place): Promise<HTMLElement[]> {
    if (place.text) return resolutionView(await historyApi.resolve(place.text, place.on), place.text);
    if (place.address) return addressTimeline(await historyApi.address(place.address));
    if (place.division) {
      const found = await historyApi.division(place.division);
      this.ownTown = found.versions.at(-1)?.parent_code ?? null;
      return divisionTimeline(found);
    }
    if (place.code) await historyApi.byCode(place.code, place.on);
    return villageList(await this.villagesOf(this.townOf(place)));
  }

  private async draw(place: Place, turn: number): Promise<void> {
    const town = this.townOf(place);
    if (!town) return;
    const usual = lastChange(await this.villagesOf(town).catch(() => []));
    const days: Days = { town, left: isDay(place.left) ? place.left : usual.left, right: isDay(place.right) ? place.right : usual.right };
    if (turn === this.turn) await this.compare.show(days, place.division);
  }

  /** The town asked for, that of the village shown, that of the account, or the first. */
  private townOf(place: Place): string {
    const own = this.settings.signed_in?.division_code.slice(0, 9);
    const codes = this.towns.map((town) => town.code);
    return [place.town, place.division && this.ownTown, own].find((code) => code && codes.includes(code)) ?? codes[0] ?? '';
  }

  private async villagesOf(town: string): Promise<ListedDivision[]> {
    if (!town) return [];
    const known = this.villages.get(town) ?? (await historyApi.villages(town));
    this.villages.set(town, known);
    return known;
  }
}

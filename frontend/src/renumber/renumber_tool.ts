/** The page `/renumber`: a place or a plan on map and table, every edit priced by the server before it is kept. */

import type { Map as MapView } from 'maplibre-gl';

import { api, isOutdated, type MapSettings } from '../api.ts';
import { hideCounts } from '../map/overview_counts.ts';
import { reloadTiles } from '../map/view.ts';
import { notify, sentence } from '../notice.ts';
import { SHEET_MEDIA } from '../panel/panel.ts';
import { DeedsView, type Rights } from './deeds_view.ts';
import { DoorMarkers } from './door_markers.ts';
import { changedDoor, doorsOf, faultsByCode } from './map_doors.ts';
import { Order } from './order.ts';
import { PlaceChoice } from './place_choice.ts';
import { PlanWrites, type Written } from './plan_writes.ts';
import { PriceView } from './price_view.ts';
import { type Asked, type Plan, type PlanItem, type Preview, renumberApi } from './renumber_api.ts';
import { RenumberTable } from './renumber_table.ts';
import { WaitingPlans } from './waiting_plans.ts';

const PRICE_AFTER_MS = 250;

/** Opens the page for the office that looks at it. */
export function startRenumbering(map: MapView, settings: MapSettings): void {
  hideCounts(map);
  showNumbers(map, false);
  const data = document.body.dataset;
  const rights = { number: data['mayNumber'] === 'yes', approve: data['mayApprove'] === 'yes' };
  void new RenumberTool(map, settings, rights).start();
}

/** The numbers of the register, around a plan that shows its own doors alone. */
function showNumbers(map: MapView, on: boolean): void {
  for (const layer of ['address-dot', 'address-text']) map.setLayoutProperty(layer, 'visibility', on ? 'visible' : 'none');
}

class RenumberTool {
  private readonly table: RenumberTable;
  private readonly markers: DoorMarkers;
  private readonly price = new PriceView();
  private readonly deeds: DeedsView;
  private readonly choice: PlaceChoice;
  private readonly waiting = new WaitingPlans((plan) => void this.goTo(plan.village_code, plan.place_id, plan.id));
  private readonly csrf: string;
  private place = '';
  private plans: PlanItem[] = [];
  private plan: Plan | null = null;
  private preview: Preview | null = null;
  private order: Order | null = null;
  private redrawn = false;
  private asking = new AbortController();
  private timer = 0;
  /** Counts what was opened; an answer to an earlier opening is too late. */
  private turn = 0;
  private decree: string | null = null;
  /** An answer came while a door was held. */
  private late = false;
  private readonly writes: PlanWrites;

  constructor(
    private readonly map: MapView,
    private readonly settings: MapSettings,
    private readonly rights: Rights,
  ) {
    this.csrf = settings.csrf_token ?? '';
    const busy = (isBusy: boolean): void => {
      this.deeds.setBusy(isBusy);
      this.table.setBusy(isBusy);
    };
    this.writes = new PlanWrites(this.csrf, busy, (error) => void this.refused(error));
    this.table = new RenumberTable({
      move: (code, target) => this.move(code, target),
      shift: (code, by) => this.shift(code, by),
      lookAt: (code) => this.markers.lookAt(code),
      hover: (code) => this.mark(code),
      released: () => this.showLate(),
    });
    this.markers = new DoorMarkers(map, {
      drop: (code, target) => this.move(code, target),
      pick: (code) => this.mark(code, true),
      hover: (code) => this.mark(code),
      released: () => this.showLate(),
    });
    this.deeds = new DeedsView(
      {
        redraw: () => void this.redraw(),
        reset: () => this.reset(),
        keep: (title) => void this.then(this.writes.keep(this.asked(title.trim()))),
        drop: () => void this.decide((id) => this.writes.drop(id)),
        undo: () => void this.decide((id) => this.writes.undo(id)),
        continueFrom: () => void this.open(() => this.continueFrom()),
        commit: (decree, from) => void this.decide((id) => this.writes.commit(id, decree, from)),
      },
      rights,
    );
    this.choice = new PlaceChoice({
      village: (code) => void this.open(() => this.openVillage(code)),
      place: (id) => void this.open(() => this.openPlace(id, null)),
      plan: (id) => void this.open(() => this.openPlace(this.place, id)),
    });
  }

  /** Opens what the address names, else the first village. */
  async start(): Promise<void> {
    await this.open(async () => {
      const villages = await api.villages(this.settings);
      this.choice.showVillages(villages.items);
      const query = new URLSearchParams(location.search);
      const plan = query.get('plan');
      const place = plan ? (await renumberApi.plan(plan)).place_id : query.get('place');
      const village = place ? (await renumberApi.place(place)).village_code : villages.items[0]?.code;
      if (this.turn > 0) return;
      if (village === undefined) this.choice.note('您的辖区内还没有录入村（社区）。');
      else await this.goTo(village, place, plan);
    });
  }

  /** Opens a village, and a place of it with a plan unless something else was opened meanwhile. */
  private async goTo(village: string, place: string | null, plan: string | null): Promise<void> {
    const turn = this.turn + 1;
    await this.open(() => this.openVillage(village, place !== null));
    if (place !== null && this.turn === turn) await this.open(() => this.openPlace(place, plan));
  }

  /** Opens something; what went wrong with an opening that another one overtook is of no interest. */
  private async open(opening: () => Promise<unknown>): Promise<void> {
    const running = opening();
    const { turn } = this;
    try {
      await running;
    } catch (error) {
      if (turn !== this.turn) return;
      this.choice.note('');
      notify(sentence(error), 'bad');
    }
  }

  private async openVillage(code: string, hasPlace = false): Promise<void> {
    const turn = this.begin('');
    this.choice.showPlaces(code, []);
    const places = await api.places(code);
    if (turn !== this.turn) return;
    this.choice.showPlaces(code, places.items);
    if (hasPlace) return;
    this.choice.note(this.rights.number ? '请选择地名，新拟改号方案；或打开一份待批准的方案。' : '请选择地名，或打开一份待批准的方案。');
    await this.showWaiting(turn);
  }

  private async showWaiting(turn: number): Promise<void> {
    const waiting = await renumberApi.waiting();
    if (turn === this.turn) this.waiting.show(waiting.items, waiting.complete);
  }

  /** Empties the page for something else; the number says which opening is the latest. */
  private begin(place: string): number {
    this.place = place;
    this.choice.forgetPlans();
    this.asking.abort();
    window.clearTimeout(this.timer);
    this.plan = this.preview = this.order = null;
    this.decree = null;
    this.redrawn = this.late = false;
    this.table.clear();
    this.price.clear();
    this.deeds.clear();
    this.waiting.hide();
    showNumbers(this.map, false);
    this.markers.show([], false);
    return (this.turn += 1);
  }

  /** Opens a plan of a place; without one the place as it stands, to begin a new one. */
  private async openPlace(place: string, plan: string | null): Promise<void> {
    const turn = this.begin(place);
    if (!place) return this.showWaiting(turn);
    this.choice.note('正在读取…');
    const plans = await renumberApi.plans(place);
    if (turn !== this.turn) return;
    this.plans = plans.items;
    const waiting = this.rights.number ? null : (this.plans.filter((one) => one.stage === 'draft').at(-1)?.id ?? null);
    const chosen = plan ?? waiting;
    this.choice.showPlans(place, this.plans, chosen, this.rights.number);
    this.choice.note('');
    if (chosen) await this.openPlan(chosen);
    else if (this.rights.number) await this.openEditor(null);
  }

  private async openPlan(id: string): Promise<void> {
    const { turn } = this;
    const plan = await renumberApi.plan(id);
    if (turn !== this.turn) return;
    this.plan = plan;
    this.table.showPlan(plan.changes);
    this.price.show(plan.summary);
    this.deeds.showPlan(plan);
    showNumbers(this.map, true);
    this.markers.show(plan.changes.map(changedDoor), false);
    this.markers.frame();
  }

  /** Begins a new plan, from what another one changes if there is one. */
  private async openEditor(from: Plan | null): Promise<void> {
    const preview = await this.ask({ place_id: this.place });
    if (!preview) return;
    this.order = new Order(preview.doors);
    this.order.take(from?.changes ?? []);
    this.decree = from?.reassign_decree_no ?? null;
    this.choice.note(preview.doors.length === 0 ? '此处没有已编号的门户。' : preview.movable_note);
    this.show();
    this.markers.frame();
    if (!from) return;
    // On a phone this would scroll what comes next out of sight.
    this.mark(from.changes[0]?.code ?? null, !window.matchMedia(SHEET_MEDIA).matches);
    this.askLater();
  }

  /** Asks for the price; null when a later question overtook this one. */
  private async ask(asked: Asked): Promise<Preview | null> {
    window.clearTimeout(this.timer);
    this.asking.abort();
    const asking = (this.asking = new AbortController());
    this.price.wait();
    try {
      const preview = await renumberApi.preview(asked, this.csrf, asking.signal);
      if (asking.signal.aborted) return null;
      this.preview = preview;
      this.price.show(preview.summary);
      return preview;
    } catch (error) {
      if (!asking.signal.aborted) this.price.fail(error);
      return null;
    }
  }

  /** Rows and markers anew; while one is held the hand comes first. */
  private show(): void {
    if (!this.order || !this.preview) return;
    this.late = this.table.dragging || this.markers.dragging;
    if (this.late) return;
    const faults = faultsByCode(this.preview.summary);
    const sections = this.order.sections();
    this.table.showOrder(sections, this.preview.movable, faults);
    this.deeds.showEditing(this.order.changes().length);
    this.markers.show(doorsOf(sections, faults), this.preview.movable);
  }

  private showLate(): void {
    if (this.late) this.show();
  }

  private move(code: string, target: string): void {
    if (!this.preview?.movable || !this.order || this.writes.busy) return;
    if (this.order.moveTo(code, target)) this.edit(true);
    else notify('门只能移到同一侧的另一处', 'bad');
  }

  private shift(code: string, by: 1 | -1): void {
    if (!this.writes.busy) this.edit(this.order?.shift(code, by) ?? false);
  }

  private edit(moved: boolean): void {
    if (!moved) return;
    this.redrawn = false;
    this.show();
    this.askLater();
  }

  /** The price follows when the hand rests. */
  private askLater(): void {
    window.clearTimeout(this.timer);
    this.price.wait();
    this.timer = window.setTimeout(() => void this.askNow(), PRICE_AFTER_MS);
  }

  private async askNow(): Promise<void> {
    if (this.order && (await this.ask(this.asked()))) this.show();
  }

  private asked(title = ''): Asked {
    const what = this.redrawn ? { redraw: {} } : { changes: this.order?.changes() ?? [] };
    const decree = this.decree ? { reassign_decree_no: this.decree } : {};
    return { place_id: this.place, ...what, ...decree, ...(title ? { title } : {}) };
  }

  private reset(): void {
    this.order?.reset();
    this.edit(true);
  }

  private async redraw(): Promise<void> {
    const decree = this.decree ? { reassign_decree_no: this.decree } : {};
    const preview = await this.ask({ place_id: this.place, redraw: {}, ...decree });
    if (!preview || !this.order) return;
    this.order.take(preview.changes);
    this.redrawn = true;
    this.show();
    notify(preview.changes.length > 0 ? `重编将改动 ${preview.changes.length} 个门牌号` : '按现行规则重编，没有需要改动的号');
  }

  private async continueFrom(): Promise<void> {
    const { plan, place } = this;
    if (!plan) return;
    this.begin(place);
    this.choice.showPlans(place, this.plans, null, true);
    await this.openEditor(plan);
  }

  private async decide(deed: (id: string) => Written): Promise<void> {
    if (this.plan) await this.then(deed(this.plan.id));
  }

  /** Opens the plan that was written, unless something else was opened meanwhile. */
  private async then(written: Written): Promise<void> {
    const { turn, place } = this;
    const plan = await written;
    if (!plan) return;
    if (plan.stage === 'committed') reloadTiles(this.map, Date.now());
    if (turn !== this.turn) return;
    await this.open(() => this.openPlace(place, plan.id));
    if (this.turn === turn + 1) this.deeds.focus();
  }

  /** Says why nothing was written; what somebody else changed meanwhile is read anew, the wishes stay. */
  private async refused(error: unknown): Promise<void> {
    notify(sentence(error), 'bad');
    if (!isOutdated(error)) return this.deeds.refuse(sentence(error));
    const { plan, place } = this;
    const turn = this.turn + (plan ? 1 : 0);
    if (plan) await this.open(() => this.openPlace(place, plan.id));
    else await this.readAnew();
    if (turn === this.turn) this.deeds.refuse(`${sentence(error)}。已读取最新情况，请核对后再办。`);
  }

  private async readAnew(): Promise<void> {
    const { order, turn } = this;
    const preview = await this.ask({ place_id: this.place });
    if (!preview || !order || turn !== this.turn) return;
    this.order = new Order(preview.doors);
    this.order.wish(order.changes());
    this.redrawn = false;
    this.show();
    await this.askNow();
  }

  private mark(code: string | null, reveal = false): void {
    this.table.mark(code, reveal);
    this.markers.mark(code);
  }
}

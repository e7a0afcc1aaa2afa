/** The page `/renumber`: a place or a plan on map and table, every edit priced by the server before it is kept. */

import type { Map as MapView } from 'maplibre-gl';

import { api, type MapSettings } from '../api.ts';
import { hideCounts } from '../map/overview_counts.ts';
import { reloadTiles } from '../map/view.ts';
import { notify, sentence } from '../notice.ts';
import { DeedsView, type Rights } from './deeds_view.ts';
import { DoorMarkers, type MapDoor } from './door_markers.ts';
import { numberText, Order } from './order.ts';
import { PlaceChoice } from './place_choice.ts';
import { PriceView } from './price_view.ts';
import { type Asked, type Line, type Plan, type PlanItem, type Preview, type Price, renumberApi } from './renumber_api.ts';
import { RenumberTable } from './renumber_table.ts';

const PRICE_AFTER_MS = 250;

/** Opens the page for the office that looks at it. */
export function startRenumbering(map: MapView, settings: MapSettings): void {
  hideCounts(map);
  for (const layer of ['address-dot', 'address-text']) map.setLayoutProperty(layer, 'visibility', 'none');
  const data = document.body.dataset;
  const rights = { number: data['mayNumber'] === 'yes', approve: data['mayApprove'] === 'yes' };
  void new RenumberTool(map, settings.csrf_token ?? '', rights).start();
}

class RenumberTool {
  private readonly table: RenumberTable;
  private readonly markers: DoorMarkers;
  private readonly price = new PriceView();
  private readonly deeds: DeedsView;
  private readonly choice: PlaceChoice;
  private place = '';
  private plans: PlanItem[] = [];
  private plan: Plan | null = null;
  private preview: Preview | null = null;
  private order: Order | null = null;
  private redrawn = false;
  private asking = new AbortController();
  private timer = 0;

  constructor(
    private readonly map: MapView,
    private readonly csrf: string,
    private readonly rights: Rights,
  ) {
    this.table = new RenumberTable({
      move: (code, target) => this.move(code, target),
      shift: (code, by) => this.edit(this.order?.shift(code, by) ?? false),
      lookAt: (code) => this.markers.lookAt(code),
      hover: (code) => this.mark(code),
    });
    this.markers = new DoorMarkers(map, {
      drop: (code, target) => this.move(code, target),
      pick: (code) => this.mark(code, true),
      hover: (code) => this.mark(code),
    });
    this.deeds = new DeedsView(
      {
        redraw: () => void this.redraw(),
        reset: () => this.reset(),
        keep: (title) => void this.act(() => this.keep(title)),
        drop: () => void this.act(() => this.decide('drop')),
        undo: () => void this.act(() => this.undo()),
        continueFrom: () => void this.act(() => this.continueFrom()),
        commit: (decree, from) => void this.act(() => this.decide('commit', decree, from)),
      },
      rights,
    );
    this.choice = new PlaceChoice({
      village: (code) => void this.act(() => this.openVillage(code)),
      place: (id) => void this.act(() => this.openPlace(id, null)),
      plan: (id) => void this.act(() => this.openPlace(this.place, id)),
    });
  }

  /** Opens what the address names, else the first village. */
  async start(): Promise<void> {
    await this.act(async () => {
      const villages = await api.villages();
      this.choice.showVillages(villages.items);
      const query = new URLSearchParams(location.search);
      const plan = query.get('plan');
      const place = plan ? (await renumberApi.plan(plan)).place_id : query.get('place');
      if (place) {
        await this.openVillage((await renumberApi.place(place)).village_code);
        await this.openPlace(place, plan);
      } else if (villages.items[0]) {
        await this.openVillage(villages.items[0].code);
      }
    });
  }

  private async act(deed: () => Promise<void>): Promise<void> {
    try {
      await deed();
    } catch (error) {
      notify(sentence(error), 'bad');
    }
  }

  private async openVillage(code: string): Promise<void> {
    this.clear();
    const places = await api.places(code);
    this.choice.showPlaces(code, places.items);
    this.choice.note('请选择地名。');
  }

  private clear(): void {
    this.asking.abort();
    window.clearTimeout(this.timer);
    this.plan = this.preview = this.order = null;
    this.redrawn = false;
    this.table.clear();
    this.price.clear();
    this.deeds.clear();
    this.markers.show([], false);
  }

  /** Opens a plan of a place; without one the place as it stands, to begin a new one. */
  private async openPlace(place: string, plan: string | null): Promise<void> {
    this.clear();
    this.place = place;
    if (!place) return;
    this.choice.note('正在读取…');
    this.plans = (await renumberApi.plans(place)).items;
    const waiting = this.rights.number ? null : (this.plans.filter((one) => one.stage === 'draft').at(-1)?.id ?? null);
    const chosen = plan ?? waiting;
    this.choice.showPlans(place, this.plans, chosen, this.rights.number);
    this.choice.note('');
    if (chosen) await this.openPlan(chosen);
    else if (this.rights.number) await this.openEditor([]);
  }

  private async openPlan(id: string): Promise<void> {
    const plan = await renumberApi.plan(id);
    this.plan = plan;
    this.table.showPlan(plan.changes);
    this.price.show(plan.summary);
    this.deeds.showPlan(plan);
    this.markers.show(plan.changes.map(changedDoor), false);
    this.markers.frame();
  }

  private async openEditor(changes: readonly Line[]): Promise<void> {
    this.plan = null;
    const preview = await this.ask({ place_id: this.place });
    if (!preview) return;
    this.order = new Order(preview.doors);
    this.order.take(changes);
    this.choice.note(preview.doors.length === 0 ? '此处没有已编号的门户。' : preview.movable_note);
    this.show();
    this.markers.frame();
    if (changes.length > 0) this.askLater();
  }

  /** Asks for the price; null when a later question overtook this one. */
  private async ask(asked: Asked): Promise<Preview | null> {
    window.clearTimeout(this.timer);
    this.asking.abort();
    this.asking = new AbortController();
    this.price.wait();
    try {
      this.preview = await renumberApi.preview(asked, this.csrf, this.asking.signal);
      this.price.show(this.preview.summary);
      return this.preview;
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return null;
      this.price.fail(error);
      return null;
    }
  }

  private show(): void {
    if (!this.order || !this.preview) return;
    const faults = faultsByCode(this.preview.summary);
    const sections = this.order.sections();
    this.table.showOrder(sections, this.preview.movable, faults);
    this.deeds.showEditing(this.order.changes().length, this.deeds.title());
    const doors = sections.flatMap((section) => section.rows).map(
      (row): MapDoor => ({
        code: row.door.code,
        lon: row.door.lon,
        lat: row.door.lat,
        oldText: row.door.number,
        newText: numberText(row),
        changed: row.changed,
        faulty: faults.has(row.door.code),
      }),
    );
    this.markers.show(doors, this.preview.movable);
  }

  private move(code: string, target: string): void {
    if (!this.preview?.movable || !this.order) return;
    if (this.order.moveTo(code, target)) this.edit(true);
    else notify('门只能移到同一侧的另一处', 'bad');
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
    return { place_id: this.place, ...what, ...(title ? { title } : {}) };
  }

  private reset(): void {
    this.order?.reset();
    this.edit(true);
  }

  private async redraw(): Promise<void> {
    const preview = await this.ask({ place_id: this.place, redraw: {} });
    if (!preview || !this.order) return;
    this.order.take(preview.changes);
    this.redrawn = true;
    this.show();
    notify(preview.changes.length > 0 ? `重编将改动 ${preview.changes.length} 个门牌号` : '按现行规则重编，没有需要改动的号');
  }

  private async keep(title: string): Promise<void> {
    const plan = await renumberApi.draw(this.asked(title.trim()), this.csrf);
    await this.openPlace(this.place, plan.id);
    notify('方案已保存，待批准执行');
  }

  private async continueFrom(): Promise<void> {
    const { plan } = this;
    if (!plan) return;
    this.clear();
    this.choice.showPlans(this.place, this.plans, null, true);
    await this.openEditor(plan.changes);
  }

  private async undo(): Promise<void> {
    if (!this.plan) return;
    const undo = await renumberApi.undo(this.plan.id, this.csrf);
    await this.openPlace(this.place, undo.id);
    notify('撤销方案已拟定，待批准执行');
  }

  private async decide(how: 'drop' | 'commit', decree = '', from = ''): Promise<void> {
    if (!this.plan) return;
    const { id } = this.plan;
    const done = how === 'drop' ? await renumberApi.drop(id, this.csrf) : await renumberApi.commit(id, decree, from, this.csrf);
    await this.openPlace(this.place, done.id);
    reloadTiles(this.map, Date.now());
    notify(how === 'drop' ? '方案已作废' : `已执行，${done.summary.doors} 个门牌号自 ${done.effective_on ?? ''} 起生效`);
  }

  private mark(code: string | null, reveal = false): void {
    this.table.mark(code, reveal);
    this.markers.mark(code);
  }
}

function changedDoor(line: Line): MapDoor {
  return {
    code: line.code,
    lon: line.lon,
    lat: line.lat,
    oldText: line.old_number,
    newText: line.new_number,
    changed: true,
    faulty: false,
  };
}

function faultsByCode(price: Price): Map<string, string> {
  const found = new Map<string, string>();
  for (const fault of price.faults) {
    const code = fault.codes.at(-1);
    if (fault.severity !== 'notice' && code && !found.has(code)) found.set(code, fault.text);
  }
  return found;
}

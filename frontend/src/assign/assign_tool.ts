/** Putting houses that stand on no list into a group, hamlet or street: village, lasso, target, date, confirm. */

import type { GeoJSONSource, Map as MapView } from 'maplibre-gl';

import { api, type Building, type Division, type MapSettings } from '../api.ts';
import type { ScreenPoint } from '../map/pick.ts';
import { HOUSES } from '../map/style_terms.ts';
import { outlineBuildings, reloadTiles } from '../map/view.ts';
import { notify, sentence } from '../notice.ts';
import { AssignForm } from './assign_form.ts';
import { inside, Lasso } from './lasso.ts';
import { Selection } from './selection.ts';

/** West, south, east, north. */
type Bounds = [number, number, number, number];

const VILLAGE_ZOOM = 14;
const REACH_PX = 10;

export class AssignTool {
  private readonly selection: Selection;
  private readonly lasso: Lasso;
  private readonly form: AssignForm;
  private village: Division | null = null;
  private revision = Date.now();

  constructor(
    private readonly map: MapView,
    private readonly settings: MapSettings,
  ) {
    this.selection = new Selection(() => this.render());
    this.lasso = new Lasso(map.getContainer(), (polygon) => this.onDrawn(polygon));
    this.form = new AssignForm({
      chooseVillage: (village) => void this.openVillage(village),
      toggleLasso: (on) => this.lasso.setOn(on),
      toggleHouse: (id, picked) => this.selection.set(id, picked),
      lookAt: (house) => this.map.easeTo({ center: [house.lon, house.lat], zoom: Math.max(this.map.getZoom(), 17) }),
      clear: () => {
        this.lasso.erase();
        this.selection.clear();
      },
      confirm: (place, name, validFrom) => void this.assign(place, name, validFrom),
      again: (houses) => this.takeBack(houses),
    });
    map.on('click', (event) => this.onClick(event.point));
    map.on('movestart', () => this.lasso.erase());
  }

  /** Lists the villages and opens the first one that has such houses. */
  async start(): Promise<void> {
    try {
      const [villages, houses] = await Promise.all([api.villages(this.settings), api.someUnassigned()]);
      const busy = new Set(houses.map((house) => house.village_code));
      const first = villages.items.find((village) => busy.has(village.code)) ?? villages.items[0];
      this.form.showVillages(villages.items, first);
      if (first) await this.openVillage(first);
      else this.form.note('您的辖区内还没有录入村（社区）。');
    } catch (error) {
      notify(sentence(error), 'bad');
    }
  }

  private async openVillage(village: Division): Promise<void> {
    this.village = village;
    this.selection.show([]);
    this.form.wait();
    this.frame(village.bounds ?? [village.lon, village.lat, village.lon, village.lat]);
    try {
      const [houses, places] = await Promise.all([api.unassigned(village.code), api.places(village.code)]);
      if (this.village !== village) return;
      this.form.showPlaces(places.items);
      this.form.note(houses.complete ? '' : '名单过长，只显示前一部分；归组后其余会接着出现。');
      this.selection.show(houses.items);
      if (houses.items.length > 0) this.frame(extent(houses.items));
    } catch (error) {
      if (this.village === village) this.form.note(sentence(error));
    }
  }

  /** Brings a stretch of land into the part of the map that the form leaves free. */
  private frame(bounds: Bounds): void {
    this.map.fitBounds(bounds, { padding: this.form.padding(), maxZoom: VILLAGE_ZOOM + 2 });
  }

  private onDrawn(polygon: ScreenPoint[]): void {
    const caught = this.selection
      .houses()
      .filter((house) => inside(polygon, this.map.project([house.lon, house.lat])))
      .map((house) => house.id);
    this.selection.setAll(caught, !this.form.isRemoving());
    notify(caught.length > 0 ? `圈内 ${caught.length} 户` : '圈内没有未归组的房屋');
  }

  private onClick(point: ScreenPoint): void {
    const [house] = this.map.queryRenderedFeatures(
      [
        [point.x - REACH_PX, point.y - REACH_PX],
        [point.x + REACH_PX, point.y + REACH_PX],
      ],
      { layers: ['house-dot'] },
    );
    const id: unknown = house?.properties['id'];
    if (typeof id === 'string') this.selection.set(id, !this.selection.has(id));
  }

  private render(): void {
    const features = this.selection.houses().map((house) => feature(house));
    void this.map.getSource<GeoJSONSource>(HOUSES)?.setData({ type: 'FeatureCollection', features });
    this.map.removeFeatureState({ source: HOUSES });
    for (const id of this.selection.ids()) this.map.setFeatureState({ source: HOUSES, id }, { picked: true });
    const picked = this.selection.houses().filter((house) => this.selection.has(house.id));
    outlineBuildings(this.map, picked.map((house) => house.building_code));
    this.form.showSelection(this.selection);
  }

  private async assign(place: string, name: string, validFrom: string): Promise<void> {
    const ids = this.selection.ids();
    const houses = this.selection.houses().filter((house) => this.selection.has(house.id));
    this.form.setBusy(true);
    try {
      const { assigned } = await api.assign(place, ids, validFrom, this.settings.csrf_token ?? '');
      const gone = new Set(ids);
      this.selection.show(this.selection.houses().filter((house) => !gone.has(house.id)));
      this.form.showResult(`已将 ${assigned} 户归入${name}，自 ${validFrom} 起生效。`, houses);
      this.revision += 1;
      reloadTiles(this.map, this.revision);
    } catch (error) {
      notify(sentence(error), 'bad');
    } finally {
      this.form.setBusy(false);
    }
  }

  /** An assignment is undone by another one: the same houses, picked again, wait for another target. */
  private takeBack(houses: Building[]): void {
    this.selection.show([...this.selection.houses(), ...houses]);
    this.selection.clear();
    this.selection.setAll(houses.map((house) => house.id), true);
  }
}

function extent(houses: readonly Building[]): Bounds {
  const lons = houses.map((house) => house.lon);
  const lats = houses.map((house) => house.lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

function feature(house: Building): GeoJSON.Feature {
  return {
    type: 'Feature',
    properties: { id: house.id },
    geometry: { type: 'Point', coordinates: [house.lon, house.lat] },
  };
}

/** The counter's map: the house in question with the number that it would take, and picking a house for a new one. */

import { type Map as MapView, Marker } from 'maplibre-gl';

import { h } from '../dom.ts';
import { hideCounts } from '../map/overview_counts.ts';
import { listenToPointer, pickAt } from '../map/pick.ts';
import { outlineBuildings, reloadTiles } from '../map/view.ts';

const REACH_PX = 10;
const HOUSE_ZOOM = 16.8;

export class SiteMap {
  private marker: Marker | null = null;
  private revision = Date.now();
  private pick: ((kind: 'building' | 'address', code: string) => void) | null = null;

  constructor(private readonly map: MapView) {
    map.once('load', () => {
      hideCounts(map);
      listenToPointer(map);
    });
    map.on('click', (event) => {
      const picked = this.pick && pickAt(map, event.point, REACH_PX);
      if (picked) this.pick?.(picked.kind, picked.code);
    });
  }

  /** Hands over what is clicked from now on; null stops that. */
  onPick(pick: ((kind: 'building' | 'address', code: string) => void) | null): void {
    this.pick = pick;
    this.map.getContainer().classList.toggle('picking', pick !== null);
  }

  /** Shows a house with a sign on it, and moves there. */
  show(at: { lon: number | null; lat: number | null; building_code: string | null }, sign: string): void {
    this.clear();
    if (at.lon === null || at.lat === null) return;
    const point: [number, number] = [at.lon, at.lat];
    this.marker = new Marker({ element: h('div', { class: 'sign' }, sign), anchor: 'bottom' }).setLngLat(point).addTo(this.map);
    const outline = (): void => outlineBuildings(this.map, at.building_code ? [at.building_code] : []);
    if (this.map.isStyleLoaded()) outline();
    else this.map.once('idle', outline);
    this.map.jumpTo({ center: point, zoom: Math.max(this.map.getZoom(), HOUSE_ZOOM) });
  }

  /** Changes what the sign says. */
  sign(text: string): void {
    if (this.marker) this.marker.getElement().textContent = text;
  }

  clear(): void {
    this.marker?.remove();
    this.marker = null;
    if (this.map.isStyleLoaded()) outlineBuildings(this.map, []);
  }

  frame(bounds: [number, number, number, number]): void {
    this.map.fitBounds(bounds, { padding: 20, maxZoom: 16, animate: false });
  }

  lookAt(lon: number, lat: number): void {
    this.map.jumpTo({ center: [lon, lat], zoom: 16 });
  }

  /** After a write the tiles are asked for again. */
  reload(): void {
    this.revision += 1;
    reloadTiles(this.map, this.revision);
  }

  /** The page around the map changed its shape. */
  resize(): void {
    this.map.resize();
  }
}

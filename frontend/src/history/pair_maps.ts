/** The old map beside the new: two maps that move together, each with the villages of its own day. */

import { type ExpressionSpecification, type GeoJSONSource, LngLatBounds, type Map as MapView, type StyleSpecification } from 'maplibre-gl';

import type { MapSettings } from '../api.ts';
import { required } from '../dom.ts';
import { announce } from '../map/announce.ts';
import { PALETTE } from '../map/palette.ts';
import { FONT, FONT_BOLD } from '../map/style_terms.ts';
import { createMap } from '../map/view.ts';
import type { Difference, Fate } from './differences.ts';
import type { Area } from './history_api.ts';

export type Side = 'left' | 'right';

const AREAS = 'areas';
/** From here on there is room to write below a name what became of it. */
const SIGN_ZOOM = 11.8;
const NOTHING: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };
export const FATE_COLOURS: Record<Fate, string> = {
  ended: '#c2410c',
  appeared: '#16713f',
  boundary: '#17477f',
  renamed: '#7a3e9d',
  unknown: '#8a8f86',
  same: PALETTE.villageLine,
};
export const FATE_WORDS: Record<Fate, string> = {
  ended: '其间终止',
  appeared: '其间出现',
  boundary: '界线不同',
  renamed: '名称不同',
  unknown: '界线不详',
  same: '没有变化',
};
/** The map's own buttons stand at the lower right. */
const ROOM = { top: 20, left: 16, bottom: 40, right: 62 };
/** On a phone one finger scrolls the page and two move a map. */
const IS_NARROW = window.matchMedia('(max-width: 720px)').matches;

export class PairMaps {
  private readonly maps: Record<Side, MapView>;
  /** A map says once that it is there; `loaded()` is also false later, whenever it is busy drawing. */
  private readonly opened: Promise<void>[];
  private isFollowing = false;
  private isShown = false;

  /** `picked` gets the identity of a village that is clicked on either map. */
  constructor(settings: MapSettings, picked: (id: string) => void) {
    this.maps = { left: pane('#map', settings), right: pane('#map-right', settings) };
    this.opened = Object.values(this.maps).map((map) => new Promise((done) => void map.once('load', () => done())));
    for (const side of ['left', 'right'] as const) {
      const map = this.maps[side];
      const other = this.maps[side === 'left' ? 'right' : 'left'];
      map.on('move', () => this.follow(map, other));
      map.on('idle', () => this.count(side));
      map.on('click', 'area-fill', (event) => {
        const id: unknown = event.features?.[0]?.properties['id'];
        if (typeof id === 'string') picked(id);
      });
      map.on('mouseenter', 'area-fill', () => (map.getCanvas().style.cursor = 'pointer'));
      map.on('mouseleave', 'area-fill', () => (map.getCanvas().style.cursor = ''));
    }
  }

  /** Resolves when both can be drawn on. */
  async ready(): Promise<void> {
    await Promise.all(this.opened);
  }

  show(areas: Record<Side, readonly Area[]>, found: readonly Difference[]): void {
    const fates = new Map(found.map((one) => [one.id, one.fate]));
    this.isShown = true;
    for (const side of ['left', 'right'] as const) {
      void this.maps[side].getSource<GeoJSONSource>(AREAS)?.setData(features(areas[side], fates));
    }
  }

  /** Outlines one village on both maps, or none. */
  mark(id: string | null): void {
    for (const map of Object.values(this.maps)) map.setFilter('area-marked', ['==', ['get', 'id'], id ?? '']);
  }

  /** Brings the areas into view; the list below may just have taken room from the maps. */
  frame(areas: readonly Area[]): void {
    for (const map of Object.values(this.maps)) map.resize();
    const bounds = new LngLatBounds();
    for (const area of areas) for (const point of area.geometry?.coordinates.flat(2) ?? []) bounds.extend([point[0]!, point[1]!]);
    if (!bounds.isEmpty()) this.maps.left.fitBounds(bounds, { padding: IS_NARROW ? 20 : ROOM, animate: false });
  }

  private follow(map: MapView, other: MapView): void {
    if (this.isFollowing) return;
    this.isFollowing = true;
    other.jumpTo({ center: map.getCenter(), zoom: map.getZoom() });
    this.isFollowing = false;
  }

  /** Says in words what the map draws right now, for those who do not see it. */
  private count(side: Side): void {
    const map = this.maps[side];
    const drawn = new Map<string, Fate>();
    for (const feature of map.queryRenderedFeatures({ layers: ['area-fill'] })) {
      drawn.set(String(feature.properties['id']), feature.properties['fate'] as Fate);
    }
    const fates = [...drawn.values()];
    const parts = (Object.keys(FATE_WORDS) as Fate[])
      .map((fate) => ({ fate, count: fates.filter((one) => one === fate).length }))
      .filter(({ count }) => count > 0);
    const box = required<HTMLElement>(`#seen-${side}`);
    for (const fate of Object.keys(FATE_WORDS)) delete box.dataset[fate];
    for (const { fate, count } of parts) box.dataset[fate] = String(count);
    if (!this.isShown) return;
    box.textContent = drawn.size > 0 ? `图中 ${drawn.size} 个：${parts.map(({ fate, count }) => `${FATE_WORDS[fate]} ${count}`).join('，')}` : '图中没有界线';
  }
}

function pane(selector: string, settings: MapSettings): MapView {
  const container = required<HTMLElement>(selector);
  const map = createMap(container, settings, null, { style: style(), cooperativeGestures: IS_NARROW });
  announce(map, container);
  return map;
}

function features(areas: readonly Area[], fates: ReadonlyMap<string, Fate>): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: areas
      .filter((area) => area.geometry !== null)
      .map((area) => {
        const fate = fates.get(area.id) ?? 'same';
        const sign = fate === 'same' || fate === 'unknown' ? area.name : `${area.name}\n${FATE_WORDS[fate]}`;
        return { type: 'Feature', geometry: area.geometry!, properties: { id: area.id, name: area.name, fate, sign } };
      }),
  };
}

function style(): StyleSpecification {
  const colour = ['match', ['get', 'fate'], ...Object.entries(FATE_COLOURS).flat(), PALETTE.villageLine] as unknown as ExpressionSpecification;
  const isPlain: ExpressionSpecification = ['in', ['get', 'fate'], ['literal', ['same', 'unknown']]];
  const round = { 'line-join': 'round' } as const;
  return {
    version: 8,
    sources: { [AREAS]: { type: 'geojson', data: NOTHING } },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': PALETTE.ground } },
      { id: 'area-fill', type: 'fill', source: AREAS, paint: { 'fill-color': ['case', isPlain, '#e8ecdb', colour], 'fill-opacity': ['case', isPlain, 0.9, 0.34] } },
      { id: 'area-line', type: 'line', source: AREAS, layout: round, paint: { 'line-color': colour, 'line-width': ['case', isPlain, 1, 2] } },
      { id: 'area-marked', type: 'line', source: AREAS, filter: ['==', ['get', 'id'], ''], layout: round, paint: { 'line-color': '#22303a', 'line-width': 4.5 } },
      {
        id: 'area-name',
        type: 'symbol',
        source: AREAS,
        layout: { 'text-field': ['step', ['zoom'], ['get', 'name'], SIGN_ZOOM, ['get', 'sign']], 'text-font': ['case', isPlain, ['literal', FONT], ['literal', FONT_BOLD]], 'text-size': IS_NARROW ? 12 : 13, 'text-padding': 0 },
        paint: { 'text-color': ['case', isPlain, PALETTE.villageText, colour], 'text-halo-color': '#fffdf7', 'text-halo-width': 1.8 },
      },
    ],
  };
}

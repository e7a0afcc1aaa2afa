/** The map on the page: created once, spoken to in the words of the register. */

import {
  AttributionControl,
  GeolocateControl,
  type GeoJSONSource,
  Map as MapView,
  type MapOptions,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
  type VectorTileSource,
} from 'maplibre-gl';

import type { MapSettings } from '../api.ts';
import { LOCALE } from './locale.ts';
import { addPatterns } from './patterns.ts';
import { mapStyle } from './style.ts';
import { FONT, SELECTION, SOURCE, TILE_ZOOMS, tileUrl } from './style_terms.ts';

export interface Viewpoint {
  zoom: number;
  lat: number;
  lon: number;
}

/** Zoom at which a single door is well seen. */
export const DOOR_ZOOM = 17.6;
const BOUNDS_MARGIN_DEGREES = 0.6;
const FADE_MS = 300;

/** Creates the map in `container`, at `start` or over the whole county; `more` for pages with a picture of their own. */
export function createMap(container: HTMLElement, settings: MapSettings, start: Viewpoint | null, more: Partial<MapOptions> = {}): MapView {
  setWorkerUrl(container.dataset['worker'] ?? '');
  const [west, south, east, north] = settings.bounds;
  const margin = BOUNDS_MARGIN_DEGREES;
  const map = new MapView({
    container,
    style: mapStyle(),
    locale: LOCALE,
    localIdeographFontFamily: FONT.join(','),
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxPitch: 0,
    minZoom: TILE_ZOOMS.least,
    maxZoom: 20,
    fadeDuration: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : FADE_MS,
    maxBounds: [west - margin, south - margin, east + margin, north + margin],
    ...(start
      ? { center: [start.lon, start.lat] as [number, number], zoom: start.zoom }
      : { bounds: settings.bounds, fitBoundsOptions: { padding: 32 } }),
    ...more,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.on('style.load', () => addPatterns(map));
  addControls(map, settings);
  return map;
}

function addControls(map: MapView, settings: MapSettings): void {
  map.addControl(new AttributionControl({ compact: false, customAttribution: attribution(settings) }), 'bottom-right');
  map.addControl(new ScaleControl({ maxWidth: 110, unit: 'metric' }), 'bottom-right');
  map.addControl(new NavigationControl({ showCompass: false }), 'bottom-right');
  if (window.isSecureContext && 'geolocation' in navigator) {
    map.addControl(new GeolocateControl({ positionOptions: { enableHighAccuracy: true } }), 'bottom-right');
  }
}

/** What has to be said about the origin of the picture. */
export function attribution(settings: MapSettings): string {
  const origin = settings.synthetic ? '示例数据：几何图形为合成，非测绘成果' : `${settings.county_name}地名地址库`;
  return settings.map_review_no ? `${origin} · 审图号：${settings.map_review_no}` : origin;
}

/** Marks one point as the selected one, or none. */
export function showSelection(map: MapView, point: { lon: number; lat: number } | null): void {
  const features: GeoJSON.Feature[] = point
    ? [{ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [point.lon, point.lat] } }]
    : [];
  void map.getSource<GeoJSONSource>(SELECTION)?.setData({ type: 'FeatureCollection', features });
}

/** Outlines the buildings with these building codes and no others. */
export function outlineBuildings(map: MapView, codes: readonly string[]): void {
  map.removeFeatureState({ source: SOURCE, sourceLayer: 'buildings' });
  for (const id of codes) map.setFeatureState({ source: SOURCE, sourceLayer: 'buildings', id }, { selected: true });
}

/** Asks the server for every tile again, after a change of the register. */
export function reloadTiles(map: MapView, revision: number): void {
  map.getSource<VectorTileSource>(SOURCE)?.setTiles([tileUrl(revision)]);
}

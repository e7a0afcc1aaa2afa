/** Counts on the overview: the tiles' fine cells, added up on a coarse grid that moves with the zoom. */

import type { GeoJSONSource, Map as MapView } from 'maplibre-gl';

import { COUNTS, LAST_COUNT_ZOOM, SOURCE } from './style_terms.ts';

const GRID_PX = 116;
const TILE_PX = 512;

interface Heap {
  count: number;
  lon: number;
  lat: number;
}

/** Keeps the counts in step with the view; a click on one looks closer. */
export function showCounts(map: MapView): void {
  let shown = '';
  const refresh = (): void => {
    if (map.getZoom() >= LAST_COUNT_ZOOM) return;
    const features = [...heaps(map).values()].map(feature);
    const next = JSON.stringify(features);
    if (next === shown) return;
    shown = next;
    void map.getSource<GeoJSONSource>(COUNTS)?.setData({ type: 'FeatureCollection', features });
  };
  map.on('moveend', refresh);
  map.on('idle', refresh);
  map.on('click', 'count', (event) => {
    map.easeTo({ center: event.lngLat, zoom: Math.min(map.getZoom() + 2, 15) });
  });
}

/** Leaves the overview to single houses. */
export function hideCounts(map: MapView): void {
  for (const layer of ['cell-dot', 'count', 'count-text']) map.setLayoutProperty(layer, 'visibility', 'none');
}

/** The grid hangs on the globe, not on the screen, so that counts stay put while the map is dragged. */
function heaps(map: MapView): Map<string, Heap> {
  const columns = (2 ** Math.round(map.getZoom()) * TILE_PX) / GRID_PX;
  const found = new Map<string, Heap>();
  const seen = new Set<string>();
  for (const cell of map.querySourceFeatures(SOURCE, { sourceLayer: 'addresses', filter: ['has', 'count'] })) {
    if (cell.geometry.type !== 'Point') continue;
    const [lon, lat] = cell.geometry.coordinates as [number, number];
    const spot = `${lon.toFixed(5)},${lat.toFixed(5)}`;
    if (seen.has(spot)) continue;
    seen.add(spot);
    const key = `${Math.floor((lon / 360) * columns)},${Math.floor((mercator(lat) / 360) * columns)}`;
    const heap = found.get(key) ?? { count: 0, lon: 0, lat: 0 };
    const count = Number(cell.properties['count']);
    found.set(key, { count: heap.count + count, lon: heap.lon + lon * count, lat: heap.lat + lat * count });
  }
  return found;
}

/** Latitude stretched to the degrees of longitude that it takes on the map. */
function mercator(lat: number): number {
  return (Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) * 180) / Math.PI;
}

function feature(heap: Heap): GeoJSON.Feature {
  return {
    type: 'Feature',
    properties: { count: heap.count, radius: Math.min(12 + Math.sqrt(heap.count) * 0.4, 24) },
    geometry: { type: 'Point', coordinates: [heap.lon / heap.count, heap.lat / heap.count] },
  };
}

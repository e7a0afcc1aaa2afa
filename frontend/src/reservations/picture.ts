/** A site's numbers on the map, before the change or after it. */

import type { GeoJSONSource, Map as MapView } from 'maplibre-gl';

import { FONT_BOLD } from '../map/style_terms.ts';
import type { Review, SiteNumber } from './questions.ts';

export type Moment = 'before' | 'after';

const SITE = 'review-site';
const NUMBERS = 'review-numbers';
const COLOURS = { issued: '#17477f', reserved: '#a0522d', added: '#1b6140', gone: '#98221a' };

/** Adds the picture's own layers above all others. */
export function addPicture(map: MapView): void {
  const nothing: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };
  map.addSource(SITE, { type: 'geojson', data: nothing });
  map.addSource(NUMBERS, { type: 'geojson', data: nothing });
  map.addLayer({
    id: 'review-outline',
    type: 'line',
    source: SITE,
    paint: { 'line-color': COLOURS.reserved, 'line-width': 3, 'line-opacity': 0.85 },
  });
  map.addLayer({
    id: 'review-dot',
    type: 'circle',
    source: NUMBERS,
    paint: { 'circle-radius': 13, 'circle-color': '#fffdf7', 'circle-stroke-color': ['get', 'colour'], 'circle-stroke-width': 2 },
  });
  map.addLayer({
    id: 'review-number',
    type: 'symbol',
    source: NUMBERS,
    layout: { 'text-field': ['get', 'text'], 'text-font': FONT_BOLD, 'text-size': 12, 'text-allow-overlap': true },
    paint: { 'text-color': ['get', 'colour'] },
  });
}

/** Draws one moment of a review, or nothing. */
export function showPicture(map: MapView, review: Review | null, moment: Moment): void {
  const outline: GeoJSON.Feature[] = review ? [{ type: 'Feature', properties: {}, geometry: review.outline }] : [];
  const numbers = review ? review.numbers.flatMap((one) => feature(one, moment)) : [];
  void map.getSource<GeoJSONSource>(SITE)?.setData({ type: 'FeatureCollection', features: outline });
  void map.getSource<GeoJSONSource>(NUMBERS)?.setData({ type: 'FeatureCollection', features: numbers });
}

function feature(one: SiteNumber, moment: Moment): GeoJSON.Feature[] {
  const state = moment === 'before' ? one.before : one.after;
  if (state === null || state === 'gap' || one.lon === null || one.lat === null) return [];
  const text = one.sub > 0 ? `${one.main}附${one.sub}` : String(one.main);
  return [
    {
      type: 'Feature',
      properties: { text, colour: colour(one) },
      geometry: { type: 'Point', coordinates: [one.lon, one.lat] },
    },
  ];
}

function colour(one: SiteNumber): string {
  if (one.after === null) return COLOURS.gone;
  if (one.before === null || one.before === 'gap') return COLOURS.added;
  return one.after === 'issued' ? COLOURS.issued : COLOURS.reserved;
}

/** West, south, east, north of the site and its numbers. */
export function extent(review: Review): [number, number, number, number] {
  const spots: number[][] = [];
  const walk = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    if (typeof part[0] === 'number') spots.push(part as number[]);
    else part.forEach(walk);
  };
  walk((review.outline as GeoJSON.Polygon).coordinates);
  for (const one of review.numbers) if (one.lon !== null && one.lat !== null) spots.push([one.lon, one.lat]);
  const lons = spots.map((spot) => spot[0] ?? 0);
  const lats = spots.map((spot) => spot[1] ?? 0);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

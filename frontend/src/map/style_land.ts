/** Style layers of the land: villages, lanes, streets, groups, parcels, buildings. */

import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';

import { PALETTE, USE_COLOURS } from './palette.ts';
import { byZoom, SOURCE } from './style_terms.ts';

const villageTint: ExpressionSpecification = [
  'match',
  ['%', ['to-number', ['slice', ['get', 'code'], 9, 12]], PALETTE.villages.length],
  ...PALETTE.villages.flatMap((colour, index) => [index, colour]),
  PALETTE.ground,
] as unknown as ExpressionSpecification;

function byUse(part: 'fill' | 'line'): ExpressionSpecification {
  const pairs = Object.entries(USE_COLOURS).flatMap(([use, colours]) => [use, colours[part]]);
  return ['match', ['get', 'use'], ...pairs, USE_COLOURS['other']![part]] as unknown as ExpressionSpecification;
}

const isSelected: ExpressionSpecification = ['boolean', ['feature-state', 'selected'], false];
const isHovered: ExpressionSpecification = ['boolean', ['feature-state', 'hover'], false];
const isStreet: ExpressionSpecification = ['==', ['get', 'kind'], 'street'];

/** From the ground up. */
export function landLayers(): LayerSpecification[] {
  return [...villageLayers(), ...wayLayers(), ...parcelLayers(), ...buildingLayers()];
}

function villageLayers(): LayerSpecification[] {
  const village = { source: SOURCE, 'source-layer': 'villages' } as const;
  return [
    { id: 'ground', type: 'background', paint: { 'background-color': PALETTE.ground } },
    { id: 'village-fill', type: 'fill', ...village, paint: { 'fill-color': villageTint } },
    {
      id: 'village-edge',
      type: 'line',
      ...village,
      layout: { 'line-join': 'round' },
      paint: { 'line-color': PALETTE.villageLine, 'line-opacity': 0.16, 'line-width': byZoom(9, 3, 15, 9) },
    },
    {
      id: 'village-line',
      type: 'line',
      ...village,
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': PALETTE.villageLine,
        'line-width': byZoom(9, 0.7, 15, 1.6),
        'line-dasharray': [4, 2, 1, 2],
      },
    },
  ];
}

function wayLayers(): LayerSpecification[] {
  const lane = { source: SOURCE, 'source-layer': 'lanes' } as const;
  const place = { source: SOURCE, 'source-layer': 'places' } as const;
  const round = { 'line-cap': 'round', 'line-join': 'round' } as const;
  const area: ExpressionSpecification = ['==', ['geometry-type'], 'Polygon'];
  return [
    {
      id: 'group-fill',
      type: 'fill',
      ...place,
      minzoom: 13,
      filter: area,
      paint: { 'fill-color': PALETTE.groupLine, 'fill-opacity': byZoom(13, 0.02, 16, 0.09) },
    },
    {
      id: 'lane-casing',
      type: 'line',
      ...lane,
      minzoom: 12.5,
      layout: round,
      paint: { 'line-color': PALETTE.laneCasing, 'line-width': byZoom(12.5, 0.8, 15, 3.4, 18, 13) },
    },
    {
      id: 'street-casing',
      type: 'line',
      ...place,
      minzoom: 11,
      filter: isStreet,
      layout: round,
      paint: { 'line-color': PALETTE.streetCasing, 'line-width': byZoom(11, 1.2, 15, 7, 18, 24) },
    },
    {
      id: 'lane',
      type: 'line',
      ...lane,
      minzoom: 13.5,
      layout: round,
      paint: { 'line-color': PALETTE.lane, 'line-width': byZoom(13.5, 0.6, 15, 2.2, 18, 10.5) },
    },
    {
      id: 'street',
      type: 'line',
      ...place,
      minzoom: 11,
      filter: isStreet,
      layout: round,
      paint: { 'line-color': PALETTE.street, 'line-width': byZoom(11, 0.6, 15, 5, 18, 20.5) },
    },
    {
      id: 'group-line',
      type: 'line',
      ...place,
      minzoom: 13,
      filter: area,
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': PALETTE.groupLine,
        'line-opacity': byZoom(13, 0.35, 15, 0.8),
        'line-width': byZoom(13, 0.6, 17, 1.6),
        'line-dasharray': [3, 2],
      },
    },
  ];
}

function parcelLayers(): LayerSpecification[] {
  return [
    {
      id: 'parcel-fill',
      type: 'fill',
      source: SOURCE,
      'source-layer': 'parcels',
      minzoom: 15,
      paint: { 'fill-color': '#fffaf0', 'fill-opacity': byZoom(15, 0, 16, 0.55) },
    },
    {
      id: 'parcel-line',
      type: 'line',
      source: SOURCE,
      'source-layer': 'parcels',
      minzoom: 15,
      paint: {
        'line-color': PALETTE.parcel,
        'line-opacity': byZoom(15, 0, 16, 0.75),
        'line-width': byZoom(15, 0.4, 18, 1),
      },
    },
  ];
}

function buildingLayers(): LayerSpecification[] {
  const building = { source: SOURCE, 'source-layer': 'buildings' } as const;
  return [
    {
      id: 'building-fill',
      type: 'fill',
      ...building,
      minzoom: 13,
      paint: {
        'fill-color': ['case', isSelected, '#9cc4f2', byUse('fill')],
        'fill-opacity': byZoom(13, 0.55, 15, 1),
      },
    },
    {
      id: 'building-line',
      type: 'line',
      ...building,
      minzoom: 14.5,
      paint: {
        'line-color': ['case', isSelected, PALETTE.selected, byUse('line')],
        'line-width': byZoom(14.5, ['case', isSelected, 1.5, 0.3], 18, ['case', isSelected, 3, isHovered, 2.2, 1.1]),
      },
    },
    {
      id: 'unassigned-line',
      type: 'line',
      ...building,
      minzoom: 14,
      filter: ['==', ['get', 'unassigned'], true],
      paint: {
        'line-color': PALETTE.unassigned,
        'line-width': byZoom(14, 0.8, 18, 2),
        'line-dasharray': [2, 1.5],
      },
    },
  ];
}

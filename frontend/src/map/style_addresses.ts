/** Style layers of the register: reserved blocks, names, door numbers, overview counts, and what is picked. */

import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';

import { PALETTE } from './palette.ts';
import { byZoom, COUNTS, FONT, FONT_BOLD, HOUSES, LAST_COUNT_ZOOM, SELECTION, SOURCE } from './style_terms.ts';

const halo = { 'text-halo-color': PALETTE.halo, 'text-halo-width': 1.6, 'text-halo-blur': 0.4 } as const;
const reserved: ExpressionSpecification = ['coalesce', ['get', 'numbers'], ''];
const reservedText: ExpressionSpecification = [
  'concat',
  ['get', 'name'],
  ['case', ['==', reserved, ''], '', ['concat', '\n预留 ', reserved, '号']],
];
/** On the map 18号 is written 18, as on a plate. */
const shortNumber: ExpressionSpecification = [
  'let',
  'label',
  ['to-string', ['get', 'label']],
  'last',
  ['-', ['length', ['to-string', ['get', 'label']]], 1],
  [
    'case',
    ['==', ['slice', ['var', 'label'], ['var', 'last']], '号'],
    ['slice', ['var', 'label'], 0, ['var', 'last']],
    ['var', 'label'],
  ],
];
/** Spots that a village's name may take beside its counts, in ems: the middle first. */
const NAME_ANCHORS = [
  ...['center', [0, 0], 'top', [0, 1.2], 'bottom', [0, -1.2], 'left', [1.4, 0], 'right', [-1.4, 0]],
  ...['top', [0, 2.6], 'bottom', [0, -2.6], 'left', [2.8, 0], 'right', [-2.8, 0]],
  ...['top-left', [1.6, 1.4], 'top-right', [-1.6, 1.4], 'bottom-left', [1.6, -1.4], 'bottom-right', [-1.6, -1.4]],
  ...['top', [0, 4], 'bottom', [0, -4]],
] as unknown as ExpressionSpecification;
const isCounted: ExpressionSpecification = ['has', 'count'];
const isPicked: ExpressionSpecification = ['boolean', ['feature-state', 'picked'], false];

/** Name of the hatching that `patterns.ts` draws. */
export const HATCH = 'hatch';
/** From this zoom on numbers are read rather than names. */
const NEAR_ZOOM = 16;

/** Above the land, the picked thing last; of two labels in one spot the upper layer's stays. */
export function addressLayers(): LayerSpecification[] {
  return [
    ...reservationLayers(),
    ...selectionLayers(),
    groupText(NEAR_ZOOM, 24),
    ...numberLayers(),
    ...nameLayers(),
    groupText(13.5, NEAR_ZOOM),
    ...overviewLayers(),
    ...houseLayers(),
  ];
}

function reservationLayers(): LayerSpecification[] {
  const reservation = { source: SOURCE, 'source-layer': 'reservations' } as const;
  const area: ExpressionSpecification = ['==', ['geometry-type'], 'Polygon'];
  return [
    {
      id: 'reservation-fill',
      type: 'fill',
      ...reservation,
      minzoom: 13,
      filter: area,
      paint: { 'fill-pattern': HATCH, 'fill-opacity': 0.75 },
    },
    {
      id: 'reservation-line',
      type: 'line',
      ...reservation,
      minzoom: 13,
      paint: {
        'line-color': PALETTE.reserved,
        'line-width': byZoom(13, 0.8, 17, 1.8),
        'line-dasharray': [3, 2],
      },
    },
  ];
}

function nameLayers(): LayerSpecification[] {
  const place = { source: SOURCE, 'source-layer': 'places' } as const;
  return [
    {
      id: 'reservation-text',
      type: 'symbol',
      source: SOURCE,
      'source-layer': 'reservations',
      minzoom: 14.5,
      layout: {
        'text-field': reservedText,
        'text-font': FONT_BOLD,
        'text-size': byZoom(14.5, 11, 18, 13),
        'text-max-width': 12,
      },
      paint: { 'text-color': '#7c3a14', ...halo },
    },
    {
      id: 'lane-text',
      type: 'symbol',
      source: SOURCE,
      'source-layer': 'lanes',
      minzoom: 15.5,
      filter: ['!=', ['coalesce', ['get', 'name'], ''], ''],
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 320,
        'text-field': ['get', 'name'],
        'text-font': FONT,
        'text-size': 11,
      },
      paint: { 'text-color': PALETTE.laneText, ...halo },
    },
    {
      id: 'street-text',
      type: 'symbol',
      ...place,
      minzoom: 13.5,
      filter: ['==', ['get', 'kind'], 'street'],
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 260,
        'text-field': ['get', 'name'],
        'text-font': FONT_BOLD,
        'text-size': byZoom(13.5, 11, 18, 15),
        'text-letter-spacing': 0.15,
      },
      paint: { 'text-color': PALETTE.streetText, 'text-halo-color': PALETTE.street, 'text-halo-width': 2 },
    },
  ];
}

/** Names of groups: before the numbers from afar, after them from near. */
function groupText(minzoom: number, maxzoom: number): LayerSpecification {
  return {
    id: minzoom === NEAR_ZOOM ? 'group-text-near' : 'group-text',
    type: 'symbol',
    source: SOURCE,
    'source-layer': 'place_labels',
    minzoom,
    maxzoom,
    layout: {
      'text-field': ['get', 'name'],
      'text-font': FONT_BOLD,
      'text-size': byZoom(14, 11, 18, 15),
      'text-max-width': 8,
      'text-padding': 6,
    },
    paint: { 'text-color': PALETTE.groupText, ...halo },
  };
}

function numberLayers(): LayerSpecification[] {
  const address = { source: SOURCE, 'source-layer': 'addresses' } as const;
  return [
    {
      id: 'address-dot',
      type: 'circle',
      ...address,
      minzoom: 15.5,
      filter: ['!', isCounted],
      paint: {
        'circle-radius': byZoom(15.5, 1.2, 16, 1.8, 18, 3),
        'circle-color': PALETTE.number,
        'circle-stroke-color': PALETTE.halo,
        'circle-stroke-width': byZoom(15.5, 0.3, 17, 1),
      },
    },
    {
      id: 'address-text',
      type: 'symbol',
      ...address,
      minzoom: NEAR_ZOOM,
      filter: ['!', isCounted],
      layout: {
        'text-field': shortNumber,
        'text-font': FONT_BOLD,
        'text-size': byZoom(16, 10.5, 19, 15),
        'text-variable-anchor': ['bottom', 'top', 'right', 'left'],
        'text-radial-offset': 0.45,
        'text-padding': 3,
      },
      paint: { 'text-color': PALETTE.number, ...halo },
    },
  ];
}

function overviewLayers(): LayerSpecification[] {
  return [
    {
      // Where doors are too many to draw, their layer holds counted cells instead.
      id: 'cell-dot',
      type: 'circle',
      source: SOURCE,
      'source-layer': 'addresses',
      filter: isCounted,
      paint: {
        'circle-radius': byZoom(8, 1.2, 13, ['min', 7, ['+', 1.4, ['*', 0.7, ['sqrt', ['to-number', ['get', 'count']]]]]]),
        'circle-color': PALETTE.cell,
        'circle-opacity': 0.4,
      },
    },
    {
      id: 'village-text',
      type: 'symbol',
      source: SOURCE,
      'source-layer': 'village_labels',
      minzoom: 9.5,
      maxzoom: 16,
      layout: {
        'text-field': ['get', 'name'],
        'text-font': FONT_BOLD,
        'text-size': byZoom(9.5, 12, 13, 16, 15, 19),
        'text-letter-spacing': 0.1,
        'text-max-width': 10,
        'text-variable-anchor-offset': NAME_ANCHORS,
        'text-overlap': 'always',
        'text-padding': 2,
      },
      paint: {
        'text-color': PALETTE.villageText,
        ...halo,
        'text-halo-width': 2.2,
        'text-opacity': byZoom(14.5, 1, 16, 0.35),
      },
    },
    {
      id: 'count',
      type: 'circle',
      source: COUNTS,
      maxzoom: LAST_COUNT_ZOOM,
      paint: {
        'circle-radius': ['get', 'radius'],
        'circle-color': PALETTE.cell,
        'circle-opacity': 0.88,
        'circle-stroke-color': '#ffffff',
        'circle-stroke-width': 2,
        'circle-stroke-opacity': 0.9,
      },
    },
    {
      id: 'count-text',
      type: 'symbol',
      source: COUNTS,
      maxzoom: LAST_COUNT_ZOOM,
      layout: {
        'text-field': ['to-string', ['get', 'count']],
        'text-font': FONT_BOLD,
        'text-size': 12,
        'text-allow-overlap': true,
        'text-padding': 8,
      },
      paint: { 'text-color': '#ffffff' },
    },
  ];
}

/** Under the numbers, so that the picked one stays readable. */
function selectionLayers(): LayerSpecification[] {
  return [
    {
      id: 'selection-halo',
      type: 'circle',
      source: SELECTION,
      paint: {
        'circle-radius': byZoom(12, 14, 18, 26),
        'circle-color': PALETTE.selected,
        'circle-opacity': 0.14,
      },
    },
    {
      id: 'selection-ring',
      type: 'circle',
      source: SELECTION,
      paint: {
        'circle-radius': byZoom(12, 5, 18, 6.5),
        'circle-color': '#ffffff',
        'circle-stroke-color': PALETTE.selected,
        'circle-stroke-width': 3,
      },
    },
  ];
}

function houseLayers(): LayerSpecification[] {
  return [
    {
      id: 'house-dot',
      type: 'circle',
      source: HOUSES,
      paint: {
        'circle-radius': byZoom(12, 3, 16, 7, 19, 11),
        'circle-color': ['case', isPicked, PALETTE.selected, '#ffffff'],
        'circle-stroke-color': ['case', isPicked, '#ffffff', PALETTE.unassigned],
        'circle-stroke-width': byZoom(12, 1, 16, 2.5),
      },
    },
  ];
}

/** The picture on the map: fishbone, gates with their numbers, marks by severity, and the doors looked at. */

import type { ExpressionSpecification, GeoJSONSource, LayerSpecification, Map as MapView } from 'maplibre-gl';

import { PALETTE } from '../map/palette.ts';
import { byZoom, FONT_BOLD } from '../map/style_terms.ts';
import { type AuditedDoor, type BoneProperties, type Finding, type NumberAudit, SEVERITIES } from './audit_api.ts';
import { addMarks, markName, SEVERITY_COLOURS } from './marks.ts';

const BONES = 'audit-bones';
const GATES = 'audit-gates';
const MARKS = 'audit-marks';
const PICKED = 'audit-picked';
const NOTHING: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };
/** Marks at one spot stand beside each other. */
const SHIFT_PX = 17;

const wrong: ExpressionSpecification = ['!', ['get', 'fits']];
const crossed: ExpressionSpecification = ['all', ['get', 'fits'], ['get', 'crosses']];
const sound: ExpressionSpecification = ['all', ['get', 'fits'], ['!', ['get', 'crosses']]];

/** Adds sources and layers, all empty; the register's own numbers give way to those of the audit. */
export function addAuditLayers(map: MapView): void {
  addMarks(map);
  for (const source of [BONES, GATES, MARKS, PICKED]) map.addSource(source, { type: 'geojson', data: NOTHING });
  for (const layer of ['address-dot', 'address-text', 'cell-dot', 'count', 'count-text', 'village-text']) {
    map.setLayoutProperty(layer, 'visibility', 'none');
  }
  for (const layer of layers()) map.addLayer(layer);
}

function layers(): LayerSpecification[] {
  const line = { type: 'line', source: BONES, layout: { 'line-cap': 'round' } } as const;
  return [
    {
      id: 'audit-picked',
      type: 'circle',
      source: PICKED,
      paint: {
        'circle-radius': byZoom(14, 11, 18, 19),
        'circle-color': PALETTE.selected,
        'circle-opacity': 0.16,
        'circle-stroke-color': PALETTE.selected,
        'circle-stroke-width': 2.5,
      },
    },
    {
      id: 'audit-bone-sound',
      ...line,
      filter: sound,
      paint: { 'line-color': '#3d6b63', 'line-width': byZoom(14, 0.8, 18, 1.8), 'line-opacity': 0.75 },
    },
    {
      id: 'audit-bone-crossed',
      ...line,
      filter: crossed,
      paint: { 'line-color': SEVERITY_COLOURS.warning, 'line-width': byZoom(14, 1, 18, 2.2) },
    },
    {
      id: 'audit-bone-wrong',
      ...line,
      filter: wrong,
      paint: {
        'line-color': SEVERITY_COLOURS.error,
        'line-width': byZoom(14, 2, 18, 3.6),
        'line-dasharray': [2.2, 1.4],
      },
    },
    {
      id: 'audit-gate',
      type: 'circle',
      source: GATES,
      paint: {
        'circle-radius': byZoom(14, 1.6, 18, 3.6),
        'circle-color': ['case', ['get', 'surveyed'], '#ffffff', PALETTE.number],
        'circle-stroke-color': PALETTE.number,
        'circle-stroke-width': byZoom(14, 0.6, 18, 1.6),
      },
    },
    {
      id: 'audit-gate-text',
      type: 'symbol',
      source: GATES,
      minzoom: 15,
      layout: {
        'text-field': ['get', 'label'],
        'text-font': FONT_BOLD,
        'text-size': byZoom(15, 10, 19, 15),
        'text-variable-anchor': ['bottom', 'top', 'right', 'left'],
        'text-radial-offset': 0.5,
        'text-padding': 1,
        'symbol-sort-key': ['case', ['get', 'told'], 0, 1],
      },
      paint: { 'text-color': PALETTE.number, 'text-halo-color': PALETTE.halo, 'text-halo-width': 1.6 },
    },
    {
      id: 'audit-mark',
      type: 'symbol',
      source: MARKS,
      layout: {
        'icon-image': ['get', 'icon'],
        'icon-size': byZoom(13, 0.55, 16, 0.8, 19, 1),
        'icon-offset': ['get', 'shift'],
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        'symbol-sort-key': ['get', 'rank'],
      },
    },
  ];
}

/** Draws a whole audit, or nothing. */
export function drawAudit(map: MapView, audit: NumberAudit | null): void {
  set(map, BONES, audit?.fishbone ?? NOTHING);
  set(map, GATES, collection(audit ? gates(audit) : []));
  drawMarks(map, audit?.findings ?? []);
  drawPicked(map, []);
}

/** Marks the findings that the list shows. */
export function drawMarks(map: MapView, findings: readonly Finding[]): void {
  const beside = new Map<string, number>();
  const features = findings.map((finding, index) => {
    const spot = `${finding.lon.toFixed(6)} ${finding.lat.toFixed(6)}`;
    const step = beside.get(spot) ?? 0;
    beside.set(spot, step + 1);
    const rank = SEVERITIES.length - SEVERITIES.indexOf(finding.severity);
    return point(finding, { index, icon: markName(finding.severity), rank, shift: [step * SHIFT_PX, -16] });
  });
  set(map, MARKS, collection(features));
}

/** Rings the doors of the finding that is looked at. */
export function drawPicked(map: MapView, doors: readonly AuditedDoor[]): void {
  set(map, PICKED, collection(doors.map((door) => point(door, {}))));
}

/** The position in the list of the mark at a point of the screen. */
export function markAt(map: MapView, at: { x: number; y: number }, reach: number): number | null {
  const around: [[number, number], [number, number]] = [[at.x - reach, at.y - reach], [at.x + reach, at.y + reach]];
  const index: unknown = map.queryRenderedFeatures(around, { layers: ['audit-mark'] })[0]?.properties['index'];
  return typeof index === 'number' ? index : null;
}

function gates(audit: NumberAudit): GeoJSON.Feature[] {
  const told = new Set(audit.findings.map((finding) => finding.doors.at(-1)?.id));
  return audit.doors.map((door) =>
    point(door, { label: door.number.replace(/号$/, ''), surveyed: door.code === null, told: told.has(door.id) }),
  );
}

function point(at: { lon: number; lat: number }, properties: GeoJSON.GeoJsonProperties): GeoJSON.Feature {
  return { type: 'Feature', properties, geometry: { type: 'Point', coordinates: [at.lon, at.lat] } };
}

function collection(features: GeoJSON.Feature[]): GeoJSON.FeatureCollection {
  return { type: 'FeatureCollection', features };
}

function set(map: MapView, source: string, data: GeoJSON.FeatureCollection<GeoJSON.Geometry, BoneProperties | GeoJSON.GeoJsonProperties>): void {
  void map.getSource<GeoJSONSource>(source)?.setData(data as GeoJSON.FeatureCollection);
}

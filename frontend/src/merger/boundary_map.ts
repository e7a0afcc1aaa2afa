/** Boundaries on the map: the villages that are chosen, and those of a plan before or after. */

import { type ExpressionSpecification, type GeoJSONSource, LngLatBounds, type Map as MapView } from 'maplibre-gl';

import { h, required } from '../dom.ts';
import { FONT_BOLD, SOURCE } from '../map/style_terms.ts';
import type { Summary } from './merger_api.ts';

export type Moment = 'before' | 'after';

const AREAS = 'merger-areas';
const TRACES = 'merger-traces';
const WRONG = 'merger-wrong';
/** Those that end; the village that takes them in is blue, before and after. */
const ENDING = ['#c2410c', '#8a5a00', '#7a3e9d', '#a3194f', '#4d6b14', '#00666b'];
const BASE = ['village-fill', 'village-edge', 'village-line', 'village-text'];
const STAYING = '#17477f';
const FORBIDDING = '#c8102e';
const DOUBTFUL = '#e0a100';
const NOTHING: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };
const MOMENTS: readonly [Moment, string][] = [['before', '变更前'], ['after', '变更后']];

export class BoundaryMap {
  private readonly bar = required<HTMLElement>('#merger-moment');
  private summary: Summary | null = null;
  private moment: Moment = 'before';

  /** `picked` gets the code of a village that is clicked while villages are chosen. */
  constructor(
    private readonly map: MapView,
    private readonly picked: (code: string) => void,
  ) {
    this.addLayers();
    map.on('click', 'village-fill', (event) => {
      const code: unknown = event.features?.[0]?.properties['code'];
      if (typeof code === 'string') this.picked(code);
    });
  }

  /** Tints the villages that are chosen in the form. */
  showChosen(ends: readonly string[], absorber: string | null): void {
    this.clear();
    this.map.setFilter('merger-chosen-fill', codesIn([...ends, ...(absorber ? [absorber] : [])]));
    this.map.setFilter('merger-chosen-line', codesIn([...ends, ...(absorber ? [absorber] : [])]));
    const colour = ['case', ['==', ['get', 'code'], absorber ?? ''], STAYING, ENDING[0]!] as unknown as string;
    this.map.setPaintProperty('merger-chosen-fill', 'fill-color', colour);
    this.map.setPaintProperty('merger-chosen-line', 'line-color', colour);
  }

  /** A plan's boundaries at a moment. */
  showPlan(summary: Summary, moment: Moment): void {
    this.summary = summary;
    this.hideChosen();
    const codes = summary.villages.map((village) => village.code);
    this.hideBase([...codes, summary.target.code]);
    this.set(WRONG, wrong(summary));
    this.show(moment);
  }

  /** The same plan drawn anew: the moment that is looked at stays. */
  refresh(summary: Summary): void {
    this.showPlan(summary, this.moment);
  }

  clear(): void {
    this.summary = null;
    this.bar.hidden = true;
    this.hideChosen();
    this.hideBase([]);
    this.set(AREAS, NOTHING);
    this.set(TRACES, NOTHING);
    this.set(WRONG, NOTHING);
  }

  /** Brings one place into view where a boundary is not as it should be. */
  frameOn(place: GeoJSON.Geometry): void {
    const bounds = new LngLatBounds();
    extend(bounds, place);
    if (!bounds.isEmpty()) this.map.fitBounds(bounds, { padding: 80, maxZoom: 18 });
  }

  /** Brings the villages of the plan into view. */
  frame(): void {
    const bounds = new LngLatBounds();
    for (const feature of this.summary?.boundaries.before.features ?? []) extend(bounds, feature.geometry);
    if (!bounds.isEmpty()) this.map.fitBounds(bounds, { padding: 40, maxZoom: 15 });
  }

  frameAll(boxes: readonly [number, number, number, number][]): void {
    const bounds = new LngLatBounds();
    for (const [west, south, east, north] of boxes) bounds.extend([west, south]).extend([east, north]);
    if (!bounds.isEmpty()) this.map.fitBounds(bounds, { padding: 32 });
  }

  private show(moment: Moment): void {
    if (!this.summary) return;
    this.moment = moment;
    const { boundaries } = this.summary;
    this.set(AREAS, painted(this.summary, moment));
    this.set(TRACES, moment === 'after' ? known(boundaries.before) : NOTHING);
    this.drawBar(known(boundaries.before).features.length > 0);
  }

  private drawBar(isKnown: boolean): void {
    this.bar.hidden = false;
    if (!isKnown) {
      this.bar.replaceChildren(h('p', {}, '没有界线可画'));
      return;
    }
    this.bar.replaceChildren(...MOMENTS.map(([moment, name]) => this.button(moment, name)));
  }

  private button(moment: Moment, name: string): HTMLButtonElement {
    const button = h('button', { type: 'button', 'data-moment': moment, 'aria-pressed': String(moment === this.moment) }, name);
    button.addEventListener('click', () => {
      this.show(moment);
      this.bar.querySelector<HTMLElement>(`[data-moment=${moment}]`)?.focus();
    });
    return button;
  }

  /** The map's own pictures of these villages would show through. */
  private hideBase(codes: readonly string[]): void {
    for (const layer of BASE) this.map.setFilter(layer, codes.length > 0 ? ['!', codesIn(codes)] : null);
  }

  private hideChosen(): void {
    for (const layer of ['merger-chosen-fill', 'merger-chosen-line']) this.map.setFilter(layer, codesIn([]));
  }

  private set(source: string, data: GeoJSON.FeatureCollection): void {
    void this.map.getSource<GeoJSONSource>(source)?.setData(data);
  }

  private addLayers(): void {
    const { map } = this;
    const under = 'village-text';
    const village = { source: SOURCE, 'source-layer': 'villages' } as const;
    map.addSource(AREAS, { type: 'geojson', data: NOTHING });
    map.addSource(TRACES, { type: 'geojson', data: NOTHING });
    map.addSource(WRONG, { type: 'geojson', data: NOTHING });
    map.addLayer({ id: 'merger-chosen-fill', type: 'fill', ...village, paint: { 'fill-opacity': 0.28 }, filter: codesIn([]) }, under);
    map.addLayer({ id: 'merger-chosen-line', type: 'line', ...village, paint: { 'line-width': 2.5 }, filter: codesIn([]) }, under);
    map.addLayer({ id: 'merger-fill', type: 'fill', source: AREAS, paint: { 'fill-color': ['get', 'colour'], 'fill-opacity': 0.2 } }, under);
    map.addLayer(
      {
        id: 'merger-trace',
        type: 'line',
        source: TRACES,
        layout: { 'line-join': 'round' },
        paint: { 'line-color': '#55636b', 'line-width': 1.5, 'line-dasharray': [3, 2] },
      },
      under,
    );
    map.addLayer(
      {
        id: 'merger-line',
        type: 'line',
        source: AREAS,
        layout: { 'line-join': 'round' },
        paint: { 'line-color': ['get', 'colour'], 'line-width': 3 },
      },
      under,
    );
    map.addLayer({ id: 'merger-wrong-fill', type: 'fill', source: WRONG, paint: { 'fill-color': ['get', 'colour'], 'fill-opacity': 0.45 } }, under);
    map.addLayer({ id: 'merger-wrong-line', type: 'line', source: WRONG, paint: { 'line-color': ['get', 'colour'], 'line-width': 4 } }, under);
    map.addLayer({
      id: 'merger-name',
      type: 'symbol',
      source: AREAS,
      layout: { 'text-field': ['get', 'name'], 'text-font': FONT_BOLD, 'text-size': 16, 'text-allow-overlap': true },
      paint: { 'text-color': ['get', 'colour'], 'text-halo-color': '#fffdf7', 'text-halo-width': 2.2 },
    });
  }
}

function codesIn(codes: readonly string[]): ExpressionSpecification {
  return ['in', ['get', 'code'], ['literal', [...codes]]] as unknown as ExpressionSpecification;
}

/** The features of a moment with the colour of what becomes of each. */
function painted(summary: Summary, moment: Moment): GeoJSON.FeatureCollection {
  const features = summary.boundaries[moment].features.map((feature, index) => {
    const part = summary.villages[index]?.part;
    const isStaying = moment === 'after' ? index === 0 : part !== 'ends';
    const colour = isStaying ? STAYING : ENDING[index % ENDING.length];
    return { ...feature, properties: { ...feature.properties, colour } };
  });
  return known({ type: 'FeatureCollection', features });
}

/** Overlaps, gaps and torn-off pieces, where the dry run says where they are: red for what forbids the change. */
function wrong(summary: Summary): GeoJSON.FeatureCollection {
  const features = summary.invariants.findings.flatMap((finding): GeoJSON.Feature[] => {
    if (!finding.where) return [];
    const colour = finding.severity === 'error' ? FORBIDDING : DOUBTFUL;
    return [{ type: 'Feature', properties: { colour }, geometry: finding.where }];
  });
  return { type: 'FeatureCollection', features };
}

function known(collection: GeoJSON.FeatureCollection): GeoJSON.FeatureCollection {
  return { type: 'FeatureCollection', features: collection.features.filter((feature) => feature.geometry !== null) };
}

function extend(bounds: LngLatBounds, geometry: GeoJSON.Geometry | null): void {
  const walk = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    if (typeof part[0] === 'number') bounds.extend(part as [number, number]);
    else part.forEach(walk);
  };
  if (geometry && 'coordinates' in geometry) walk(geometry.coordinates);
}

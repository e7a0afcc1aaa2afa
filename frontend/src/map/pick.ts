/** Which thing of the register lies under the pointer. */

import type { Map as MapView, MapGeoJSONFeature, PointLike } from 'maplibre-gl';

import { SOURCE } from './style_terms.ts';

export interface ScreenPoint {
  x: number;
  y: number;
}

/** By address code, or by building code. */
export interface Picked {
  kind: 'address' | 'building';
  code: string;
}

const ADDRESS_LAYERS = ['address-text', 'address-dot'];
const BUILDING_LAYERS = ['building-fill'];
const POINTABLE = [...ADDRESS_LAYERS, ...BUILDING_LAYERS, 'count'];

/** What lies at a point of the screen; a house wins over doors nearby, which a click may miss by `reach` pixels. */
export function pickAt(map: MapView, point: ScreenPoint, reach: number): Picked | null {
  const [building] = map.queryRenderedFeatures([point.x, point.y], { layers: BUILDING_LAYERS });
  const buildingCode: unknown = building?.properties['code'];
  if (typeof buildingCode === 'string') return { kind: 'building', code: buildingCode };
  const around: [PointLike, PointLike] = [
    [point.x - reach, point.y - reach],
    [point.x + reach, point.y + reach],
  ];
  const door = nearest(map, point, map.queryRenderedFeatures(around, { layers: ADDRESS_LAYERS }));
  const code: unknown = door?.properties['code'];
  return typeof code === 'string' ? { kind: 'address', code } : null;
}

function nearest(map: MapView, at: ScreenPoint, found: MapGeoJSONFeature[]): MapGeoJSONFeature | undefined {
  const distance = (feature: MapGeoJSONFeature): number => {
    if (feature.geometry.type !== 'Point') return Infinity;
    const spot = map.project(feature.geometry.coordinates as [number, number]);
    return Math.hypot(spot.x - at.x, spot.y - at.y);
  };
  return [...found].sort((one, other) => distance(one) - distance(other))[0];
}

/** Shows where a click would open something. */
export function listenToPointer(map: MapView): void {
  let hovered: string | null = null;
  const setHover = (id: string | null): void => {
    if (id === hovered) return;
    const target = (value: string): object => ({ source: SOURCE, sourceLayer: 'buildings', id: value });
    if (hovered !== null) map.setFeatureState(target(hovered) as never, { hover: false });
    if (id !== null) map.setFeatureState(target(id) as never, { hover: true });
    hovered = id;
  };
  map.on('mousemove', (event) => {
    const found = map.queryRenderedFeatures(event.point, { layers: POINTABLE });
    map.getCanvas().style.cursor = found.length > 0 ? 'pointer' : '';
    const building = found.find((feature) => feature.layer.id === 'building-fill');
    setHover(typeof building?.id === 'string' ? building.id : null);
  });
}

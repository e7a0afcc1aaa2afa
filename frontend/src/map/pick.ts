/** Which thing of the register lies under the pointer. */

import type { Map as MapView, MapGeoJSONFeature, PointLike } from 'maplibre-gl';

import { SOURCE } from './style_terms.ts';

export type Picked = { kind: 'address'; code: string } | { kind: 'building'; id: string };

const ADDRESS_LAYERS = ['address-text', 'address-dot'];
const BUILDING_LAYERS = ['building-fill'];
const POINTABLE = [...ADDRESS_LAYERS, ...BUILDING_LAYERS, 'cell'];

/** The address or building at a point of the screen; addresses win, `reach` is the radius in pixels. */
export function pickAt(map: MapView, point: { x: number; y: number }, reach: number): Picked | null {
  const box: [PointLike, PointLike] = [
    [point.x - reach, point.y - reach],
    [point.x + reach, point.y + reach],
  ];
  const address = nearest(map, point, map.queryRenderedFeatures(box, { layers: ADDRESS_LAYERS }));
  const code: unknown = address?.properties['code'];
  const [building] = map.queryRenderedFeatures([point.x, point.y], { layers: BUILDING_LAYERS });
  const buildingAddress: unknown = building?.properties['address_code'];
  if (typeof buildingAddress === 'string' && buildingAddress !== '') return { kind: 'address', code: buildingAddress };
  if (typeof code === 'string') return { kind: 'address', code };
  const id: unknown = building?.properties['id'];
  return typeof id === 'string' ? { kind: 'building', id } : null;
}

function nearest(map: MapView, at: { x: number; y: number }, found: MapGeoJSONFeature[]): MapGeoJSONFeature | undefined {
  const distance = (feature: MapGeoJSONFeature): number => {
    if (feature.geometry.type !== 'Point') return Infinity;
    const spot = map.project(feature.geometry.coordinates as [number, number]);
    return Math.hypot(spot.x - at.x, spot.y - at.y);
  };
  return [...found].sort((one, other) => distance(one) - distance(other))[0];
}

/** Shows where a click would open something, and zooms in on an overview count that is clicked. */
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
  map.on('click', 'cell', (event) => {
    map.easeTo({ center: event.lngLat, zoom: Math.min(map.getZoom() + 2, 15) });
  });
}

/** Which thing of the register lies under the pointer. */

import type { Map as MapView, MapGeoJSONFeature, PointLike } from 'maplibre-gl';

import { SOURCE } from './style_terms.ts';

export interface ScreenPoint {
  x: number;
  y: number;
}

export type Picked = { kind: 'address'; code: string } | { kind: 'building'; id: string };

const ADDRESS_LAYERS = ['address-text', 'address-dot'];
const BUILDING_LAYERS = ['building-fill'];
const POINTABLE = [...ADDRESS_LAYERS, ...BUILDING_LAYERS, 'count'];

/** The address or building at a point of the screen; `reach` is how far beside a door a click still hits it, in pixels. */
export function pickAt(map: MapView, point: ScreenPoint, reach: number): Picked | null {
  const [building] = map.queryRenderedFeatures([point.x, point.y], { layers: BUILDING_LAYERS });
  if (building && building.properties['addressed'] !== true) return pickBuilding(building);
  const box = building ? screenBox(map, building) : { west: point.x, east: point.x, north: point.y, south: point.y };
  const around: [PointLike, PointLike] = [
    [box.west - reach, box.north - reach],
    [box.east + reach, box.south + reach],
  ];
  const door = nearest(map, point, map.queryRenderedFeatures(around, { layers: ADDRESS_LAYERS }));
  const code: unknown = door?.properties['code'];
  if (typeof code === 'string') return { kind: 'address', code };
  return building ? pickBuilding(building) : null;
}

function pickBuilding(building: MapGeoJSONFeature): Picked | null {
  const id: unknown = building.properties['id'];
  return typeof id === 'string' ? { kind: 'building', id } : null;
}

/** A house's door stands on its outline, so that the house's box finds it wherever inside one clicks. */
function screenBox(map: MapView, building: MapGeoJSONFeature): { west: number; east: number; north: number; south: number } {
  const shape = building.geometry;
  const rings = shape.type === 'Polygon' ? shape.coordinates : shape.type === 'MultiPolygon' ? shape.coordinates.flat() : [];
  const spots = rings.flat().map((corner) => map.project(corner as [number, number]));
  return {
    west: Math.min(...spots.map((spot) => spot.x)),
    east: Math.max(...spots.map((spot) => spot.x)),
    north: Math.min(...spots.map((spot) => spot.y)),
    south: Math.max(...spots.map((spot) => spot.y)),
  };
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

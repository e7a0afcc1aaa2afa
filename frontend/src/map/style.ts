/** The map's style document: one vector source of our own, no fonts and no sprites from outside. */

import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';

import { addressLayers } from './style_addresses.ts';
import { landLayers } from './style_land.ts';
import { COUNTS, HOUSES, SELECTION, SOURCE, TILE_ZOOMS, tileUrl } from './style_terms.ts';

/** Builds the style. */
export function mapStyle(): StyleSpecification {
  const nothing: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };
  const layers: LayerSpecification[] = [...landLayers(), ...addressLayers()];
  return {
    version: 8,
    sources: {
      [SOURCE]: {
        type: 'vector',
        tiles: [tileUrl(0)],
        minzoom: TILE_ZOOMS.least,
        maxzoom: TILE_ZOOMS.most,
        promoteId: { buildings: 'code' },
      },
      [SELECTION]: { type: 'geojson', data: nothing },
      [COUNTS]: { type: 'geojson', data: nothing },
      [HOUSES]: { type: 'geojson', data: nothing, promoteId: 'id' },
    },
    layers,
  };
}

/** Words that every part of the style uses: sources, zooms, fonts, growth by zoom. */

import type { ExpressionSpecification } from 'maplibre-gl';

export const SOURCE = 'register';
export const SELECTION = 'selection';
export const HOUSES = 'houses';
export const COUNTS = 'counts';
/** From this zoom on single doors are drawn, not counts. */
export const LAST_COUNT_ZOOM = 14;
/** Tiles are cut for these zooms; beyond the last one they are stretched. */
export const TILE_ZOOMS = { least: 8, most: 16 };

/**
 * Families tried in turn for labels; without a `glyphs` URL MapLibre draws every character, digits and Latin included,
 * from the device's own fonts. The weight is read from the first name only, hence a bold name nobody has installed.
 */
const FAMILIES = ['PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'WenQuanYi Zen Hei'];
export const FONT = FAMILIES;
export const FONT_BOLD = ['Label Bold', ...FAMILIES];

/** Where tiles come from; a new revision makes the browser ask again after a change. */
export function tileUrl(revision: number): string {
  return `${location.origin}/tiles/map/{z}/{x}/{y}.mvt${revision > 0 ? `?r=${revision}` : ''}`;
}

/** Grows a value from zoom to zoom. */
export function byZoom(...stops: (number | ExpressionSpecification)[]): ExpressionSpecification {
  return ['interpolate', ['linear'], ['zoom'], ...stops] as unknown as ExpressionSpecification;
}

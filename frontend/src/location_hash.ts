/** The part of the URL after `#`: what is selected and where the map looks, so that a link brings both back. */

import type { Viewpoint } from './map/view.ts';

export interface PageState {
  /** Address code of 26 digits, or null. */
  address: string | null;
  view: Viewpoint | null;
}

const PATTERN = /^#\/(?:address\/(\d{26}))?(?:\?map=(-?[\d.]+)\/(-?[\d.]+)\/(-?[\d.]+))?$/;

/** Reads `#/address/{code}?map={zoom}/{lat}/{lon}`; every part may be missing. */
export function parseHash(hash: string): PageState {
  const found = PATTERN.exec(hash);
  if (!found) return { address: null, view: null };
  const [zoom, lat, lon] = [found[2], found[3], found[4]].map(Number) as [number, number, number];
  const complete = found[2] !== undefined && [zoom, lat, lon].every(Number.isFinite) && Math.abs(lat) <= 85;
  return { address: found[1] ?? null, view: complete ? { zoom, lat, lon } : null };
}

/** The inverse of `parseHash`. */
export function formatHash(state: PageState): string {
  const address = state.address ? `address/${state.address}` : '';
  const view = state.view;
  return `#/${address}${view ? `?map=${view.zoom.toFixed(2)}/${view.lat.toFixed(6)}/${view.lon.toFixed(6)}` : ''}`;
}

/** Link to one address, without the view of whoever copies it. */
export function addressLink(code: string): string {
  return `${location.origin}/${formatHash({ address: code, view: null })}`;
}

/** Keeps the URL in step without growing the history; a selection made by hand adds one step back. */
export function writeHash(state: PageState, step: boolean): void {
  const hash = formatHash(state);
  if (hash === location.hash) return;
  if (step) history.pushState(null, '', hash);
  else history.replaceState(null, '', hash);
}

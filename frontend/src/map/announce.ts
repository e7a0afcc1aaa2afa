/** Says in the document whether a map is still being drawn, for whoever waits for a finished picture. */

import type { Map as MapView } from 'maplibre-gl';

const NUDGE_MS = 300;

/** Keeps `data-state` of the container at `busy` or `idle`. */
export function announce(map: MapView, container: HTMLElement): void {
  let timer = 0;
  // Data that change nothing in view cause no frame, and without a frame the map never calls itself idle.
  const nudge = (): void => {
    map.triggerRepaint();
    timer = window.setTimeout(nudge, NUDGE_MS);
  };
  const busy = (): void => {
    container.dataset['state'] = 'busy';
    window.clearTimeout(timer);
    timer = window.setTimeout(nudge, NUDGE_MS);
  };
  busy();
  map.on('movestart', busy);
  map.on('dataloading', busy);
  map.on('idle', () => {
    window.clearTimeout(timer);
    container.dataset['state'] = 'idle';
  });
}

/** Patterns drawn on a canvas of the page, so that the style needs no sprite file. */

import type { Map as MapView } from 'maplibre-gl';

import { PALETTE } from './palette.ts';
import { HATCH } from './style_addresses.ts';

const SIZE = 24;

/** Registers the hatching of reserved blocks with the map. */
export function addPatterns(map: MapView): void {
  const canvas = document.createElement('canvas');
  canvas.width = SIZE;
  canvas.height = SIZE;
  const pen = canvas.getContext('2d');
  if (!pen) return;
  pen.fillStyle = 'rgba(222, 150, 96, 0.18)';
  pen.fillRect(0, 0, SIZE, SIZE);
  pen.strokeStyle = PALETTE.reserved;
  pen.globalAlpha = 0.55;
  pen.lineWidth = 2;
  pen.beginPath();
  for (let start = -SIZE; start <= SIZE; start += SIZE / 2) {
    pen.moveTo(start - 2, SIZE + 2);
    pen.lineTo(start + SIZE + 2, -2);
  }
  pen.stroke();
  map.addImage(HATCH, pen.getImageData(0, 0, SIZE, SIZE), { pixelRatio: 2 });
}

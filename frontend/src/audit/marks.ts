/** The three marks of severity: told by shape as well as by colour, on the map and in the list. */

import type { Map as MapView } from 'maplibre-gl';

import type { Severity } from './audit_api.ts';

/** Distinct to every kind of colour vision, and in grey. */
export const SEVERITY_COLOURS: Record<Severity, string> = { error: '#b3123b', warning: '#d98200', notice: '#2b6ca3' };

const OUTLINES: Record<Severity, string> = {
  error: 'M8 2h8l6 6v8l-6 6H8l-6-6V8z',
  warning: 'M12 2.500l10.500 18.500h-21z',
  notice: 'M12 2a10 10 0 1 1 0 20a10 10 0 1 1 0-20z',
};
const SIGNS: Record<Severity, string> = {
  error: 'M8.500 8.500l7 7M15.500 8.500l-7 7',
  warning: 'M12 9.500v5M12 17.600v.2',
  notice: 'M12 11v6M12 7.200v.2',
};
const SIZE = 24;
const SCALE = 3;

export function markName(severity: Severity): string {
  return `audit-${severity}`;
}

/** The mark as a picture in the page. */
export function mark(severity: Severity): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', `mark mark-${severity}`);
  svg.setAttribute('aria-hidden', 'true');
  for (const [name, d] of [['outline', OUTLINES[severity]], ['sign', SIGNS[severity]]] as const) {
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute('class', name);
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}

/** Registers the marks with the map. */
export function addMarks(map: MapView): void {
  for (const severity of ['error', 'warning', 'notice'] as const) {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = SIZE * SCALE;
    const pen = canvas.getContext('2d');
    if (!pen) continue;
    pen.scale(SCALE, SCALE);
    pen.lineJoin = pen.lineCap = 'round';
    const outline = new Path2D(OUTLINES[severity]);
    pen.fillStyle = SEVERITY_COLOURS[severity];
    pen.fill(outline);
    pen.strokeStyle = '#ffffff';
    pen.lineWidth = 1.6;
    pen.stroke(outline);
    pen.lineWidth = 2.6;
    pen.stroke(new Path2D(SIGNS[severity]));
    map.addImage(markName(severity), pen.getImageData(0, 0, SIZE * SCALE, SIZE * SCALE), { pixelRatio: SCALE });
  }
}

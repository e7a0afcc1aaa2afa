/** Freehand polygon over the map, by mouse, pen or finger. */

import { h } from '../dom.ts';
import type { ScreenPoint } from '../map/pick.ts';

const STEP_PX = 3;
const LEAST_POINTS = 3;

/** Even-odd rule: a figure eight holds both of its loops. */
export function inside(polygon: readonly ScreenPoint[], point: ScreenPoint): boolean {
  let isInside = false;
  polygon.forEach((a, index) => {
    const b = polygon[(index + 1) % polygon.length]!;
    const crosses = a.y > point.y !== b.y > point.y;
    if (crosses && point.x < ((b.x - a.x) * (point.y - a.y)) / (b.y - a.y) + a.x) isInside = !isInside;
  });
  return isInside;
}

export class Lasso {
  private readonly canvas = h('canvas', { class: 'lasso', hidden: true, 'aria-hidden': true });
  private path: ScreenPoint[] = [];
  private pointer: number | null = null;

  /** `drawn` gets the polygon in pixels of `host` when the pointer is lifted. */
  constructor(
    private readonly host: HTMLElement,
    private readonly drawn: (polygon: ScreenPoint[]) => void,
  ) {
    host.append(this.canvas);
    this.canvas.addEventListener('pointerdown', (event) => this.begin(event));
    this.canvas.addEventListener('pointermove', (event) => this.extend(event));
    this.canvas.addEventListener('pointerup', (event) => this.end(event));
    this.canvas.addEventListener('pointercancel', () => this.drop());
  }

  /** While on, drawing replaces moving the map. */
  setOn(on: boolean): void {
    this.canvas.hidden = !on;
    this.drop();
  }

  /** The loop stays as drawn until the next one, or until the map moves away under it. */
  erase(): void {
    if (this.pointer === null) this.drop();
  }

  private begin(event: PointerEvent): void {
    if (this.pointer !== null) return;
    this.pointer = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.fit();
    this.path = [this.at(event)];
  }

  private extend(event: PointerEvent): void {
    if (event.pointerId !== this.pointer) return;
    const point = this.at(event);
    const last = this.path.at(-1)!;
    if (Math.hypot(point.x - last.x, point.y - last.y) < STEP_PX) return;
    this.path.push(point);
    this.paint();
  }

  private end(event: PointerEvent): void {
    if (event.pointerId !== this.pointer) return;
    const polygon = this.path;
    this.pointer = null;
    if (polygon.length >= LEAST_POINTS) this.drawn(polygon);
    else this.drop();
  }

  private drop(): void {
    this.pointer = null;
    this.path = [];
    this.canvas.getContext('2d')?.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  private at(event: PointerEvent): ScreenPoint {
    const box = this.host.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  private fit(): void {
    const scale = window.devicePixelRatio;
    this.canvas.width = this.host.clientWidth * scale;
    this.canvas.height = this.host.clientHeight * scale;
  }

  private paint(): void {
    const pen = this.canvas.getContext('2d');
    if (!pen) return;
    pen.setTransform(window.devicePixelRatio, 0, 0, window.devicePixelRatio, 0, 0);
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    pen.beginPath();
    for (const point of this.path) pen.lineTo(point.x, point.y);
    pen.closePath();
    pen.fillStyle = 'rgba(11, 99, 206, 0.12)';
    pen.strokeStyle = '#0b63ce';
    pen.lineWidth = 2.5;
    pen.lineJoin = 'round';
    pen.setLineDash([7, 5]);
    pen.fill();
    pen.stroke();
  }
}

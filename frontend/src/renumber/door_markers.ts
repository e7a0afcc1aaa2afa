/** Doors on the map with their numbers: changed ones stand out, and one may be dropped on another to take its place. */

import { LngLatBounds, type Map as MapView, Marker } from 'maplibre-gl';

import { h } from '../dom.ts';

export interface MapDoor {
  code: string;
  lon: number;
  lat: number;
  oldText: string;
  newText: string;
  changed: boolean;
  faulty: boolean;
}

export interface MarkerActions {
  drop(code: string, target: string): void;
  pick(code: string): void;
  hover(code: string | null): void;
  /** A drag is over, dropped or not. */
  released(): void;
}

/** More than this many would neither be read nor drawn in time. */
const MOST_SHOWN = 400;
const REACH_PX = 34;
/** From this zoom on numbers do not cover each other; before it only changed ones are written out. */
const READ_ZOOM = 17.2;

export class DoorMarkers {
  private readonly shown = new Map<string, Marker>();
  private doors: readonly MapDoor[] = [];
  private movable = false;
  private held: Marker | null = null;

  constructor(
    private readonly map: MapView,
    private readonly actions: MarkerActions,
  ) {
    map.on('moveend', () => this.draw());
  }

  /** A marker is held just now. */
  get dragging(): boolean {
    return this.held !== null;
  }

  show(doors: readonly MapDoor[], movable: boolean): void {
    this.held = null;
    this.doors = doors;
    this.movable = movable;
    for (const marker of this.shown.values()) marker.remove();
    this.shown.clear();
    this.draw();
  }

  /** Brings all doors into view. */
  frame(): void {
    if (this.doors.length === 0) return;
    const bounds = new LngLatBounds();
    for (const door of this.doors) bounds.extend([door.lon, door.lat]);
    this.map.fitBounds(bounds, { padding: 50, maxZoom: 18 });
  }

  mark(code: string | null): void {
    for (const [key, marker] of this.shown) marker.getElement().classList.toggle('marked', key === code);
  }

  lookAt(code: string): void {
    const door = this.doors.find((one) => one.code === code);
    if (door) this.map.easeTo({ center: [door.lon, door.lat], zoom: Math.max(this.map.getZoom(), 17) });
  }

  /** Those in view, the changed ones first. */
  private draw(): void {
    this.map.getContainer().classList.toggle('far', this.map.getZoom() < READ_ZOOM);
    const view = this.map.getBounds();
    const near = this.doors.filter((door) => view.contains([door.lon, door.lat]));
    near.sort((a, b) => Number(b.changed) - Number(a.changed));
    const wanted = new Map(near.slice(0, MOST_SHOWN).map((door) => [door.code, door]));
    for (const [code, marker] of this.shown) {
      if (wanted.has(code) || marker === this.held) continue;
      marker.remove();
      this.shown.delete(code);
    }
    for (const door of wanted.values()) if (!this.shown.has(door.code)) this.add(door);
  }

  private add(door: MapDoor): void {
    const text = door.changed ? `${door.oldText}→${door.newText}` : door.oldText;
    const kinds = ['door', door.changed && 'changed', door.faulty && 'faulty', this.movable && 'movable'];
    const element = h('div', { class: kinds.filter(Boolean).join(' '), title: text, 'aria-label': text, 'data-code': door.code }, door.newText.replace(/号$/, ''));
    const marker = new Marker({ element, draggable: this.movable }).setLngLat([door.lon, door.lat]).addTo(this.map);
    element.addEventListener('pointerenter', () => this.actions.hover(door.code));
    element.addEventListener('pointerleave', () => this.actions.hover(null));
    element.addEventListener('click', () => this.actions.pick(door.code));
    marker.on('dragstart', () => {
      this.held = marker;
    });
    marker.on('dragend', () => {
      this.held = null;
      this.drop(door, marker);
      this.actions.released();
    });
    this.shown.set(door.code, marker);
  }

  private drop(door: MapDoor, marker: Marker): void {
    const at = this.map.project(marker.getLngLat());
    marker.setLngLat([door.lon, door.lat]);
    let nearest: { code: string; px: number } | null = null;
    for (const other of this.doors) {
      if (other.code === door.code) continue;
      const spot = this.map.project([other.lon, other.lat]);
      const px = Math.hypot(spot.x - at.x, spot.y - at.y);
      if (px < REACH_PX && (!nearest || px < nearest.px)) nearest = { code: other.code, px };
    }
    if (nearest) this.actions.drop(door.code, nearest.code);
  }
}

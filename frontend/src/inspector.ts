/** Opens what was clicked, searched or linked to: camera, mark, panel and URL together. */

import type { Map as MapView } from 'maplibre-gl';

import { api, type Address } from './api.ts';
import { formatHash, parseHash, writeHash } from './location_hash.ts';
import { DOOR_ZOOM, outlineBuildings, showSelection } from './map/view.ts';
import type { Picked } from './map/pick.ts';
import { h } from './dom.ts';
import { sentence } from './notice.ts';
import { addressView } from './panel/address_view.ts';
import { buildingView } from './panel/building_view.ts';
import { Panel } from './panel/panel.ts';

type Move = 'fly' | 'jump' | 'stay';

export class Inspector {
  private readonly panel: Panel;
  private selected: string | null = null;
  /** Answers that arrive after a later question are thrown away. */
  private question = 0;

  constructor(private readonly map: MapView) {
    this.panel = new Panel(() => this.clear());
    map.on('moveend', () => this.remember(false));
    window.addEventListener('popstate', () => this.follow());
  }

  /** Opens what the pointer found. */
  async open(picked: Picked): Promise<void> {
    if (picked.kind === 'address') await this.openAddress(picked.code, 'stay');
    else await this.openBuilding(picked.code);
  }

  /** Opens an address by its code. */
  async openAddress(code: string, move: Move, step = true): Promise<void> {
    await this.ask('标准地址', api.address(code), (address) => {
      this.selected = address.code;
      this.panel.open('标准地址', ...addressView(address));
      showSelection(this.map, address);
      outlineBuildings(this.map, address.buildings.map((building) => building.code));
      this.remember(step);
      this.go(address, move);
    });
  }

  /** A house leads to its address; only one without is shown for itself. */
  private async openBuilding(code: string): Promise<void> {
    await this.ask('建筑', api.building(code), (building) => {
      if (building.address_code && building.stage === 'current') {
        void this.openAddress(building.address_code, 'stay');
        return;
      }
      this.selected = null;
      this.panel.open('建筑', ...buildingView(building));
      showSelection(this.map, null);
      outlineBuildings(this.map, [building.building_code]);
      this.remember(true);
    });
  }

  private async ask<T>(title: string, answer: Promise<T>, show: (value: T) => void): Promise<void> {
    this.question += 1;
    const asked = this.question;
    this.panel.wait(title);
    try {
      const value = await answer;
      if (asked === this.question) show(value);
    } catch (error) {
      if (asked === this.question) this.panel.open(title, h('p', { class: 'failure' }, sentence(error)));
    }
  }

  private go(to: Pick<Address, 'lon' | 'lat'>, move: Move): void {
    const camera = {
      center: [to.lon, to.lat] as [number, number],
      zoom: Math.max(this.map.getZoom(), DOOR_ZOOM),
      padding: this.panel.padding(),
    };
    if (move === 'fly') this.map.flyTo({ ...camera, maxDuration: 2500 });
    else if (move === 'jump') this.map.jumpTo(camera);
    else this.keepInSight(to);
  }

  /** A clicked house must not vanish under the panel that it opened. */
  private keepInSight(to: Pick<Address, 'lon' | 'lat'>): void {
    const spot = this.map.project([to.lon, to.lat]);
    const room = this.panel.padding();
    const canvas = this.map.getContainer();
    const hidden = spot.x < room.left + 24 || spot.y > canvas.clientHeight - room.bottom - 24 || spot.y < room.top + 24;
    if (hidden) this.map.easeTo({ center: [to.lon, to.lat], padding: room });
  }

  /** The address named in the URL, for the first view and for the back button. */
  follow(first = false): void {
    const state = parseHash(location.hash);
    if (state.address && state.address !== this.selected) {
      void this.openAddress(state.address, state.view || !first ? 'stay' : 'jump', false);
    } else if (!state.address && !first) this.panel.close();
    if (state.view && !first) this.map.jumpTo({ center: [state.view.lon, state.view.lat], zoom: state.view.zoom });
  }

  private clear(): void {
    this.question += 1;
    this.selected = null;
    showSelection(this.map, null);
    outlineBuildings(this.map, []);
    this.map.setPadding({ left: 0, right: 0, top: 0, bottom: 0 });
    this.remember(false);
  }

  private remember(step: boolean): void {
    const center = this.map.getCenter();
    const view = { zoom: this.map.getZoom(), lat: center.lat, lon: center.lng };
    const changed = parseHash(location.hash).address !== this.selected;
    writeHash({ address: this.selected, view }, step && changed);
  }

  /** The URL of the present state, for a sign-in that comes back here. */
  here(): string {
    return location.pathname + formatHash(parseHash(location.hash));
  }
}

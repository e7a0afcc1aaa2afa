/** Entry of the map pages: `/` looks things up; the others each have a tool of their own. */

import 'maplibre-gl/dist/maplibre-gl.css';
import './app.css';
import './counter/counter.css';
import './history/history.css';
import './renumber/renumber.css';

import { api, type MapSettings } from './api.ts';
import { AssignTool } from './assign/assign_tool.ts';
import { AuditTool } from './audit/audit_tool.ts';
import { startCounter } from './counter/counter_page.ts';
import { required } from './dom.ts';
import { startHistory } from './history/history_page.ts';
import { Inspector } from './inspector.ts';
import { parseHash } from './location_hash.ts';
import { announce } from './map/announce.ts';
import { addLayerCard } from './map/layer_card.ts';
import { listenToPointer, pickAt } from './map/pick.ts';
import { hideCounts, showCounts } from './map/overview_counts.ts';
import { createMap } from './map/view.ts';
import './merger/merger.css';
import { startMergers } from './merger/merger_page.ts';
import { closeMenuBeside } from './menu.ts';
import { notify, sentence } from './notice.ts';
import { startRenumbering } from './renumber/renumber_tool.ts';
import { ReservationDesk } from './reservations/desk.ts';
import './reservations/reservations.css';
import { SearchBox } from './search/search_box.ts';

/** Fingers are broader than pointers. */
const REACH_PX = window.matchMedia('(pointer: coarse)').matches ? 14 : 5;

async function start(): Promise<void> {
  const container = required<HTMLElement>('#map');
  const settings = await api.settings();
  if (document.body.dataset['page'] === 'history') return startHistory(settings);
  const isCounter = document.body.dataset['page'] === 'counter';
  const map = createMap(container, settings, isCounter ? null : parseHash(location.hash).view);
  announce(map, container);
  if (isCounter) return startCounter(map, settings);
  addLayerCard(map);
  map.on('load', () => {
    const page = document.body.dataset['page'];
    if (page === 'assign') startAssigning(map, settings);
    else if (page === 'renumber') startRenumbering(map, settings);
    else if (page === 'mergers') startMergers(map, settings);
    else if (page === 'audit') void new AuditTool(map, settings).start();
    else if (page === 'reservations') startReservations(map, settings);
    else startLooking(map);
  });
}

function startLooking(map: ReturnType<typeof createMap>): void {
  showCounts(map);
  const inspector = new Inspector(map);
  listenToPointer(map);
  map.on('click', (event) => {
    const picked = pickAt(map, event.point, REACH_PX);
    if (picked) void inspector.open(picked);
  });
  map.getCanvas().addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    const picked = pickAt(map, map.project(map.getCenter()), 40);
    if (picked) void inspector.open(picked);
    else notify('地图中心处没有地址，请移动或放大地图');
  });
  new SearchBox((item) => void inspector.openAddress(item.code, 'fly'));
  inspector.follow(true);
}

function startAssigning(map: ReturnType<typeof createMap>, settings: MapSettings): void {
  hideCounts(map);
  const tool = new AssignTool(map, settings);
  void tool.start();
}

function startReservations(map: ReturnType<typeof createMap>, settings: MapSettings): void {
  hideCounts(map);
  void new ReservationDesk(map, settings.csrf_token ?? '').start();
}

closeMenuBeside();
start().catch((error: unknown) => notify(sentence(error), 'bad'));

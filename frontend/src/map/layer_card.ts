/** Layer switches that are at the same time the legend. */

import type { Map as MapView } from 'maplibre-gl';

import { h, icon, ICONS, required } from '../dom.ts';
import { label, USE_LABELS } from '../labels.ts';
import { USE_COLOURS } from './palette.ts';

interface Switch {
  name: string;
  swatch: string;
  layers: string[];
}

const SWITCHES: Switch[] = [
  { name: '门牌号', swatch: 'number', layers: ['address-dot', 'address-text'] },
  { name: '地址数量（概览）', swatch: 'cell', layers: ['cell-dot', 'count', 'count-text'] },
  { name: '预留号段', swatch: 'reserved', layers: ['reservation-fill', 'reservation-line', 'reservation-text'] },
  { name: '街路巷', swatch: 'street', layers: ['street-casing', 'street', 'street-text'] },
  { name: '村道小路', swatch: 'lane', layers: ['lane-casing', 'lane', 'lane-text'] },
  { name: '组与自然村', swatch: 'group', layers: ['group-fill', 'group-line', 'group-text', 'group-text-near'] },
  { name: '村界', swatch: 'village', layers: ['village-edge', 'village-line', 'village-text'] },
  { name: '宗地', swatch: 'parcel', layers: ['parcel-fill', 'parcel-line'] },
  { name: '未归组房屋', swatch: 'unassigned', layers: ['unassigned-line'] },
  { name: '建筑', swatch: 'building', layers: ['building-fill', 'building-line'] },
];

/** Fills the card behind the layers button and connects its switches with the map. */
export function addLayerCard(map: MapView): void {
  const button = required<HTMLButtonElement>('#layers-button');
  const card = required<HTMLElement>('#layers-card');
  button.append(icon(ICONS.layers), h('span', {}, '图层'));
  card.append(h('h2', {}, '图层与图例'), ...SWITCHES.map((item) => switchRow(map, item)), uses());
  const setOpen = (open: boolean): void => {
    card.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
  };
  button.addEventListener('click', () => setOpen(card.hidden !== false));
  map.on('mousedown', () => setOpen(false));
  map.on('touchstart', () => setOpen(false));
  for (const node of [button, card]) {
    node.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || card.hidden) return;
      setOpen(false);
      button.focus();
    });
  }
}

function switchRow(map: MapView, item: Switch): HTMLElement {
  const box = h('input', { type: 'checkbox', checked: true });
  box.addEventListener('change', () => {
    for (const layer of item.layers) {
      map.setLayoutProperty(layer, 'visibility', box.checked ? 'visible' : 'none');
    }
  });
  return h('label', { class: 'layer-row' }, box, h('span', { class: `swatch swatch-${item.swatch}`, 'aria-hidden': true }), item.name);
}

function uses(): HTMLElement {
  const items = Object.keys(USE_COLOURS).map((use) =>
    h('li', {}, h('span', { class: `swatch use-${use}`, 'aria-hidden': true }), label(USE_LABELS, use)),
  );
  return h('ul', { class: 'legend-uses', 'aria-label': '建筑用途' }, ...items);
}

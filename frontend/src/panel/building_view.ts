/** What the panel says about a building that has no address yet. */

import type { Building } from '../api.ts';
import { h } from '../dom.ts';
import { label, USE_LABELS } from '../labels.ts';
import { copyButton, fact, section } from './parts.ts';

/** All sections of the panel. */
export function buildingView(building: Building): Node[] {
  return [
    h('p', { class: 'full-text' }, standing(building)),
    section(
      '登记内容',
      h(
        'dl',
        { class: 'facts' },
        ...fact('用途', label(USE_LABELS, building.use)),
        ...fact('建筑编号', h('span', { class: 'code' }, building.building_code)),
        ...fact('宗地代码', building.parcel_code && h('span', { class: 'code' }, building.parcel_code)),
        ...fact('所属', building.place ?? '未归组'),
      ),
    ),
    h('div', { class: 'actions' }, copyButton('复制建筑编号', building.building_code)),
  ];
}

/** Where the building stands on the way to an address. */
function standing(building: Building): string {
  if (building.use === 'outbuilding') return '附属房不单独编号，随主屋使用同一标准地址。';
  if (building.full_text) return `已起草“${building.full_text}”，尚待批准。`;
  if (building.place) return `已归入${building.place}，尚未编号。`;
  return '尚未归入组、自然村或街路，编号前须先归组。';
}

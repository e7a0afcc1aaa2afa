/** One sheet for the wall or the file: the picture as it is on the screen, the findings below it. */

import type { Map as MapView } from 'maplibre-gl';

import { h, required } from '../dom.ts';
import { type Finding, type NumberAudit, SEVERITIES, SEVERITY_LABELS } from './audit_api.ts';
import { mark } from './marks.ts';

/** Fills the sheet and opens the browser's print dialogue. */
export async function printSheet(map: MapView, audit: NumberAudit, findings: readonly Finding[], origin: string): Promise<void> {
  const sheet = required<HTMLElement>('#audit-sheet');
  const counts = SEVERITIES.map((one) => `${SEVERITY_LABELS[one]} ${audit.counts[one]}`).join('，');
  const picture = h('img', { src: await snapshot(map), alt: '鱼骨图' });
  const place = audit.place.kind === 'village' ? audit.place.village : `${audit.place.village}${audit.place.name}`;
  sheet.replaceChildren(
    h('h2', {}, `${place}编号审查`),
    h('p', {}, `${audit.door_count} 处门户；${counts}。${origin}`),
    picture,
    h('ol', {}, ...findings.map(line)),
  );
  sheet.hidden = false;
  await picture.decode();
  window.print();
  sheet.hidden = true;
}

function line(finding: Finding): HTMLElement {
  const proposal = finding.proposal ? `；建议${finding.proposal.number}` : '';
  return h('li', {}, mark(finding.severity), `${SEVERITY_LABELS[finding.severity]} ${finding.text}${proposal}`);
}

/** The map's pixels; they are there to be read only while a frame is being drawn. */
function snapshot(map: MapView): Promise<string> {
  return new Promise((done) => {
    map.once('render', () => done(map.getCanvas().toDataURL('image/png')));
    map.triggerRepaint();
  });
}

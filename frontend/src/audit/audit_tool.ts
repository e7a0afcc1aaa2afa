/** Looking numbers through: choose a place, see what is wrong on map and list, send what was ticked. */

import './audit.css';

import type { Map as MapView } from 'maplibre-gl';

import { api, isOutdated, type Division, type MapSettings } from '../api.ts';
import { attribution, outlineBuildings } from '../map/view.ts';
import { notify, sentence } from '../notice.ts';
import { OneWrite } from '../one_write.ts';
import { AuditApi, type Finding, type NotKept, type NumberAudit, type PlaceCounts } from './audit_api.ts';
import { addAuditLayers, drawAudit, drawMarks, drawPicked, markAt } from './audit_layers.ts';
import { type AuditActions, AuditPanel } from './audit_panel.ts';
import { printSheet } from './print_sheet.ts';

const CLOSE_ZOOM = 17.4;
const REACH_PX = window.matchMedia('(pointer: coarse)').matches ? 16 : 8;

export class AuditTool {
  private readonly panel: AuditPanel;
  private readonly service: AuditApi;
  private villages: Division[] = [];
  private places: PlaceCounts[] = [];
  private audit: NumberAudit | null = null;
  private shown: readonly Finding[] = [];
  private asked = 0;
  private readonly write = new OneWrite((busy) => this.panel.setBusy(busy));

  constructor(
    private readonly map: MapView,
    private readonly settings: MapSettings,
  ) {
    this.service = new AuditApi(settings.csrf_token ?? '');
    addAuditLayers(map);
    const actions: AuditActions = {
      chooseVillage: (code) => void this.openVillage(code, null),
      choosePlace: (id) => void this.openPlace(id),
      look: (finding) => this.look(finding),
      show: (findings) => this.show(findings),
      renumber: (findings, reason) => void this.renumber(findings, reason),
      drop: (findings, reason) => void this.drop(findings, reason),
      keep: (number) => void this.keep(number),
      print: () => void this.print(),
    };
    this.panel = new AuditPanel(actions, attribution(settings));
    map.on('click', (event) => this.pick(markAt(map, event.point, REACH_PX)));
    map.on('mousemove', (event) => {
      map.getCanvas().style.cursor = markAt(map, event.point, REACH_PX) === null ? '' : 'pointer';
    });
  }

  /** Opens the place that the address names, else the first village. */
  async start(): Promise<void> {
    try {
      const wanted = new URLSearchParams(location.search).get('place');
      const [villages, place] = await Promise.all([api.villages(this.settings), wanted ? this.service.place(wanted) : null]);
      this.villages = villages.items;
      const first = [...this.villages].sort((a, b) => a.code.localeCompare(b.code))[0];
      const code = place?.village_code ?? first?.code;
      if (code === undefined) return this.panel.fail('您的辖区内还没有录入村（社区）。');
      this.panel.showVillages(this.villages, code);
      await this.openVillage(code, wanted);
    } catch (error) {
      notify(sentence(error), 'bad');
    }
  }

  private async openVillage(code: string, wanted: string | null): Promise<void> {
    const turn = (this.asked += 1);
    this.audit = null;
    drawAudit(this.map, null);
    this.panel.forgetPlaces();
    this.panel.wait('正在清点全村的编号…');
    try {
      const places = await this.service.counts(code);
      if (turn !== this.asked) return;
      this.places = places;
      const chosen = places.find((one) => one.id === wanted) ?? worst(places);
      this.panel.showPlaces(places, chosen?.id ?? '');
      if (chosen) await this.openPlace(chosen.id);
      else this.frameVillage(code);
    } catch (error) {
      if (turn === this.asked) this.panel.fail(sentence(error));
    }
  }

  private async openPlace(id: string): Promise<void> {
    const turn = (this.asked += 1);
    this.audit = null;
    this.panel.wait('正在审查…');
    try {
      const audit = await this.service.audit(id);
      if (turn !== this.asked) return;
      history.replaceState(null, '', `?place=${id}`);
      this.audit = audit;
      drawAudit(this.map, audit);
      this.panel.showAudit(audit);
      this.frame(audit.doors);
    } catch (error) {
      if (turn === this.asked) this.panel.fail(sentence(error));
    }
  }

  private show(findings: readonly Finding[]): void {
    this.shown = findings;
    drawMarks(this.map, findings);
    drawPicked(this.map, []);
    outlineBuildings(this.map, []);
  }

  private pick(index: number | null): void {
    const finding = index === null ? undefined : this.shown[index];
    if (!finding) return;
    this.mark(finding);
  }

  private look(finding: Finding): void {
    this.mark(finding);
    if (finding.doors.length > 1) this.frame(finding.doors);
    else {
      const padding = this.panel.padding();
      this.map.flyTo({ center: [finding.lon, finding.lat], zoom: Math.max(this.map.getZoom(), CLOSE_ZOOM), padding });
    }
  }

  private mark(finding: Finding): void {
    drawPicked(this.map, finding.doors);
    outlineBuildings(this.map, finding.doors.flatMap((door) => door.building_codes));
    this.panel.point(finding);
  }

  private frame(spots: readonly { lon: number; lat: number }[]): void {
    if (spots.length === 0) return;
    const lons = spots.map((spot) => spot.lon);
    const lats = spots.map((spot) => spot.lat);
    this.map.setPadding({ left: 0, right: 0, top: 0, bottom: 0 });
    this.map.fitBounds([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)], {
      padding: this.panel.padding(),
      maxZoom: CLOSE_ZOOM + 0.6,
    });
  }

  private frameVillage(code: string): void {
    const village = this.villages.find((one) => one.code === code);
    if (village?.bounds) this.map.fitBounds(village.bounds, { padding: this.panel.padding() });
  }

  private async renumber(findings: readonly Finding[], reason: string): Promise<void> {
    const changes = findings.flatMap((finding) => {
      const code = finding.doors.at(-1)?.code;
      return code && finding.proposal ? [{ code, main: finding.proposal.main, sub: finding.proposal.sub }] : [];
    });
    await this.act(['renumber', changes, reason], async (place, key) => {
      const plan = await this.service.renumber(place, changes, reason || purpose(findings), key);
      location.assign(`/renumber?plan=${encodeURIComponent(plan.id)}`);
    });
  }

  private async drop(findings: readonly Finding[], reason: string): Promise<void> {
    const houses = findings.map((finding) => finding.doors.at(-1)!.building_ids[0]!);
    await this.act(['drop', houses, reason], async (place, key) => {
      for (const [index, finding] of findings.entries()) {
        await this.service.decide(place, houses[index]!, false, reason || purpose([finding]), `${key}-${index}`);
      }
      notify(`已决定 ${findings.length} 处不沿用旧号，编号时另给新号。`);
      await this.again(place);
    });
  }

  private async keep(number: NotKept): Promise<void> {
    await this.act(['keep', number.building_id], async (place, key) => {
      await this.service.decide(place, number.building_id, true, '恢复沿用旧号', key);
      notify(`已恢复沿用${number.number}。`);
      await this.again(place);
    });
  }

  private async act(content: unknown[], write: (place: string, key: string) => Promise<void>): Promise<void> {
    const place = this.audit?.place.id;
    if (place === undefined) return;
    try {
      await this.write.run([place, ...content], (key) => write(place, key));
    } catch (error) {
      notify(sentence(error), 'bad');
      if (isOutdated(error)) await this.again(place);
    }
  }

  /** What was written changes counts and proposals; whoever looks at another place meanwhile stays there. */
  private async again(place: string): Promise<void> {
    if (this.audit?.place.id !== place) return;
    const village = this.places.find((one) => one.id === place)?.village_code;
    if (village) await this.openVillage(village, place);
  }

  private async print(): Promise<void> {
    if (this.audit) await printSheet(this.map, this.audit, this.shown, attribution(this.settings));
  }
}

/** The place to look at first. */
function worst(places: readonly PlaceCounts[]): PlaceCounts | undefined {
  const weight = (one: PlaceCounts): number => one.counts.error * 1e6 + one.counts.warning * 1e3 + one.counts.notice;
  return [...places].sort((a, b) => weight(b) - weight(a))[0];
}

function purpose(findings: readonly Finding[]): string {
  const titles = [...new Set(findings.map((finding) => finding.title))];
  return `编号审查：${titles.join('、')}`;
}

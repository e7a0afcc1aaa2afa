/** What the page of the audit asks of the service, and what it is answered. */

import { ask, posting, type Place } from '../api.ts';

export type Severity = 'error' | 'warning' | 'notice';
export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'notice'];
export const SEVERITY_LABELS: Record<Severity, string> = { error: '错误', warning: '存疑', notice: '提示' };

export type Counts = Record<Severity, number>;

export interface DoorNumber {
  number: string;
  main: number;
  sub: number;
}

export interface AuditedDoor extends DoorNumber {
  id: string;
  code: string | null;
  stage: string | null;
  full_text: string;
  building_ids: string[];
  building_codes: string[];
  lon: number;
  lat: number;
}

export interface Finding {
  code: string;
  title: string;
  severity: Severity;
  text: string;
  doors: AuditedDoor[];
  lon: number;
  lat: number;
  proposal: DoorNumber | null;
  remedy: 'renumber' | 'not-keep' | null;
}

export interface BoneProperties {
  id: string;
  number: string;
  crosses: boolean;
  fits: boolean;
}

export interface NotKept extends DoorNumber {
  building_id: string;
  building_code: string;
  reason: string;
  decided_by: string;
}

export interface PlaceCounts {
  id: string;
  kind: string;
  name: string;
  village_code: string;
  village: string;
  door_count: number;
  counts: Counts;
}

export interface NumberAudit {
  place: { id: string; kind: string; name: string; village_code: string; village: string };
  policy: Record<string, unknown>;
  door_count: number;
  counts: Counts;
  doors: { id: string; number: string; code: string | null; lon: number; lat: number }[];
  findings: Finding[];
  fishbone: GeoJSON.FeatureCollection<GeoJSON.LineString, BoneProperties>;
  not_kept: NotKept[];
}

export interface Change {
  code: string;
  main: number;
  sub: number;
}

const part = encodeURIComponent;

/** Questions and writes; `csrf` is the session's token. */
export class AuditApi {
  constructor(private readonly csrf: string) {}

  place(id: string): Promise<Place> {
    return ask(`/api/v1/places/${part(id)}`);
  }

  async counts(village: string): Promise<PlaceCounts[]> {
    return (await ask<{ items: PlaceCounts[] }>(`/api/v1/number-audits?village=${part(village)}`)).items;
  }

  audit(place: string): Promise<NumberAudit> {
    return ask(`/api/v1/places/${part(place)}/number-audit`);
  }

  decide(place: string, building: string, kept: boolean, reason: string, key: string): Promise<unknown> {
    const body = { building_id: building, kept, reason };
    return ask(`/api/v1/places/${part(place)}/survey-decisions`, posting(body, this.csrf, key));
  }

  renumber(place: string, changes: Change[], purpose: string, key: string): Promise<{ id: string }> {
    return ask('/api/v1/renumbering-plans', posting({ place_id: place, changes, title: purpose }, this.csrf, key));
  }
}

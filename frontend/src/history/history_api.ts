/** Lineage and boundaries over HTTP: types as answered, and one function per question. */

import { ask, askAll, part } from '../api.ts';

export type Outcome = 'resolved' | 'ambiguous' | 'gone' | 'village' | 'unknown';

/** The first day, and the first day on which it was over; null where it is not known or not over. */
export interface Span {
  valid_from: string | null;
  valid_to: string | null;
}

export interface Step {
  kind: string;
  on: string;
  decree_no: string | null;
  note: string;
  before: string | null;
  after: string | null;
  share: string;
  groups: string[];
}

export interface Target extends Span {
  code: string;
  full_text: string;
  village: string;
}

export interface Holder extends Span {
  code: string;
  text: string;
  source: string;
}

export interface Line extends Holder {
  targets: string[];
  ended: string[];
  steps: Step[];
  via_division: Step[];
  ambiguous: boolean;
}

export interface VillageFate extends Span {
  id: string;
  name: string;
  became: { code: string; name: string }[];
  steps: Step[];
}

export interface Resolution {
  outcome: Outcome;
  on: string | null;
  to: string;
  targets: Target[];
  lines: Line[];
  holds_then: Target[];
  elsewhen: Holder[];
  villages: VillageFate[];
  doubts: string[];
  read_as: string | null;
}

export interface Happening {
  id: string;
  kind: string;
  decree_no: string | null;
  effective_on: string;
  note: string;
  recorded_at: string;
  attachments: { id: string; filename: string }[];
}

export interface AddressVersion extends Span {
  stage: string;
  full_text: string;
  village_code: string;
  village: string;
  recorded_from: string;
  recorded_to: string | null;
  decree_no: string | null;
  event_id: string;
}

export interface Relative {
  code: string;
  full_text: string;
  kind: string;
  share: string;
  decree_no: string | null;
  effective_on: string;
  note: string;
}

export interface AddressHistory {
  code: string;
  door_code: string | null;
  versions: AddressVersion[];
  events: Happening[];
  predecessors: Relative[];
  successors: Relative[];
  aliases: (Span & { text: string; kind: string })[];
}

export interface DivisionVersion extends Span {
  code: string;
  code_mca: string | null;
  name: string;
  level: string;
  kind: string;
  parent: string | null;
  parent_code: string | null;
  event_id: string;
  recorded_at: string;
  has_boundary: boolean;
}

export interface Kin {
  id: string;
  name: string | null;
  code: string | null;
  share: string;
  /** Of the old division's land; null where nobody measured it. */
  area_share: number | null;
  groups: string[];
  note: string;
  event_id: string;
  kind: string;
  effective_on: string;
}

export interface DivisionHistory {
  id: string;
  versions: DivisionVersion[];
  events: Happening[];
  predecessors: Kin[];
  successors: Kin[];
}

export interface ListedDivision extends Span {
  id: string;
  code: string;
  name: string;
}

export interface Area extends Span {
  id: string;
  code: string;
  name: string;
  geometry: GeoJSON.MultiPolygon | null;
}

const V1 = '/api/v1';

export const historyApi = {
  resolve: (text: string, on: string | null): Promise<Resolution> =>
    ask(`${V1}/resolve?text=${part(text)}${on ? `&on=${part(on)}` : ''}`),
  address: (code: string): Promise<AddressHistory> => ask(`${V1}/addresses/${part(code)}/history`),
  division: (id: string): Promise<DivisionHistory> => ask(`${V1}/divisions/${part(id)}/history`),
  /** The division that carries a code today, or carried it on a day. */
  byCode: (code: string, on: string | null): Promise<{ id: string }> =>
    ask(`${V1}/divisions/${part(code)}${on ? `?valid_on=${part(on)}` : ''}`),
  towns: async (): Promise<ListedDivision[]> =>
    (await askAll<ListedDivision>(`${V1}/divisions?level=township&include_ended=true`)).items.sort(byCode),
  /** The villages of a town, those that have ended too. */
  villages: async (town: string): Promise<ListedDivision[]> =>
    (await askAll<ListedDivision>(`${V1}/divisions?level=village&include_ended=true&parent=${part(town)}`)).items.sort(byCode),
  areas: async (town: string, on: string): Promise<Area[]> =>
    (await askAll<Area>(`${V1}/division-boundaries?parent=${part(town)}&valid_on=${part(on)}`)).items,
};

function byCode(one: ListedDivision, other: ListedDivision): number {
  return one.code.localeCompare(other.code);
}

/** Acts on single addresses, plans of renumbering and acts on names as the interface answers them, with their scans. */

import { type Address, ask, type Page, part, posting, requestKey } from '../api.ts';

export interface Door extends Address {
  place_id: string;
  village_code: string;
}

export type Family = 'address-changes' | 'renumbering-plans' | 'division-acts';

/** What is sent to try or to ask for an act: where to, and the body. */
export interface Asking {
  family: Family;
  path: string;
  body: Record<string, unknown>;
}

export interface Change {
  id: string;
  kind: string;
  full_text: string | null;
  details: Record<string, unknown>;
  note: string;
  drawn_by: string;
  created_at: string;
  households: number;
  warning: string | null;
}

export interface Plan {
  id: string;
  place: string;
  village: string;
  title: string;
  drawn_by: string;
  created_at: string;
  summary: { doors: number; plate_count: number; dwellings: number; homonyms: { text: string }[] };
  changes?: Line[];
}

interface Line {
  old_text: string;
  new_text: string;
}

interface Called {
  name: string;
  code: string;
}

export interface NameAct {
  id: string;
  kind: string;
  effective_on: string;
  note: string;
  drawn_by: string;
  created_at: string;
  summary: { addresses: number; in_force: number; plates: number; changes: { before: Called | null; after: Called | null }[]; name_clashes: Clash[] };
}

export interface Clash {
  likeness: string;
  circle: string;
  reading: string;
  names: { id: string; name: string; where: string }[];
}

/** What an act would do, whatever its kind. */
export interface Outlook {
  effective_on: string | null;
  readings: { before: string | null; after: string; stage: string; valid_from: string | null; valid_to: string | null }[];
  successors: { predecessor: string; successor: string; share: string }[];
  plates: number;
  households: number | null;
  notes: string[];
}

export interface Scan {
  id: string;
  filename: string;
  size_bytes: number;
}

export interface NamedPlace {
  id: string;
  display_name: string;
  name_state: string;
  decree_no: string | null;
  village: string;
}

const ROOT = '/api/v1';
const SHOWN = 50;
const after = (cursor: string | null): string => (cursor === null ? '' : `&cursor=${part(cursor)}`);

/** The interface under one session's token. */
export class ActsApi {
  constructor(private readonly csrf: string) {}

  door = (code: string): Promise<Door> => ask(`${ROOT}/addresses/${part(code)}`);

  /** What an act would do on a day; a name is tried by asking for it alone, so there is none for it. */
  async preview(asking: Asking, on: string | null): Promise<Outlook> {
    if (asking.family === 'address-changes') return changeOutlook(await ask(`${ROOT}/address-changes/preview`, posting({ ...asking.body, effective_on: on }, this.csrf)));
    return planOutlook(await ask<Plan>(`${ROOT}/renumbering-plans/preview`, posting(asking.body, this.csrf)));
  }

  outlookOfChange = async (id: string, on: string | null): Promise<Outlook> =>
    changeOutlook(await ask(`${ROOT}/address-changes/${part(id)}/preview`, posting({ effective_on: on }, this.csrf)));
  outlookOfPlan = async (id: string): Promise<Outlook> => planOutlook(await ask<Plan>(`${ROOT}/renumbering-plans/${part(id)}`));

  draw = (asking: Asking, key: string): Promise<{ id: string }> => ask(ROOT + asking.path, posting(asking.body, this.csrf, key));
  commit = (family: Family, id: string, body: unknown, key: string): Promise<unknown> => ask(`${ROOT}/${family}/${part(id)}/commit`, posting(body, this.csrf, key));
  drop = (family: Family, id: string): Promise<unknown> => ask(`${ROOT}/${family}/${part(id)}/drop`, posting({}, this.csrf));

  changes = (cursor: string | null): Promise<Page<Change>> => ask(`${ROOT}/address-changes?stage=draft&limit=${SHOWN}${after(cursor)}`);
  plans = (cursor: string | null): Promise<Page<Plan>> => ask(`${ROOT}/renumbering-plans?stage=draft&limit=${SHOWN}${after(cursor)}`);
  nameActs = (cursor: string | null): Promise<Page<NameAct>> => ask(`${ROOT}/division-acts?stage=planned&limit=${SHOWN}${after(cursor)}`);

  scans = async (family: Family, id: string): Promise<Scan[]> => (await ask<{ items: Scan[] }>(`${ROOT}/attachments?act=${family}&act_id=${part(id)}`)).items;

  attach(family: Family, id: string, file: File): Promise<Scan> {
    const body = new FormData();
    body.append('act', family);
    body.append('act_id', id);
    body.append('file', file);
    return ask(`${ROOT}/attachments`, { method: 'POST', headers: { 'X-CSRF-Token': this.csrf, 'Idempotency-Key': requestKey() }, body });
  }

  clashes = async (circle: string): Promise<Clash[]> => (await ask<{ items: Clash[] }>(`${ROOT}/name-reports?circle=${part(circle)}`)).items;
}

function changeOutlook(found: Omit<Outlook, 'notes'> & { warning: string | null }): Outlook {
  return { ...found, notes: found.warning ? [found.warning] : [] };
}

function planOutlook(plan: Plan): Outlook {
  return {
    effective_on: null,
    readings: (plan.changes ?? []).map((one) => ({ before: one.old_text, after: one.new_text, stage: 'current', valid_from: null, valid_to: null })),
    successors: [],
    plates: plan.summary.plate_count,
    households: plan.summary.dwellings,
    notes: plan.summary.homonyms.map((one) => `“${one.text}”与另一现行地址重名，不能执行`),
  };
}

/** Renumbering plans over HTTP: types as answered, and one function per question. */

import { ask, askAll, part, type Place, posting } from '../api.ts';

export interface DoorNow {
  code: string;
  full_text: string;
  number: string;
  main: number;
  sub: number;
  side: 'left' | 'right' | null;
  stage: 'draft' | 'current';
  rooms: number;
  lon: number;
  lat: number;
}

export interface Line {
  code: string;
  old_number: string;
  old_main: number;
  old_sub: number;
  new_number: string;
  new_main: number;
  new_sub: number;
  old_text: string;
  new_text: string;
  rooms: { code: string; old_text: string; new_text: string }[];
  side: 'left' | 'right' | null;
  lon: number;
  lat: number;
  reasons: { code: string; text: string }[];
}

export interface Price {
  doors: number;
  drafts: number;
  rooms: number;
  dwellings: number;
  plates: { label: string; count: number; unit_price: number | null; cost: number | null }[];
  plate_count: number;
  wall_plates: number;
  cost_yuan: number | null;
  homonyms: { text: string; code: string }[];
  cycles: string[];
  retired: string[];
  reclaimed: string[];
  faults_before: number | null;
  faults_after: number | null;
  faults: { code: string; severity: string; text: string; codes: string[] }[];
  findings: { code: string; text: string }[];
}

export interface Preview {
  place_id: string;
  place: string;
  village: string;
  movable: boolean;
  movable_note: string;
  summary: Price;
  changes: Line[];
  doors: DoorNow[];
}

export interface PlanItem {
  id: string;
  place_id: string;
  place: string;
  village: string;
  village_code: string;
  title: string;
  stage: 'draft' | 'committed' | 'dropped';
  summary: Price;
  reassign_decree_no: string | null;
  undoes: string | null;
  undone_by: string | null;
  drawn_by: string;
  created_at: string;
  decree_no: string | null;
  effective_on: string | null;
  decided_by: string | null;
  decided_at: string | null;
}

export interface Plan extends PlanItem {
  changes: Line[];
}

export interface Wish {
  code: string;
  main: number;
  sub: number;
}

/** What is asked for: single changes, or the whole place drawn afresh. */
export interface Asked {
  place_id: string;
  changes?: Wish[];
  redraw?: Record<string, never>;
  title?: string;
  reassign_decree_no?: string;
}

const PLANS = '/api/v1/renumbering-plans';

export const renumberApi = {
  place: (id: string): Promise<Place> => ask(`/api/v1/places/${part(id)}`),
  plans: (place: string): Promise<{ items: PlanItem[]; complete: boolean }> => askAll(`${PLANS}?place_id=${part(place)}`),
  waiting: (): Promise<{ items: PlanItem[]; complete: boolean }> => askAll(`${PLANS}?stage=draft`),
  plan: (id: string): Promise<Plan> => ask(`${PLANS}/${part(id)}`),
  preview: (asked: Asked, csrf: string, signal: AbortSignal): Promise<Preview> =>
    ask(`${PLANS}/preview`, { ...posting(asked, csrf), signal }),
  draw: (asked: Asked, csrf: string, key: string): Promise<Plan> => ask(PLANS, posting(asked, csrf, key)),
  drop: (id: string, csrf: string, key: string): Promise<PlanItem> => ask(`${PLANS}/${part(id)}/drop`, posting({}, csrf, key)),
  undo: (id: string, csrf: string, key: string): Promise<Plan> => ask(`${PLANS}/${part(id)}/undo`, posting({}, csrf, key)),
  commit: (id: string, decree: string, from: string, csrf: string, key: string): Promise<PlanItem> =>
    ask(`${PLANS}/${part(id)}/commit`, posting({ decree_no: decree, effective_on: from }, csrf, key)),
};

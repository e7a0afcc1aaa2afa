/** Mergers and splits of villages over HTTP: types as answered, and one function per question. */

import { ask, askAll, type Division, type MapSettings, type Page, part, posting } from '../api.ts';

export type ChoiceKind = 'undecided' | 'keep' | 'district' | 'rename' | 'join';
export type PlanStage = 'draft' | 'committed' | 'dropped';

export interface Choice {
  subject_id: string;
  kind: ChoiceKind;
  name: string;
  into_id: string | null;
}

export interface CollidingPlace {
  id: string;
  kind: string;
  name: string;
  village: string;
  doors: number;
  moves: boolean;
  chosen: Choice | null;
}

export interface Collision {
  reads: string;
  words: string;
  decided: boolean;
  equal_texts: number;
  places: CollidingPlace[];
  options: Choice[];
}

export interface BoundaryFinding {
  code: string;
  severity: 'error' | 'warning';
  text: string;
  area_m2: number | null;
  where: GeoJSON.Geometry | null;
}

export interface Village {
  id: string;
  code: string;
  name: string;
  part: 'ends' | 'absorbs' | 'is_split';
  places: number;
  addresses_changed: number;
}

export interface PlaceChange {
  id: string;
  kind: string;
  village: string;
  old_name: string;
  new_name: string;
  moves: boolean;
  joined_to: string | null;
  offset: number;
  doors: number;
}

export interface Boundaries {
  before: GeoJSON.FeatureCollection;
  after: GeoJSON.FeatureCollection;
}

export interface Summary {
  villages: Village[];
  target: { id: string | null; code: string; name: string; kind: string; town: string };
  boundaries: Boundaries;
  invariants: {
    hold: boolean;
    tolerance_m: number;
    areas_before_m2: Record<string, number | null>;
    areas_after_m2: Record<string, number | null>;
    findings: BoundaryFinding[];
  };
  collisions: Collision[];
  undecided: number;
  homonyms: { text: string; code: string }[];
  homonym_count: number;
  places: PlaceChange[];
  counts: Record<string, number>;
  plates: { label: string; count: number; unit_price: number | null; cost: number | null }[];
  plate_count: number;
  cost_yuan: number | null;
  findings: { code: string; text: string }[];
  can_commit: boolean;
}

export interface PlanItem {
  id: string;
  kind: 'merge' | 'split';
  stage: PlanStage;
  title: string;
  effective_on: string;
  village_codes: string[];
  undecided: number;
  can_commit: boolean;
  undoes: string | null;
  undone_by: string[];
  successor_id: string | null;
  drawn_by: string;
  created_at: string;
  decree_no: string | null;
  decided_by: string | null;
  decided_at: string | null;
}

export interface Plan extends PlanItem {
  summary: Summary;
}

export interface Affected {
  id: string;
  label: string;
  before: string | null;
  after: string | null;
  state: string;
}

/** What is asked for: villages that end, and the one that takes them in, there already or new. */
export interface Asked {
  kind: 'merge';
  effective_on: string;
  title: string;
  ends: string[];
  absorber?: string;
  new?: { code: string; name: string };
}

export interface Undo {
  restores: string;
  effective_on: string;
  code?: string;
}

const PLANS = '/api/v1/division-changes';

function putting(body: unknown, csrf: string, key: string): RequestInit {
  return { ...posting(body, csrf, key), method: 'PUT' };
}

export const mergerApi = {
  /** The villages that an account works in: all whose code begins with that of its division. */
  villages: async (settings: MapSettings): Promise<Division[]> => {
    const found = await askAll<Division>('/api/v1/divisions?level=village');
    const who = settings.signed_in;
    const scope = who && 'division_code' in who ? String(who.division_code) : '';
    return found.items.filter((one) => one.code.length === 12 && one.code.startsWith(scope));
  },
  plans: (): Promise<{ items: PlanItem[]; complete: boolean }> => askAll(`${PLANS}?`),
  plan: (id: string): Promise<Plan> => ask(`${PLANS}/${part(id)}`),
  items: (id: string, subject: string, cursor: string | null): Promise<Page<Affected>> =>
    ask(`${PLANS}/${part(id)}/items?subject=${part(subject)}&limit=50${cursor ? `&cursor=${part(cursor)}` : ''}`),
  draw: (asked: Asked, csrf: string, key: string): Promise<Plan> => ask(PLANS, posting(asked, csrf, key)),
  choose: (id: string, choices: Choice[], csrf: string, key: string): Promise<Plan> =>
    ask(`${PLANS}/${part(id)}/choices`, putting({ choices }, csrf, key)),
  commit: (id: string, decree: string, csrf: string, key: string): Promise<PlanItem> =>
    ask(`${PLANS}/${part(id)}/commit`, posting({ decree_no: decree }, csrf, key)),
  drop: (id: string, csrf: string, key: string): Promise<PlanItem> => ask(`${PLANS}/${part(id)}/drop`, posting({}, csrf, key)),
  undo: (id: string, undo: Undo, csrf: string, key: string): Promise<Plan> =>
    ask(`${PLANS}/${part(id)}/undo`, posting(undo, csrf, key)),
};

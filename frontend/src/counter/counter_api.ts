/** Applications as the interface answers them, and what a clerk may ask of it. */

import { ask, type Page, posting } from '../api.ts';

export type Tray = 'decision' | 'approval' | 'plate' | 'done';
export type Kind = 'new_house' | 'split_household' | 'lost_plate' | 'correction';

export interface Application {
  id: string;
  application_no: string;
  kind: Kind;
  stage: 'received' | 'accepted' | 'refused' | 'withdrawn' | 'closed';
  tray: Tray;
  overdue: boolean;
  village: string;
  place_id: string | null;
  place: string | null;
  building_code: string | null;
  subject_text: string | null;
  address_code: string | null;
  full_text: string | null;
  address_stage: string | null;
  request: string;
  room_label: string;
  wanted: string | null;
  taken: string | null;
  received_on: string;
  due_on: string;
  decision_note: string;
  renumbering_plan_id: string | null;
  plate_batch_no: string | null;
  plate_batch_stage: string | null;
  plate_stage: string | null;
  lon: number | null;
  lat: number | null;
}

export interface Evidence {
  kind: string;
  document_no: string;
  issued_by: string;
  issued_on: string | null;
  note: string;
}

export interface Candidate {
  number: string;
  main: number;
  sub: number;
  after: string | null;
  before: string | null;
  in_order: boolean;
  overflow: boolean;
  reasons: { code: string; text: string }[];
}

export interface ApplicationCard extends Application {
  evidence: Evidence[];
  steps: { kind: string; note: string; actor: string; at: string }[];
  candidates: Candidate[];
  candidates_problem: { code: string; title: string } | null;
}

export interface NewApplication {
  kind: Kind;
  request: string;
  evidence: { kind: string; document_no: string; issued_by: string; issued_on: string | null }[];
  building_code?: string;
  address_code?: string;
  room_label?: string;
  wanted?: { main: number; sub: number };
}

export interface Decision {
  accept: boolean;
  note: string;
  number?: { main: number; sub: number };
  room_label?: string;
  renumbering_plan_id?: string;
}

const ROOT = '/api/v1/applications';
const PAGE = 50;

export class CounterApi {
  constructor(private readonly csrf: string) {}

  list(tray: Tray, cursor: string | null): Promise<Page<Application>> {
    const after = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    return ask(`${ROOT}?tray=${tray}&limit=${PAGE}&order=${tray === 'done' ? 'newest' : 'due'}${after}`);
  }

  card(id: string): Promise<ApplicationCard> {
    return ask(`${ROOT}/${encodeURIComponent(id)}`);
  }

  receive(body: NewApplication, key: string): Promise<ApplicationCard> {
    return this.send(ROOT, body, key);
  }

  decide(id: string, body: Decision, key: string): Promise<ApplicationCard> {
    return this.send(`${ROOT}/${id}/decide`, body, key);
  }

  act(id: string, name: 'withdraw' | 'close', note: string, key: string): Promise<ApplicationCard> {
    return this.send(`${ROOT}/${id}/${name}`, { note }, key);
  }

  orderPlate(id: string, key: string): Promise<ApplicationCard> {
    return this.send(`${ROOT}/${id}/plate`, {}, key);
  }

  private send(path: string, body: object, key: string): Promise<ApplicationCard> {
    return ask(path, posting(body, this.csrf, key));
  }
}

/** Where the browser finds a slip as PDF. */
export function slipUrl(id: string, name: 'receipt' | 'notice'): string {
  return `${ROOT}/${id}/${name}.pdf`;
}

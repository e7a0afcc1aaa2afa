/** Receipts, refused rows, police dictionaries, the crosswalk and papers as the interface answers them. */

import { ask, askAll, type Division, type Page, part, type Place, posting, requestKey } from '../api.ts';

export interface Reject {
  row: number;
  field: string;
  message: string;
}

export interface ReceiptReport {
  id: string | null;
  is_known: boolean;
  read: number;
  accepted: number;
  refused: number;
  unchanged: number;
  left: number;
  papers: number;
  is_acknowledged: boolean;
  rejected: number;
  rejects: Reject[];
}

export interface RefusedRow {
  id: string;
  consumer: string;
  sequence: number;
  row_no: number;
  old_text: string | null;
  new_text: string | null;
  is_household: boolean;
  reason: string;
  revision: number;
}

export interface DictionaryReport {
  id: string | null;
  read: number;
  added: number;
  changed: number;
  unchanged: number;
  ended: number;
  proposed: number;
  missing_count: number;
  rejected: number;
  rejects: Reject[];
}

export interface Pair {
  id: string;
  kind_text: string;
  code: string;
  name: string;
  target: string;
  ground: string;
  ground_text: string;
  evidence: string;
  rivals: number;
  state: string;
  state_text: string;
  proposer: string;
  decided_by: string | null;
  since: string | null;
  until: string | null;
  revision: number;
}

export interface Entry {
  code: string;
  name: string;
  joined: number;
}

export interface Proposal {
  kind: string;
  code: string;
  name: string;
  target_id: string;
  reason: string;
}

export type NamedPlace = Place & { display_name: string };

export interface Summary {
  items: { kind: string; state: string; pairs: number }[];
  sure: Record<string, number>;
}

export interface Paper {
  id: string;
  village: string;
  book_no: string | null;
  head: string | null;
  kind_text: string;
  copies: number;
  old_text: string;
  new_text: string;
  state: string;
  state_text: string;
  issued_by: string | null;
  issued_at: string | null;
  collected_by: string | null;
  collected_at: string | null;
  revision: number;
}

export interface Progress {
  items: { village: string; state: string; papers: number }[];
}

const ROOT = '/api/v1';
const SHOWN = 30;
const after = (cursor: string | null): string => (cursor === null ? '' : `&cursor=${part(cursor)}`);
const when = (name: string, value: string): string => (value ? `&${name}=${part(value)}` : '');

/** The interface under one session's token. */
export class OfficeApi {
  constructor(private readonly csrf: string) {}

  receipt = (id: string, form: FormData): Promise<ReceiptReport> => this.send(`${ROOT}/mapping-packages/${part(id)}/receipts`, form);
  dictionary = (form: FormData): Promise<DictionaryReport> => this.send(`${ROOT}/police-dictionaries`, form);
  refusals = (cursor: string | null): Promise<Page<RefusedRow>> => ask(`${ROOT}/mapping-refusals?state=open&limit=${SHOWN}${after(cursor)}`);
  settle = (one: RefusedRow, state: string, note: string): Promise<RefusedRow> => this.act(`${ROOT}/mapping-refusals/${part(one.id)}/settle`, { state, note }, one.revision);
  summary = (): Promise<Summary> => ask(`${ROOT}/crosswalk/summary`);
  pairs = (kind: string, state: string, cursor: string | null): Promise<Page<Pair>> => ask(`${ROOT}/crosswalk?limit=${SHOWN}${when('kind', kind)}${when('state', state)}${after(cursor)}`);
  decide = (one: Pair, body: Record<string, string>): Promise<Pair> => this.act(`${ROOT}/crosswalk/${part(one.id)}/decision`, body, one.revision);
  acceptSure = (kind: string, expected: number): Promise<{ accepted: number }> => ask(`${ROOT}/crosswalk/accept`, posting({ kind, expected }, this.csrf));
  entries = (kind: string, name: string): Promise<Page<Entry>> => ask(`${ROOT}/police-dictionaries/${part(kind)}/entries?limit=${SHOWN}${when('name', name)}`);
  propose = (body: Proposal, key: string): Promise<Pair> => ask(`${ROOT}/crosswalk`, posting(body, this.csrf, key));
  divisions = (level: string): Promise<{ items: Division[] }> => askAll(`${ROOT}/divisions?level=${part(level)}`);
  places = (village: string): Promise<{ items: NamedPlace[] }> => askAll(`${ROOT}/places?village=${part(village)}`);
  papers = (state: string, cursor: string | null): Promise<Page<Paper>> => ask(`${ROOT}/papers?limit=${SHOWN}${when('state', state)}${after(cursor)}`);
  advance = (one: Paper, state: string): Promise<Paper> => this.act(`${ROOT}/papers/${part(one.id)}/state`, { state }, one.revision);
  progress = (): Promise<Progress> => ask(`${ROOT}/papers/progress`);

  private send<T>(path: string, body: FormData): Promise<T> {
    return ask(path, { method: 'POST', headers: { 'X-CSRF-Token': this.csrf, 'Idempotency-Key': requestKey() }, body });
  }

  private act<T>(path: string, body: unknown, revision: number): Promise<T> {
    const init = posting(body, this.csrf);
    return ask(path, { ...init, headers: { ...(init.headers as Record<string, string>), 'If-Match': `"${revision}"` } });
  }
}

/** People, households and houses as the interface answers them; who is looked for travels in the body of a POST. */

import { ApiError, ask, askAll, type Page, part, posting, problemOf } from '../api.ts';

export interface Home {
  kind: 'registered' | 'actual';
  address_code: string;
  full_text: string;
  since: string;
  arrived_on: string | null;
  building_codes: string[];
  parcel_codes: string[];
}

interface Masked {
  id: string;
  stage: string;
  revision: number;
  name: string | null;
  id_no: string | null;
  phone: string | null;
  sex: string | null;
  under_14: boolean | null;
  end_reason: string | null;
  ended_on: string | null;
}

export interface Resident extends Masked {
  household: { id: string; kind: string; book_no: string | null; relation: string; relation_text: string; since: string } | null;
  homes: Home[];
}

export interface Member extends Masked {
  relation: string;
  relation_text: string;
  since: string;
}

export interface Household {
  id: string;
  kind: 'family' | 'collective';
  kind_text: string;
  stage: string;
  revision: number;
  book_no: string | null;
  home: Home | null;
  person_count: number;
  members: Member[];
}

export interface ResidentEvent {
  kind: string;
  effective_on: string;
  document_no: string;
  details: Record<string, unknown>;
  actor: string;
  recorded_at: string;
}

export interface PlatePlace {
  id: string;
  batch_id: string;
  batch_no: string;
  page: number;
  number_text: string;
  name_text: string;
}

export interface Batch {
  id: string;
  batch_no: string;
  stage: string;
  plate_count: number;
}

export interface Plate {
  id: string;
  position: number;
  full_text: string;
  address_code: string;
}

export interface Behind {
  household_id: string;
  head: string;
  book_no: string;
  persons: number;
}

export interface Job {
  id: string;
  layer: string;
  filename: string;
  stage: 'queued' | 'running' | 'done' | 'failed';
  phase: string;
  dry_run: boolean;
  read: number;
  accepted: number;
  unchanged: number;
  rejected: number;
  report: { notes?: string[]; error?: { message: string }; ways?: Record<Way, number> };
  created_at: string;
}

/** By what a list names the door of a household. */
export type Way = 'code' | 'plate' | 'text';

export interface Reject {
  row: number | null;
  field: string | null;
  code: string;
  message: string;
  value: string;
}

/** How much a decision ended; of a withdrawn file also who is again as before, and who must be looked at. */
export interface Decided {
  households: number;
  persons: number;
  restored?: number;
  left?: string[];
}

/** What a reveal answers: of a person all of these, of a household the number alone. */
export interface Revealed {
  name?: string;
  id_no?: string | null;
  born_on?: string | null;
  phone?: string | null;
  book_no?: string | null;
}

export type Kind = 'residents' | 'households';
export type LookUp = 'id_no' | 'name' | 'phone' | 'book_no' | 'head_name';
export type HouseKey = 'address_code' | 'building_code' | 'parcel_code';

const ROOT = '/api/v1';
/** Households of one page of a village's list: few enough for an old computer. */
const HOUSEHOLDS = 40;

function listing(village: string, ended: boolean, cursor: string | null): string {
  const asked = new URLSearchParams({ limit: String(HOUSEHOLDS) });
  if (village !== '') asked.set('village', village);
  if (ended) asked.set('address_state', 'ended');
  if (cursor !== null) asked.set('cursor', cursor);
  return asked.toString();
}

/** The interface under one session's token. */
export class ResidentsApi {
  constructor(private readonly csrf: string) {}

  persons = (by: LookUp, value: string): Promise<Page<Resident>> => this.post(`${ROOT}/residents/lookup`, { [by]: value });
  households = (by: 'book_no' | 'head_name', value: string): Promise<Page<Household>> => this.post(`${ROOT}/households/lookup`, { [by]: value });
  person = (id: string): Promise<Resident> => ask(`${ROOT}/residents/${part(id)}`);
  household = (id: string): Promise<Household> => ask(`${ROOT}/households/${part(id)}`);
  history = (kind: Kind, id: string): Promise<{ items: ResidentEvent[] }> => ask(`${ROOT}/${kind}/${part(id)}/history`);
  /** Households of a village, or of the whole scope where it is empty; `ended`: of those whose address is not in force. */
  ofVillage = (village: string, ended: boolean, cursor: string | null): Promise<Page<Household>> =>
    ask(`${ROOT}/households?${listing(village, ended, cursor)}`);
  personsOf = (village: string, ended: boolean, cursor: string | null): Promise<Page<Resident>> =>
    ask(`${ROOT}/residents?${listing(village, ended, cursor)}`);
  householdsAt = (key: HouseKey, code: string): Promise<{ items: Household[]; complete: boolean }> =>
    askAll(`${ROOT}/households?${key}=${part(code)}`);
  residentsAt = (key: HouseKey, code: string): Promise<{ items: Resident[]; complete: boolean }> =>
    askAll(`${ROOT}/residents?${key}=${part(code)}`);

  platesOf = (household: string): Promise<Page<PlatePlace>> => ask(`${ROOT}/households/${part(household)}/plates`);
  batches = (): Promise<{ items: Batch[]; complete: boolean }> => askAll(`${ROOT}/plate-batches?`);
  plates = (batch: string): Promise<{ items: Plate[]; complete: boolean }> => askAll(`${ROOT}/plates?batch=${part(batch)}`);
  onePlate = (batch: string): Promise<Page<Plate>> => ask(`${ROOT}/plates?batch=${part(batch)}&limit=1`);
  behind = (plate: string): Promise<Page<Behind>> => ask(`${ROOT}/plates/${part(plate)}/households`);

  reveal = (kind: Kind, id: string, purpose: string, reason: string): Promise<Revealed> =>
    this.post(`${ROOT}/${kind}/${part(id)}/reveal`, { purpose, reason });
  enrol = (body: unknown, key: string): Promise<{ household_id: string }> => this.post(`${ROOT}/households`, body, key);
  join = (household: string, body: unknown, key: string): Promise<unknown> =>
    this.post(`${ROOT}/households/${part(household)}/members`, body, key);
  act = (kind: Kind, id: string, act: 'move' | 'end', revision: number, body: unknown, key: string): Promise<unknown> =>
    this.post(`${ROOT}/${kind}/${part(id)}/${act}`, body, key, { 'If-Match': `"${revision}"` });

  change = (kind: Kind, id: string, revision: number, body: unknown, key: string): Promise<unknown> =>
    this.post(`${ROOT}/${kind}/${part(id)}`, body, key, { 'If-Match': `"${revision}"` }, 'PATCH');

  /** Where a form to fill in is; the browser saves it. */
  template = (name: string): string => `${ROOT}/residents/templates/${part(name)}`;
  jobs = (): Promise<{ items: Job[]; complete: boolean }> => askAll(`${ROOT}/jobs?`);
  job = (id: string): Promise<Job> => ask(`${ROOT}/jobs/${part(id)}`);
  rejects = (id: string): Promise<{ items: Reject[] }> => ask(`${ROOT}/jobs/${part(id)}/rejects`);
  withdraw = (body: unknown, key: string): Promise<Decided> => this.post(`${ROOT}/residents/withdrawals`, body, key);
  destroy = (person: string, body: unknown, key: string): Promise<Decided> => this.post(`${ROOT}/residents/${part(person)}/destruction`, body, key);

  /** Queues a list of residents; the same key twice queues it once. */
  upload(file: File, options: Record<string, boolean>, key: string): Promise<Job> {
    const body = new FormData();
    body.append('layer', 'residents');
    for (const [name, on] of Object.entries(options)) body.append(name, String(on));
    body.append('file', file);
    return ask(`${ROOT}/jobs`, { method: 'POST', headers: { 'X-CSRF-Token': this.csrf, 'Idempotency-Key': key }, body });
  }

  /** A hand-out sheet as a file, made for this answer and kept nowhere but where the office saves it. */
  async handout(batch: string, format: 'pdf' | 'xlsx'): Promise<Blob> {
    const answer = await fetch(`${ROOT}/plate-batches/${part(batch)}/handout.${format}`, { credentials: 'same-origin', cache: 'no-store' }).catch(() => {
      throw new ApiError(0, 'offline', '网络不通或服务未响应，请稍后再试。');
    });
    if (!answer.ok) throw problemOf(answer.status, await answer.json().catch(() => null));
    return answer.blob();
  }

  private post<T>(path: string, body: unknown, key?: string, more: Record<string, string> = {}, method = 'POST'): Promise<T> {
    const init = posting(body, this.csrf, key);
    const headers = { ...(init.headers as Record<string, string>), ...more };
    if (key === undefined) delete headers['Idempotency-Key'];
    return ask(path, { ...init, method, headers });
  }
}

/** Where the pages of a batch's plates are, opened at one of them. */
export function platePage(plate: PlatePlace): string {
  return `${ROOT}/plate-batches/${part(plate.batch_id)}/files/plates.pdf#page=${plate.page}`;
}

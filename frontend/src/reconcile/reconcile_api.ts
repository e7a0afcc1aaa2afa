/** Population extracts and their rows as the interface answers them; people are masked. */

import { ApiError, ask, type Page, part, posting, problemOf, requestKey } from '../api.ts';

export interface Extract {
  id: string;
  division_code: string;
  stage: 'queued' | 'running' | 'done' | 'failed' | 'withdrawn';
  stage_text: string;
  phase: string;
  row_count: number;
  done_count: number;
  counts: Record<string, number>;
  notes: string[];
  error: { code: string; message: string } | null;
  sender: string;
  created_at: string;
}

export interface ExtractCard extends Extract {
  outcomes: Record<string, number>;
  findings: Record<string, number>;
  open: number;
}

export interface Target {
  address_code: string;
  full_text: string;
  village_code: string;
  lon: number;
  lat: number;
  score: number | null;
  reasons: string[];
}

export interface Row {
  id: string;
  row_no: number;
  text: string | null;
  elements: { kind: string; value: string; start: number; end: number; known: boolean }[];
  left_over: [number, number][];
  outcome: string;
  outcome_text: string;
  reasons: string[];
  target: Target | null;
  candidates: Target[];
  name: string | null;
  id_no: string | null;
  under_14: boolean;
  book_no: string | null;
  external_id: string | null;
  finding_texts: string[];
  decision: 'accept' | 'choose' | 'village' | 'park' | null;
  decided: Target | null;
  decided_by: string | null;
  is_replayed: boolean;
  revision: number;
}

export type Decision = { decision: 'accept' | 'choose' | 'village' | 'park' | 'undo'; address_code?: string; village_code?: string };

const ROOT = '/api/v1/reconciliations';
const ROWS = 50;

/** The interface under one session's token. */
export class ReconcileApi {
  constructor(private readonly csrf: string) {}

  extracts = (): Promise<Page<Extract>> => ask(`${ROOT}?limit=50`);
  extract = (id: string): Promise<ExtractCard> => ask(`${ROOT}/${part(id)}`);
  row = (id: string, query: string, cursor: string | null): Promise<Page<Row>> =>
    ask(`${ROOT}/${part(id)}/rows?limit=${ROWS}${query}${cursor === null ? '' : `&cursor=${part(cursor)}`}`);
  acceptAll = (id: string, outcome: string, expected: number): Promise<{ accepted: number }> =>
    ask(`${ROOT}/${part(id)}/accept`, posting({ outcome, expected }, this.csrf));

  decide(row: Row, body: Decision): Promise<Row> {
    const init = posting(body, this.csrf);
    return ask(`${ROOT}/rows/${part(row.id)}/decision`, { ...init, headers: { ...(init.headers as Record<string, string>), 'If-Match': `"${row.revision}"` } });
  }

  sent = (cursor: string | null): Promise<Page<Row>> => ask(`/api/v1/village-rows?limit=${ROWS}${cursor === null ? '' : `&cursor=${part(cursor)}`}`);

  answer(row: Row, address_code: string | null): Promise<Row> {
    const init = posting({ address_code }, this.csrf);
    return ask(`/api/v1/village-rows/${part(row.id)}/answer`, { ...init, headers: { ...(init.headers as Record<string, string>), 'If-Match': `"${row.revision}"` } });
  }

  async send(form: HTMLFormElement): Promise<Extract> {
    const headers = { 'X-CSRF-Token': this.csrf, 'Idempotency-Key': requestKey() };
    const answer = await fetch(ROOT, { method: 'POST', body: new FormData(form), credentials: 'same-origin', headers });
    const content: unknown = await answer.json().catch(() => null);
    if (!answer.ok) throw problemOf(answer.status, content);
    return content as Extract;
  }

  /** The file with everybody in clear, for a purpose and a reason. */
  async exported(id: string, asked: Record<string, string>): Promise<Blob> {
    const answer = await fetch(`${ROOT}/${part(id)}/export`, { ...posting(asked, this.csrf), credentials: 'same-origin', cache: 'no-store' }).catch(() => {
      throw new ApiError(0, 'offline', '网络不通或服务未响应，请稍后再试。');
    });
    if (!answer.ok) throw problemOf(answer.status, await answer.json().catch(() => null));
    return answer.blob();
  }
}

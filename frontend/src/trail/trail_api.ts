/** Audit lines as the interface answers them, and the question that chooses them. */

import { ask, type Page } from '../api.ts';

export interface AuditLine {
  at: string;
  account: string;
  office_label: string;
  scope: string;
  channel_label: string;
  source: string | null;
  request_id: string | null;
  action: string;
  action_label: string;
  object_kind: string;
  object_id: string | null;
  detail: Record<string, string | number>;
  before: string | null;
  after: string | null;
  reason: string | null;
  chain: number;
  seq: number;
  mac: string;
}

export interface Action {
  action: string;
  label: string;
}

const ROOT = '/api/v1/audit';
const PAGE = 100;

export const trailApi = {
  actions: (): Promise<{ items: Action[] }> => ask(`${ROOT}/actions`),
  page: (asked: URLSearchParams, cursor: string | null): Promise<Page<AuditLine>> => {
    const query = new URLSearchParams(asked);
    query.set('limit', String(PAGE));
    if (cursor !== null) query.set('cursor', cursor);
    return ask(`${ROOT}?${query.toString()}`);
  },
};

/** Where the browser finds the chosen lines as a table. */
export function exportUrl(asked: URLSearchParams): string {
  const query = new URLSearchParams(asked);
  query.set('format', 'csv');
  return `${ROOT}/export?${query.toString()}`;
}

/** Consumers, mapping packages and their rows as the interface answers them. */

import { ask, type Page, part, posting, problemOf } from '../api.ts';

export interface Profile {
  name: string;
  title: string;
  columns: string[];
}

export interface Consumer {
  id: string;
  name: string;
  division_code: string;
  profile: string;
  acknowledged_sequence: number;
  waiting: number;
  held: number;
  open_package_id: string | null;
}

export interface Package {
  id: string;
  consumer_id: string;
  consumer: string;
  sequence: number;
  from_cursor: string;
  to_cursor: string;
  stage: 'issued' | 'acknowledged';
  stage_text: string;
  profile: string;
  encoding: string;
  moves: number;
  held: number;
  digest: string;
  previous_digest: string;
  revision: number;
  issued_by: string;
  issued_at: string;
  acknowledged_by: string | null;
  acknowledged_at: string | null;
}

export interface PackageCard extends Package {
  states: Record<string, number>;
}

export interface Row {
  row_no: number;
  old_text: string | null;
  new_text: string | null;
  is_one_household: boolean;
  kind_text: string;
  decrees: string[];
  effective_on: string;
  keeps_arrival: boolean;
  state: string;
  state_text: string;
  reason: string;
  reason_text: string;
}

export type Registering = { name: string; division: string; profile: string; encoding: string; from_now: boolean };

const PACKAGES = '/api/v1/mapping-packages';
const CONSUMERS = '/api/v1/mapping-consumers';
const SHOWN = 50;
const after = (cursor: string | null): string => (cursor === null ? '' : `&cursor=${part(cursor)}`);

/** The interface under one session's token. */
export class ExchangeApi {
  constructor(private readonly csrf: string) {}

  consumers = (): Promise<Page<Consumer> & { profiles: Profile[] }> => ask(`${CONSUMERS}?limit=1000`);
  register = (body: Registering, key: string): Promise<Consumer> => ask(CONSUMERS, posting(body, this.csrf, key));
  issue = (consumer: string): Promise<Package> => ask(PACKAGES, posting({ consumer_id: consumer }, this.csrf));
  packages = (cursor: string | null): Promise<Page<Package>> => ask(`${PACKAGES}?limit=${SHOWN}${after(cursor)}`);
  package = (id: string): Promise<PackageCard> => ask(`${PACKAGES}/${part(id)}`);
  rows = (id: string, state: string, cursor: string | null): Promise<Page<Row>> =>
    ask(`${PACKAGES}/${part(id)}/rows?limit=${SHOWN}${state ? `&state=${part(state)}` : ''}${after(cursor)}`);

  acknowledge(one: Package, digest: string): Promise<Package> {
    const init = posting(digest ? { digest } : {}, this.csrf);
    return ask(`${PACKAGES}/${part(one.id)}/acknowledge`, { ...init, headers: { ...(init.headers as Record<string, string>), 'If-Match': `"${one.revision}"` } });
  }

  /** The archive; its passphrase travels in the body alone. */
  async archive(id: string, passphrase: string): Promise<Blob> {
    const init = posting({ passphrase }, this.csrf);
    const answer = await fetch(`${PACKAGES}/${part(id)}/archive`, { ...init, credentials: 'same-origin' });
    if (!answer.ok) throw problemOf(answer.status, await answer.json().catch(() => null));
    return answer.blob();
  }
}

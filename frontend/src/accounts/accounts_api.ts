/** What the pages of accounts ask and send. */

import { ask, askAll, type Page, part } from '../api.ts';

export interface Me {
  id: string;
  name: string;
  role: string;
  office: string;
  division_code: string;
  rights: string[];
  signed_in_by: 'api_key' | 'key' | 'password' | 'issuer';
  must: 'password' | 'second_factor' | null;
  has_second_factor: boolean;
  csrf_token: string;
  password_rules: { min_length: number; classes: number; history: number };
}

export interface SessionItem {
  id: string;
  opened_by: string;
  created_at: string;
  seen_at: string;
  expires_at: string;
  is_this: boolean;
}

export interface KeyItem {
  id: string;
  label: string;
  rights: string[] | null;
  expires_at: string;
  revoked_at: string | null;
}

export interface User {
  id: string;
  name: string;
  role: string;
  division_code: string;
  valid_from: string | null;
  valid_until: string | null;
  identity: string | null;
  disabled_at: string | null;
  locked_until: string | null;
  has_password: boolean;
  has_second_factor: boolean;
}

export interface Office {
  role: string;
  division_code: string;
  valid_from: string | null;
  valid_until: string | null;
  identity: string | null;
}

/** The interface under one session's token. */
export class AccountsApi {
  constructor(private readonly csrf: string) {}

  me = (): Promise<Me> => ask('/api/v1/me');

  /** A scope in words, its code alone where nothing tells the name. */
  scope = async (code: string): Promise<string> => {
    const found = await ask<{ name: string }>(`/api/v1/divisions/${part(code)}`).catch(() => null);
    return found === null ? code : `${found.name}（${code}）`;
  };

  /** Names of divisions by code; none for an account that may not read them. */
  divisionNames = async (): Promise<Map<string, string>> => {
    const { items } = await askAll<{ code: string; name: string }>('/api/v1/divisions?').catch(() => ({ items: [] }));
    return new Map(items.map((one) => [one.code, one.name]));
  };

  mySessions = (): Promise<Page<SessionItem>> => ask('/api/v1/me/sessions');
  myKeys = (): Promise<Page<KeyItem>> => ask('/api/v1/me/keys');
  changePassword = (old_password: string, new_password: string): Promise<null> =>
    this.send('POST', '/api/v1/me/password', { old_password, new_password });
  startFactor = (): Promise<{ secret: string; uri: string; qr_svg: string }> => this.send('POST', '/api/v1/me/second-factor');
  confirmFactor = (code: string): Promise<{ codes: string[] }> =>
    this.send('POST', '/api/v1/me/second-factor/confirm', { code });
  endMySession = (id: string): Promise<null> => this.send('DELETE', `/api/v1/me/sessions/${part(id)}`);
  makeMyKey = (label: string, days: number, rights: string[] | null): Promise<{ secret: string }> =>
    this.send('POST', '/api/v1/me/keys', { label, days, rights });
  endMyKey = (id: string): Promise<null> => this.send('DELETE', `/api/v1/me/keys/${part(id)}`);

  users = (): Promise<Page<User>> => ask('/api/v1/users');
  open = (name: string): Promise<User> => this.send('POST', '/api/v1/users', { name });
  giveOffice = (id: string, office: Office): Promise<User> => this.send('PUT', `/api/v1/users/${part(id)}/office`, office);
  act = (id: string, act: 'disable' | 'enable' | 'unlock'): Promise<User> =>
    this.send('POST', `/api/v1/users/${part(id)}/${act}`);
  givePassword = (id: string): Promise<{ password: string }> => this.send('POST', `/api/v1/users/${part(id)}/password`);
  removeFactor = (id: string): Promise<User> => this.send('DELETE', `/api/v1/users/${part(id)}/second-factor`);
  keysOf = (id: string): Promise<Page<KeyItem>> => ask(`/api/v1/users/${part(id)}/keys`);
  endKey = (id: string): Promise<null> => this.send('DELETE', `/api/v1/users/keys/${part(id)}`);
  sessionsOf = (id: string): Promise<Page<SessionItem>> => ask(`/api/v1/users/${part(id)}/sessions`);
  endSession = (id: string): Promise<null> => this.send('DELETE', `/api/v1/users/sessions/${part(id)}`);

  private send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = { 'X-CSRF-Token': this.csrf };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    return ask<T>(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  }
}

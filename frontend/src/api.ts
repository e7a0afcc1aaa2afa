/** The part of the HTTP interface that the pages use: types as answered, and one function per question. */

export interface MapSettings {
  county_name: string;
  center: [number, number];
  bounds: [number, number, number, number];
  synthetic: boolean;
  signed_in: { name: string; role: string; division_code: string } | null;
  csrf_token: string | null;
  map_review_no: string | null;
}

export interface SearchItem {
  code: string;
  full_text: string;
  stage: string;
  place: string;
  number: string;
  lon: number;
  lat: number;
  match: string;
  /** Where it was found: text, former, number, initials, code, parcel, building, near. */
  field: string;
  /** What was taken for the query there: an old text, the characters behind initials. */
  form: string;
}

export interface Address {
  code: string;
  code_grouped: string;
  full_text: string;
  stage: string;
  place: string;
  place_kind: string;
  number: string;
  side: 'left' | 'right' | null;
  offset_m: number | null;
  lon: number;
  lat: number;
  village: string;
  decree_no: string | null;
  valid_from: string | null;
  reasons: { code: string; text: string }[];
  parcel_code: string | null;
  buildings: { id: string; code: string; use: string }[];
  rooms: { code: string; label: string }[];
  plate: { stage: string; profile: string; token_url: string } | null;
  aliases: { text: string }[];
}

export interface Building {
  id: string;
  building_code: string;
  use: string;
  parcel_code: string | null;
  village_code: string | null;
  address_code: string | null;
  full_text: string | null;
  stage: string | null;
  unassigned: boolean;
  place: string | null;
  lon: number;
  lat: number;
}

export interface Place {
  id: string;
  kind: string;
  name: string;
  village_code: string;
  village: string;
  lon: number | null;
  lat: number | null;
}

export interface Division {
  id: string;
  code: string;
  name: string;
  lon: number;
  lat: number;
  bounds: [number, number, number, number] | null;
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** An answer that is not the one hoped for, with the server's Chinese sentence. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly errors: readonly { message: string; field: string | null }[] = [],
  ) {
    super(message);
  }
}

/** The answer says that the page shows what is no longer so, or is not there any more. */
export function isOutdated(error: unknown): boolean {
  return error instanceof ApiError && [404, 409, 412].includes(error.status);
}

const OFFLINE = '网络不通或服务未响应，请稍后再试。';
const PAGE_SIZE = 200;
/** A list longer than this is not worth a page; the caller is told that it was cut. */
const MOST_PAGES = 50;

/** Asks the service; a refusal throws `ApiError`, a lost session leads to the sign-in. */
export async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: 'same-origin', ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'offline', OFFLINE);
  }
  if (response.status === 401) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}${location.hash}`);
  const body: unknown = response.status === 204 ? null : await response.json().catch(() => null);
  if (!response.ok) throw problemOf(response.status, body);
  return body as T;
}

/** What a refusing answer says, with the server's sentence. */
export function problemOf(status: number, body: unknown): ApiError {
  const fields = (body ?? {}) as { code?: string; title?: string; errors?: ApiError['errors'] };
  return new ApiError(status, fields.code ?? 'unknown', fields.title ?? `服务答复异常（${status}）`, fields.errors);
}

export async function askAll<T>(path: string): Promise<{ items: T[]; complete: boolean }> {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer: Page<T> = await ask<Page<T>>(`${path}&limit=${PAGE_SIZE}${after}`);
    items.push(...answer.items);
    cursor = answer.next_cursor;
    if (cursor === null) return { items, complete: true };
  }
  return { items, complete: false };
}

/** Written as one part of a path or query. */
export const part = encodeURIComponent;

/** What a POST by cookie carries: the body, the session's token, and a key against writing twice. */
export function posting(body: unknown, csrf: string, key = requestKey()): RequestInit {
  return {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf, 'Idempotency-Key': key },
    body: JSON.stringify(body),
  };
}

export const api = {
  settings: (): Promise<MapSettings> => ask('/api/v1/map-settings'),
  suggest: (text: string, signal: AbortSignal): Promise<{ items: SearchItem[] }> =>
    ask(`/api/v1/search/suggestions?q=${part(text)}`, { signal }),
  searchMore: (text: string, signal: AbortSignal): Promise<Page<SearchItem>> =>
    ask(`/api/v1/search?q=${part(text)}&limit=50`, { signal }),
  search: (text: string, signal: AbortSignal): Promise<Page<SearchItem>> =>
    ask(`/api/v1/search?q=${part(text)}&limit=8`, { signal }),
  address: (code: string): Promise<Address> => ask(`/api/v1/addresses/${part(code)}`),
  building: async (code: string): Promise<Building> => {
    const found = await ask<Page<Building>>(`/api/v1/buildings?code=${part(code)}&limit=1`);
    if (!found.items[0]) throw new ApiError(404, 'building-not-found', `没有建筑 ${code}`);
    return found.items[0];
  },
  /** The villages that an account works in: all whose code begins with that of its division. */
  villages: async (settings: MapSettings): Promise<{ items: Division[]; complete: boolean }> => {
    const found = await askAll<Division>('/api/v1/divisions?level=village');
    const scope = settings.signed_in?.division_code ?? '';
    return { ...found, items: found.items.filter((one) => one.code.startsWith(scope)) };
  },
  places: (village: string): Promise<{ items: Place[]; complete: boolean }> =>
    askAll(`/api/v1/places?village=${part(village)}`),
  buildings: (village: string): Promise<{ items: Building[]; complete: boolean }> =>
    askAll(`/api/v1/buildings?village=${part(village)}`),
  unassigned: (village: string): Promise<{ items: Building[]; complete: boolean }> =>
    askAll(`/api/v1/buildings?unassigned=true&village=${part(village)}`),
  /** Houses on no list, so many that it shows where there are any. */
  someUnassigned: async (): Promise<Building[]> => (await ask<Page<Building>>(`/api/v1/buildings?unassigned=true&limit=${PAGE_SIZE}`)).items,
  assign: (place: string, buildings: string[], validFrom: string, csrf: string): Promise<{ assigned: number }> =>
    ask(`/api/v1/places/${part(place)}/members`, posting({ building_ids: buildings, valid_from: validFrom }, csrf)),
};

/** A fresh key, so that a repeated send on a weak line writes once. (`randomUUID` needs https.) */
export function requestKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

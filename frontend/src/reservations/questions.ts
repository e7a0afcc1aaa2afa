/** What the page of reservations asks of the service. */

import { ask, askAll, part, posting } from '../api.ts';

export interface Reservation {
  id: string;
  place: string;
  purpose: string;
  holder: string;
  decree_no: string;
  expires_on: string | null;
  stage: 'active' | 'released';
  construction_plan_id: string | null;
  plan_no: string | null;
  numbers: number[];
  issued: number;
  village_code: string | null;
  village: string | null;
  lon: number | null;
  lat: number | null;
}

export interface SiteNumber {
  number: string;
  main: number;
  sub: number;
  before: 'reserved' | 'issued' | 'gap' | null;
  after: 'reserved' | 'issued' | null;
  side: 'left' | 'right' | null;
  why: string;
  lon: number | null;
  lat: number | null;
}

export interface Review {
  construction_plan_id: string;
  plan_no: string;
  name: string;
  place: string;
  village: string;
  holder: string;
  expires_on: string;
  outline: GeoJSON.Geometry;
  needed: number;
  needed_why: string;
  frontage: number | null;
  reserved: number;
  issued: number;
  numbers: SiteNumber[];
  add: number;
  give_up: number;
  without_room: number;
  amendments: { field: 'holder' | 'expires_on'; before: string; after: string }[];
  notes: { code: string; text: string }[];
  changes: boolean;
  digest: string;
}

export type Measure = 'planned' | 'frontage';

export interface Grounds {
  decree_no: string;
  reason: string;
}

export const questions = {
  reservations: (): Promise<{ items: Reservation[]; complete: boolean }> => askAll('/api/v1/reservations?'),
  review: (plan: string, by: Measure): Promise<Review> =>
    ask(`/api/v1/construction-plans/${part(plan)}/review?by=${by}`),
  apply: (plan: string, body: Grounds & { by: Measure; digest: string }, csrf: string, key: string): Promise<unknown> =>
    ask(`/api/v1/construction-plans/${part(plan)}/review`, posting(body, csrf, key)),
  release: (id: string, body: Grounds, csrf: string, key: string): Promise<unknown> =>
    ask(`/api/v1/reservations/${part(id)}/release`, posting(body, csrf, key)),
  extend: (id: string, body: Grounds & { expires_on: string }, csrf: string, key: string): Promise<unknown> =>
    ask(`/api/v1/reservations/${part(id)}/extend`, posting(body, csrf, key)),
};

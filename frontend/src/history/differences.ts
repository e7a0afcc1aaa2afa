/** What differs between the villages of two days, found by identity: neither names nor codes say who is who. */

import type { Area } from './history_api.ts';

export type Fate = 'ended' | 'appeared' | 'boundary' | 'renamed' | 'unknown' | 'same';

export interface Difference {
  id: string;
  /** As on the earlier day; null where it was not there. */
  before: Area | null;
  after: Area | null;
  fate: Fate;
}

/** All villages of both days, by code; `unknown` has no drawing on one of two days at least. */
export function differences(before: readonly Area[], after: readonly Area[]): Difference[] {
  const later = new Map(after.map((area) => [area.id, area]));
  const earlier = new Set(before.map((area) => area.id));
  const pairs: [Area | null, Area | null][] = [
    ...before.map((area): [Area, Area | null] => [area, later.get(area.id) ?? null]),
    ...after.filter((area) => !earlier.has(area.id)).map((area): [null, Area] => [null, area]),
  ];
  return pairs
    .map(([was, is]) => ({ id: (was ?? is)!.id, before: was, after: is, fate: fateOf(was, is) }))
    .sort((one, other) => codeOf(one).localeCompare(codeOf(other)));
}

function fateOf(before: Area | null, after: Area | null): Fate {
  if (!after) return 'ended';
  if (!before) return 'appeared';
  if (before.geometry && after.geometry && JSON.stringify(before.geometry) !== JSON.stringify(after.geometry)) return 'boundary';
  if (before.name !== after.name) return 'renamed';
  return before.geometry && after.geometry ? 'same' : 'unknown';
}

function codeOf(one: Difference): string {
  return (one.before ?? one.after)!.code;
}

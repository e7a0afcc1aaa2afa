/** Doors as the map shows them, from an order that is made or from the lines of a kept plan. */

import type { MapDoor } from './door_markers.ts';
import { numberText, type Section } from './order.ts';
import type { Line, Price } from './renumber_api.ts';

/** The whole place, with `faults` by address code. */
export function doorsOf(sections: readonly Section[], faults: ReadonlyMap<string, string>): MapDoor[] {
  return sections.flatMap((section) => section.rows).map((row) => ({
    code: row.door.code,
    lon: row.door.lon,
    lat: row.door.lat,
    oldText: row.door.number,
    newText: numberText(row),
    changed: row.changed,
    faulty: faults.has(row.door.code),
  }));
}

/** One line of a kept plan. */
export function changedDoor(line: Line): MapDoor {
  return {
    code: line.code,
    lon: line.lon,
    lat: line.lat,
    oldText: line.old_number,
    newText: line.new_number,
    changed: true,
    faulty: false,
  };
}

/** What is wrong with a door afterwards, notices left out. */
export function faultsByCode(price: Price): Map<string, string> {
  const found = new Map<string, string>();
  for (const fault of price.faults) {
    const code = fault.codes.at(-1);
    if (fault.severity !== 'notice' && code && !found.has(code)) found.set(code, fault.text);
  }
  return found;
}

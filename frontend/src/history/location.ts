/** What the address of the page names: a text, an address or a village, and the two days of the maps. */

export interface Place {
  text: string | null;
  on: string | null;
  address: string | null;
  division: string | null;
  /** A village by its code, on the day `on`. */
  code: string | null;
  town: string | null;
  left: string | null;
  right: string | null;
}

const NAMES = ['text', 'on', 'address', 'division', 'code', 'town', 'left', 'right'] as const;
const SUBJECTS = { text: null, on: null, address: null, division: null, code: null };

export function readPlace(search: string): Place {
  const query = new URLSearchParams(search);
  return Object.fromEntries(NAMES.map((name) => [name, query.get(name)?.trim() || null])) as unknown as Place;
}

/** The page at what is named, with the town and days that it shows now. */
export function linkTo(named: Partial<Place>): string {
  const place = { ...readPlace(location.search), ...SUBJECTS, ...named };
  const query = new URLSearchParams();
  for (const name of NAMES) if (place[name]) query.set(name, place[name]);
  const words = query.toString();
  return `/history${words ? `?${words}` : ''}`;
}

/** The same subject on other days or in another town. */
export function linkFromHere(changed: Partial<Place>): string {
  const { text, on, address, division, code } = readPlace(location.search);
  return linkTo({ text, on, address, division, code, ...changed });
}

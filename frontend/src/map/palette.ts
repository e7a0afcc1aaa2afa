/** Colours of the map: soft countryside below, the register's facts above it. */

export const PALETTE = {
  ground: '#f1ede2',
  /** Neighbouring villages get different tints by the tail of their code. */
  villages: ['#eef2df', '#f6efdb', '#e6f0e4', '#f4e9dc', '#e4eeea', '#f1f1dc', '#ece9df'],
  villageLine: '#a39c7f',
  villageText: '#5c5a44',
  lane: '#ffffff',
  laneCasing: '#d8cfba',
  laneText: '#6f6753',
  street: '#fff4d2',
  streetCasing: '#d6ab62',
  streetText: '#7a4e12',
  parcel: '#b9ad90',
  groupLine: '#6f9a78',
  groupText: '#35633f',
  number: '#17477f',
  halo: '#fffdf7',
  reserved: '#a0522d',
  selected: '#0b63ce',
  unassigned: '#c2410c',
  cell: '#2f6f62',
} as const;

/** Fill and outline of a building by its use. */
export const USE_COLOURS: Record<string, { fill: string; line: string }> = {
  dwelling: { fill: '#e9d3b4', line: '#b8966a' },
  shop: { fill: '#f0b9a0', line: '#c27a5c' },
  mixed: { fill: '#f2d09c', line: '#bf8741' },
  organ: { fill: '#c6c0e2', line: '#7d73b5' },
  enterprise: { fill: '#b7ccdc', line: '#6688a5' },
  outbuilding: { fill: '#ddd8cb', line: '#b5ae9c' },
  other: { fill: '#d3d0c8', line: '#a5a196' },
};

/** Who has which number while a plan is made: moving a door turns the numbers between two places by one. */

import type { DoorNow, Line, Wish } from './renumber_api.ts';

export interface Numbered {
  main: number;
  sub: number;
}

/** One door of the place with the number that it would get. */
export interface Row extends Numbered {
  door: DoorNow;
  changed: boolean;
}

/** Rows of one side of a street, or of a whole area, in order of the new numbers. */
export interface Section {
  side: 'left' | 'right' | null;
  rows: Row[];
}

const SIDES = ['right', 'left', null] as const;

export class Order {
  private numbers = new Map<string, Numbered>();

  constructor(private readonly doors: readonly DoorNow[]) {
    this.reset();
  }

  /** Everybody has the present number again. */
  reset(): void {
    this.numbers = new Map(this.doors.map((door) => [door.code, { main: door.main, sub: door.sub }]));
  }

  /** Takes over the new numbers of a plan; doors that it does not name keep theirs. */
  take(changes: readonly Line[]): void {
    this.reset();
    for (const line of changes) {
      if (this.numbers.has(line.code)) this.numbers.set(line.code, { main: line.new_main, sub: line.new_sub });
    }
  }

  /** Takes over what was wished before the place was read anew; doors that are gone are left out. */
  wish(wishes: readonly Wish[]): void {
    this.reset();
    for (const { code, main, sub } of wishes) if (this.numbers.has(code)) this.numbers.set(code, { main, sub });
  }

  sections(): Section[] {
    const rows = this.doors.map((door) => this.row(door));
    return SIDES.map((side) => ({ side, rows: rows.filter((row) => row.door.side === side).sort(byNumber) })).filter(
      (section) => section.rows.length > 0,
    );
  }

  row(door: DoorNow): Row {
    const number = this.numbers.get(door.code) ?? door;
    return { door, main: number.main, sub: number.sub, changed: number.main !== door.main || number.sub !== door.sub };
  }

  changes(): Wish[] {
    return this.doors
      .map((door) => this.row(door))
      .filter((row) => row.changed)
      .map((row) => ({ code: row.door.code, main: row.main, sub: row.sub }));
  }

  /** Lets a door take the place of another one on its side; those between make room. False when they share no side. */
  moveTo(code: string, target: string): boolean {
    const section = this.sectionOf(code);
    const at = section.findIndex((row) => row.door.code === code);
    const to = section.findIndex((row) => row.door.code === target);
    if (at < 0 || to < 0 || at === to) return false;
    const numbers = section.map(({ main, sub }) => ({ main, sub }));
    const codes = section.map((row) => row.door.code);
    codes.splice(to, 0, ...codes.splice(at, 1));
    codes.forEach((moved, index) => this.numbers.set(moved, numbers[index]!));
    return true;
  }

  /** One place up or down within the side. */
  shift(code: string, by: 1 | -1): boolean {
    const section = this.sectionOf(code);
    const target = section[section.findIndex((row) => row.door.code === code) + by];
    return target !== undefined && this.moveTo(code, target.door.code);
  }

  private sectionOf(code: string): Row[] {
    return this.sections().find((section) => section.rows.some((row) => row.door.code === code))?.rows ?? [];
  }
}

function byNumber(a: Row, b: Row): number {
  return a.main - b.main || a.sub - b.sub;
}

/** 12号附1. */
export function numberText({ main, sub }: Numbered): string {
  return sub > 0 ? `${main}号附${sub}` : `${main}号`;
}

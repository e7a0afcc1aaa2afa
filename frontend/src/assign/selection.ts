/** Which of the shown houses are picked; a house that is not shown can never be. */

import type { Building } from '../api.ts';

export class Selection {
  private readonly picked = new Set<string>();
  private shown = new Map<string, Building>();

  constructor(private readonly changed: (selection: Selection) => void) {}

  /** Replaces the houses on the list and drops picks that are no longer among them. */
  show(houses: readonly Building[]): void {
    this.shown = new Map(houses.map((house) => [house.id, house]));
    for (const id of this.picked) if (!this.shown.has(id)) this.picked.delete(id);
    this.changed(this);
  }

  houses(): Building[] {
    return [...this.shown.values()];
  }

  ids(): string[] {
    return [...this.picked];
  }

  has(id: string): boolean {
    return this.picked.has(id);
  }

  get size(): number {
    return this.picked.size;
  }

  set(id: string, picked: boolean): void {
    this.setAll([id], picked);
  }

  /** Picks or drops many at once; ids that are not shown are ignored. */
  setAll(ids: readonly string[], picked: boolean): void {
    for (const id of ids) {
      if (picked && this.shown.has(id)) this.picked.add(id);
      else this.picked.delete(id);
    }
    this.changed(this);
  }

  clear(): void {
    this.picked.clear();
    this.changed(this);
  }
}

/** Dragging a row of the table by its handle, with mouse, pen or finger. */

const EDGE_PX = 36;
const STEP_PX = 14;

export class RowDrag {
  private moving: HTMLTableRowElement | null = null;
  private over: HTMLTableRowElement | null = null;

  /**
   * `dropped` gets the row and the row whose place it takes; both stand in one body of the table. `ended` follows
   * every drag, dropped or not.
   */
  constructor(
    private readonly table: HTMLTableElement,
    private readonly scroller: HTMLElement,
    private readonly dropped: (code: string, target: string) => void,
    private readonly ended: () => void,
  ) {
    table.addEventListener('pointerdown', (event) => this.begin(event));
    table.addEventListener('pointermove', (event) => this.follow(event));
    table.addEventListener('pointerup', () => this.end());
    for (const lost of ['pointercancel', 'lostpointercapture']) table.addEventListener(lost, () => this.giveUp());
  }

  get busy(): boolean {
    return this.moving !== null;
  }

  private begin(event: PointerEvent): void {
    const grip = event.target instanceof Element ? event.target.closest<HTMLElement>('.grip') : null;
    const row = grip?.closest<HTMLTableRowElement>('tr[data-code]');
    if (!grip || !row || event.button !== 0) return;
    event.preventDefault();
    this.table.setPointerCapture(event.pointerId);
    this.moving = row;
    row.classList.add('moving');
  }

  private follow(event: PointerEvent): void {
    if (!this.moving) return;
    this.scrollAtEdge(event.clientY);
    const found = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLTableRowElement>('tr[data-code]');
    const target = found && found !== this.moving && found.parentElement === this.moving.parentElement ? found : null;
    if (target === this.over) return;
    this.mark(false);
    this.over = target;
    this.mark(true);
  }

  /** On a phone the whole side scrolls, not the table alone. */
  private scrollAtEdge(y: number): void {
    const own = this.scroller.scrollHeight > this.scroller.clientHeight;
    const scrolled = own ? this.scroller : (this.scroller.parentElement ?? this.scroller);
    const box = scrolled.getBoundingClientRect();
    if (y < box.top + EDGE_PX) scrolled.scrollTop -= STEP_PX;
    if (y > box.bottom - EDGE_PX) scrolled.scrollTop += STEP_PX;
  }

  private mark(on: boolean): void {
    if (!this.over || !this.moving) return;
    const below = (this.moving.compareDocumentPosition(this.over) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
    this.over.classList.toggle(below ? 'drop-below' : 'drop-above', on);
  }

  private end(): void {
    const [moving, over] = [this.moving?.dataset['code'], this.over?.dataset['code']];
    this.clear();
    if (!moving) return;
    if (over) this.dropped(moving, over);
    this.ended();
  }

  private giveUp(): void {
    if (!this.moving) return;
    this.clear();
    this.ended();
  }

  /** Lets go of the row without dropping it. */
  clear(): void {
    this.mark(false);
    this.moving?.classList.remove('moving');
    this.moving = this.over = null;
  }
}

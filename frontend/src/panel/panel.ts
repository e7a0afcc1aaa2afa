/** The panel beside the map, which on a phone is a sheet that slides up from the bottom. */

import { h, icon, ICONS, required } from '../dom.ts';

/** Where `app.css` turns panels into sheets. */
export const SHEET_MEDIA = '(max-width: 720px)';
/** A drag this long opens, closes or grows the sheet; a shorter one is a tap. */
const DRAG_PX = 40;

export class Panel {
  private readonly root = required<HTMLElement>('#panel');
  private readonly body = required<HTMLElement>('#panel-body');
  private readonly title = required<HTMLElement>('#panel-title');
  private before: Element | null = null;

  constructor(private readonly onClose: () => void) {
    const close = required<HTMLButtonElement>('#panel-close');
    close.append(icon(ICONS.close));
    close.addEventListener('click', () => this.close());
    this.root.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.close();
    });
    this.listenToHandle(required<HTMLElement>('#panel-handle'));
  }

  /** Shows `content`; the title gets the focus so that it is read out, and Escape gives the focus back. */
  open(title: string, ...content: Node[]): void {
    if (this.root.hidden) this.before = document.activeElement;
    this.title.textContent = title;
    this.body.replaceChildren(...content);
    this.body.scrollTop = 0;
    this.root.hidden = false;
    this.title.focus({ preventScroll: true });
  }

  /** Shows that something is on its way. */
  wait(title: string): void {
    const line = (): HTMLElement => h('div', { class: 'skeleton' });
    this.open(title, h('div', { 'aria-busy': true, 'aria-label': '正在读取' }, line(), line(), line()));
  }

  close(): void {
    if (this.root.hidden) return;
    this.root.hidden = true;
    this.root.classList.remove('tall');
    if (this.before instanceof HTMLElement) this.before.focus({ preventScroll: true });
    this.onClose();
  }

  /** Room that the panel takes from the map, in pixels. */
  padding(): { left: number; bottom: number; top: number; right: number } {
    const isSheet = window.matchMedia(SHEET_MEDIA).matches;
    const height = Math.min(window.innerHeight * 0.46, 420);
    return isSheet ? { left: 0, right: 0, top: 60, bottom: height } : { left: 400, right: 0, top: 0, bottom: 0 };
  }

  private listenToHandle(handle: HTMLElement): void {
    let from: number | null = null;
    handle.addEventListener('pointerdown', (event) => {
      from = event.clientY;
      handle.setPointerCapture(event.pointerId);
    });
    handle.addEventListener('pointerup', (event) => {
      if (from === null) return;
      this.slide(event.clientY - from);
      from = null;
    });
    handle.addEventListener('pointercancel', () => {
      from = null;
    });
    handle.addEventListener('click', (event) => {
      if (event.detail === 0) this.root.classList.toggle('tall');
    });
  }

  private slide(by: number): void {
    const tall = this.root.classList.contains('tall');
    if (Math.abs(by) < DRAG_PX) this.root.classList.toggle('tall');
    else if (by < 0) this.root.classList.add('tall');
    else if (tall) this.root.classList.remove('tall');
    else this.close();
  }
}

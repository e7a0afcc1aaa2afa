/** One short message at the foot of the page, read out by screen readers. */

import { required } from './dom.ts';

const SHOWN_MS = 5000;
let timer = 0;

/** Shows `text` for some seconds; a failure looks different and is announced at once. */
export function notify(text: string, kind: 'good' | 'bad' = 'good'): void {
  const box = required<HTMLElement>('#notice');
  box.className = `notice ${kind}`;
  box.setAttribute('role', kind === 'bad' ? 'alert' : 'status');
  box.textContent = text;
  box.hidden = false;
  window.clearTimeout(timer);
  timer = window.setTimeout(() => {
    box.hidden = true;
  }, SHOWN_MS);
}

/** The sentence to show for whatever was thrown. */
export function sentence(error: unknown): string {
  return error instanceof Error && error.message ? error.message : '操作没有完成，请稍后再试。';
}

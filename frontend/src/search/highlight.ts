/** Marks in a suggestion what the reader typed. */

import { h } from '../dom.ts';

/** Splits `text` at the longest runs of `query` found in order; runs become `<mark>`. */
export function markMatches(text: string, query: string): (Node | string)[] {
  const wanted = query.normalize('NFKC').replace(/\s+/g, '');
  const parts: (Node | string)[] = [];
  let at = 0;
  let typed = 0;
  while (typed < wanted.length) {
    const run = longestRun(text, wanted, at, typed);
    if (run.length === 0) {
      typed += 1;
      continue;
    }
    if (run.start > at) parts.push(text.slice(at, run.start));
    parts.push(h('mark', {}, text.slice(run.start, run.start + run.length)));
    at = run.start + run.length;
    typed += run.length;
  }
  if (at < text.length) parts.push(text.slice(at));
  return parts;
}

function longestRun(text: string, wanted: string, at: number, typed: number): { start: number; length: number } {
  for (let length = wanted.length - typed; length > 0; length -= 1) {
    const start = text.indexOf(wanted.slice(typed, typed + length), at);
    if (start >= 0) return { start, length };
  }
  return { start: at, length: 0 };
}

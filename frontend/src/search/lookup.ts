/** Questions of a search box over a weak line: one at a time, the last one only, remembered for a minute, asked again when lost. */

import { api, ApiError, type SearchItem } from '../api.ts';

const DEBOUNCE_MS = 180;
const SLOW_MS = 500;
const RETRY_MS = 1500;
const TRIES = 3;
const KEEP_MS = 60_000;
const KEPT = 60;

export interface Listener {
  found(text: string, items: SearchItem[]): void;
  failed(text: string, error: unknown): void;
  /** The answer is late (or has come): a sign may be shown, what is listed stays. */
  waiting(isLate: boolean, isLost: boolean): void;
}

export class Lookup {
  private running = new AbortController();
  private timer = 0;
  private readonly kept = new Map<string, { until: number; items: SearchItem[] }>();

  constructor(private readonly listener: Listener) {}

  /** Asks once the typing rests; what was asked before is broken off. */
  soon(text: string): void {
    this.stop();
    const known = this.known(text);
    if (known) this.listener.found(text, known);
    else this.timer = window.setTimeout(() => void this.ask(text), DEBOUNCE_MS);
  }

  /** Asks without waiting. */
  now(text: string): void {
    this.stop();
    void this.ask(text);
  }

  /** Asks for more than suggestions. */
  more(text: string): void {
    this.stop();
    void this.ask(text, api.searchMore);
  }

  stop(): void {
    window.clearTimeout(this.timer);
    this.running.abort();
    this.listener.waiting(false, false);
  }

  private async ask(text: string, question: (text: string, signal: AbortSignal) => Promise<{ items: SearchItem[] }> = api.suggest): Promise<void> {
    const running = new AbortController();
    this.running = running;
    const slow = window.setTimeout(() => this.listener.waiting(true, false), SLOW_MS);
    try {
      const { items } = await this.tried(() => question(text, running.signal), running.signal);
      if (running.signal.aborted) return;
      if (question === api.suggest) this.keep(text, items);
      this.listener.waiting(false, false);
      this.listener.found(text, items);
    } catch (error) {
      if (running.signal.aborted) return;
      this.listener.waiting(false, false);
      this.listener.failed(text, error);
    } finally {
      window.clearTimeout(slow);
    }
  }

  private async tried<T>(question: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let left = TRIES - 1; ; left -= 1) {
      try {
        return await question();
      } catch (error) {
        const isLost = error instanceof ApiError && error.status === 0;
        if (!isLost || left === 0 || signal.aborted) throw error;
        this.listener.waiting(true, true);
        await new Promise((resume) => window.setTimeout(resume, RETRY_MS));
        if (signal.aborted) throw error;
      }
    }
  }

  private known(text: string): SearchItem[] | null {
    const kept = this.kept.get(text);
    return kept && kept.until > Date.now() ? kept.items : null;
  }

  private keep(text: string, items: SearchItem[]): void {
    this.kept.set(text, { until: Date.now() + KEEP_MS, items });
    const oldest = this.kept.keys().next().value;
    if (this.kept.size > KEPT && oldest !== undefined) this.kept.delete(oldest);
  }
}

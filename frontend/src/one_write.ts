/** Writing once: a second press is not heard while the first is under way, and a repeat carries the same key. */

import { requestKey } from './api.ts';

export class OneWrite {
  private content = '';
  private key = '';
  private running = false;

  /** `changed` is told when writing begins and ends. */
  constructor(private readonly changed: (busy: boolean) => void = () => undefined) {}

  get busy(): boolean {
    return this.running;
  }

  /** Runs `write`, which throws what it throws; the key stays with this content until an answer came. */
  async run(content: unknown, write: (key: string) => Promise<void>): Promise<void> {
    if (this.running) return;
    this.running = true;
    this.changed(true);
    try {
      await write(this.keyOf(JSON.stringify(content)));
      this.content = this.key = '';
    } finally {
      this.running = false;
      this.changed(false);
    }
  }

  private keyOf(content: string): string {
    if (this.key === '' || content !== this.content) [this.content, this.key] = [content, requestKey()];
    return this.key;
  }
}

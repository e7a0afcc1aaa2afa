/** What is written about plans: each deed once, told in a sentence, and its failure too. */

import { notify } from '../notice.ts';
import { OneWrite } from '../one_write.ts';
import { type Asked, type PlanItem, renumberApi } from './renumber_api.ts';

/** The plan as it is afterwards; null when nothing was written by this press. */
export type Written = Promise<PlanItem | null>;

export class PlanWrites {
  private readonly write: OneWrite;

  /** `changed` is told when writing begins and ends, `refused` what was answered instead of a plan. */
  constructor(
    private readonly csrf: string,
    changed: (busy: boolean) => void,
    private readonly refused: (error: unknown) => void,
  ) {
    this.write = new OneWrite(changed);
  }

  get busy(): boolean {
    return this.write.busy;
  }

  keep(asked: Asked): Written {
    return this.send(['keep', asked], (key) => renumberApi.draw(asked, this.csrf, key), () => '方案已保存，待批准执行');
  }

  undo(id: string): Written {
    return this.send(['undo', id], (key) => renumberApi.undo(id, this.csrf, key), () => '撤销方案已拟定，待批准执行');
  }

  drop(id: string): Written {
    return this.send(['drop', id], (key) => renumberApi.drop(id, this.csrf, key), () => '方案已作废');
  }

  commit(id: string, decree: string, from: string): Written {
    const words = (plan: PlanItem): string => `已执行，${plan.summary.doors} 个门牌号自 ${plan.effective_on ?? ''} 起生效`;
    return this.send(['commit', id, decree, from], (key) => renumberApi.commit(id, decree, from, this.csrf, key), words);
  }

  private async send(content: unknown, write: (key: string) => Promise<PlanItem>, words: (plan: PlanItem) => string): Written {
    const written: PlanItem[] = [];
    try {
      await this.write.run(content, async (key) => void written.push(await write(key)));
    } catch (error) {
      this.refused(error);
    }
    for (const plan of written) notify(words(plan));
    return written[0] ?? null;
  }
}

/** What is written about plans of mergers: each deed once, told in a sentence, and its failure too. */

import { ApiError } from '../api.ts';
import { notify, sentence } from '../notice.ts';
import { OneWrite } from '../one_write.ts';
import { type Asked, type Choice, mergerApi, type Plan, type PlanItem, type Undo } from './merger_api.ts';
import { districtOf } from './merger_words.ts';

/** Somebody else was quicker: the plan is read again. */
const OVERTAKEN = new Set(['plan-outdated', 'plan-decided']);

/** `overtaken` gets the code of a refusal that comes from what others did meanwhile. */
export class MergerWrites {
  private readonly write: OneWrite;

  constructor(
    private readonly csrf: string,
    changed: (busy: boolean) => void,
    private readonly overtaken: (code: string) => void,
  ) {
    this.write = new OneWrite(changed);
  }

  draw(asked: Asked): Promise<Plan | null> {
    return this.send(['draw', asked], (key) => mergerApi.draw(asked, this.csrf, key), () => '方案已保存，下面是试算结果');
  }

  choose(id: string, choices: Choice[]): Promise<Plan | null> {
    const words = (plan: Plan): string => (plan.undecided > 0 ? `已记下，还有 ${plan.undecided} 处未决定` : '已记下，重名都已决定');
    return this.send(['choose', id, choices], (key) => mergerApi.choose(id, choices, this.csrf, key), words);
  }

  /** The dry run once more as things stand now: one decision is repeated, which changes nothing else. */
  again(plan: Plan): Promise<Plan | null> {
    const choices = [repeated(plan)];
    return this.send(['again', plan.id, choices], (key) => mergerApi.choose(plan.id, choices, this.csrf, key), () => '已按现状重新试算');
  }

  commit(id: string, decree: string): Promise<PlanItem | null> {
    return this.send(['commit', id, decree], (key) => mergerApi.commit(id, decree, this.csrf, key), () => '已执行');
  }

  drop(id: string): Promise<PlanItem | null> {
    return this.send(['drop', id], (key) => mergerApi.drop(id, this.csrf, key), () => '方案已作废');
  }

  undo(id: string, undo: Undo): Promise<Plan | null> {
    return this.send(['undo', id, undo], (key) => mergerApi.undo(id, undo, this.csrf, key), () => '恢复方案已拟定，待批准执行');
  }

  private async send<T>(content: unknown, write: (key: string) => Promise<T>, words: (plan: T) => string): Promise<T | null> {
    const written: T[] = [];
    try {
      await this.write.run(content, async (key) => void written.push(await write(key)));
    } catch (error) {
      if (error instanceof ApiError && OVERTAKEN.has(error.code)) this.overtaken(error.code);
      else notify(whole(error), 'bad');
    }
    for (const plan of written) notify(words(plan));
    return written[0] ?? null;
  }
}

/** The sentence with what is wrong in particular. */
function whole(error: unknown): string {
  const details = error instanceof ApiError ? error.errors.slice(0, 3).map((one) => one.message) : [];
  return details.length > 0 ? `${sentence(error)}：${details.join('；')}` : sentence(error);
}

/** A decision in force, or that nothing was decided for a village of which that is so. */
function repeated(plan: Plan): Choice {
  const { summary } = plan;
  const chosen = summary.collisions.flatMap((one) => one.places).find((place) => place.chosen)?.chosen;
  if (chosen) return chosen;
  const villages = summary.villages.map((village) => ({ id: village.id, name: districtOf(summary, village.name) }));
  const kept = villages.find((village) => village.name !== null);
  const subject = kept ?? villages[0];
  return { subject_id: subject?.id ?? '', kind: kept ? 'district' : 'undecided', name: kept?.name ?? '', into_id: null };
}

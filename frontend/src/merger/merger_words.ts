/** Words of the assistant: stages, areas, days, and what a choice makes of a text. */

import type { Choice, CollidingPlace, PlaceChange, Plan, PlanItem, Summary } from './merger_api.ts';

const STAGE_LABELS = { draft: '待批准', committed: '已执行', dropped: '已作废' } as const;

export const STATE_LABELS: Record<string, string> = {
  draft: '草案',
  current: '现行',
  joined: '并入',
  moved: '随村划转',
  renamed: '改名',
  created: '新设',
  active: '预留中',
  issued: '已编',
  reserved: '预留',
  retired: '注销',
  received: '已收件',
  accepted: '已受理',
};

const M2_PER_MU = 10_000 / 15;
const SUFFIX = /^(.+?)(村民委员会|居民委员会|居委会|村委会|社区|村)$/;

/** 123.4 公顷（1851 亩）. */
export function areaText(m2: number | null | undefined): string {
  if (m2 === null || m2 === undefined) return '没有界线';
  if (m2 < 1000) return `${Math.round(m2)} 平方米`;
  return `${(m2 / 10_000).toFixed(1)} 公顷（${Math.round(m2 / M2_PER_MU)} 亩）`;
}

/** The date where the register is kept. */
export function dayInChina(moment: Date): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(moment);
}

/** 沙坪村 → 沙坪片区, as the service proposes it. */
export function districtName(village: string): string {
  return `${SUFFIX.exec(village)?.[1] ?? village}片区`;
}

export function ownName(place: CollidingPlace): string {
  return place.kind === 'village' ? '' : place.name;
}

/** A door of the place as it reads now. */
export function textBefore(place: CollidingPlace): string {
  return `${place.village}${ownName(place)}${door(place)}`;
}

/** The same door by a choice; null where there is no text to show yet. */
export function textAfter(place: CollidingPlace, choice: Choice, target: string, change: PlaceChange | undefined): string | null {
  if (choice.kind === 'district') return choice.name ? `${target}${choice.name}${ownName(place)}${door(place)}` : null;
  if (choice.kind === 'rename') return choice.name ? `${target}${choice.name}${door(place)}` : null;
  if (choice.kind !== 'join') return `${target}${ownName(place)}${door(place)}`;
  if (change?.joined_to !== choice.into_id || !change) return null;
  return `${target}${change.new_name === target ? '' : change.new_name}${place.doors > 0 ? `${1 + change.offset}号` : ''}`;
}

function door(place: CollidingPlace): string {
  return place.doors > 0 ? '1号' : '';
}

/** The name under which all places of a village are kept as 片区, if a person decided so. */
export function districtOf(summary: Summary, village: string): string | null {
  const single = new Set(summary.collisions.flatMap((one) => one.places.filter((p) => p.chosen).map((p) => p.id)));
  const follow = summary.places.filter((place) => place.village === village && place.moves && !single.has(place.id));
  const names = new Set(follow.map((place) => outerOf(place, summary.target.name)));
  const [name] = names;
  return names.size === 1 && name ? name : null;
}

function outerOf(place: PlaceChange, target: string): string {
  if (place.kind === 'village') return place.new_name === target ? '' : place.new_name;
  return place.new_name.endsWith(place.old_name) ? place.new_name.slice(0, -place.old_name.length) : '';
}

export function villagesOf(summary: Summary, part: 'ends' | 'absorbs' | 'is_split'): string[] {
  return summary.villages.filter((village) => village.part === part).map((village) => village.name);
}

/** The state of a plan in a word; how many villages ended is known of a whole plan only. */
export function stateName(plan: PlanItem | Plan): string {
  if (plan.undone_by.length === 0) return STAGE_LABELS[plan.stage];
  const ended = 'summary' in plan ? villagesOf(plan.summary, 'ends').length : plan.village_codes.length;
  if (plan.undone_by.length >= ended) return '已恢复';
  return 'summary' in plan ? '部分恢复' : '已有恢复';
}

/** Who did what, in a sentence. */
export function story(plan: PlanItem): string {
  const drawn = `${dayInChina(new Date(plan.created_at))} 由${plan.drawn_by}拟定`;
  if (plan.stage === 'draft') return `${drawn}，拟自 ${plan.effective_on} 起生效。`;
  const day = plan.decided_at ? dayInChina(new Date(plan.decided_at)) : '';
  if (plan.stage === 'dropped') return `${drawn}，${day} 由${plan.decided_by ?? ''}作废。`;
  return `${drawn}，${day} 由${plan.decided_by ?? ''}凭${plan.decree_no ?? ''}批准执行，自 ${plan.effective_on} 起生效。`;
}

/** What stands between a draft and its approval. */
export function obstacles(plan: Plan): string[] {
  const { summary } = plan;
  const found = summary.invariants.findings.filter((finding) => finding.severity === 'error').map((finding) => finding.text);
  if (summary.undecided > 0) found.push(`还有 ${summary.undecided} 处重名没有决定`);
  if (summary.homonym_count > 0) found.push(`按现有决定，仍有 ${summary.homonym_count} 条地址与别的地址全称相同`);
  found.push(...summary.findings.filter((finding) => finding.code === 'effective-on-too-early').map((finding) => finding.text));
  return found;
}

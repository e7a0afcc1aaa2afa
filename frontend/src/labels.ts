/** Chinese labels of the register's enumerations, as the pages show them. */

export const USE_LABELS: Record<string, string> = {
  dwelling: '住宅',
  shop: '商铺',
  mixed: '混合',
  organ: '机关',
  enterprise: '企业',
  outbuilding: '附属',
  other: '其他',
};

export const ADDRESS_STAGE_LABELS: Record<string, string> = {
  draft: '草案',
  rejected: '退回',
  current: '现行',
  retired: '废弃',
};

export const PLATE_STAGE_LABELS: Record<string, string> = {
  ordered: '已订制',
  made: '已制作',
  delivered: '已送达',
  received: '已签收',
  installed: '已安装',
  skipped: '不制作',
  replaced: '已换发',
};

export const PLATE_PROFILE_LABELS: Record<string, string> = {
  small: '小门牌',
  medium: '中门牌',
  large: '大门牌',
  building: '楼牌',
  unit: '单元牌',
  room: '户牌',
};

export const PLACE_KIND_LABELS: Record<string, string> = {
  street: '街路巷',
  compound: '小区',
  institution: '单位院',
  hamlet: '自然村',
  group: '村民小组',
  village: '全村',
};

export const SIDE_LABELS: Record<string, string> = { left: '左侧', right: '右侧' };

/** The Chinese label, or the value itself when a newer server knows more than this page. */
export function label(labels: Record<string, string>, value: string): string {
  return labels[value] ?? value;
}

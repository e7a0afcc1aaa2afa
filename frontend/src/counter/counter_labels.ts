/** Chinese labels of the counter. */

import type { Kind, Tray } from './counter_api.ts';

export const KIND_LABELS: Record<Kind, string> = {
  new_house: '新建房屋',
  split_household: '分户',
  lost_plate: '补发门牌',
  correction: '更正',
};

export const TRAY_LABELS: Record<Tray, string> = { decision: '待办', approval: '待批', plate: '待制牌', done: '办结' };

export const STAGE_LABELS: Record<string, string> = {
  received: '已受理',
  accepted: '已核定',
  refused: '不予办理',
  withdrawn: '已撤回',
  closed: '已办结',
};

export const EVIDENCE_LABELS: Record<string, string> = {
  permit: '建房批准文件',
  ownership: '不动产权属证明',
  household_register: '户口簿',
  identity: '身份证件（已查验）',
  photo: '照片',
  letter: '证明、函件',
  other: '其他',
};

export const STEP_LABELS: Record<string, string> = {
  received: '受理',
  accepted: '核定',
  refused: '不予办理',
  returned: '县级退回',
  plate_replaced: '原门牌作废',
  plate_ordered: '订制门牌',
  withdrawn: '撤回',
  closed: '办结',
};

/** The papers that a kind asks for first. */
export const FIRST_PAPER: Record<Kind, string | null> = {
  new_house: 'permit',
  split_household: 'household_register',
  lost_plate: null,
  correction: null,
};

export const REQUEST_WORDS: Record<Kind, string> = {
  new_house: '新建房屋，申请编制门牌',
  split_household: '分户，申请编制门牌或户室',
  lost_plate: '门牌遗失或损坏，申请补发',
  correction: '门牌号与实际不符，申请更正',
};

/** Words of the pages of accounts. */

export const OFFICES: Record<string, string> = {
  pending: '待授权',
  admin: '系统管理员',
  civil_affairs: '民政办',
  natural_resources: '自然资源所',
  village: '村（居）委会',
  county: '县级主管部门',
  field_team: '业务队伍',
  police: '派出所',
  finance: '财政所',
  leading_group: '平安办',
  social_security: '社保站',
  installer: '安装队伍',
  assistant: '协管员',
  security_admin: '安全管理员',
  audit_admin: '审计管理员',
};

export const RIGHTS: Record<string, string> = {
  read: '查看',
  import: '导入',
  assign: '归组',
  name: '地名',
  number: '编号',
  approve: '批准',
  plates: '订制门牌',
  attach: '附件',
  subscribe: '订阅变更',
  administer: '开设账户',
  residents: '查看居民（遮蔽）',
  enrol: '登记居民',
  reveal: '显示居民原文',
  secure: '授权与安全',
  audit: '审计',
  reconcile: '核对人口底册',
  exchange: '交换地址对照',
};

/** Rights in the order of their list, by their names. */
export function rightNames(rights: readonly string[]): string {
  const order = Object.keys(RIGHTS);
  return [...rights].sort((one, other) => order.indexOf(one) - order.indexOf(other)).map((right) => RIGHTS[right] ?? right).join('、');
}

export const WAYS: Record<string, string> = { key: '接口密钥', password: '口令', issuer: '统一身份认证' };

/** A moment as a clerk reads it. */
export function moment(iso: string): string {
  return new Date(iso).toLocaleString('zh-CN', { dateStyle: 'short', timeStyle: 'short' });
}

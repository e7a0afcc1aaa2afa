"""What columns of residents are called in the lists of offices."""

_NAMES = {
    "book_no": "户号 户口簿号 户口本号 户口簿编号 户编号 家庭编号 户口号 HH",
    "kind": "户类型 户别 户类别 户的类型 HLX",
    "relation": "与户主关系 户主关系 关系 与户主的关系 与户主之关系 与户主或本人关系 家庭关系 YHZGX",
    "name": "姓名 成员姓名 家庭成员姓名 家庭成员 人员姓名 居民姓名 人口姓名 XM",
    "id_no": (
        "公民身份号码 公民身份证号码 身份证号 身份证号码 身份证 身份号码 居民身份证号码 "
        "居民身份证号 公民身份证号 证件号码 证件号 GMSFHM SFZH SFZHM"
    ),
    "sex": "性别 XB",
    "born_on": "出生日期 出生年月日 出生日 CSRQ",
    "phone": "联系电话 电话 手机 手机号 手机号码 联系方式 电话号码 联系手机 联系号码 本人电话 LXDH",
    "ethnicity": "民族 MZ",
    "address_code": "地址编码 户籍地址编码 标准地址编码 门牌编码 门牌地址编码 门址编码 地址代码 DZBM",
    "plate": (
        "门牌二维码 二维码 二维码编号 二维码网址 二维码内容 门牌二维码编号 门牌二维码网址 扫码内容 EWM"
    ),
    "address": (
        "户籍地址 标准地址 门牌地址 住址 地址 户籍住址 户口所在地 户籍所在地 户籍所在地址 "
        "户籍地详细地址 户籍地详址 户籍地址详址 户籍地 户口地址 户口所在地址 家庭住址 家庭地址 "
        "家庭详细地址 详细地址 入户地址 房屋地址 HJDZ HJDXZ"
    ),
    "lives_at": (
        "现住址 现住址编码 现居住地 居住地址 实际居住地 实际居住地址 现居住地址 现居住地详址 "
        "现住地址 现居地址 居住地 居住地详址 居住地详细地址 常住地址 XZZ"
    ),
    "arrived_on": "何时来本址 何时迁来本址 迁来日期 迁入日期 来本址日期 HSLBZ",
}
COLUMNS: dict[str, tuple[str, ...]] = {field: tuple(names.split()) for field, names in _NAMES.items()}
"""Field → names of its column, the usual one first."""

QUIET = frozenset({"序号", "备注", "签名", "签字"})
"""Columns that nobody misses."""

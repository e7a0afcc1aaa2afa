"""Words of the import layers: closed lists with their stored values, and columns that are not taken in."""

HOLDER_NAMES = ("权利人", "权利人名称", "权利人姓名", "QLR", "QLRMC", "户主", "户主姓名", "产权人")
PERSONAL_NAMES = (
    *HOLDER_NAMES,
    *(
        "证件号",
        "证件号码",
        "身份证号",
        "身份证号码",
        "公民身份号码",
        "ZJH",
        "SFZH",
        "联系电话",
        "电话",
        "DH",
    ),
)
"""Column names of personal data, which are dropped and said."""

IGNORED_NAMES = (
    "数据说明",
    "FID",
    "OBJECTID",
    "OBJECTID_1",
    "SHAPE_LENG",
    "SHAPE_AREA",
    "SHAPE_LE_1",
    "OGC_FID",
)
"""Columns that say nothing of the feature and need no note."""

USES = {
    "机关": "organ", "机关团体": "organ", "公共": "organ",
    "企业": "enterprise", "工业": "enterprise", "厂房": "enterprise",
    "商铺": "shop", "商业": "shop", "门面": "shop",
    "住宅": "dwelling", "农村住宅": "dwelling", "民房": "dwelling", "居住": "dwelling",
    "混合": "mixed", "商住": "mixed", "商住混合": "mixed",
    "附属": "outbuilding", "附属房": "outbuilding", "杂房": "outbuilding", "附属用房": "outbuilding",
    "其他": "other",
}  # fmt: skip
PLATE_STATES = {"完好": "good", "损坏": "damaged", "无": "none", "无法辨认": "unreadable"}
STREET_KINDS = {"街": "street", "路": "road", "巷": "lane", "弄": "alley"}
NAME_STATES = {"已批准": "approved", "已备案": "filed", "拟定": "proposed"}
PLAN_KINDS = {"片区": "area", "街段": "segment"}
PLACE_KINDS = {"组": "group", "村民小组": "group", "自然村": "hamlet"}
SIDES: dict[str, str | None] = {"左": "left", "右": "right", "左侧": "left", "右侧": "right", "两侧": None}
CHANGE_KINDS = {
    "合并": "merge", "撤并": "merge", "更名": "rename", "新设": "create", "设立": "create", "撤销": "abolish",
    "拆分": "split", "改码": "recode", "更正用字": "respell", "划转": "transfer", "村居互改": "change_kind",
}  # fmt: skip

"""Generic terms of names (通名) and the units after numbers."""

import re

from address_service.coding.grammar.elements import ElementKind as K

COUNTED: dict[str, K] = {
    "村民小组": K.GROUP,
    "村民组": K.GROUP,
    "生产队": K.GROUP,
    "小组": K.GROUP,
    "组": K.GROUP,
    "队": K.GROUP,
    "社": K.GROUP,
    "号楼": K.BUILDING,
    "号栋": K.BUILDING,
    "栋": K.BUILDING,
    "幢": K.BUILDING,
    "座": K.BUILDING,
    "单元": K.UNIT,
    "层": K.FLOOR,
    "楼": K.FLOOR,
    "室": K.ROOM,
    "房": K.ROOM,
}
"""What a numeral before it counts; 号 is read apart, since it has sub-numbers."""

CANONICAL_UNIT: dict[K, str] = {
    K.GROUP: "组",
    K.NUMBER: "号",
    K.BUILDING: "栋",
    K.UNIT: "单元",
    K.FLOOR: "层",
    K.ROOM: "室",
}

TOWN_TERMS = ("人民公社", "公社", "街道办事处", "人民政府", "办事处", "街道", "镇", "乡")
VILLAGE_TERMS = (
    "村村民委员会",
    "社区居民委员会",
    "社区居委会",
    "居民委员会",
    "村民委员会",
    "村村委会",
    "行政村",
    "生产大队",
    "大队",
    "村委会",
    "居委会",
    "社区",
    "村",
)
DISTRICT_TERMS = ("片区", "片")
GROUP_TERMS = ("村民小组", "村民组", "生产队", "小组", "组", "队")

_UNKNOWN: dict[K, tuple[str, ...]] = {
    K.PROVINCE: ("省", "自治区"),
    K.PREFECTURE: ("市", "地区", "自治州"),
    K.COUNTY: ("县", "区"),
    K.TOWN: TOWN_TERMS,
    K.VILLAGE: VILLAGE_TERMS,
    K.DISTRICT: DISTRICT_TERMS,
    K.HAMLET: ("自然村", "屋场"),
    K.GROUP: GROUP_TERMS,
    K.STREET: ("大道", "大街", "路", "街", "巷", "弄", "胡同"),
    K.COMPOUND: ("小区", "花园", "家园", "公寓", "花苑", "新苑"),
    K.INSTITUTION: (
        *(
            "学校",
            "小学",
            "中学",
            "幼儿园",
            "卫生院",
            "卫生室",
            "医院",
            "敬老院",
            "养老院",
            "派出所",
            "政府",
            "村部",
        ),
        *(
            "超市",
            "商店",
            "药店",
            "饭店",
            "宾馆",
            "店",
            "厂",
            "公司",
            "银行",
            "小卖部",
            "农家乐",
            "卫生所",
            "诊所",
            "信用社",
            "供销社",
            "合作社",
        ),
        *("小卖部", "农家乐", "卫生所", "诊所"),
        *("粮站", "电站", "车站", "市场", "祠堂", "庙", "寺"),
    ),
}
UNKNOWN_TERMS: dict[str, K] = {term: kind for kind, terms in _UNKNOWN.items() for term in terms}
"""Terms by which a name that nobody has on record shows what it is."""

LONGEST_TERM = max(map(len, UNKNOWN_TERMS))


FORM_WORDS = (
    *("户籍所在地", "户口所在地", "家庭住址", "户籍地址", "详细地址", "现居住地", "居住地址", "门牌号码"),
    *("现住址", "户籍地", "门牌号", "住址", "地址", "门牌", "现住", "住在", "NO"),
)
"""Words of forms and plates that say nothing about where a house is."""

DOOR_WORDS = frozenset(("房屋", "房", "屋", "门", "住宅", "住房", "户", "宅"))
"""Words behind a number that say no more than that a house stands there."""

_COUNT = "[0-9一二两三四五六七八九十半]"
PART_OF_HOUSE = re.compile(
    f"[东西南北][头端侧]|[左右前后][侧栋进]|(?:[东西南北左右前后][边侧面]?|[东西南北]头){_COUNT}{{1,2}}[间栋进]"
)
"""Which part of a house is meant: 东头, 左侧, 后栋, 西边两间; 右边 and 后面 alone are another house."""

VAGUE_WORDS = ("隔壁", "对面", "附近", "旁边", "旁", "边上", "后面", "前面", "背后", "路口", "交叉口")
"""Words that say that another house is meant than the one named."""


def stem_of(name: str, terms: tuple[str, ...]) -> str:
    """A name without its generic term, empty where it has none of them or nothing else."""
    return next((name[: -len(term)] for term in terms if name.endswith(term) and len(name) > len(term)), "")

"""Names of the planted county: real villages of 童市镇, real traps beside them, invented successors; dated."""

from dataclasses import dataclass
from datetime import date

BEGIN, MERGED, TODAY = date(2009, 1, 1), date(2016, 1, 1), date(2026, 11, 1)
COUNTY = "430626"


@dataclass(frozen=True, slots=True)
class Named:
    """A division's name over a stretch of time; ``end`` is the first day without it, None: still."""

    key: str
    name: str
    parent: str
    code: str = ""
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Merger:
    """A village that went into another; ``groups`` (from, to) if only those of its groups did, counted from 1.

    ``how`` tells what became of its groups: ``district`` keeps the old village's name before them, ``offset`` counts
    them on behind those of the new village. Who absorbed whom is invented.
    """

    before: str
    after: str
    how: str
    groups: tuple[int, int] | None = None
    on: date = MERGED


def _town(key: str, stem: str, kind: str, code: str) -> list[Named]:
    """A town that was a commune and a 乡 before; the days are invented."""
    return [
        Named(key, f"{stem}公社", COUNTY, "", date(1958, 1, 1), date(1984, 1, 1)),
        Named(key, f"{stem}乡", COUNTY, "", date(1984, 1, 1), None if kind == "乡" else date(1995, 1, 1)),
        *([Named(key, f"{stem}{kind}", COUNTY, code, date(1995, 1, 1))] if kind != "乡" else []),
    ]


TOWNS = [
    *_town("t113", "童市", "镇", "430626113"),
    *_town("t190", "瓮江", "镇", "430626190"),
    *_town("t290", "三阳", "乡", "430626290"),
    Named("t090", "天岳街道", COUNTY, "430626090", date(2013, 1, 1)),
]
"""Towns whose addresses the register holds; only the code of 童市镇 is real."""

NEIGHBOURS = ("上塔市镇", "余坪镇", "三墩乡", "南江镇", "长寿镇", "安定镇", "虹桥镇", "龙门镇")
"""Towns of the county whose addresses the register does not hold."""

_TONGSHI = (
    "001 童市居委会|200 排形|202 梭墩|203 童坪|204 翠阳|205 石洞|206 永响|207 德字|208 烟舟|212 义字|217 白花|218 天和|"
    "222 桃花|224 建设|226 优良"
)
_TONGSHI_ENDED = "209 沙坪|213 新乐|214 月坳|215 协洞|216 石枧|219 和众|221 二联|223 永丰|225 大造"
_TONGSHI_RENAMED = (
    ("201", "扬墩", "杨墩", MERGED),
    ("210", "旁上", "塝上", date(2012, 1, 1)),
    ("211", "芭焦", "芭蕉", MERGED),
    ("220", "东沅", "东源", date(2012, 1, 1)),
)


def _villages(town: str, listed: str, start: date | None = BEGIN, end: date | None = None) -> list[Named]:
    found = []
    for code, name in (item.split(" ") for item in listed.split("|")):
        full = name if name.endswith(("居委会", "社区")) else f"{name}村"
        found.append(Named(f"v{town}{code}{name}", full, f"t{town}", f"{COUNTY}{town}{code}", start, end))
    return found


def _renamed(code: str, old: str, new: str, on: date) -> list[Named]:
    key, whole = f"v113{code}{new}", f"{COUNTY}113{code}"
    return [
        Named(key, f"{old}村", "t113", whole, BEGIN, on),
        Named(key, f"{new}村", "t113", whole, on),
    ]


VILLAGES = [
    *_villages("113", _TONGSHI),
    *_villages("113", _TONGSHI_ENDED, end=MERGED),
    *(named for facts in _TONGSHI_RENAMED for named in _renamed(*facts)),
    *_villages("113", "227 合旺", MERGED),
    *_villages(
        "190", "200 青石|201 长田|202 小坪|203 新明|204 金塘|205 茶园|206 石牛|207 高义|208 塔江|209 桃花"
    ),
    *_villages("190", "210 芭蕉", end=MERGED),
    *_villages("290", "200 建设|201 清水|202 黄金|203 横槎|204 东港|205 大源"),
    *_villages("290", "210 石坪|211 平源|212 南尧|213 前进", end=MERGED),
    *_villages("290", "210 更新", MERGED),
    *_villages("290", "214 南源", MERGED, date(2019, 1, 1)),
    *_villages("290", "215 南尧", date(2019, 1, 1)),
    *_villages("090", "212 平源", date(2019, 1, 1)),
    *_villages("090", "001 北街社区|002 城南社区", date(2013, 1, 1)),
    Named("v090003大西", "大西村", "t090", "430626090203", date(2013, 1, 1), date(2020, 5, 1)),
    Named("v090003大西", "大西社区", "t090", "430626090003", date(2020, 5, 1), date(2021, 5, 1)),
    Named("v090003大西", "大西村", "t090", "430626090203", date(2021, 5, 1)),
]
"""Names and codes of 童市镇 are the real ones; the traps of other towns are real, their remaining villages invented."""

_SPLIT = date(2019, 1, 1)
MERGERS = [
    Merger("v113209沙坪", "v113208烟舟", "district"),
    Merger("v113213新乐", "v113212义字", "offset"),
    Merger("v113214月坳", "v113201杨墩", "offset"),
    Merger("v113215协洞", "v113205石洞", "district", (1, 5)),
    Merger("v113215协洞", "v113206永响", "offset", (6, 99)),
    Merger("v113216石枧", "v113207德字", "offset", (1, 4)),
    Merger("v113216石枧", "v113217白花", "district", (5, 99)),
    Merger("v113219和众", "v113227合旺", "offset"),
    Merger("v113225大造", "v113227合旺", "offset"),
    Merger("v113221二联", "v113222桃花", "district"),
    Merger("v113223永丰", "v113226优良", "offset", (1, 6)),
    Merger("v113223永丰", "v113224建设", "offset", (7, 99)),
    Merger("v190210芭蕉", "v190208塔江", "district"),
    Merger("v290210石坪", "v290205大源", "offset"),
    Merger("v290213前进", "v290210更新", "offset"),
    Merger("v290211平源", "v290214南源", "district"),
    Merger("v290212南尧", "v290214南源", "district"),
    Merger("v290214南源", "v090212平源", "back", None, _SPLIT),
    Merger("v290214南源", "v290215南尧", "back", None, _SPLIT),
]
"""In order of time. ``back`` gives the groups that came from the village of the same name their old names again."""


def _words(listed: str) -> list[str]:
    return listed.split()


GROUP_NAMES = _words(
    "竹溪 横山 新屋 老屋 上屋 下屋 石桥 樟树 桥头 塘坡 枫树 柳坪 张家 李家 "
    "黄泥 大塘 毛坡 石嘴 铺里 栗树 坳上 河边 田心 油铺 茶亭 井湾 花门 长坡 "
    "瓦屋 庙前 祠堂 界头 荷塘 松林 马头 冲里 芦塘 杉树 团山 白石 中间 对门 "
    "窑前 梅树 洞口 高坪"
)
HAMLET_NAMES = _words(
    "竹山屋场 大屋里 彭家湾 上江屋场 苏家洞 牛形屋场 罗家坊 月形湾 陈家垄 燕子坪 方家段 钟洞里"
)
STREETS = _words("童市街 新街 老街 车站路 学校路 沿河路 幸福巷 解放路 兴平路 百花路")
COMPOUNDS = _words("幸福小区 兴隆花园 供销社家属院 天岳名苑 滨江小区 教师新村")

"""Kinds of corruption in what a text says: levels missing or disordered, additions, other places, wrong numbers."""

from dataclasses import replace

from address_service.bench.planted_case import Case, Kind
from address_service.bench.planted_names import NEIGHBOURS
from address_service.bench.planted_world import external_id

_ELSEWHERE = (
    "江西省九江市修水县渣津镇",
    "湖北省咸宁市通城县麦市镇",
    "湖南省长沙市浏阳市社港镇",
    "湖南省岳阳市汨罗市长乐镇",
    "广东省东莞市长安镇",
    "湖南省长沙县金井镇",
    "江西省铜鼓县大塅镇",
    "湖南省岳阳市岳阳县公田镇",
    "广东省深圳市宝安区西乡街道",
    "湖南省岳阳市临湘市詹桥镇",
)
_FOREIGN_VILLAGES = ("昌江村", "白石村", "花桥村", "洪家村", "东山村", "下南村", "双江村")
_REMARKS = (
    "（老屋）",
    "(借住)",
    "（空挂户）",
    "(租住)",
    "【集体户】",
    "（门牌遗失）",
    "(户主在外务工)",
    "[待核]",
    "（新建房）",
    "（二层楼房）",
)
_ORGANS = (
    "村卫生室",
    "老李小卖部",
    "便民超市",
    "农家乐",
    "小学",
    "幼儿园",
    "农资店",
    "供销社",
    "理发店",
    "养老院",
    "水电站",
)


def missing_village(case: Case) -> bool:
    """No village, but a hamlet or group by its name."""
    if case.spot.places[0][0].isdecimal() or not case.spot.number:
        return False
    case.words.village, case.villages = "", []
    case.words.town, case.towns = case.spot.town, [case.stretch.town_key]
    return True


def missing_group(case: Case) -> bool:
    """A village and a number that several of its groups have."""
    village = case.stretch.village_key
    doors = {
        one.address
        for one in case.oracle.with_number(case.spot.number)
        if one.village_key == village and one.end is None and not one.spot.sub
    }
    case.words.places, case.nothing = [], True
    case.words.number = f"{case.spot.number}号"
    return bool(case.spot.number) and len(doors) > 1


def home_only(case: Case) -> bool:
    """Neither county nor town, in a file of which the town is known."""
    case.words.prefix, case.words.town = "", ""
    case.towns, case.home = [case.stretch.town_key], (case.stretch.town_key,)
    return True


def repeated(case: Case) -> bool:
    words, chosen = case.words, case.draw.randrange(4)
    if chosen == 0:
        words.town = words.town * 2
    elif chosen == 1:
        words.village = words.village * 2
    elif chosen == 2:
        words.before = (words.prefix or "平江县") + words.town
    else:
        words.places[-1] = words.places[-1] * 2
    return bool(words.town)


def wrong_order(case: Case) -> bool:
    words = case.words
    if not case.spot.number:
        return False
    head = words.prefix + words.town
    places = "".join(words.places)
    case.text = case.draw.choice(
        (
            head + words.village + words.number + places,
            words.number + places + words.village + head,
            words.village + places + words.number + head,
            head + places + words.village + words.number,
        )
    )
    return bool(head)


def remark(case: Case) -> bool:
    words, words_of = case.words, case.draw.choice(_REMARKS)
    if case.draw.random() < 0.5:
        words.after = words_of
    else:
        words.places[-1] += words_of
    return True


def floor_or_side(case: Case) -> bool:
    """A part of a house whose rooms are not on record: the house is meant."""
    if not case.spot.number:
        return False
    case.words.after = case.draw.choice(
        ("2楼", "二楼", "一层", "东头", "201室", "3楼301", "右侧", "西边两间")
    )
    return True


def organ(case: Case) -> bool:
    """A shop or office named with its address."""
    name = case.draw.choice(_ORGANS)
    if not case.spot.number:
        return False
    if case.draw.random() < 0.6:
        case.words.after = name
    else:
        case.words.before = case.spot.village + name + case.draw.choice(("，", " ", "："))
    return True


def neighbour_town(case: Case) -> bool:
    """Another town of the county, with a village of ours or one of its own."""
    case.words.town = case.draw.choice(NEIGHBOURS)
    case.words.prefix = case.draw.choice(("平江县", "湖南省平江县", "湖南省岳阳市平江县", ""))
    if case.draw.random() < 0.6:
        case.words.village = case.draw.choice(_FOREIGN_VILLAGES)
    case.nothing = True
    return True


def elsewhere(case: Case) -> bool:
    """Another county or province, with a village of ours or one of its own."""
    case.words.prefix, case.words.town = case.draw.choice(_ELSEWHERE), ""
    if case.draw.random() < 0.6:
        case.words.village = case.draw.choice(_FOREIGN_VILLAGES)
    case.nothing = True
    return True


def contradicting_town(case: Case) -> bool:
    """A village under a town of ours in which there never was one of that name."""
    others = {"t113": "童市镇", "t190": "瓮江镇", "t290": "三阳乡", "t090": "天岳街道"}
    own = {key for key in others if case.oracle.villages_like(case.spot.village, [key])}
    rest = sorted(set(others) - own)
    if not rest:
        return False
    case.words.town, case.nothing = others[case.draw.choice(rest)], True
    return True


def same_name(case: Case) -> bool:
    """A village that has a namesake in another town, written with its own."""
    case.words.town, case.towns = case.spot.town, [case.stretch.town_key]
    return case.spot.village in ("芭蕉村", "芭焦村", "建设村", "桃花村", "平源村", "南尧村")


def only_village(case: Case) -> bool:
    case.words.number = case.words.inside = ""
    if case.draw.random() < 0.6:
        case.words.places = []
    case.nothing = True
    return True


def missing_room(case: Case) -> bool:
    """A building of flats without its flat, or without all."""
    building = case.spot.inside.partition("单元")[0]
    case.words.inside = case.draw.choice((building + "单元", building.partition("栋")[0] + "栋", ""))
    case.nothing = True
    return bool(building)


def never_existed(case: Case) -> bool:
    number = case.draw.randint(600, 990)
    case.words.number, case.nothing = f"{number}号", True
    return bool(case.spot.number)


def swapped_digits(case: Case) -> bool:
    """12 for 21: nobody can know, so it says what it says, another door or none."""
    digits = str(case.spot.number)
    number = int(digits[::-1])
    if case.spot.sub or number == case.spot.number or case.stretch.end or digits[-1] == "0":
        return False
    case.words.number = f"{number}号"
    case.says(number=number)
    return True


def illegible(case: Case) -> bool:
    """A character that cannot be read: it may be any."""
    mark = case.draw.choice("□？*×")
    if case.draw.random() < 0.5:
        at = case.draw.randrange(len(case.spot.village) - 1)
        case.words.village = case.spot.village[:at] + mark + case.spot.village[at + 1 :]
        case.villages = sorted(case.oracle.villages_like(case.words.village, case.towns))
        case.open = True
        return True
    digits = str(case.spot.number)
    numbers = [int(digits[:-1] + last) for last in "0123456789"]
    case.spots = [replace(case.spot, number=number) for number in numbers if number]
    found = case.oracle.fits(case.spots, case.on, towns=case.towns, villages=case.villages)
    case.words.number, case.nothing = f"{digits[:-1]}{mark}号", True
    return len(case.oracle.today(found)) > 1 and bool(case.spot.number) and not case.spot.sub


def by_external_id(case: Case) -> bool:
    """Hardly an address, with the identity that the police gave it."""
    case.words.places, case.words.number, case.words.inside = [], "", ""
    case.external_id = external_id(case.stretch.address)
    case.known = case.stretch.address
    return case.external_id is not None and case.stretch.address not in case.oracle.world.successors


def unknown_external_id(case: Case) -> bool:
    case.words.places, case.words.number, case.words.inside = [], "", ""
    case.external_id, case.nothing = f"MP4306{case.draw.randrange(10**6) + 5 * 10**6:08}", True
    return True


SAYING: dict[str, tuple[float, Kind]] = {
    "missing_village": (3, missing_village),
    "missing_group": (2, missing_group),
    "home_only": (2, home_only),
    "repeated": (3, repeated),
    "wrong_order": (2, wrong_order),
    "remark": (3, remark),
    "floor_or_side": (2, floor_or_side),
    "organ": (2, organ),
    "neighbour_town": (2, neighbour_town),
    "elsewhere": (2, elsewhere),
    "contradicting_town": (1, contradicting_town),
    "same_name": (2, same_name),
    "only_village": (2, only_village),
    "missing_room": (1, missing_room),
    "never_existed": (2, never_existed),
    "swapped_digits": (2, swapped_digits),
    "illegible": (2, illegible),
    "external_id": (2, by_external_id),
    "unknown_external_id": (1, unknown_external_id),
}
"""Kind → its weight, and what it does."""

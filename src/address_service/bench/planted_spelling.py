"""Kinds of corruption in how a text is spelt: nothing is left out and nothing else is said."""

from collections.abc import Mapping
from dataclasses import replace

from address_service.bench.planted_case import Case, Kind
from address_service.bench.planted_noise import (
    FULL_WIDTH,
    HOMOPHONES,
    RESPELLED,
    SHAPES,
    TRADITIONAL,
    any_numeral,
    chinese,
    mistyped,
    rooms,
    sub_number,
)


def prefix(case: Case) -> bool:
    """Only what stands before the village differs."""
    return True


def old_town_kind(case: Case) -> bool:
    stem = case.spot.town[:-1]
    if case.spot.town == "天岳街道":
        return False
    kinds = ["乡", "公社", "人民公社"] if case.spot.town.endswith("镇") else ["公社", "镇"]
    case.words.town = stem + case.draw.choice(kinds)
    case.towns = [case.stretch.town_key]
    return True


def old_village_kind(case: Case) -> bool:
    name = case.words.village
    if name.endswith("村"):
        case.words.village = name[:-1] + case.draw.choice(
            ("村委会", "村民委员会", "大队", "行政村", "生产大队")
        )
    elif name.endswith("居委会"):
        case.words.village = name[:-3] + case.draw.choice(("社区", "居民委员会", "社区居委会"))
    else:
        case.words.village = name + case.draw.choice(("居委会", "居民委员会"))
    return True


def _mistype(case: Case, table: Mapping[str, str]) -> bool:
    """Exchange a character of the village's or the place's name, where only one name is as near as one character."""
    if case.draw.random() < 0.65 or case.spot.places[-1][0].isdecimal():
        stem = case.words.village[:-1]
        name = mistyped(case.draw, stem, dict(table))
        if name is None:
            return False
        case.words.village = name + case.words.village[-1]
        likes = case.oracle.villages_like(case.words.village, case.towns)
        case.villages = sorted(likes)
        return case.words.village not in likes and len(set(likes.values())) == 1
    name = mistyped(case.draw, case.spot.places[-1], dict(table))
    if name is None:
        return False
    case.words.places[-1] = name
    near = case.oracle.places_like(name, case.stretch.village_key)
    case.spots = [replace(case.spot, places=(*case.spot.places[:-1], like)) for like in near]
    return name not in near and len(near) == 1


def respelt(case: Case) -> bool:
    return _mistype(case, RESPELLED)


def homophone(case: Case) -> bool:
    return _mistype(case, HOMOPHONES)


def scanned_name(case: Case) -> bool:
    return _mistype(case, SHAPES)


def scanned_digits(case: Case) -> bool:
    table = str.maketrans({"0": case.draw.choice("Oo"), "1": case.draw.choice("lI")})
    before = case.words.number
    case.words.number = before.translate(table)
    return case.words.number != before and any(digit in "23456789" for digit in before)


def _group_in_words(case: Case) -> bool:
    place = case.words.places[-1]
    if not place[0].isdecimal():
        return False
    case.words.places[-1] = any_numeral(case.draw, int(place[:-1])) + "组"
    return True


def chinese_numerals(case: Case) -> bool:
    if not case.spot.number or case.spot.sub:
        return False
    case.words.number = any_numeral(case.draw, case.spot.number) + "号"
    _group_in_words(case)
    return True


def mixed_numerals(case: Case) -> bool:
    number, sub = case.spot.number, case.spot.sub
    if not _group_in_words(case):
        return False
    case.words.number = f"{number:03}号" + (
        f"附{case.draw.choice((str(sub), chinese(sub)))}号" if sub else ""
    )
    return True


def full_width(case: Case) -> bool:
    case.text = case.words.text().translate(FULL_WIDTH)
    return case.text != case.words.text()


def zero_padded(case: Case) -> bool:
    place = case.words.places[-1]
    if not case.spot.number:
        return False
    case.words.number = case.words.number.replace(
        f"{case.spot.number}号", f"{case.spot.number:0{case.draw.choice((3, 4))}}号", 1
    )
    if place[0].isdecimal() and case.draw.random() < 0.4:
        case.words.places[-1] = f"{int(place[:-1]):02}组"
    return case.words.number != case.spot.number_text()


def sub_numbers(case: Case) -> bool:
    if not case.spot.sub:
        return False
    case.words.number = sub_number(case.draw, case.spot)
    return True


def number_signs(case: Case) -> bool:
    n = case.spot.number
    if not n or case.spot.sub:
        return False
    forms = (
        f"{n}#",
        f"#{n}",
        f"{n}号门牌",
        f"门牌{n}号",
        f"第{n}号",
        f"No.{n}",
        f"{n}號",
        f"门牌号{n}",
        f"{n}號屋",
    )
    case.words.number = case.draw.choice(forms)
    return True


def group_words(case: Case) -> bool:
    place = case.words.places[-1]
    if not place[0].isdecimal():
        return False
    n = int(place[:-1])
    numeral = case.draw.choice((str(n), chinese(n)))
    ending = case.draw.choice(("村民小组", "队", "社", "生产队", "小组", "村民组"))
    case.words.places[-1] = case.draw.choice(("", "第")) + numeral + ending
    return True


def missing_suffix(case: Case) -> bool:
    """村, 组 or 号 left out, where the rest is still told apart."""
    place, chosen = case.words.places[-1], case.draw.randrange(3)
    if chosen == 0 and case.words.village.endswith("村") and place[0] != "村":
        case.words.village = case.words.village[:-1]
    elif chosen == 1 and place.endswith("组") and case.spot.number:
        if place[0].isdecimal():
            return False
        case.words.places[-1] = place[:-1]
    elif chosen == 2 and case.spot.number and not case.spot.sub:
        case.words.number = str(case.spot.number)
    else:
        return False
    return True


def traditional(case: Case) -> bool:
    case.text = case.words.text().translate(TRADITIONAL)
    return case.text != case.words.text()


def separators(case: Case) -> bool:
    mark = case.draw.choice((" ", "  ", ",", "，", "、", "/", "-", "\t", "|", "·", "\u3000"))
    pieces = case.words.pieces()
    if mark == "-" and len(pieces) > 1:  # a dash before a number would be read as a sub-number
        mark = "—"
    case.text = mark.join(pieces)
    return len(pieces) > 2


def noise(case: Case) -> bool:
    text, draw = case.words.text(), case.draw
    for _ in range(draw.randint(1, 2)):
        mark = draw.choice(("\u200b", "\ufeff", "\xa0", " ", "\r\n", "*", "。", ".", "'", '"', "“", "_", "?"))
        at = draw.choice((0, len(text), len(case.words.prefix)))
        text = text[:at] + mark + text[at:]
    case.text = text
    return True


def spreadsheet(case: Case) -> bool:
    """Numbers that a spreadsheet held as such, columns put together by a formula."""
    place = case.words.places[-1]
    if not case.spot.number or case.spot.sub:
        return False
    mark = case.draw.choice((".0", ""))
    if place[0].isdecimal():
        case.words.places[-1] = place[:-1] + mark + "组"
    case.words.number = f"{case.spot.number}{mark}号"
    case.words.before, case.words.after = case.draw.choice((("'", ""), ('"', '"'), ("", " "), ("=", "")))
    return True


def room_forms(case: Case) -> bool:
    if not case.spot.inside:
        return False
    case.words.inside = rooms(case.draw, case.spot.inside)
    return True


SPELLING: dict[str, tuple[float, Kind]] = {
    "prefix": (6, prefix),
    "old_town_kind": (3, old_town_kind),
    "old_village_kind": (3, old_village_kind),
    "respelt": (3, respelt),
    "homophone": (3, homophone),
    "scanned_name": (3, scanned_name),
    "scanned_digits": (2, scanned_digits),
    "chinese_numerals": (4, chinese_numerals),
    "mixed_numerals": (4, mixed_numerals),
    "full_width": (3, full_width),
    "zero_padded": (3, zero_padded),
    "sub_numbers": (3, sub_numbers),
    "number_signs": (3, number_signs),
    "group_words": (3, group_words),
    "missing_suffix": (3, missing_suffix),
    "traditional": (3, traditional),
    "separators": (3, separators),
    "noise": (3, noise),
    "spreadsheet": (2, spreadsheet),
    "room_forms": (3, room_forms),
}
"""Kind → its weight, and what it does."""

"""Division codes (区划代码): level and kind from the digits, with doubts as warnings."""

import re
from dataclasses import dataclass

from address_service.errors import InvalidInput
from address_service.model.codes import DivisionCode
from address_service.model.divisions import DivisionKind, DivisionLevel

URBAN_RURAL_CLASSES = frozenset({"111", "112", "121", "122", "123", "210", "220"})
"""城乡分类代码 of the statistics list; an attribute of a village that changes by year."""

_TWELVE = re.compile(r"[0-9]{12}")
_VIRTUAL_VILLAGES = frozenset({498, 598})

# (first, last, kind): towns by GB/T 10114-2003, villages by the statistics list.
_TOWN_RANGES = (
    (1, 99, DivisionKind.SUBDISTRICT),
    (100, 199, DivisionKind.TOWN),
    (200, 399, DivisionKind.TOWNSHIP),
    (400, 599, DivisionKind.OTHER),
)
_VILLAGE_RANGES = (
    (1, 199, DivisionKind.COMMUNITY),
    (200, 399, DivisionKind.ADMINISTRATIVE_VILLAGE),
    (400, 499, DivisionKind.COMMUNITY),
    (500, 599, DivisionKind.ADMINISTRATIVE_VILLAGE),
)
_TOWN_SUFFIXES = (
    ("街道办事处", DivisionKind.SUBDISTRICT),
    ("街道", DivisionKind.SUBDISTRICT),
    ("镇", DivisionKind.TOWN),
    ("乡", DivisionKind.TOWNSHIP),
)
_VILLAGE_SUFFIXES = (
    ("居委会", DivisionKind.COMMUNITY),
    ("居民委员会", DivisionKind.COMMUNITY),
    ("社区", DivisionKind.COMMUNITY),
    ("村", DivisionKind.ADMINISTRATIVE_VILLAGE),
    ("村委会", DivisionKind.ADMINISTRATIVE_VILLAGE),
    ("村民委员会", DivisionKind.ADMINISTRATIVE_VILLAGE),
)
_KIND_TEXT = {
    DivisionKind.SUBDISTRICT: "街道",
    DivisionKind.TOWN: "镇",
    DivisionKind.TOWNSHIP: "乡",
    DivisionKind.COMMUNITY: "居委会（社区）",
    DivisionKind.ADMINISTRATIVE_VILLAGE: "村委会",
    DivisionKind.OTHER: "其他",
    DivisionKind.COUNTY: "县",
}


@dataclass(frozen=True, slots=True)
class DivisionReading:
    """What a code and a name say together; ``warnings`` are Chinese and never stop anything."""

    code: DivisionCode
    level: DivisionLevel
    kind: DivisionKind
    warnings: tuple[str, ...]


def cut_to_level(text: str) -> DivisionCode:
    """Cut the 12-digit form of the lists to its level: county 6, town 9, village 12 digits.

    Codes of 6 or 9 digits pass as they are. Raises `InvalidInput` for another length or a village without a
    town.
    """
    if not _TWELVE.fullmatch(text):
        return DivisionCode(text)
    county, town, village = text[:6], text[6:9], text[9:]
    if town == "000" and village != "000":
        raise InvalidInput(f"区划代码缺乡级段：{text}", code="division-code-malformed")
    if village != "000":
        return DivisionCode(text)
    return DivisionCode(county + town) if town != "000" else DivisionCode(county)


def level_of(code: DivisionCode) -> DivisionLevel:
    """Level by the number of digits of a code that is cut to its level."""
    by_length = {6: DivisionLevel.COUNTY, 9: DivisionLevel.TOWNSHIP, 12: DivisionLevel.VILLAGE}
    return by_length[len(code.text)]


def read_division(text: str, name: str = "") -> DivisionReading:
    """Level and kind of a division from its code (6, 9 or 12 digits) and, where given, its name.

    The suffix of the name decides the kind: new villages do appear outside the range of their kind, so a
    range that says otherwise is a warning. Raises `InvalidInput` only for a malformed code.
    """
    code = cut_to_level(text)
    level = level_of(code)
    if level is DivisionLevel.COUNTY:
        return DivisionReading(code, level, DivisionKind.COUNTY, ())
    town = level is DivisionLevel.TOWNSHIP
    serial = int(code.text[-3:])
    by_range = _kind_in(serial, _TOWN_RANGES if town else _VILLAGE_RANGES)
    by_name = _kind_by_suffix(name, _TOWN_SUFFIXES if town else _VILLAGE_SUFFIXES)
    kind = by_name or by_range or DivisionKind.OTHER
    return DivisionReading(code, level, kind, tuple(_doubts(code, town, name, by_range, by_name)))


def _kind_in(serial: int, ranges: tuple[tuple[int, int, DivisionKind], ...]) -> DivisionKind | None:
    return next((kind for first, last, kind in ranges if first <= serial <= last), None)


def _kind_by_suffix(name: str, suffixes: tuple[tuple[str, DivisionKind], ...]) -> DivisionKind | None:
    return next((kind for suffix, kind in suffixes if name.endswith(suffix)), None)


def _doubts(
    code: DivisionCode, town: bool, name: str, by_range: DivisionKind | None, by_name: DivisionKind | None
) -> list[str]:
    doubts = []
    if by_range is None:
        doubts.append(f"代码{code}的末三位不在已知的码段内")
    elif by_name and by_name is not by_range:
        doubts.append(f"{name}：代码{code}属{_KIND_TEXT[by_range]}码段，名称属{_KIND_TEXT[by_name]}")
    if not town and int(code.text[-3:]) in _VIRTUAL_VILLAGES:
        doubts.append(f"代码{code}是统计用虚拟村级单位")
    return doubts

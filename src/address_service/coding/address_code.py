"""Address codes (地址编码): making, reading and checking them by a versioned scheme."""

import re
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from stdnum.iso7064 import mod_11_10

from address_service.errors import InvalidInput
from address_service.model.codes import AddressCode

_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class CodeScheme:
    """How an address code is cut, as data, so that a county can bring its own.

    ``segments`` are (name, digits) from left to right, the check digit not among them; ``division_list`` says
    whose town and village codes stand in it; ``classes`` are the place classes it knows.
    """

    id: str
    segments: tuple[tuple[str, int], ...]
    division_list: Literal["nbs", "mca"]
    classes: frozenset[int]
    check: Literal["mod-11-10"] = "mod-11-10"

    @property
    def length(self) -> int:
        """Digits of a whole code, check digit included."""
        return sum(digits for _, digits in self.segments) + 1

    def digits(self, segment: str) -> int:
        """Digits of one segment."""
        return next(digits for name, digits in self.segments if name == segment)

    def split(self, text: str) -> dict[str, str]:
        """Cut the body of a code into its named segments."""
        parts, at = {}, 0
        for name, digits in self.segments:
            parts[name] = text[at : at + digits]
            at += digits
        return parts


SCHEME_TS_2026 = CodeScheme(
    id="TS-2026",
    segments=(
        ("county", 6),
        ("town", 3),
        ("village", 3),
        ("class", 1),
        ("place", 3),
        ("door", 5),
        ("room", 4),
    ),
    division_list="nbs",
    classes=frozenset(range(6)),  # GA/T 2000.32 41-44 by their last digit, local 5 for groups, 0 for none
)
"""26 digits, 参照 GB/T 39609-2020 (its segment lengths not read); check digit by ISO 7064 MOD 11,10."""

SCHEMES = MappingProxyType({SCHEME_TS_2026.id: SCHEME_TS_2026})


def _segment(scheme: CodeScheme, name: str, value: int, label: str) -> str:
    digits = scheme.digits(name)
    if not 0 <= value < 10**digits:
        raise InvalidInput(f"{label}应在0到{10**digits - 1}之间，收到{value}", code="address-code-segment")
    return f"{value:0{digits}d}"


@lru_cache(maxsize=1024)
def place_prefix(
    division_code12: str, place_class: int, place_serial: int, scheme: CodeScheme = SCHEME_TS_2026
) -> str:
    """The 16 digits (division, class, place) under whose text door serials are counted.

    ``division_code12`` ends in ``000`` for a place directly under its town. Class 0 (no place, a whole
    village) goes with serial 0 and only with it. Raises `InvalidInput`.
    """
    if len(division_code12) != 12 or not _DIGITS.fullmatch(division_code12):
        raise InvalidInput(
            f"区划代码应为12位数字，收到“{division_code12[:40]}”", code="division-code-malformed"
        )
    if place_class not in scheme.classes:
        raise InvalidInput(f"方案{scheme.id}没有地址类别{place_class}", code="address-code-class")
    if (place_class == 0) != (place_serial == 0):
        raise InvalidInput(
            f"类别{place_class}与片区序号{place_serial}不相配：无片区时二者同为0", code="address-code-segment"
        )
    place = _segment(scheme, "place", place_serial, "片区序号")
    return division_code12 + _segment(scheme, "class", place_class, "类别") + place


def make_code(
    division_code12: str,
    place_class: int,
    place_serial: int,
    door_serial: int,
    room_serial: int = 0,
    scheme: CodeScheme = SCHEME_TS_2026,
) -> AddressCode:
    """Compose a code with its check digit.

    ``door_serial`` counts from 1 within the place's prefix and is not the visible number; ``room_serial`` 0
    is the door itself. Raises `InvalidInput` for a segment out of range.
    """
    prefix = place_prefix(division_code12, place_class, place_serial, scheme)
    if door_serial < 1:
        raise InvalidInput(f"门户序号从1起，收到{door_serial}", code="address-code-segment")
    door = _segment(scheme, "door", door_serial, "门户序号")
    body = prefix + door + _segment(scheme, "room", room_serial, "户室序号")
    return AddressCode(body + mod_11_10.calc_check_digit(body))


def is_valid(text: str, scheme: CodeScheme = SCHEME_TS_2026) -> bool:
    """Whether the text is a code of the scheme with the right check digit (no spaces allowed)."""
    if len(text) != scheme.length or not _DIGITS.fullmatch(text):
        return False
    return bool(mod_11_10.is_valid(text)) and _is_well_cut(text, scheme)


def _is_well_cut(text: str, scheme: CodeScheme) -> bool:
    parts = scheme.split(text)
    known_class = int(parts["class"]) in scheme.classes
    classless = int(parts["class"]) == 0
    return known_class and classless == (int(parts["place"]) == 0) and int(parts["door"]) >= 1


def parse_code(text: str, scheme: CodeScheme = SCHEME_TS_2026) -> AddressCode:
    """Read a code as people type it, spaces of the printed form allowed, and verify it.

    Raises `InvalidInput` with code ``code-malformed``, ``address-code-check`` or ``address-code-segment``.
    """
    code = AddressCode.parse(text)
    if not mod_11_10.is_valid(code.text):
        raise InvalidInput(f"地址编码校验位不符：{code.grouped}", code="address-code-check")
    if not _is_well_cut(code.text, scheme):
        raise InvalidInput(f"地址编码各段不合方案{scheme.id}：{code.grouped}", code="address-code-segment")
    return code

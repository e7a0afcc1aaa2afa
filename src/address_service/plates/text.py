"""Texts of the plates from the parts of an address; strings in, strings out."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from pypinyin import Style, lazy_pinyin

from address_service.model.places import PlaceKind
from address_service.plates.content import PlateContent
from address_service.plates.profile import PlateProfile, Role

_GENERIC = (
    "大道",
    "胡同",
    "社区",
    "小区",
    "新村",
    "花园",
    "街",
    "路",
    "巷",
    "弄",
    "道",
    "村",
    "组",
    "镇",
    "乡",
    "栋",
    "苑",
)
_SEGMENT = re.compile(r"[0-9]+|[A-Za-z]+|[^0-9A-Za-z\s]+")


def rural_name(village: str, place: str = "") -> str:
    """Name line of a plate in a village: 烟舟村 + 12组 → 烟舟村12组.

    ``place`` is the 组 or 自然村; empty, the village stands alone, and a village's name that it already
    starts with is not said twice.
    """
    return place if place.startswith(village) else f"{village}{place}"


def street_name(street: str, branch: str = "") -> str:
    """Name line of a plate on a street: 新市街, or with a lane off it 新市街一巷."""
    return branch if branch.startswith(street) else f"{street}{branch}"


def plate_name(kind: PlaceKind, place: str, village: str) -> str:
    """Name line of a door's plate: the street alone, or the village with its group or hamlet.

    ``place`` is what a full text says between village and number, empty for a whole village.
    """
    return street_name(place) if kind is PlaceKind.STREET else rural_name(village, place)


def number_text(main: str, sub: str = "") -> str:
    """The number as printed: 18号, with a sub-number 18号附1. Digits are Arabic."""
    return f"{main}号附{sub}" if sub and sub != "0" else f"{main}号"


def building_number(text: str) -> str:
    """What a 楼牌 shows of a building's name: its leading digits (3栋 → 3), or else all of it."""
    found = re.match(r"^(?:第)?([0-9]+)", text)
    return found[1] if found else text


def face_texts(content: PlateContent, profile: PlateProfile) -> dict[Role, str]:
    """The text of each role that ``profile`` shows."""
    texts = {Role.NAME: content.name_text, Role.NUMBER: content.number_text}
    if profile.has(Role.POSTCODE):
        texts[Role.POSTCODE] = f"邮政编码 {content.postcode}" if content.postcode else ""
    if profile.has(Role.PINYIN):
        texts[Role.PINYIN] = content.pinyin or place_pinyin(content.name_text)
    return {role: text for role, text in texts.items() if profile.has(role)}


def place_pinyin(name: str, overrides: Mapping[str, str] = MappingProxyType({})) -> str:
    """Pinyin by the place-name rule of 1984: 专名 and 通名 apart and capitalised (童市镇 → Tongshi Zhen).

    ``overrides`` gives the syllables of polyphones by word, separated by spaces ({"石坝": "shi ba"}); every
    other character is read as the dictionary has it, so names should be read through before printing.
    """
    words: list[str] = []
    for segment in _SEGMENT.findall(name):
        if segment.isascii():
            words.append(segment)
            continue
        generic = next((end for end in _GENERIC if segment.endswith(end)), "")
        stem = segment[: len(segment) - len(generic)]
        words.extend(_join(_syllables(part, overrides)) for part in (stem, generic) if part)
    return " ".join(words)


def _syllables(part: str, overrides: Mapping[str, str]) -> list[str]:
    for word in sorted(overrides, key=len, reverse=True):
        if word and word in part:
            before, after = part.split(word, 1)
            return [*_syllables(before, overrides), *overrides[word].split(), *_syllables(after, overrides)]
    return list(lazy_pinyin(part, style=Style.NORMAL, v_to_u=True)) if part else []


def _join(syllables: list[str]) -> str:
    """Syllables as one capitalised word; one that starts with a vowel takes an apostrophe (Xi'an)."""
    first, *rest = syllables
    return (first + "".join(f"'{syl}" if syl[0] in "aoe" else syl for syl in rest)).capitalize()

"""The full text of an address (地址全称), its components in the order of GB/T 35639-2017."""

from dataclasses import dataclass
from enum import StrEnum

from address_service.model.numbers import DoorNumber

_DIGITS = "零一二三四五六七八九"
STEMS = "甲乙丙丁戊己庚辛壬癸"
"""Sub-numbers of old: 18号甲 is 18号附1号."""
_WIDEST = 6  # digits of a main number, with zeros before it


class SubStyle(StrEnum):
    """How a sub-number (附号) is written: 18号附1号, 18-1号, 18号之一, 18号甲."""

    ATTACHED = "attached"
    DASH = "dash"
    ORDINAL = "ordinal"
    STEM = "stem"


@dataclass(frozen=True, slots=True)
class TextStyle:
    """Choices that offices make differently; ``with_prefecture`` False gives 湖南省平江县….

    ``zero_pad`` is the least count of digits of a main number: 3 writes 18号 as 018号.
    """

    with_prefecture: bool = True
    sub_style: SubStyle = SubStyle.ATTACHED
    zero_pad: int = 0


@dataclass(frozen=True, slots=True)
class AddressParts:
    """The components of one address, each with its suffix (``烟舟村``, ``12组``, ``2栋``), empty if none.

    ``places`` are street, area and group from the larger to the smaller; empty where the whole village is one
    place.
    """

    province: str
    prefecture: str
    county: str
    town: str
    village: str
    places: tuple[str, ...]
    number: DoorNumber
    building: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""


def compose(parts: AddressParts, style: TextStyle | None = None) -> str:
    """Write an address out: 省 地 县 镇 村 片区… 门牌号 楼栋 单元 层 室."""
    style = style or TextStyle()
    prefecture = parts.prefecture if style.with_prefecture else ""
    divisions = (parts.province, prefecture, parts.county, parts.town, parts.village)
    number = number_text(parts.number, style.sub_style, style.zero_pad)
    inside = (parts.building, parts.unit, parts.floor, parts.room)
    return "".join((*divisions, *parts.places, number, *inside))


def number_text(number: DoorNumber, sub_style: SubStyle = SubStyle.ATTACHED, zero_pad: int = 0) -> str:
    """Write a door number out; the ten stems end at 癸, beyond which 附 is used.

    ``zero_pad`` fills the main number up with zeros; the number itself stays an integer.
    """
    main, sub = str(number.main).zfill(zero_pad), number.sub
    if not sub:
        return f"{main}号"
    if sub_style is SubStyle.DASH:
        return f"{main}-{sub}号"
    if sub_style is SubStyle.ORDINAL:
        return f"{main}号之{chinese_numeral(sub)}"
    if sub_style is SubStyle.STEM and sub <= len(STEMS):
        return f"{main}号{STEMS[sub - 1]}"
    return f"{main}号附{sub}号"


def with_number(text: str, was: DoorNumber, number: DoorNumber, inside: str, style: TextStyle) -> str | None:
    """A text with another number in it, all before it as it stands; None where it does not read that number for sure.

    ``inside`` is what follows the number. The old number is found however it was written, the new one is written in
    the style.
    """
    for pad in range(_WIDEST, -1, -1):
        for sub_style in SubStyle:
            tail = number_text(was, sub_style, pad) + inside
            head = text.removesuffix(tail)
            if head != text and not head[-1:].isdecimal():
                return head + number_text(number, style.sub_style, style.zero_pad) + inside
    return None


def chinese_numeral(n: int) -> str:
    """Chinese numeral of 1-999: 一, 十, 十二, 二十, 一百零三, 一百一十."""
    hundreds, rest = divmod(n, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")

"""Cells as people type them, turned into typed values; each refusal carries its stable code."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from address_service.coding.division_code import URBAN_RURAL_CLASSES, cut_to_level
from address_service.coding.real_estate import parse_real_estate_code
from address_service.errors import InvalidInput
from address_service.model.numbers import DoorNumber

Convert = Callable[[object], object]
"""From a cell that is not empty to a value; raises `InvalidInput` with code and Chinese message."""

MAX_TEXT = 500
FORMULA_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})

_EMPTY = frozenset({"/", "-", "—", "NULL", "<NULL>", "<空>", "NONE", "NAN", "NAT"})
_LONGEST_EMPTY = max(map(len, _EMPTY))
# What a wrong decoding leaves behind: replacement characters, runs of question marks, the text of replacement
# characters read as GBK (锟斤拷), uninitialised memory (烫烫, 屯屯屯), and runs of Latin-1 letters.
_DESTROYED = re.compile(
    "\ufffd|[?？]{2,}|锟斤拷|斤拷|烫烫|屯屯屯|[\u0080-\u009f\u00a1-\u00b6\u00b8-\u00d6\u00d8-\u00ff]{3,}"
)
_INVISIBLE = re.compile("[\u0000-\u0008\u000e-\u001f\u007f\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_SPACES = re.compile(r"\s+")
_HAN = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SPACE_AT_HAN = re.compile(rf"(?<=[{_HAN}（）]) | (?=[{_HAN}（）])")
_HAS_HAN = re.compile(f"[{_HAN}]")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+E\+?|E\+)[0-9]{2,}", re.IGNORECASE)
_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[ T].*)?")
_COMPACT_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_INTEGER = re.compile(r"(-?[0-9]{1,18})(?:\.0*)?(?:层|户|间|个|单元)?")
_DOOR_NUMBER = re.compile(
    r"(?:第)?([0-9]{1,18})(?:号)?(?:(?:附|-|—|–|之|号之)([0-9]{1,18}|[一二三四五六七八九十])(?:号)?)?"
)
_HAN_DIGITS = {digit: value for value, digit in enumerate("一二三四五六七八九十", start=1)}

# 15 digits is what a spreadsheet keeps of a number.
_EXACT_BELOW = 10**15
_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_SERIALS = range(10_000, 80_000)  # 1927 to 2119
_SERIAL_DIGITS = 5
_YEARS = range(1900, 2200)


def is_empty(cell: object) -> bool:
    """Whether a cell says nothing: None, NaN, blanks, or one of the signs offices write for nothing."""
    if isinstance(cell, str):
        text = cell.strip()
        return not text or (len(text) <= _LONGEST_EMPTY and text.upper() in _EMPTY)
    return cell is None or cell != cell


def is_destroyed(text: str) -> bool:
    """Whether a wrong decoding has eaten characters, which nobody can bring back."""
    if text.isascii():
        return "??" in text
    return _DESTROYED.search(text) is not None


def normalise(text: str) -> str:
    """NFKC, trimmed, without invisible characters and without spaces beside Han; （） full width beside Han."""
    if text.isascii():
        return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()
    plain = _SPACES.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))).strip()
    if _HAS_HAN.search(plain):
        plain = plain.replace("(", "（").replace(")", "）")
        plain = _SPACE_AT_HAN.sub("", plain)
    return plain


def to_text(cell: object) -> str:
    """A name or a remark; a whole number loses its decimal point. Code ``text-too-long`` over 500 characters."""
    text = normalise(_plain(cell))
    if len(text) > MAX_TEXT:
        raise InvalidInput(f"文字超过{MAX_TEXT}个字", code="text-too-long")
    return text


def to_code(cell: object) -> str:
    """An identifier: no spaces, capitals. Code ``code-lost-digits`` where a spreadsheet has rounded it."""
    if isinstance(cell, str) and cell.isascii() and cell.isalnum():
        return cell.upper()
    text = _plain(cell)
    rounded = isinstance(cell, float) and abs(cell) >= _EXACT_BELOW
    if rounded or _SCIENTIFIC.fullmatch(text.strip()):
        raise InvalidInput(
            "编码已被电子表格当成数值，末尾数字丢失，请把该列设为文本后重新填写", code="code-lost-digits"
        )
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).lstrip("'").upper()


def to_division_code(cell: object) -> str:
    """A division code cut to its level (6, 9 or 12 digits); code ``division-code-malformed``."""
    return cut_to_level(to_code(cell)).text


def to_village_code(cell: object) -> str:
    """The 12 digits of a village; code ``village-code-malformed``."""
    code = to_division_code(cell)
    if len(code) != 12:
        raise InvalidInput("村代码应为12位数字", code="village-code-malformed")
    return code


def to_urban_rural_class(cell: object) -> str:
    """城乡分类代码; code ``urban-rural-class-unknown``."""
    code = to_code(cell)
    if code not in URBAN_RURAL_CLASSES:
        raise InvalidInput(
            f"城乡分类代码应为{'、'.join(sorted(URBAN_RURAL_CLASSES))}之一", code="urban-rural-class-unknown"
        )
    return code


def to_parcel_code(cell: object) -> str:
    """The 19 characters of a parcel, cut from 28 where the whole code stands; GB/T 37346-2019."""
    return parse_real_estate_code(to_code(cell)).parcel_code


def to_real_estate_code(cell: object) -> str:
    """28 characters, or 19 where only the parcel is given; GB/T 37346-2019."""
    code = parse_real_estate_code(to_code(cell))
    return code.unit_code or code.parcel_code


def to_date(cell: object) -> date:
    """A date in any of the usual spellings (2009-05-01, 2009/5/1, 2009年5月1日, 20090501) or an Excel serial.

    Code ``date-malformed``.
    """
    if isinstance(cell, datetime):
        return _in_range(cell.date())
    if isinstance(cell, date):
        return _in_range(cell)
    text = unicodedata.normalize("NFKC", _plain(cell)).strip()
    match = _DATE.fullmatch(text) or _DATE.fullmatch(text.replace(" ", "")) or _COMPACT_DATE.fullmatch(text)
    if match:
        year, month, day = (int(part) for part in match.groups())
        try:
            return _in_range(date(year, month, day))
        except ValueError:
            raise _bad_date() from None
    if text.isdecimal() and len(text) <= _SERIAL_DIGITS and int(text) in _EXCEL_SERIALS:
        return _EXCEL_EPOCH + timedelta(days=int(text))
    raise _bad_date()


def to_number(cell: object) -> float:
    """A decimal number; code ``number-malformed``."""
    if isinstance(cell, int | float):
        return float(cell)
    try:
        return float(unicodedata.normalize("NFKC", _plain(cell)).strip())
    except ValueError:
        raise InvalidInput("应为数字", code="number-malformed") from None


def integer_between(low: int, high: int) -> Convert:
    """Whole numbers within bounds, a measure word behind (3层) allowed; code ``integer-malformed``."""

    def convert(cell: object) -> int:
        match = _INTEGER.fullmatch(unicodedata.normalize("NFKC", _plain(cell)).strip())
        if match is None or not low <= int(match[1]) <= high:
            raise InvalidInput(f"应为{low}到{high}之间的整数", code="integer-malformed")
        return int(match[1])

    return convert


def one_of(choices: Mapping[str, str | None]) -> Convert:
    """A word of a closed list, by its Chinese label or its English value; code ``choice-unknown``."""
    known = {**{value: value for value in choices.values() if value}, **choices}

    def convert(cell: object) -> str | None:
        word = to_text(cell)
        if word not in known:
            raise InvalidInput(f"应为{'、'.join(choices)}之一", code="choice-unknown")
        return known[word]

    return convert


def to_door_number(cell: object) -> DoorNumber:
    """A door number: 18, 18号, １８号, 18号附1, 18-1, 18号之一; code ``door-number-malformed``."""
    text = unicodedata.normalize("NFKC", _plain(cell)).replace(" ", "")
    match = _DOOR_NUMBER.fullmatch(text)
    if match is None:
        raise InvalidInput("门牌号应如“18号”“18号附1”“18-1”", code="door-number-malformed")
    sub = match[2] or "0"
    return DoorNumber(int(match[1]), _HAN_DIGITS.get(sub) or int(sub))


def _plain(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT_BELOW:
        return str(int(cell))
    if isinstance(cell, datetime):
        return str(cell.date())
    return str(cell)


def _in_range(day: date) -> date:
    if day.year not in _YEARS:
        raise _bad_date()
    return day


def _bad_date() -> InvalidInput:
    return InvalidInput("日期应如2009-05-01、2009/5/1、2009年5月1日或20090501", code="date-malformed")

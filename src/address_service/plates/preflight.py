"""Checks of a batch before printing: a missing glyph prints blank without an error, so none gets that far."""

import unicodedata
from collections.abc import Iterator, Sequence

from address_service.plates.content import PlateContent, PreflightProblem
from address_service.plates.fonts import FontMeasure, FontSet, missing_characters, name_character
from address_service.plates.layout import PlateLayout, lay_out
from address_service.plates.profile import ROLE_LABELS, PlateProfile, Role
from address_service.plates.qr import MAX_URL_LENGTH
from address_service.plates.text import face_texts

MAX_CHARACTERS = {Role.NAME: 40, Role.NUMBER: 16, Role.PINYIN: 90, Role.POSTCODE: 16}
"""Longer texts are refused before they are measured, which bounds the time a hostile one takes."""

MAX_CODE_LENGTH = 32

_NAMED_AT_MOST = 5
_RIGHT_TO_LEFT = {"R", "AL", "AN"}
_REFUSED_CATEGORIES = {"Cc", "Cf", "Co", "Cs", "Mn", "Mc", "Me"}
_PICTOGRAPHS = range(0x1F000, 0x20000)
_FIELDS = {
    Role.NAME: "name_text",
    Role.NUMBER: "number_text",
    Role.PINYIN: "pinyin",
    Role.POSTCODE: "postcode",
}


def preflight(
    contents: Sequence[PlateContent], profile: PlateProfile, fonts: FontSet
) -> list[PreflightProblem]:
    """Everything that keeps the batch from the printer, by position; empty when it may be printed.

    Raises InvalidInput when a font of the set cannot be embedded at all (``font-not-truetype`` …).
    """
    return Preflight(profile, fonts).check(contents)


class Preflight:
    """Checks plates of one profile, and lays them out as they will be printed."""

    def __init__(self, profile: PlateProfile, fonts: FontSet) -> None:
        """Bind the profile and the fonts of a batch."""
        self.profile = profile
        self.fonts = fonts
        self._measure = FontMeasure(fonts)

    def check(self, contents: Sequence[PlateContent]) -> list[PreflightProblem]:
        """All problems of the batch, by position, those of the batch itself first."""
        if not contents:
            return [PreflightProblem("batch-empty", "批次中没有门牌")]
        problems = list(_duplicates(contents, self.profile))
        for position, content in enumerate(contents, start=1):
            problems.extend(self._check_one(position, content))
        return sorted(problems, key=lambda problem: problem.position or 0)

    def layout(self, content: PlateContent) -> PlateLayout:
        """The face of one plate, laid out."""
        return lay_out(face_texts(content, self.profile), self.profile, self._measure)

    def _check_one(self, position: int, content: PlateContent) -> Iterator[PreflightProblem]:
        if self.profile.qr_mm is not None:
            yield from _check_url(position, content.url)
        yield from _check_address_code(position, content.address_code)
        found = list(self._check_texts(position, content))
        yield from found
        if not found:
            for role in self.layout(content).too_long:
                yield _too_long(position, role, self.profile)

    def _check_texts(self, position: int, content: PlateContent) -> Iterator[PreflightProblem]:
        given = {
            Role.NAME: content.name_text,
            Role.NUMBER: content.number_text,
            Role.POSTCODE: content.postcode,
            Role.PINYIN: content.pinyin,
        }
        for role, text in given.items():
            if not self.profile.has(role):
                continue
            if not text.strip() and role is not Role.PINYIN:
                yield _problem(position, role, "field-empty", f"{ROLE_LABELS[role]}为空")
            elif len(text) > MAX_CHARACTERS[role]:
                yield _too_long(position, role, self.profile)
            else:
                yield from self._check_characters(position, role, text)

    def _check_characters(self, position: int, role: Role, text: str) -> Iterator[PreflightProblem]:
        refused = tuple(char for char in dict.fromkeys(text) if _is_refused(char))
        if refused:
            message = f"{ROLE_LABELS[role]}含不能印制的字符：{_names(refused)}"
            yield _problem(position, role, "character-refused", message)
        absent = tuple(char for char in missing_characters(text, self.fonts) if char not in refused)
        if absent:
            message = f"{ROLE_LABELS[role]}缺字{_names(absent)}：所备字体都没有这个字形"
            yield _problem(position, role, "glyph-missing", message)


def _is_refused(char: str) -> bool:
    """Control, format, private and combining characters, any space but two, pictographs, right-to-left scripts.

    They need shaping, leave no mark of their own or stand in no place name; a variation selector would silently
    print another glyph.
    """
    if ord(char) in _PICTOGRAPHS:
        return True
    category = unicodedata.category(char)
    if category[0] == "Z":
        return char not in " \u3000"
    return category in _REFUSED_CATEGORIES or unicodedata.bidirectional(char) in _RIGHT_TO_LEFT


def _check_url(position: int, url: str) -> Iterator[PreflightProblem]:
    if not url.strip():
        yield PreflightProblem("field-empty", f"第{position}张：二维码网址为空", position, "url")
    elif len(url) > MAX_URL_LENGTH:
        message = (
            f"第{position}张：二维码网址有{len(url)}个字符，最多{MAX_URL_LENGTH}个，否则码点太细不易扫读"
        )
        yield PreflightProblem("url-too-long", message, position, "url")
    elif not (url.isascii() and url.isprintable() and " " not in url):
        yield PreflightProblem(
            "url-not-ascii", f"第{position}张：二维码网址只能用英文字母、数字和符号", position, "url"
        )


def _check_address_code(position: int, code: str) -> Iterator[PreflightProblem]:
    """The code stands on the proof sheet, where it must fit and be readable; its check digit is checked elsewhere."""
    if not code.strip():
        yield PreflightProblem("field-empty", f"第{position}张：地址编码为空", position, "address_code")
    elif len(code) > MAX_CODE_LENGTH or not (code.isascii() and code.isprintable()):
        message = f"第{position}张：地址编码不是{MAX_CODE_LENGTH}位以内的数字和字母"
        yield PreflightProblem("address-code-unreadable", message, position, "address_code")


def _duplicates(contents: Sequence[PlateContent], profile: PlateProfile) -> Iterator[PreflightProblem]:
    """Plates of one batch that share a QR address, or a name with its number."""
    urls: dict[str, int] = {}
    pairs: dict[tuple[str, str], int] = {}
    for position, content in enumerate(contents, start=1):
        first = urls.setdefault(content.url, position)
        if profile.qr_mm is not None and content.url.strip() and first != position:
            message = f"第{position}张：二维码与第{first}张相同"
            yield PreflightProblem("token-duplicate", message, position, "url")
        pair = (content.name_text, content.number_text)
        first = pairs.setdefault(pair, position)
        if all(text.strip() for text in pair) and first != position:
            shown = "".join(pair)[:40]
            message = f"第{position}张：“{shown}”与第{first}张重复"
            yield PreflightProblem("plate-duplicate", message, position, "number_text")


def _too_long(position: int, role: Role, profile: PlateProfile) -> PreflightProblem:
    message = f"{ROLE_LABELS[role]}太长，{profile.label}按最小字号也排不下"
    return _problem(position, role, "text-too-long", message)


def _problem(position: int, role: Role, code: str, message: str) -> PreflightProblem:
    return PreflightProblem(code, f"第{position}张：{message}", position, _FIELDS[role])


def _names(characters: Sequence[str]) -> str:
    named = "、".join(name_character(char) for char in characters[:_NAMED_AT_MOST])
    return named + (f"等{len(characters)}个字符" if len(characters) > _NAMED_AT_MOST else "")

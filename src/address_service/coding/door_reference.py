"""What a cell that names a door holds: an address code, what the QR code of a plate says, or the text of an address."""

import re
import unicodedata
from dataclasses import dataclass

from address_service.coding.address_code import SCHEME_TS_2026, parse_code
from address_service.errors import InvalidInput
from address_service.model.residents import LinkWay

TOKEN_LENGTH = 16
_URL = re.compile(r"(?:.*/)?p/([^/?#]*)(?:[/?#].*)?", re.IGNORECASE)
_TOKEN = re.compile(r"[0-9a-hjkmnp-tv-z]{16}")  # Crockford's base 32
_MISREAD = str.maketrans("ilo", "110")
_ASCII = re.compile(r"[0-9A-Za-z]{16}")
_PARTED = re.compile(r"[\s\-‐-―−.·_]+")
_CODE_LIKE = 20
"""Digits in a row that nobody writes in an address: they were meant as a code."""


@dataclass(frozen=True, slots=True)
class DoorReference:
    """How a door is named, and the code, token or text that names it."""

    way: LinkWay
    value: str


def read_door_reference(text: str, column: LinkWay = LinkWay.TEXT) -> DoorReference:
    """Read a cell of a column for codes, for QR codes or for texts; any of them may hold a code or what a plate says.

    Spaces, full width and capitals do not matter, nor what base 32 lets one misread (o, i, l). No message repeats the
    cell, which may hold what does not belong there. Raises InvalidInput `code-malformed`, `address-code-check`,
    `address-code-segment`, `plate-token-malformed`.
    """
    written = unicodedata.normalize("NFKC", text).strip()
    close = _PARTED.sub("", written)
    token = _token_in(written)
    if token is not None:
        return DoorReference(LinkWay.PLATE, _checked_token(token))
    if close.isascii() and close.isdigit() and (len(close) >= _CODE_LIKE or column is LinkWay.CODE):
        return DoorReference(LinkWay.CODE, _checked_code(close))
    if column is LinkWay.CODE:
        raise InvalidInput("地址编码应为26位数字，这里不是数字", code="code-malformed")
    if column is LinkWay.PLATE:
        return DoorReference(LinkWay.PLATE, _checked_token(close))
    return DoorReference(LinkWay.TEXT, text.strip())


def _token_in(written: str) -> str | None:
    """The end of a plate's URL, or what stands alone and is as long as a token."""
    close = re.sub(r"\s+", "", written)
    if found := _URL.fullmatch(close):
        return found[1]
    bare = _PARTED.sub("", close)
    return bare if _ASCII.fullmatch(bare) and not bare.isdigit() else None


def _checked_token(text: str) -> str:
    token = text.lower().translate(_MISREAD)
    if not _TOKEN.fullmatch(token):
        raise InvalidInput(
            f"二维码应填门牌上扫出的网址，或其末尾的{TOKEN_LENGTH}位编号", code="plate-token-malformed"
        )
    return token


def _checked_code(digits: str) -> str:
    if len(digits) != SCHEME_TS_2026.length:
        message = f"地址编码应为{SCHEME_TS_2026.length}位数字，这里有{len(digits)}位"
        raise InvalidInput(message, code="code-malformed")
    try:
        return parse_code(digits).text
    except InvalidInput as error:
        raise InvalidInput(_KIND[error.code], code=error.code) from None


_KIND = {
    "address-code-check": "地址编码的校验位不符，多半是抄错了数字，请对照门牌或地址证明重填",
    "address-code-segment": "地址编码各段不合编码规则，请对照门牌或地址证明重填",
}

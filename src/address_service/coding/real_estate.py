"""Parcel and real-estate unit codes (宗地代码、不动产单元代码), GB/T 37346-2019."""

import re
from dataclasses import dataclass

from address_service.errors import InvalidInput

_PARCEL = r"(?P<area>[0-9]{12})(?P<ownership>[A-Z])(?P<right>[A-Z])[0-9]{5}"
_UNIT = r"(?P<fixture>[FLQ][0-9]{8}|W0{8})"
_PARCEL_ONLY = re.compile(_PARCEL)
_WHOLE = re.compile(_PARCEL + _UNIT)
_OWNERSHIPS = "GJZ"  # 国家, 集体, 未定
_RIGHTS = "ABSXCDEFHGWY"


@dataclass(frozen=True, slots=True)
class RealEstateCode:
    """A code read: the 19 characters of the parcel, the 28 of the unit where given, doubts in Chinese."""

    parcel_code: str
    unit_code: str | None
    warnings: tuple[str, ...]

    @property
    def printed(self) -> str:
        """The printed grouping 6-6-7-9 (6-6-7 for a parcel), parted by spaces."""
        t = self.unit_code or self.parcel_code
        return " ".join(part for part in (t[:6], t[6:12], t[12:19], t[19:]) if part)


def parse_real_estate_code(text: str) -> RealEstateCode:
    """Read a 28- or 19-character code; spaces go, letters become capitals.

    There is no check digit, so only the pattern is checked. An unknown letter in position 13 or 14 is a
    warning, since offices do use further ones. Raises `InvalidInput` with code
    ``real-estate-code-malformed``.
    """
    bare = re.sub(r"\s+", "", text).upper()
    match = _WHOLE.fullmatch(bare) or _PARCEL_ONLY.fullmatch(bare)
    if match is None:
        raise InvalidInput(
            f"不动产单元代码应为28位（宗地代码19位），收到“{text[:60]}”", code="real-estate-code-malformed"
        )
    unit_code = bare if len(bare) == 28 else None
    return RealEstateCode(bare[:19], unit_code, tuple(_doubts(match)))


def _doubts(match: re.Match[str]) -> list[str]:
    doubts = []
    if match["ownership"] not in _OWNERSHIPS:
        doubts.append(f"第13位土地所有权类型“{match['ownership']}”不在GB/T 37346-2019所列之内")
    if match["right"] not in _RIGHTS:
        doubts.append(f"第14位宗地特征“{match['right']}”不在GB/T 37346-2019所列之内")
    if match["area"].endswith("000000"):
        doubts.append("地籍区和地籍子区为000000，属虚拟单元")
    return doubts

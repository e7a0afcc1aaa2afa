"""Plate profiles (门牌规格) as data: face, edge, regions, colours and how sure we are of each.

参照 GB 17733-2008 地名 标志, known only through local rules that cite it; nothing here claims conformity.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from address_service.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Colour:
    """RGB, each 0-1."""

    red: float
    green: float
    blue: float


WHITE = Colour(1, 1, 1)
BLACK = Colour(0, 0, 0)
BLUE = Colour(0 / 255, 72 / 255, 153 / 255)
RED = Colour(200 / 255, 16 / 255, 36 / 255)


class Role(StrEnum):
    """Which text of the plate stands in a region."""

    NAME = "name"
    PINYIN = "pinyin"
    NUMBER = "number"
    POSTCODE = "postcode"


ROLE_LABELS: Mapping[Role, str] = MappingProxyType(
    {Role.NAME: "地名", Role.PINYIN: "汉语拼音", Role.NUMBER: "门牌号", Role.POSTCODE: "邮政编码"}
)


class Confidence(StrEnum):
    """How sure the figures of a profile are; the standard's text was not read."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the face inside its edge, in fractions of that inner area from the lower left corner.

    ``fill`` is the share of the region's height that the text may take, ``min_size_mm`` the smallest em
    it may shrink to, ``min_condense`` the narrowest horizontal scale, ``suffix_scale`` the size of what
    follows the leading digits (号, 附1) against them, ``min_digit_mm`` the least height of digits where a
    rule gives one, ``weight`` how much strokes are thickened, in em.
    """

    role: Role
    left: float
    bottom: float
    width: float
    height: float
    ink: Colour = WHITE
    fill: float = 0.8
    min_size_mm: float = 8.0
    min_condense: float = 0.8
    max_lines: int = 1
    suffix_scale: float = 1.0
    min_digit_mm: float = 0.0
    weight: float = 0.015


@dataclass(frozen=True, slots=True)
class PlateProfile:
    """One size of plate; all lengths in millimetres.

    ``panel_from`` is the fraction of the inner width from which on the ground is white instead of ``ground``.
    ``qr_mm`` is the side of the QR field with its quiet zone, None where the profile carries no code.
    """

    key: str
    label: str
    width_mm: float
    height_mm: float
    edge_mm: float
    regions: tuple[Region, ...]
    qr_mm: float | None
    confidence: Confidence
    note: str
    ground: Colour = BLUE
    panel_from: float | None = None

    def has(self, role: Role) -> bool:
        """Whether a region of this role is on the face."""
        return any(region.role is role for region in self.regions)


def _name(bottom: float, height: float, min_size_mm: float) -> Region:
    return Region(Role.NAME, 0, bottom, 1, height, fill=0.78, min_size_mm=min_size_mm, max_lines=2)


def _number(bottom: float, height: float, min_size_mm: float) -> Region:
    return Region(
        Role.NUMBER,
        0,
        bottom,
        1,
        height,
        fill=0.8,
        min_size_mm=min_size_mm,
        min_condense=0.75,
        suffix_scale=0.6,
    )


def _one_line(min_size_mm: float) -> tuple[Region, ...]:
    return (Region(Role.NUMBER, 0, 0, 1, 1, fill=0.62, min_size_mm=min_size_mm, suffix_scale=0.85),)


_CITED = "参照 GB 17733-2008，尺寸取自引用该标准的地方规定，标准原文未阅。"

_BUILDING = (
    Region(Role.NAME, 0.02, 0.4, 0.55, 0.6, fill=0.7, min_size_mm=50, max_lines=2),
    Region(Role.PINYIN, 0.02, 0.04, 0.55, 0.36, fill=0.5, min_size_mm=30, min_condense=0.7),
    Region(
        Role.NUMBER, 0.62, 0, 0.38, 1, ink=RED, fill=0.85, min_size_mm=100, min_condense=0.34,
        suffix_scale=0.4, min_digit_mm=350,
    ),
)  # fmt: skip

PROFILES: Mapping[str, PlateProfile] = MappingProxyType(
    {
        profile.key: profile
        for profile in (
            PlateProfile(
                "large", "大门牌", 570, 370, 15,
                (
                    _name(0.8, 0.2, 22),
                    _number(0.2, 0.6, 50),
                    Region(Role.POSTCODE, 0, 0, 1, 0.2, fill=0.5, min_size_mm=20),
                ),
                120, Confidence.HIGH, _CITED,
            ),
            PlateProfile(
                "medium", "中门牌", 270, 170, 15, (_name(0.6, 0.4, 14), _number(0, 0.6, 24)),
                75, Confidence.HIGH, _CITED,
            ),
            PlateProfile(
                "small", "小门牌", 150, 90, 10, (_name(0.6, 0.4, 8), _number(0, 0.6, 13)),
                40, Confidence.HIGH, _CITED + "农村默认规格，不标注汉语拼音。",
            ),
            PlateProfile(
                "building", "楼牌", 900, 500, 25, _BUILDING, None, Confidence.HIGH, _CITED, panel_from=0.6
            ),
            PlateProfile(
                "unit", "单元牌", 360, 150, 12, _one_line(40), None, Confidence.LOW,
                _CITED + "边距与版式无可靠来源，印制前请与主管部门核对。",
            ),
            PlateProfile(
                "room", "户牌", 120, 80, 8, _one_line(16), None, Confidence.LOW,
                _CITED + "边距与版式无可靠来源，印制前请与主管部门核对。",
            ),
        )
    }
)  # fmt: skip
"""The profiles shipped; 小门牌 is the rural default. Blue by E-W and green by N-S is a rule of street plates, which
are not printed here. The exact blue and red are ours."""

DEFAULT_PROFILE = "small"


def profile_of(key: str) -> PlateProfile:
    """The profile of this key; raises InvalidInput ``plate-profile-unknown`` naming those that exist."""
    found = PROFILES.get(key)
    if found is None:
        known = "、".join(f"{profile.key}（{profile.label}）" for profile in PROFILES.values())
        raise InvalidInput(f"没有门牌规格“{key}”，可用的有：{known}", code="plate-profile-unknown")
    return found

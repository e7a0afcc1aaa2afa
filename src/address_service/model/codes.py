"""Division codes and address codes as text values: never integers, never recomputed."""

import re
from dataclasses import dataclass
from typing import Self

from address_service.errors import InvalidInput

_DIGITS = re.compile(r"[0-9]+")


def _require_digits(text: str, length: int, what: str) -> None:
    if len(text) != length or not _DIGITS.fullmatch(text):
        raise InvalidInput(f"{what}应为{length}位数字，收到“{text[:40]}”", code="code-malformed")


@dataclass(frozen=True, slots=True, order=True)
class DivisionCode:
    """A division code (区划代码): 6 digits for a county (GB/T 2260), 9 for a town (GB/T 10114), 12 for a village.

    Towns and villages may carry two different codes, one from the civil-affairs list (MCA) and one from
    the statistics list (NBS); this type is the text of either.
    """

    text: str

    def __post_init__(self) -> None:
        if len(self.text) not in (6, 9, 12) or not _DIGITS.fullmatch(self.text):
            raise InvalidInput(
                f"区划代码应为6、9或12位数字，收到“{self.text[:40]}”", code="division-code-malformed"
            )

    @property
    def county(self) -> str:
        """The 6 digits of the county."""
        return self.text[:6]

    @property
    def town(self) -> str | None:
        """The 9 digits of the town, or None for a county."""
        return self.text[:9] if len(self.text) >= 9 else None

    @property
    def parent(self) -> "DivisionCode | None":
        """The code one level up, or None for a county."""
        return DivisionCode(self.text[:-3]) if len(self.text) > 6 else None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, order=True)
class AddressCode:
    """An address code (地址编码) of scheme TS-2026: 26 digits, 参照 GB/T 39609-2020, check digit last.

    Only the shape is checked here; `coding.address_code` makes codes and verifies the check digit.
    """

    text: str

    def __post_init__(self) -> None:
        _require_digits(self.text, 26, "地址编码")

    @property
    def prefix(self) -> str:
        """Positions 1-16: division, class and place; door serials are counted within this text."""
        return self.text[:16]

    @property
    def door_serial(self) -> int:
        """Positions 17-21; assigned once, not the visible number."""
        return int(self.text[16:21])

    @property
    def room_serial(self) -> int:
        """Positions 22-25; 0 is the door itself."""
        return int(self.text[21:25])

    @property
    def grouped(self) -> str:
        """The printed form, ``430626 113 208 4012 00018 0000 6``."""
        t = self.text
        return " ".join((t[:6], t[6:9], t[9:12], t[12:16], t[16:21], t[21:25], t[25]))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a code as people type it, with or without the spaces of the printed form."""
        return cls(re.sub(r"\s+", "", text))

    def __str__(self) -> str:
        return self.text

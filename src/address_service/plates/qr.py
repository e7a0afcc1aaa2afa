"""QR codes of the plates as vector rectangles, in modules."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from qrcode.constants import ERROR_CORRECT_Q
from qrcode.main import QRCode
from qrcode.util import QRData

MAX_URL_LENGTH = 45
"""More would need 37 modules a side: in 40 mm with the quiet zone each would be under 0.9 mm."""

QUIET_ZONE = 4
MASK = 3
"""A fixed mask: choosing the best of eight takes five times as long and readers do not need it."""


_BYTE_MODE: Final = 4


@dataclass(frozen=True, slots=True)
class QrRun:
    """A dark rectangle in modules; (x, y) its lower left corner, the quiet zone included in the count."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class QrCode:
    """Dark rectangles on a square of ``side`` modules, quiet zone of four modules included."""

    side: int
    runs: tuple[QrRun, ...]

    def module_mm(self, side_mm: float) -> float:
        """Size of one module when the whole field is ``side_mm`` wide."""
        return side_mm / self.side


@lru_cache(maxsize=64)
def make_qr(url: str) -> QrCode:
    """The code of an ASCII URL: level Q, byte mode, fixed mask, so that one URL always gives one picture."""
    code = QRCode(error_correction=ERROR_CORRECT_Q, border=0, mask_pattern=MASK)
    code.add_data(QRData(url.encode("ascii"), mode=_BYTE_MODE), optimize=0)
    code.make(fit=True)
    rows = [[bool(module) for module in row] for row in code.modules]
    return QrCode(len(rows) + 2 * QUIET_ZONE, _merge(rows))


def _merge(rows: list[list[bool]]) -> tuple[QrRun, ...]:
    """Dark modules as few rectangles: runs along a row, grown down while the next row has the same run."""
    size = len(rows)
    open_runs: dict[tuple[int, int], int] = {}  # (start, length) → first row
    merged: list[QrRun] = []
    for row_no in range(size + 1):
        current = set(_row_runs(rows[row_no])) if row_no < size else set()
        for start, length in [key for key in open_runs if key not in current]:
            first = open_runs.pop((start, length))
            merged.append(QrRun(start + QUIET_ZONE, size - row_no + QUIET_ZONE, length, row_no - first))
        for key in sorted(current):
            open_runs.setdefault(key, row_no)
    return tuple(merged)


def _row_runs(row: list[bool]) -> list[tuple[int, int]]:
    """(start, length) of each stretch of dark modules."""
    runs, start = [], None
    for x, dark in enumerate([*row, False]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            runs.append((start, x - start))
            start = None
    return runs

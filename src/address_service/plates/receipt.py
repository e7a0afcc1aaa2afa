"""Slips of the counter (受理回执、办结通知): an application as PDF of A5 landscape, half an A4."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from address_service.plates.drawing import Sheet
from address_service.plates.fonts import FontMeasure, FontSet, missing_characters
from address_service.plates.layout import Box
from address_service.plates.qr import make_qr
from address_service.plates.sheet import TYPESETTING
from address_service.plates.stand_in import STAND_IN, printable_text, visible_text

WIDTH_MM, HEIGHT_MM = 210.0, 148.5
"""A printer set to A4 puts it into the upper half; there is nothing to fold or cut by eye."""

_MARGIN_MM = 14.0
_LABEL_MM = 26.0
_QR_MM = 26.0
_TITLE_SIZE, _TEXT_SIZE, _SMALL_SIZE = 7.0, 4.1, 3.2
_LINE_MM = 6.0
_MOST_LINES = 3
_FOOT_MM = 30.0
_STAND_IN_HINT = f"{STAND_IN} 处为字库所缺的字，请经办人手写补正并盖章。"


@dataclass(frozen=True, slots=True)
class Slip:
    """What stands on a slip; ``rows`` are label and text, long ones are wrapped and after three lines cut.

    ``number`` is the application's, also as QR code. ``hint`` says how to ask for the state. ``synthetic`` prints
    that the data are a sample.
    """

    title: str
    office: str
    number: str
    rows: tuple[tuple[str, str], ...]
    hint: str
    signed: str
    dated: str
    synthetic: bool = False


_WRITTEN = tuple(field.name for field in fields(Slip) if field.name not in ("rows", "synthetic"))


@dataclass(frozen=True, slots=True)
class PrintedSlip:
    """A slip as PDF, and the characters that no font shows: 〓 stands for each of them."""

    content: bytes
    missing: tuple[str, ...] = ()


def render_slip(slip: Slip, fonts: FontSet) -> PrintedSlip:
    """The slip as PDF; the same slip gives the same bytes.

    What an applicant wrote never keeps a slip from the printer: invisible characters are left out, and the foot says
    so where a stand-in was printed.
    """
    missing = missing_characters("".join(visible_text(text) for text in _texts(slip)), fonts)
    shown = _printable(slip, fonts)
    if missing:
        shown = replace(shown, hint=f"{shown.hint}{_STAND_IN_HINT}")
    with TYPESETTING:
        sheet = Sheet(WIDTH_MM, HEIGHT_MM, fonts, f"{shown.title} {shown.number}")
        with sheet.page():
            _draw_head(sheet, shown)
            _draw_rows(sheet, shown, FontMeasure(fonts))
            _draw_foot(sheet, shown)
        return PrintedSlip(sheet.finish(), missing)


def _texts(slip: Slip) -> Iterator[str]:
    yield from (getattr(slip, name) for name in _WRITTEN)
    yield from (text for row in slip.rows for text in row)


def _printable(slip: Slip, fonts: FontSet) -> Slip:
    rows = tuple((printable_text(label, fonts), printable_text(text, fonts)) for label, text in slip.rows)
    written: Any = {name: printable_text(getattr(slip, name), fonts) for name in _WRITTEN}
    return replace(slip, rows=rows, **written)


def wrapped(text: str, width_em: float, measure: FontMeasure, most: int = _MOST_LINES) -> tuple[str, ...]:
    """A text in lines no wider than ``width_em``, white space as single blanks, an ellipsis where it is cut."""
    lines = list(_lines(" ".join(text.split()), width_em, measure))
    if len(lines) <= most:
        return tuple(lines)
    last = lines[most - 1]
    while last and measure.width(last + "…") > width_em:
        last = last[:-1]
    return (*lines[: most - 1], last + "…")


def _lines(text: str, width_em: float, measure: FontMeasure) -> Iterator[str]:
    line, width = "", 0.0
    for char in text:
        advance = measure.width(char)
        if line and width + advance > width_em:
            yield line
            line, width = "", 0.0
        line, width = line + char, width + advance
    yield line


def _draw_head(sheet: Sheet, slip: Slip) -> None:
    top = HEIGHT_MM - _MARGIN_MM
    sheet.write(slip.office, _MARGIN_MM, top - 4, _TEXT_SIZE)
    sheet.write(slip.title, (WIDTH_MM - sheet.width(slip.title, _TITLE_SIZE)) / 2, top - 14, _TITLE_SIZE)
    sheet.write(f"编号 {slip.number}", _MARGIN_MM, top - 22, _TEXT_SIZE)
    right = WIDTH_MM - _MARGIN_MM
    sheet.code(make_qr(slip.number), Box(right - _QR_MM, top - _QR_MM, _QR_MM, _QR_MM))
    if slip.synthetic:
        text = "示例数据，不作凭证"
        sheet.write(text, right - _QR_MM - sheet.width(text, _SMALL_SIZE) - 3, top - 4, _SMALL_SIZE)
    sheet.rule(_MARGIN_MM, top - 28, right, top - 28, 0.3)


def _draw_rows(sheet: Sheet, slip: Slip, measure: FontMeasure) -> None:
    y = HEIGHT_MM - _MARGIN_MM - 35
    width_em = (WIDTH_MM - 2 * _MARGIN_MM - _LABEL_MM) / _TEXT_SIZE
    for label, lines in _fitting(slip.rows, width_em, measure):
        sheet.write(label, _MARGIN_MM, y, _TEXT_SIZE)
        for line in lines:
            sheet.write(line, _MARGIN_MM + _LABEL_MM, y, _TEXT_SIZE)
            y -= _LINE_MM


def _fitting(
    rows: Sequence[tuple[str, str]], width_em: float, measure: FontMeasure
) -> list[tuple[str, tuple[str, ...]]]:
    """The rows with as many lines each as the page has room for: three, else two, else one."""
    room = int((HEIGHT_MM - _MARGIN_MM - 35 - _FOOT_MM) / _LINE_MM) + 1
    for most in range(_MOST_LINES, 0, -1):
        found = [(label, wrapped(text, width_em, measure, most)) for label, text in rows]
        if sum(len(lines) for _, lines in found) <= room:
            return found
    return found[:room]


def _draw_foot(sheet: Sheet, slip: Slip) -> None:
    right = WIDTH_MM - _MARGIN_MM
    sheet.rule(_MARGIN_MM, _FOOT_MM - 5, right, _FOOT_MM - 5, 0.15)
    sheet.write(slip.hint, _MARGIN_MM, _FOOT_MM - 11, _SMALL_SIZE)
    sheet.write(slip.signed, _MARGIN_MM, _FOOT_MM - 19, _TEXT_SIZE)
    sheet.write(slip.dated, right - sheet.width(slip.dated, _TEXT_SIZE), _FOOT_MM - 19, _TEXT_SIZE)

"""Sheets of plates: one page per plate at 1:1 for the press, and reduced A4 proofs for the eye."""

import threading
from collections.abc import Sequence

from address_service.errors import FieldError, InvalidInput
from address_service.plates.content import PlateContent
from address_service.plates.drawing import Sheet, draw_plate
from address_service.plates.fonts import FontSet
from address_service.plates.layout import Box
from address_service.plates.preflight import Preflight
from address_service.plates.profile import PlateProfile

TYPESETTING = threading.Lock()
"""ReportLab reads its registered fonts through one cursor each: one document at a time."""

A4_WIDTH_MM = 210.0
A4_HEIGHT_MM = 297.0
PROOF_COLUMNS = 2
PROOF_ROWS = 4
PROOFS_PER_PAGE = PROOF_COLUMNS * PROOF_ROWS

_MARGIN_MM = 8.0
_HEADER_MM = 12.0
_CAPTION_MM = 9.0
_MARK_MM = 2.4
_MARK_GAP_MM = 0.6


def render_plates(contents: Sequence[PlateContent], profile: PlateProfile, fonts: FontSet) -> bytes:
    """PDF with one page per plate at 1:1; MediaBox = TrimBox = the face, no bleed, no marks.

    The same input gives the same bytes. Raises InvalidInput ``plates-not-printable`` with every problem that
    preflight finds.
    """
    desk = _checked(contents, profile, fonts)
    with TYPESETTING:
        sheet = Sheet(profile.width_mm, profile.height_mm, fonts, f"{profile.label} 1:1")
        for content in contents:
            with sheet.page():
                draw_plate(sheet, desk.layout(content), content.url)
        return sheet.finish()


def render_proof(contents: Sequence[PlateContent], profile: PlateProfile, fonts: FontSet) -> bytes:
    """PDF of A4 pages with eight reduced plates each, cut marks, and below each its page and address code.

    The scale stands on every sheet. Raises InvalidInput as ``render_plates`` does.
    """
    desk = _checked(contents, profile, fonts)
    scale = proof_scale(profile)
    pages = -(-len(contents) // PROOFS_PER_PAGE)
    with TYPESETTING:
        sheet = Sheet(A4_WIDTH_MM, A4_HEIGHT_MM, fonts, f"{profile.label} 校样")
        for start in range(0, len(contents), PROOFS_PER_PAGE):
            with sheet.page():
                _draw_header(sheet, profile, scale, start // PROOFS_PER_PAGE + 1, pages)
                for place, content in enumerate(contents[start : start + PROOFS_PER_PAGE]):
                    box = proof_box(profile, scale, place)
                    with sheet.placed(box.x, box.y, scale):
                        draw_plate(sheet, desk.layout(content), content.url)
                    _draw_cut_marks(sheet, box)
                    _draw_caption(sheet, box, start + place + 1, content)
        return sheet.finish()


def proof_scale(profile: PlateProfile) -> float:
    """The largest whole per cent, at most 100, at which eight faces with captions and marks fit an A4 sheet."""
    cell = _cell(0)
    room_x = cell.width - 2 * (_MARK_MM + _MARK_GAP_MM)
    room_y = cell.height - _CAPTION_MM - 2 * _MARK_GAP_MM - _MARK_MM
    limit = min(room_x / profile.width_mm, room_y / profile.height_mm)
    percent = min(100, int(limit * 100))
    return (percent - percent % 5 if percent > 10 else percent) / 100


def proof_box(profile: PlateProfile, scale: float, place: int) -> Box:
    """Where face ``place`` (0-7) stands on the sheet, in mm: rows from the top, left before right."""
    cell = _cell(place)
    width, height = profile.width_mm * scale, profile.height_mm * scale
    x = cell.x + (cell.width - width) / 2
    y = cell.y + _CAPTION_MM + (cell.height - _CAPTION_MM - height) / 2
    return Box(x, y, width, height)


def _cell(place: int) -> Box:
    row, column = divmod(place, PROOF_COLUMNS)
    width = (A4_WIDTH_MM - 2 * _MARGIN_MM) / PROOF_COLUMNS
    height = (A4_HEIGHT_MM - 2 * _MARGIN_MM - _HEADER_MM) / PROOF_ROWS
    top = A4_HEIGHT_MM - _MARGIN_MM - _HEADER_MM
    return Box(_MARGIN_MM + column * width, top - (row + 1) * height, width, height)


def _draw_header(sheet: Sheet, profile: PlateProfile, scale: float, page: int, pages: int) -> None:
    y = A4_HEIGHT_MM - _MARGIN_MM - 4.5
    size = f"{profile.width_mm:g}×{profile.height_mm:g} 毫米"
    reduced = "原大" if scale == 1 else f"缩小至 {scale:.0%}，非成品尺寸"
    sheet.write(f"门牌校样　{profile.label} {size}　比例：{reduced}", _MARGIN_MM, y, 4.2)
    number = f"第 {page} 页，共 {pages} 页"
    sheet.write(number, A4_WIDTH_MM - _MARGIN_MM - sheet.width(number, 3.4), y, 3.4)
    sheet.rule(_MARGIN_MM, y - 2.4, A4_WIDTH_MM - _MARGIN_MM, y - 2.4, 0.2)


def _draw_caption(sheet: Sheet, box: Box, position: int, content: PlateContent) -> None:
    y = box.y - 6.4
    sheet.write(f"第 {position} 张", box.x, y, 3.2)
    code = content.address_code
    sheet.write(code, box.right - sheet.width(code, 3.2), y, 3.2)


def _draw_cut_marks(sheet: Sheet, box: Box) -> None:
    """Two short lines at each corner, just outside the face."""
    near, far = _MARK_GAP_MM, _MARK_GAP_MM + _MARK_MM
    for y in (box.y, box.top):
        sheet.rule(box.x - far, y, box.x - near, y)
        sheet.rule(box.right + near, y, box.right + far, y)
    for x in (box.x, box.right):
        sheet.rule(x, box.y - far, x, box.y - near)
        sheet.rule(x, box.top + near, x, box.top + far)


def _checked(contents: Sequence[PlateContent], profile: PlateProfile, fonts: FontSet) -> Preflight:
    """The preflight of a batch that passed it."""
    desk = Preflight(profile, fonts)
    problems = desk.check(contents)
    if problems:
        errors = [FieldError(found.code, found.message, found.field, found.position) for found in problems]
        message = f"{profile.label}批次有{len(problems)}处问题，未印制：{problems[0].message}"
        raise InvalidInput(message, code="plates-not-printable", errors=errors)
    return desk

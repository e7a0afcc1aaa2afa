"""The list that goes with a batch to the plate factory and the fitters: XLSX in walking order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from address_service.plates.spreadsheet import (
    HEADER_ROW,
    Column,
    cell_styles,
    open_book,
    set_print,
    write_head,
    write_text,
)


@dataclass(frozen=True, slots=True)
class ListRow:
    """One plate on the list; ``page`` is its page in the 1:1 PDF, ``lon`` and ``lat`` degrees in EPSG:4490.

    ``profile`` is the Chinese label of the plate's size.
    """

    position: int
    page: int
    address_code: str
    full_text: str
    door_number: str
    profile: str
    url: str
    lon: float | None
    lat: float | None
    note: str = ""


LIST_COLUMNS = (
    Column("序号", 6),
    Column("页码", 6),
    Column("地址编码", 29),
    Column("标准地址", 46),
    Column("门牌号", 12),
    Column("规格", 8),
    Column("二维码网址", 40),
    Column("经度", 12),
    Column("纬度", 11),
    Column("备注", 18),
)


def render_list(rows: Sequence[ListRow], heading: str) -> bytes:
    """XLSX with ``heading`` over a frozen header, one row per plate in the order given (walking order).

    Codes are text, since a spreadsheet keeps 15 digits of a number; no cell is ever a formula or a link. Prints on
    A4 landscape with the header on every page. The same input gives the same bytes.
    """
    target, book = open_book(heading)
    sheet = book.add_worksheet("门牌清单")
    styles = cell_styles(book)
    write_head(sheet, styles, heading, LIST_COLUMNS)
    for offset, row in enumerate(rows):
        _write_row(sheet, styles, HEADER_ROW + 1 + offset, row)
    set_print(sheet, len(rows), len(LIST_COLUMNS))
    book.close()
    return target.getvalue()


def _write_row(sheet: Any, styles: dict[str, Any], at: int, row: ListRow) -> None:
    sheet.write_number(at, 0, row.position, styles["count"])
    sheet.write_number(at, 1, row.page, styles["count"])
    texts = {2: row.address_code, 4: row.door_number, 5: row.profile, 6: row.url}
    for place, text in texts.items():
        write_text(sheet, styles, at, place, text, "text")
    write_text(sheet, styles, at, 3, row.full_text, "long")
    for place, degrees in ((7, row.lon), (8, row.lat)):
        if degrees is None:
            sheet.write_blank(at, place, None, styles["degree"])
        else:
            sheet.write_number(at, place, degrees, styles["degree"])
    write_text(sheet, styles, at, 9, row.note, "long")

"""The reject file: what an import refused, for the office that sent the data, to open in a spreadsheet."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from address_service.coding.spreadsheet_text import plain_cell
from address_service.gis.layer_read import Reject

HEADER = ("行号", "列名", "原因", "值", "原因代码")


def write_rejects(path: Path, rejects: Sequence[Reject]) -> None:
    """Write a CSV file, UTF-8 with BOM; the row number is the 1-based data row of the source, header excluded.

    A value that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    for reject in rejects:
        writer.writerow(
            (
                reject.row_no,
                plain_cell(reject.field or ""),
                plain_cell(reject.message),
                plain_cell(reject.value),
                reject.code,
            )
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".part-{path.name}")
    part.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    part.replace(path)

"""CSV and TSV files in the encodings offices send."""

import csv
import io
import re
from pathlib import Path

from address_service.gis.encodings import codec_name, decode_document, label_of
from address_service.gis.field_mapping import FieldMapping
from address_service.gis.field_names import find_header
from address_service.gis.layer_read import ReadLimits
from address_service.gis.layers import LayerSpec
from address_service.gis.raw_table import RawTable, empty_file, table_from_rows, unreadable

_DELIMITERS = ("\t", ",", ";", "|", "，")
_MAX_CELL = 1_000_000
_HEAD = 5000  # characters that tell the delimiter; a title line alone would not
_CONTROL = re.compile("[\0-\x08\x0e-\x1f]")


def read_delimited(path: Path, spec: LayerSpec, limits: ReadLimits, mapping: FieldMapping) -> RawTable:
    """The table of a text file; raises `InvalidInput` with ``file-empty`` or ``file-unreadable``."""
    data = path.read_bytes()
    if not data.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise empty_file()
    text, encoding = decode_document(data, codec_name(mapping.encoding) if mapping.encoding else None)
    if len(_CONTROL.findall(text)) > len(text) // 100:
        raise unreadable("内容不是文字表格")
    rows = _rows(text)
    if len(rows) > limits.max_rows:
        raise unreadable(f"超过{limits.max_rows}行")
    at = find_header(rows, spec, mapping)
    header = [cell.strip() for cell in rows[at]]
    table = table_from_rows(header, rows[at + 1 :])
    table.notes.append(f"文字编码：{label_of(encoding)}")
    if at:
        table.notes.append(f"表头在第{at + 1}行，行号从表头的下一行起数")
    return table


def _rows(text: str) -> list[list[str]]:
    head = text[:_HEAD]
    delimiter = max(_DELIMITERS, key=head.count)
    csv.field_size_limit(_MAX_CELL)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise unreadable("分隔或引号有误") from error

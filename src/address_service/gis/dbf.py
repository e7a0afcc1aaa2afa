"""The attribute table of a shapefile (.dbf), read as text so that codes keep all digits and no cell is lost.

GDAL decodes with one encoding fixed before it has seen the text, and turns numbers of 19 digits into floats;
here every text is looked at before the encoding is chosen, and numbers stay as they are written.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from address_service.gis.encodings import codec_name, decode_cell, detect, known_codec, label_of
from address_service.gis.layer_read import ObjectArray, object_array
from address_service.gis.raw_table import unique_names, unreadable

_HEADER = struct.Struct("<BBBBIHH")
_FIELD_BYTES = 32
_END_OF_FIELDS = 0x0D
_DELETED = b"*"
_TEXT_KINDS = "CM"
_NUMBER_KINDS = "NF"
_MAX_RECORDS = 20_000_000


@dataclass(frozen=True, slots=True)
class _Column:
    raw_name: bytes
    kind: str
    width: int
    offset: int


def read_dbf(
    path: Path, declared: str | None, forced: str | None = None
) -> tuple[dict[str, ObjectArray], list[str]]:
    """Columns by name with cells as text or None, and Chinese notes; rows marked as deleted are left out.

    ``declared`` is the encoding that a .cpg names, ``forced`` that of the mapping file. Raises `InvalidInput` with
    ``file-unreadable``.
    """
    data = path.read_bytes()
    columns, records = _layout(data)
    records = records[records["deleted"] != _DELETED]
    cells = [records[str(column.offset)].tolist() for column in columns]
    codec = known_codec(declared) if declared else None
    encoding = codec_name(forced) if forced else detect(_telling_cells(columns, cells), codec)
    notes = [f"属性表文字编码：{label_of(encoding)}"]
    if codec and codec != encoding and not forced:
        notes.append(f"属性表声明的编码是{declared}，实际按{label_of(encoding)}读取")
    names = unique_names([column.raw_name.decode(encoding, errors="ignore") for column in columns])
    result: dict[str, ObjectArray] = {}
    cut = 0
    for name, column, values in zip(names, columns, cells, strict=True):
        texts, cut_here = _decoded(values, encoding, column.width)
        result[name] = object_array([_cell(text, column.kind) for text in texts])
        cut += cut_here
    if cut:
        notes.append(f"{cut}格文字被列宽截断，最后半个字已去掉")
    return result, notes


def dbf_names(path: Path, declared: str | None) -> list[str]:
    """The column names alone."""
    with path.open("rb") as file:
        start = file.read(_HEADER.size)
        head = start + file.read(max(_header_bytes(start) - len(start), 0))
    columns = _columns(head)
    encoding = detect([column.raw_name for column in columns], known_codec(declared) if declared else None)
    return unique_names([column.raw_name.decode(encoding, errors="ignore") for column in columns])


def _header_bytes(data: bytes) -> int:
    if len(data) < _HEADER.size:
        raise unreadable(".dbf不完整")
    return int(_HEADER.unpack_from(data)[5])


def _layout(data: bytes) -> tuple[list[_Column], NDArray[np.void]]:
    header_bytes = _header_bytes(data)
    declared_count, record_bytes = int(_HEADER.unpack_from(data)[4]), int(_HEADER.unpack_from(data)[6])
    columns = _columns(data[:header_bytes])
    if record_bytes < 1 or any(column.offset + column.width > record_bytes for column in columns):
        raise unreadable(".dbf的列宽与记录长度不符")
    count = min(declared_count, (len(data) - header_bytes) // record_bytes, _MAX_RECORDS)
    layout = np.dtype(
        {
            "names": ["deleted", *(str(column.offset) for column in columns)],
            "formats": ["S1", *(f"S{column.width}" for column in columns)],
            "offsets": [0, *(column.offset for column in columns)],
            "itemsize": record_bytes,
        }
    )
    return columns, np.frombuffer(data, dtype=layout, count=count, offset=header_bytes)


def _columns(head: bytes) -> list[_Column]:
    columns = []
    offset = 1  # the first byte of a record marks it as deleted
    for start in range(_FIELD_BYTES, len(head) - _FIELD_BYTES + 1, _FIELD_BYTES):
        if head[start] == _END_OF_FIELDS:
            break
        raw_name = head[start : start + 11].split(b"\0")[0].strip()
        width = head[start + 16]
        if width == 0:
            raise unreadable(".dbf的列宽为零")
        columns.append(_Column(raw_name, chr(head[start + 11]), width, offset))
        offset += width
    return columns


def _telling_cells(columns: list[_Column], cells: list[list[bytes]]) -> list[bytes]:
    telling = [column.raw_name for column in columns]
    for column, values in zip(columns, cells, strict=True):
        if column.kind in _TEXT_KINDS:
            telling += [value for value in values if not value.isascii()]
    return telling


def _decoded(cells: list[bytes], encoding: str, width: int) -> tuple[list[str], int]:
    """The texts of a column, and how many lost half a character to its width."""
    try:
        texts = b"\n".join(cells).decode(encoding).split("\n")
        if len(texts) == len(cells):
            return texts, 0
    except UnicodeDecodeError:
        pass
    pairs = [decode_cell(cell, encoding) for cell in cells]
    torn = sum(cut and len(cell) == width for cell, (_, cut) in zip(cells, pairs, strict=True))
    return [text for text, _ in pairs], torn


def _cell(text: str, kind: str) -> str | None:
    plain = text.strip(" \0")
    if kind in _NUMBER_KINDS and plain.startswith("*"):  # how a number that did not fit is written
        return None
    return plain or None

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
from address_service.gis.layer_read import ObjectArray
from address_service.gis.raw_table import unique_names, unreadable

_HEADER = struct.Struct("<BBBBIHH")
_FIELD_BYTES = 32
_END_OF_FIELDS = 0x0D
_DELETED = b"*"
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
    cells = {column.offset: records[str(column.offset)] for column in columns}
    codec = known_codec(declared) if declared else None
    encoding = codec_name(forced) if forced else detect(_telling_cells(columns, cells), codec)
    notes = [f"属性表文字编码：{label_of(encoding)}"]
    if codec and codec != encoding and not forced:
        notes.append(f"属性表声明的编码是{declared}，实际按{label_of(encoding)}读取")
    names = unique_names([column.raw_name.decode(encoding, errors="ignore") for column in columns])
    result: dict[str, ObjectArray] = {}
    cut = 0
    for name, column in zip(names, columns, strict=True):
        result[name], cut_here = _decoded(cells[column.offset], encoding, column.width)
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


def _telling_cells(columns: list[_Column], cells: dict[int, NDArray[np.bytes_]]) -> list[bytes]:
    telling = [column.raw_name for column in columns]
    for column in columns:
        if column.kind in "CM":
            values = np.unique(cells[column.offset])
            telling += [value for value in values.tolist() if not value.isascii()]
    return telling


def _decoded(cells: NDArray[np.bytes_], encoding: str, width: int) -> tuple[ObjectArray, int]:
    values, inverse = np.unique(cells, return_inverse=True)
    counts = np.bincount(inverse, minlength=len(values))
    texts = np.empty(len(values), dtype=object)
    cut = 0
    for index, value in enumerate(values.tolist()):
        plain = value.strip(b" \0")
        if plain.isascii():
            texts[index] = plain.decode("ascii") or None
            continue
        text, torn = decode_cell(plain, encoding)
        texts[index] = text or None
        cut += int(counts[index]) if torn and len(value) == width else 0
    # A column of nothing but stars is how a number that did not fit is written.
    texts[np.array([bool(t) and set(t) == {"*"} for t in texts], dtype=bool)] = None
    return texts[inverse], cut

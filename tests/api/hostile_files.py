"""Files that nobody should send, made when asked for: bombs, ways out, broken ones, cells that are formulas."""

import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.api.answers_to_anything import PLANTED_ID
from tests.api.hostile_inputs import TEXTS

_HEAD = "建筑编号,村代码,用途,层数,村民小组,经度,纬度\n"
_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "haha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


def _zip(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def _workbook(sheet: str, before: str = "") -> bytes:
    """A workbook of one sheet with the given XML inside, and what stands before its root."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return _zip(
        {
            "[Content_Types].xml": (
                '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
                f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>'
            ).encode(),
            "_rels/.rels": (
                f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
                'Target="xl/workbook.xml"/></Relationships>'
            ).encode(),
            "xl/_rels/workbook.xml.rels": (
                f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" Type="{_OFFICE}/worksheet" '
                'Target="worksheets/sheet1.xml"/></Relationships>'
            ).encode(),
            "xl/workbook.xml": (
                f'<workbook xmlns="{_SPREADSHEET}" xmlns:r="{_OFFICE}"><sheets>'
                '<sheet name="x" sheetId="1" r:id="r1"/></sheets></workbook>'
            ).encode(),
            "xl/worksheets/sheet1.xml": f'{before}<worksheet xmlns="{_SPREADSHEET}">{sheet}</worksheet>'.encode(),
        }
    )


def _cells(*rows: list[str], first: int = 1) -> str:
    lines = [
        "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) for row in rows
    ]  # fmt: skip
    return (
        "<sheetData>"
        + "".join(f'<row r="{first + n}">{line}</row>' for n, line in enumerate(lines))
        + "</sheetData>"
    )


_COLUMNS = _HEAD.strip().split(",")


def _geopackage() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.gpkg"
        with sqlite3.connect(path) as made:
            made.execute("CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT, identifier TEXT)")
            made.execute("INSERT INTO gpkg_contents VALUES ('x', 'features', '''; DROP TABLE address; --')")
            made.execute(
                "CREATE VIEW x AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT i FROM n"
            )
        made.close()
        return path.read_bytes()


def _geojson(coordinates: str, kind: str = "Polygon") -> bytes:
    feature = (
        f'{{"type":"Feature","properties":{{}},"geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}'
    )
    return f'{{"type":"FeatureCollection","features":[{feature}]}}'.encode()


FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "zip bomb": ("x.zip", lambda: _zip({"x.csv": b"0" * 120_000_000})),
    "zip of zips": ("x.zip", lambda: _zip({"x.zip": _zip({"y.zip": _zip({"z.csv": b"0" * 20_000_000})})})),
    "zip slip": ("x.zip", lambda: _zip({"../../../slipped.csv": _HEAD.encode(), "x.csv": _HEAD.encode()})),
    "absolute path": ("x.zip", lambda: _zip({"/tmp/slipped.csv": _HEAD.encode()})),  # noqa: S108
    "many members": ("x.zip", lambda: _zip({f"{n}.csv": b"x" for n in range(3000)})),
    "broken zip": ("x.zip", lambda: _zip({"x.csv": b"x" * 1000})[:-30]),
    "hostile member": ("x.zip", lambda: _zip({"a\x01\u202e'; --.csv": _HEAD.encode()})),
    "broken shapefile": ("x.zip", lambda: _zip({f"x.{part}": b"\xff" * 200 for part in ("shp", "shx", "dbf")})),
    "billion laughs": ("x.xlsx", lambda: _workbook(_cells(["&i;"]), _LAUGHS)),
    "external entity": (
        "x.xlsx", lambda: _workbook(_cells(_COLUMNS, ["&a;"] * 7), '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>')
    ),
    "giant dimension": (
        "x.xlsx", lambda: _workbook('<dimension ref="A1:XFD1048576"/>' + _cells(_COLUMNS, ["1"] * 7))
    ),
    "last row": ("x.xlsx", lambda: _workbook(_cells(_COLUMNS, first=1_048_576))),
    "no such row": ("x.xlsx", lambda: _workbook(_cells(_COLUMNS, first=2_000_000_000))),
    "giant merge": (
        "x.xlsx",
        lambda: _workbook(
            _cells(_COLUMNS, ["1"] * 7) + '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
        ),
    ),
    "workbook bomb": ("x.xlsx", lambda: _workbook(_cells(["0" * 60_000_000]))),
    "formulas": (
        "x.xlsx",
        lambda: _workbook(
            _cells(_COLUMNS).replace(
                "</sheetData>", '<row r="2"><c><f>cmd|x!A0</f><v>1</v></c></row></sheetData>'
            )
        ),
    ),
    "long number": (
        "x.xlsx",
        lambda: _workbook(
            _cells(_COLUMNS).replace("</sheetData>", f'<row r="2"><c><v>{"9" * 400}</v></c></row></sheetData>')
        ),
    ),
    "no workbook": ("x.xlsx", lambda: b"PK\x03\x04" + b"\x00" * 100),
    "old workbook": ("x.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600),
    "hostile cells": (
        "x.csv",
        lambda: (
            _HEAD + "".join(f'"{text.replace(chr(34), chr(34) * 2)}"' + ",430626113208,住宅,2,12组,113.6,28.8\n"
            for name, text in TEXTS.items() if name not in ("nul", "half a pair"))
        ).encode(),
    ),
    "planted id": ("x.csv", lambda: f"{_HEAD}{PLANTED_ID},{PLANTED_ID},{PLANTED_ID},2,12组,113.6,28.8\n".encode()),
    "nul": ("x.csv", lambda: _HEAD.encode() + b"a\x00b,430626113208,\x00,2,12,113.6,28.8\n"),
    "half a pair": ("x.csv", lambda: _HEAD.encode() + "号\ud800".encode("utf-8", "surrogatepass") + b",430626113208\n"),
    "open quote": ("x.csv", lambda: _HEAD.encode() + b'"' + b"x" * 3_000_000),
    "many columns": ("x.csv", lambda: ",".join(f"c{n}" for n in range(60_000)).encode() + b"\n1\n"),
    "same columns": ("x.csv", lambda: (",".join(["村代码"] * 50) + "\n1\n").encode()),
    "numbers": (
        "x.csv",
        lambda: (
            f"{_HEAD}1,430626113208,住宅,{'9' * 5000},12组,NaN,Infinity\n2,4,住宅,1e400,,1e400,-1e400\n"
        ).encode(),
    ),
    "utf-16": ("x.csv", lambda: _HEAD.encode("utf-16")),
    "deep geojson": ("x.geojson", lambda: _geojson("[" * 100_000 + "]" * 100_000)),
    "boundless geojson": ("x.geojson", lambda: _geojson("[[[1e308,1e308],[-1e308,1e308],[0,-1e308],[1e308,1e308]]]")),
    "nan geojson": ("x.geojson", lambda: _geojson("[[[NaN,NaN],[NaN,Infinity],[1,1],[NaN,NaN]]]")),
    "long ring": (
        "x.geojson", lambda: _geojson(json.dumps([[[113.6 + n * 1e-9, 28.8] for n in range(200_000)]]))
    ),
    "no geojson": ("x.geojson", lambda: b'{"type": "FeatureCollection", "features": {"a": [null]}}'),
    "endless view": ("x.gpkg", _geopackage),
    "no geopackage": ("x.gpkg", lambda: b"SQLite format 3\x00" + b"\xff" * 2000),
}  # fmt: skip
"""Name and content by what is wrong."""

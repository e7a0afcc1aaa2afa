"""CSV, TSV and XLSX tables: encodings, title rows, merged cells, rounded ids, coordinates in columns."""

import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import shapely

from address_service.errors import InvalidInput
from address_service.gis.coordinates import to_zone
from address_service.gis.field_mapping import FieldMapping
from address_service.gis.layer_read import CountyFrame, ReadLimits
from address_service.gis.layers import LAYERS
from address_service.gis.read import read_layer
from address_service.model.numbers import DoorNumber

DIVISIONS_CSV = (
    "统计用区划代码,民政区划代码,名称,城乡分类代码,生效日期\n"
    "430626000000,430626,平江县,,2009-01-01\n"
    "430626113000,430626113,童市镇,,2009-01-01\n"
    "430626113208,,烟舟村,220,2009年1月1日\n"
)


def _book(path: Path, rows: list[list[Any]], *merged: str, title: str = "Sheet1") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for area in merged:
        sheet.merge_cells(area)
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_csv_is_read_in_each_encoding(
    encoding: str, tmp_path: Path, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = tmp_path / "区划.csv"
    path.write_bytes(DIVISIONS_CSV.encode(encoding))

    layer = read_layer(path, LAYERS["divisions"], frame, limits)

    assert list(layer.fields["code_nbs"]) == ["430626", "430626113", "430626113208"]
    assert list(layer.fields["name"]) == ["平江县", "童市镇", "烟舟村"]
    assert list(layer.fields["urban_rural_class"]) == [None, None, "220"]
    assert layer.fields["valid_from"][2] == date(2009, 1, 1)
    assert layer.geometry is None


def test_a_tsv_with_blank_lines_keeps_its_row_numbers(
    tmp_path: Path, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = tmp_path / "区划.tsv"
    path.write_text("区划代码\t名称\n430626113208\t烟舟村\n\n43062611320\t塝上村\n", encoding="utf-8")

    layer = read_layer(path, LAYERS["divisions"], frame, limits)

    assert layer.read_count == 2
    assert list(layer.row_no) == [1]
    assert [(r.row_no, r.field, r.code, r.value) for r in layer.rejects] == [
        (3, "区划代码", "division-code-malformed", "43062611320")
    ]


def test_a_row_with_too_many_cells_is_refused_alone(
    tmp_path: Path, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("区划代码,名称\n430626113208,烟舟村\n430626113210,塝上,村\n", encoding="utf-8")

    layer = read_layer(path, LAYERS["divisions"], frame, limits)

    assert [(r.row_no, r.code) for r in layer.rejects] == [(2, "row-width")]
    assert layer.read_count == 2


def test_a_code_of_another_county_is_refused(tmp_path: Path, frame: CountyFrame, limits: ReadLimits) -> None:
    path = tmp_path / "a.csv"
    path.write_text("区划代码,名称\n430624113208,别处村\n", encoding="utf-8")

    layer = read_layer(path, LAYERS["divisions"], frame, limits)

    assert [(r.field, r.code) for r in layer.rejects] == [("区划代码", "code-other-county")]


@pytest.mark.parametrize("names", [("经度", "纬度"), ("X坐标", "Y坐标")])
def test_points_in_columns_become_nominal_buildings_with_a_gate(
    names: tuple[str, str], tmp_path: Path, frame: CountyFrame, limits: ReadLimits
) -> None:
    metres = shapely.points([[460_000.0, 3_172_000.0], [460_050.0, 3_172_000.0]])
    xy = shapely.get_coordinates(to_zone(metres, 4547, back=True) if names[0] == "经度" else metres)
    if names[0] == "X坐标":
        xy = xy[:, ::-1]  # surveyors call the northing X
    rows = [f"B{i},住宅,{a!r},{b!r}" for i, (a, b) in enumerate(xy.tolist())]
    path = tmp_path / "a.csv"
    path.write_text(
        f"建筑编号,用途,{','.join(names)}\n" + "\n".join([*rows, "B9,住宅,甲,乙"]), encoding="utf-8"
    )

    layer = read_layer(path, LAYERS["buildings"], frame, limits)

    assert layer.geometry is not None
    assert np.allclose(shapely.area(to_zone(layer.geometry, 4547)), 64, rtol=0.01)
    gates = shapely.points(layer.fields["gate_lon"].astype(float), layer.fields["gate_lat"].astype(float))
    assert (shapely.distance(to_zone(gates, 4547), metres) < 0.01).all()
    assert [(r.row_no, r.field, r.code) for r in layer.rejects] == [
        (3, names[0], "number-malformed"), (3, names[1], "number-malformed"),
    ]  # fmt: skip


def test_title_rows_and_merged_headers_of_a_workbook_are_understood(
    tmp_path: Path, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = _book(
        tmp_path / "门牌.xlsx",
        [
            ["童市镇已有门牌登记表", None, None, None, None, None, None],
            ["填表单位：民政办", None, None, "填表日期：2026年1月", None, None, None],
            ["建筑编号", "所在地", None, "门牌号", "门牌状态", "启用日期", "原地址"],
            [None, "村名称", "组或街路", None, None, None, None],
            ["B00001", "烟舟村", "3组", 18, "完好", datetime(2009, 5, 1), "烟舟村3组18号"],
            ["B00002", None, "3组", "１９号附1", "损坏", "2009年5月1日", None],
            ["B00003", None, "4组", "20-2", "无", 39934, None],
        ],
        "A1:G1", "A3:A4", "B3:C3", "D3:D4", "E3:E4", "F3:F4", "G3:G4", "B5:B7",
    )  # fmt: skip

    layer = read_layer(path, LAYERS["addresses"], frame, limits)

    assert layer.rejects == []
    assert list(layer.row_no) == [1, 2, 3]
    assert list(layer.fields["village_name"]) == ["烟舟村"] * 3
    assert list(layer.fields["number"]) == [DoorNumber(18), DoorNumber(19, 1), DoorNumber(20, 2)]
    assert list(layer.fields["plate_state"]) == ["good", "damaged", "none"]
    assert list(layer.fields["valid_from"]) == [date(2009, 5, 1)] * 3
    assert any("第4行" in note for note in layer.notes)


def test_ids_rounded_by_the_spreadsheet_are_refused_by_name(
    tmp_path: Path, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = _book(
        tmp_path / "归组.xlsx",
        [
            ["宗地代码", "村代码", "组名", "生效日期"],
            ["430626113208JC00001", "430626113208", "1组", "2026-01-01"],
            ["430626113208JC00002", 430626113208, "1组", "2026-01-01"],
            ["4.30626E+17", "430626113208", "1组", "2026-01-01"],
            [4.30626113208e18, "430626113208", "1组", "2026-01-01"],
            [4306261132080000000, "430626113208", "1组", "2026-01-01"],
        ],
    )

    layer = read_layer(path, LAYERS["group-members"], frame, limits)

    assert list(layer.fields["village_code"]) == ["430626113208"] * 2
    assert [(r.row_no, r.field, r.code) for r in layer.rejects] == [
        (row, "宗地代码", "code-lost-digits") for row in (3, 4, 5)
    ]


def test_the_sheet_that_fits_is_found(tmp_path: Path, frame: CountyFrame, limits: ReadLimits) -> None:
    path = _book(tmp_path / "a.xlsx", [["区划代码", "名称"], ["430626113208", "烟舟村"]], title="区划")
    book = openpyxl.load_workbook(path)
    notes = book.create_sheet("说明", 0)
    notes.append(["请按表填写"])
    book.save(path)

    layer = read_layer(path, LAYERS["divisions"], frame, limits)

    assert list(layer.fields["name"]) == ["烟舟村"]
    assert "读取工作表“区划”" in layer.notes


def test_two_fitting_sheets_ask_for_the_name_and_take_it(
    tmp_path: Path, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = _book(tmp_path / "a.xlsx", [["区划代码", "名称"], ["430626113208", "烟舟村"]], title="2009")
    book = openpyxl.load_workbook(path)
    second = book.create_sheet("2016")
    second.append(["区划代码", "名称"])
    second.append(["430626113227", "合旺村"])
    book.save(path)

    with pytest.raises(InvalidInput) as refused:
        read_layer(path, LAYERS["divisions"], frame, limits)
    layer = read_layer(path, LAYERS["divisions"], frame, limits, FieldMapping(source_layer="2016"))

    assert refused.value.code == "layer-ambiguous"
    assert list(layer.fields["name"]) == ["合旺村"]


def test_missing_columns_are_named_with_what_was_found(
    tmp_path: Path, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("编号,备注\n1,x\n", encoding="utf-8")

    with pytest.raises(InvalidInput) as refused:
        read_layer(path, LAYERS["addresses"], frame, limits)

    assert refused.value.code == "columns-missing"
    for name in ("门牌号", "门牌状态", "建筑编号或宗地代码", "编号、备注"):
        assert name in refused.value.message


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""), ("a.csv", b"\xef\xbb\xbf\r\n"), ("a.csv", "区划代码,名称\n".encode()),
        ("a.csv", "区划代码,名称\n,\n".encode()),
        ("a.gpkg", b""), ("a.geojson", b" \n"),
        ("a.geojson", b'{"type":"FeatureCollection","features":[]}'), ("a.zip", b""),
    ],
)  # fmt: skip
def test_an_empty_file_is_called_empty(
    name: str, content: bytes, tmp_path: Path, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(InvalidInput) as refused:
        read_layer(path, LAYERS["divisions"], frame, limits)

    assert refused.value.code == "file-empty"
    assert "空" in refused.value.message


def test_an_empty_workbook_and_an_empty_layer_are_called_empty(
    tmp_path: Path, frame: CountyFrame, limits: ReadLimits, write_vector: Any, house_columns: Any
) -> None:
    book = _book(tmp_path / "a.xlsx", [])
    none: Any = np.array([], dtype=object)
    gpkg = write_vector("a.gpkg", none, {k: [] for k in house_columns(1)}, geometry_type="Polygon")
    shp = write_vector("b.shp", none, {k: [] for k in house_columns(1)}, geometry_type="Polygon")

    for path, spec in ((book, "divisions"), (gpkg, "buildings"), (shp, "buildings")):
        with pytest.raises(InvalidInput) as refused:
            read_layer(path, LAYERS[spec], frame, limits)
        assert refused.value.code == "file-empty"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0", "另存为XLSX"), ("a.rar", b"Rar!", "ZIP"), ("a.pdf", b"%PDF", "不认识的格式"),
        ("a.gpkg", b"not sqlite", "GeoPackage"), ("a.shp", b"<OGRVRTDataSource/>", "Shapefile"),
        ("a.gpkg", b"<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>", "GeoPackage"),
        ("a.geojson", b'{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline"}', "FeatureCollection"),
        ("a.geojson", b'{"type": "FeatureColl', "JSON"), ("a.xlsx", b"PK\x03\x04broken", "ZIP"),
        ("a.csv", b"\x00\x01\x02" * 50, "文字"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_what_to_do(
    name: str, content: bytes, said: str, tmp_path: Path, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(InvalidInput) as refused:
        read_layer(path, LAYERS["divisions"], frame, limits)

    assert refused.value.code == "file-unreadable"
    assert said in refused.value.message


def test_a_title_above_a_csv_does_no_harm(tmp_path: Path, frame: CountyFrame, limits: ReadLimits) -> None:
    path = tmp_path / "a.csv"
    path.write_text("平江县区划表\n区划代码,名称\n430626113208,烟舟村\n", encoding="utf-8")

    layer = read_layer(path, LAYERS["divisions"], frame, limits)

    assert list(layer.fields["name"]) == ["烟舟村"]
    assert list(layer.row_no) == [1]


def test_a_formula_error_costs_its_row(tmp_path: Path, frame: CountyFrame, limits: ReadLimits) -> None:
    path = _book(
        tmp_path / "a.xlsx", [["区划代码", "名称"], ["430626113208", "#REF!"], ["430626113210", "塝上村"]]
    )

    layer = read_layer(path, LAYERS["divisions"], frame, limits)

    assert [(r.row_no, r.field, r.code) for r in layer.rejects] == [(1, "名称", "cell-error")]


def test_a_merge_over_the_whole_sheet_is_harmless(
    tmp_path: Path, frame: CountyFrame, limits: ReadLimits
) -> None:
    rows = [["区划代码", "名称"], ["430626113208", "烟舟村"]]
    path = _book(tmp_path / "a.xlsx", rows)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    merge = b'</sheetData><mergeCells count="1"><mergeCell ref="C1:XFD1048576"/></mergeCells>'
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", merge)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)

    assert len(read_layer(path, LAYERS["divisions"], frame, limits)) == 1


def test_a_table_of_absurd_width_is_refused(tmp_path: Path, frame: CountyFrame, limits: ReadLimits) -> None:
    path = tmp_path / "a.csv"
    path.write_text("区划代码,名称," + ",".join(f"c{i}" for i in range(600)) + "\n1,2\n", encoding="utf-8")

    with pytest.raises(InvalidInput, match="超过500列"):
        read_layer(path, LAYERS["divisions"], frame, limits)

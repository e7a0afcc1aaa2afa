"""Exactly the bad rows of a large file are refused, each with its row, field and reason."""

from typing import Any

import numpy as np
import pytest
import shapely

from address_service.gis.coordinates import to_zone
from address_service.gis.layer_read import CountyFrame, ReadLimits
from address_service.gis.layers import LAYERS
from address_service.gis.read import read_layer

COUNT = 10_000
BOW_TIE = shapely.Polygon(
    [(460_000, 3_172_000), (460_010, 3_172_010), (460_010, 3_172_000), (460_000, 3_172_010)]
)

# field, bad value, code; each stands in three rows (one in the last, which makes 37).
FAULTS: list[tuple[str, Any, str]] = [
    ("建筑编号", None, "value-missing"),
    ("建筑编号", "4.30626E+17", "code-lost-digits"),
    ("建筑名称", "烟\ufffd楼", "text-destroyed"),
    ("建筑名称", "???楼", "text-destroyed"),
    ("村代码", "43062611320", "division-code-malformed"),
    ("村代码", "430626113", "village-code-malformed"),
    ("村代码", "430624113208", "code-other-county"),
    ("用途", "牛棚", "choice-unknown"),
    ("用途", "", "value-missing"),
    ("层数", "三", "integer-malformed"),
    ("层数", "120", "integer-malformed"),
    ("不动产单元号", "430626113208JC0001", "real-estate-code-malformed"),
]


@pytest.fixture
def planted() -> dict[int, tuple[str | None, Any, str]]:
    """Row number → what is wrong with it."""
    rows = np.random.default_rng(20260302).choice(np.arange(1, COUNT + 1), size=37, replace=False).tolist()
    faults: dict[int, tuple[str | None, Any, str]] = {
        row: FAULTS[index % len(FAULTS)] for index, row in enumerate(rows[:36])
    }
    faults[rows[36]] = (None, BOW_TIE, "geometry-invalid")
    return faults


@pytest.mark.parametrize("suffix", [".gpkg", ".shp"])
def test_ten_thousand_rows_with_37_bad_ones(
    suffix: str,
    planted: dict[int, tuple[str | None, Any, str]],
    write_vector: Any,
    houses: Any,
    frame: CountyFrame,
    limits: ReadLimits,
) -> None:
    shapes = houses(COUNT)
    columns: dict[str, list[Any]] = {
        "建筑编号": [f"B{i:05d}" for i in range(COUNT)],
        "村代码": ["430626113208"] * COUNT,
        "用途": ["住宅"] * COUNT,
        "层数": ["2"] * COUNT,
        "建筑名称": [f"烟舟{i}栋" for i in range(COUNT)],
        "不动产单元号": [f"430626113208JC{i:05d}F00010001" for i in range(COUNT)],
    }
    for row, (field, value, _) in planted.items():
        if field is None:
            shapes[row - 1] = value
        else:
            columns[field][row - 1] = value
    path = write_vector(f"a{suffix}", shapes, columns, encoding="UTF-8" if suffix == ".shp" else None)

    layer = read_layer(path, LAYERS["buildings"], frame, limits)

    assert layer.read_count == COUNT
    assert len(layer) == COUNT - 37
    assert set(range(1, COUNT + 1)) - set(layer.row_no.tolist()) == set(planted)
    found = {reject.row_no: (reject.field, reject.code) for reject in layer.rejects}
    names = _file_names(suffix)
    assert found == {
        row: (field and names.get(field, field), code) for row, (field, _, code) in planted.items()
    }
    assert len(layer.rejects) == 37


def _file_names(suffix: str) -> dict[str, str]:
    # UTF-8 columns of a .dbf keep 10 bytes: three characters and a cut one.
    long = ("建筑编号", "建筑名称", "不动产单元号")
    return {name: name[:3] for name in long} if suffix == ".shp" else {}


def test_the_value_shown_is_cut(
    write_vector: Any, houses: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    columns = {"建筑编号": ["B1", "B2"], "用途": ["住宅", "牛" * 300]}
    path = write_vector("a.gpkg", houses(2), columns)

    layer = read_layer(path, LAYERS["buildings"], frame, limits)

    assert layer.rejects[0].value == "牛" * 80


def test_the_second_row_of_one_key_is_refused(
    write_vector: Any, houses: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    columns = {"建筑编号": ["B1", "B2", "b1 "], "用途": ["住宅"] * 3}
    path = write_vector("a.gpkg", houses(3), columns)

    layer = read_layer(path, LAYERS["buildings"], frame, limits)

    assert [(r.row_no, r.field, r.code, r.message) for r in layer.rejects] == [
        (3, "建筑编号", "duplicate-in-file", "与第1行重复")
    ]


def test_a_parcel_code_comes_from_the_head_of_the_unit_code(
    write_vector: Any, houses: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    columns = {
        "宗地代码": [None, "430626113208JC00002", "430626113208JC00003"],
        "不动产单元": [
            "430626 113208 JC00001 W00000000",
            "430626113208JC00009W00000000",
            "430626113208JC00003",
        ],
        "坐落": ["烟舟村(3组)", "x", "y"],
    }
    path = write_vector("a.gpkg", houses(3), columns)

    layer = read_layer(path, LAYERS["parcels"], frame, limits)

    assert list(layer.fields["parcel_code"]) == ["430626113208JC00001", "430626113208JC00003"]
    assert list(layer.fields["real_estate_unit_code"]) == ["430626113208JC00001W00000000", None]
    assert layer.fields["location_text"][0] == "烟舟村（3组）"
    assert [(r.row_no, r.field, r.code) for r in layer.rejects] == [(2, "不动产单元", "codes-disagree")]


def test_one_of_two_columns_must_be_filled(tmp_path: Any, frame: CountyFrame, limits: ReadLimits) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "建筑编号,村名称,组或街路,门牌号,门牌状态\nB1,烟舟村,3组,1,完好\n,烟舟村,3组,2,完好\n",
        encoding="utf-8",
    )

    layer = read_layer(path, LAYERS["addresses"], frame, limits)

    assert [(r.row_no, r.field, r.code) for r in layer.rejects] == [(2, "建筑编号", "value-missing")]


def test_gates_are_checked_and_exchanged_columns_put_right(
    write_vector: Any, houses: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    shapes = houses(6)
    gates = shapely.get_coordinates(shapely.centroid(to_zone(shapes, 4547, back=True))).tolist()
    lon, lat = [gate[0] for gate in gates], [gate[1] for gate in gates]
    lon[1], lat[2], lon[3] = None, lat[2] + 0.01, lon[3] + 10
    columns = {
        "建筑编号": [f"B{i}" for i in range(6)], "用途": ["住宅"] * 6,
        "大门经度": [None if v is None else str(v) for v in lat],
        "大门纬度": [None if v is None else str(v) for v in lon],
    }  # fmt: skip
    path = write_vector("a.gpkg", shapes, columns)

    layer = read_layer(path, LAYERS["buildings"], frame, limits)

    assert [(r.row_no, r.code) for r in layer.rejects] == [
        (2, "gate-incomplete"), (3, "gate-far"), (4, "gate-off-county"),
    ]  # fmt: skip
    assert list(layer.fields["gate_lon"]) == [lon[0], lon[4], lon[5]]
    assert "大门的经度和纬度写反了，已对调" in layer.notes

"""Geometries repaired where that is safe, refused where it is not."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import shapely

from address_service.errors import InvalidInput
from address_service.gis.coordinates import to_zone
from address_service.gis.layer_read import CountyFrame, ReadLimits
from address_service.gis.layers import LAYERS
from address_service.gis.read import read_layer

BUILDINGS = LAYERS["buildings"]
E, N = 460_000.0, 3_172_000.0


def _polygon(*corners: tuple[float, float]) -> Any:
    return shapely.Polygon([(E + x, N + y) for x, y in corners])


SMALL_LOOP = _polygon((0, 0), (10, 0), (10, 10), (9.8, 10.2), (10.2, 10.2), (10, 10), (0, 10))
SPIKE = _polygon((0, 0), (10, 0), (10, 10), (20, 10), (10, 10), (0, 10))
BOW_TIE = _polygon((0, 0), (10, 10), (10, 0), (0, 10))


def _rows(count: int) -> dict[str, list[Any]]:
    return {"建筑编号": [f"B{i}" for i in range(count)], "用途": ["住宅"] * count}


@pytest.mark.parametrize("outline", [SMALL_LOOP, SPIKE])
def test_a_self_crossing_outline_is_repaired_and_counted_where_its_area_stays(
    outline: Any, write_vector: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    assert not shapely.is_valid(outline)
    path = write_vector("a.gpkg", np.array([outline]), _rows(1))

    layer = read_layer(path, BUILDINGS, frame, limits)

    assert layer.geometry is not None
    assert shapely.is_valid(layer.geometry[0])
    assert shapely.area(to_zone(layer.geometry, 4547))[0] == pytest.approx(100, rel=0.02)
    assert layer.repaired == 1
    assert "修复了1个图形（自相交等，面积变化不到5%）" in layer.notes


def test_a_bow_tie_is_refused_since_nobody_knows_its_outline(
    write_vector: Any, houses: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = write_vector("a.gpkg", np.array([BOW_TIE, houses(1)[0]]), _rows(2))

    layer = read_layer(path, BUILDINGS, frame, limits)

    assert [(r.row_no, r.field, r.code) for r in layer.rejects] == [(1, None, "geometry-invalid")]
    assert len(layer) == 1


def test_missing_empty_and_wrong_geometries_are_refused_row_by_row(
    write_vector: Any, houses: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    line = shapely.LineString([(E, N), (E + 50, N)])
    shapes = np.array(
        [houses(1)[0], None, shapely.Polygon(), line, _polygon((0, 0), (5, 0), (9, 0))], dtype=object
    )
    path = write_vector("a.gpkg", shapes, _rows(5), geometry_type="Unknown")

    layer = read_layer(path, BUILDINGS, frame, limits)

    assert [(r.row_no, r.code) for r in layer.rejects] == [
        (2, "geometry-missing"), (3, "geometry-missing"), (4, "geometry-type"), (5, "geometry-invalid"),
    ]  # fmt: skip


def test_heights_are_dropped_and_polygons_become_multipolygons(
    write_vector: Any, houses: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = write_vector("a.gpkg", shapely.force_3d(houses(2), 55.0), _rows(2), geometry_type="Polygon Z")

    layer = read_layer(path, BUILDINGS, frame, limits)

    assert layer.geometry is not None
    assert not shapely.has_z(layer.geometry).any()
    assert {shape.geom_type for shape in layer.geometry} == {"MultiPolygon"}


def test_curves_become_short_straight_pieces(
    write_vector: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    arc = struct.pack("<BII6d", 1, 8, 3, E, N, E + 10, N, E, N)  # CIRCULARSTRING: a whole circle of 10 m
    circle = struct.pack("<BII", 1, 10, 1) + arc  # CURVEPOLYGON
    path = write_vector(
        "a.gpkg", np.array([circle], dtype=object), _rows(1), raw=True, geometry_type="Unknown"
    )

    layer = read_layer(path, BUILDINGS, frame, limits)

    assert layer.geometry is not None
    assert shapely.area(to_zone(layer.geometry, 4547))[0] == pytest.approx(78.5, rel=0.01)


def test_a_curve_in_a_table_costs_its_row(tmp_path: Path, frame: CountyFrame, limits: ReadLimits) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        f'建筑编号,用途,WKT\nB1,住宅,"CURVEPOLYGON(CIRCULARSTRING({E} {N},{E + 10} {N},{E} {N}))"\n'
        f'B2,住宅,"POLYGON(({E} {N},{E + 10} {N},{E} {N + 10},{E} {N}))"\nB3,住宅,POLYGON((\n',
        encoding="utf-8",
    )

    layer = read_layer(path, BUILDINGS, frame, limits)

    assert [(r.row_no, r.code) for r in layer.rejects] == [(1, "geometry-missing"), (3, "geometry-missing")]
    assert list(layer.fields["building_code"]) == ["B2"]


def test_too_many_vertices_are_refused(
    write_vector: Any, houses: Any, frame: CountyFrame, tmp_path: Path
) -> None:
    round_house = shapely.Point(E, N).buffer(10, quad_segs=200)
    path = write_vector("a.gpkg", np.array([houses(1)[0], round_house]), _rows(2))

    layer = read_layer(path, BUILDINGS, frame, ReadLimits(tmp_path, max_vertices=500))

    assert [(r.row_no, r.code) for r in layer.rejects] == [(2, "geometry-too-complex")]


def test_a_lane_of_two_parts_becomes_two_lines_of_one_row(
    write_vector: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    parts = shapely.MultiLineString([[(E, N), (E + 50, N)], [(E, N + 20), (E + 50, N + 20)]])
    single = shapely.MultiLineString([[(E, N + 40), (E + 50, N + 40)]])
    columns = {"名称": ["东头路", "西头路"], "村代码": ["430626113208", None]}
    path = write_vector("a.gpkg", np.array([parts, single]), columns)

    layer = read_layer(path, LAYERS["lanes"], frame, limits)

    assert layer.geometry is not None
    assert [shape.geom_type for shape in layer.geometry] == ["LineString"] * 3
    assert list(layer.row_no) == [1, 1, 2]
    assert list(layer.fields["name"]) == ["东头路", "东头路", "西头路"]


def test_plans_take_areas_and_stretches_of_a_street(
    write_vector: Any, houses: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    shapes = np.array([houses(1)[0], shapely.LineString([(E, N), (E + 50, N)])])
    columns = {
        "计划编号": ["JH-1", "JH-2"], "名称": ["安置区", "东街北侧"], "类型": ["片区", "街段"],
        "村代码": ["430626113208"] * 2, "组名|街路名称": ["3组", "东街"], "计划户数": [12, 30],
        "建设单位": ["镇政府"] * 2, "用途": ["住宅", "商铺"], "批准文号": ["平自资〔2025〕3号"] * 2,
        "到期日期": ["2027-12-31", "2027年12月31日"],
        "侧别": ["两侧", "左"],
    }  # fmt: skip
    path = write_vector("a.gpkg", shapes, columns, geometry_type="Unknown")

    layer = read_layer(path, LAYERS["plans"], frame, limits)

    assert layer.rejects == []
    assert layer.geometry is not None
    assert [shape.geom_type for shape in layer.geometry] == ["MultiPolygon", "MultiLineString"]
    assert list(layer.fields["plan_kind"]) == ["area", "segment"]
    assert list(layer.fields["side"]) == [None, "left"]
    assert list(layer.fields["place_name"]) == ["3组", "东街"]


def test_a_layer_that_needs_geometry_refuses_a_table_without(
    tmp_path: Path, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("建筑编号,用途\nB1,住宅\n", encoding="utf-8")

    with pytest.raises(InvalidInput) as refused:
        read_layer(path, BUILDINGS, frame, limits)

    assert refused.value.code == "geometry-missing"


def test_geojson_keeps_long_ids_and_mixed_types(
    tmp_path: Path, houses: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    ring = shapely.get_coordinates(to_zone(houses(1), 4547, back=True)[0]).tolist()
    shape = {"type": "Polygon", "coordinates": [ring]}
    members = [
        {"建筑编号": "0012", "用途": "住宅", "层数": 3},
        {"建筑编号": 430626113208000001, "用途": "住宅", "层数": "2层"},
        {"建筑编号": 4.30626113208e18, "用途": "住宅", "层数": None},
        {"建筑编号": "B4", "用途": "住宅"},
    ]
    features = [{"type": "Feature", "properties": m, "geometry": shape} for m in members]
    features[3]["geometry"] = {"type": "Polygon", "coordinates": "甲"}
    path = tmp_path / "a.geojson"
    path.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": features}))

    layer = read_layer(path, BUILDINGS, frame, limits)

    assert list(layer.fields["building_code"]) == ["0012", "430626113208000001"]
    assert list(layer.fields["floors"]) == [3, 2]
    assert [(r.row_no, r.code) for r in layer.rejects] == [(3, "code-lost-digits"), (4, "geometry-missing")]

"""Where a layer lies: CRS from the file or by range, swapped axes, shifted layers, old datums."""

from typing import Any

import numpy as np
import pyproj
import pytest
import shapely

from address_service.errors import InvalidInput
from address_service.gis.coordinates import to_zone
from address_service.gis.field_mapping import FieldMapping
from address_service.gis.layer_read import CountyFrame, LayerRead, ReadLimits
from address_service.gis.layers import LAYERS
from address_service.gis.location import check_location, wind
from address_service.gis.read import read_layer

BUILDINGS = LAYERS["buildings"]
ESRI_114 = (
    'PROJCS["CGCS2000_3_Degree_GK_CM_114E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",'
    'DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],'
    'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",114.0],PARAMETER["Scale_Factor",1.0],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
ESRI_XIAN = ESRI_114.replace("CGCS2000_3_Degree_GK_CM_114E", "Xian_1980_3_Degree_GK_CM_114E").replace(
    'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]]',
    'GEOGCS["GCS_Xian_1980",DATUM["D_Xian_1980",SPHEROID["Xian_1980",6378140.0,298.257]]',
)
ESRI_BEIJING = ESRI_114.replace("CGCS2000_3_Degree_GK_CM_114E", "Local_Grid").replace(
    'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]]',
    'GEOGCS["GCS_User",DATUM["D_User",SPHEROID["User",6378245.0,298.3]]',
)


def _swap(geometry: Any) -> Any:
    return shapely.transform(geometry, lambda xy: xy[:, ::-1])


def _shift(geometry: Any, east: float, north: float = 0.0) -> Any:
    return shapely.transform(geometry, lambda xy: xy + np.array([east, north]))


def _lies_right(layer: LayerRead, metres: Any) -> bool:
    """Whether the layer is back where it was drawn, to a centimetre."""
    expected = shapely.centroid(metres)
    assert layer.geometry is not None
    found = shapely.centroid(to_zone(layer.geometry, 4547))
    return len(layer) == len(metres) and bool((shapely.distance(expected, found) < 0.01).all())


@pytest.mark.parametrize(
    ("crs", "moved", "said"),
    [
        ("EPSG:4547", lambda g: g, "EPSG:4547"),
        (ESRI_114, lambda g: g, "EPSG:4547"),
        ("EPSG:4526", lambda g: _shift(g, 38_000_000), "EPSG:4526"),
        ("EPSG:4490", lambda g: to_zone(g, 4547, back=True), "EPSG:4490"),
        ("EPSG:4326", lambda g: to_zone(g, 4547, back=True), "EPSG:4326"),
        ("EPSG:4548", lambda g: shapely.transform(g, _from_114_to_117), "EPSG:4548"),
        (None, lambda g: g, "按坐标范围认作CGCS2000 / 3-degree Gauss-Kruger CM 114E"),
        (None, lambda g: _shift(g, 38_000_000), "按坐标范围认作CGCS2000 / 3-degree Gauss-Kruger zone 38"),
        (None, lambda g: to_zone(g, 4547, back=True), "EPSG:4490"),
        ("EPSG:4547", _swap, "北坐标在前"),
        (None, _swap, "北坐标在前"),
        (None, lambda g: _swap(_shift(g, 38_000_000)), "北坐标在前"),
        ("EPSG:4490", lambda g: _swap(to_zone(g, 4547, back=True)), "纬度在前"),
        (None, lambda g: _swap(to_zone(g, 4547, back=True)), "纬度在前"),
        ("EPSG:4547", lambda g: _shift(g, 38_000_000), "声明的坐标系与坐标值不符"),
        ("EPSG:4526", lambda g: g, "声明的坐标系与坐标值不符"),
        ("EPSG:4547", lambda g: to_zone(g, 4547, back=True), "声明的坐标系与坐标值不符"),
        ("EPSG:4490", lambda g: g, "声明的坐标系与坐标值不符"),
    ],
)
def test_a_layer_is_put_where_it_belongs_and_the_reading_said(
    crs: str | None,
    moved: Any,
    said: str,
    write_vector: Any,
    houses: Any,
    house_columns: Any,
    frame: CountyFrame,
    limits: ReadLimits,
) -> None:
    path = write_vector("a.shp", moved(houses(5)), house_columns(5), crs=crs, encoding="UTF-8")

    layer = read_layer(path, BUILDINGS, frame, limits)

    assert _lies_right(layer, houses(5))
    assert any(said in note for note in layer.notes), layer.notes


def test_a_geopackage_with_prefixed_zone_is_read(
    write_vector: Any, houses: Any, house_columns: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = write_vector("a.gpkg", _shift(houses(5), 38_000_000), house_columns(5), crs="EPSG:4526")

    assert _lies_right(read_layer(path, BUILDINGS, frame, limits), houses(5))


def test_the_mapping_file_overrules_a_wrong_declaration(
    write_vector: Any, houses: Any, house_columns: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = write_vector("a.gpkg", houses(5), house_columns(5), crs="EPSG:4548")

    layer = read_layer(path, BUILDINGS, frame, limits, FieldMapping(crs=4547))

    assert _lies_right(layer, houses(5))


@pytest.mark.parametrize(
    ("crs", "datum"),
    [
        ("EPSG:4610", "西安80"), ("EPSG:2383", "西安80"), ("EPSG:2362", "西安80"), (ESRI_XIAN, "西安80"),
        ("EPSG:4214", "北京54"), ("EPSG:2435", "北京54"), ("EPSG:2414", "北京54"), (ESRI_BEIJING, "北京54"),
    ],
)  # fmt: skip
def test_an_old_datum_is_refused_with_the_reason(
    crs: str,
    datum: str,
    write_vector: Any,
    houses: Any,
    house_columns: Any,
    frame: CountyFrame,
    limits: ReadLimits,
) -> None:
    path = write_vector("a.shp", houses(3), house_columns(3), crs=crs, encoding="UTF-8")

    with pytest.raises(InvalidInput) as refused:
        read_layer(path, BUILDINGS, frame, limits)

    assert refused.value.code == "crs-old-datum"
    assert datum in refused.value.message
    assert "没有公开的精确转换参数" in refused.value.message


def test_a_foreign_datum_is_refused(
    write_vector: Any, houses: Any, house_columns: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = write_vector("a.gpkg", houses(3), house_columns(3), crs="EPSG:31467")

    with pytest.raises(InvalidInput) as refused:
        read_layer(path, BUILDINGS, frame, limits)

    assert refused.value.code == "crs-unsupported"


@pytest.mark.parametrize("tail", [0, 40])
def test_a_layer_shifted_off_the_county_is_refused_with_distance_and_direction(
    tail: int, write_vector: Any, houses: Any, house_columns: Any, limits: ReadLimits
) -> None:
    metres = houses(100)
    at_the_east_rim = shapely.convex_hull(shapely.union_all(to_zone(metres, 4547, back=True)))
    narrow = CountyFrame("430626", shapely.buffer(at_the_east_rim, 0.002), 4547)
    shifted = _shift(metres, 12_000)
    shifted[:tail] = metres[:tail]
    path = write_vector("a.gpkg", shifted, house_columns(100))

    with pytest.raises(InvalidInput) as refused:
        read_layer(path, BUILDINGS, narrow, limits)

    assert refused.value.code == "layer-off-county"
    assert "向东偏出约" in refused.value.message
    stated = float(refused.value.message.split("偏出约")[1].split("千米")[0])
    assert 9.0 < stated < 12.1


def test_one_stray_feature_costs_one_row(
    write_vector: Any, houses: Any, house_columns: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    metres = houses(50)
    metres[7] = _shift(metres[7], 300_000)
    path = write_vector("a.gpkg", metres, house_columns(50))

    layer = read_layer(path, BUILDINGS, frame, limits)

    assert [(r.row_no, r.code) for r in layer.rejects] == [(8, "feature-off-county")]
    assert len(layer) == 49


def test_a_layer_off_the_known_villages_is_refused(
    write_vector: Any, houses: Any, house_columns: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    villages = shapely.buffer(shapely.union_all(to_zone(houses(50), 4547, back=True)), 0.01)
    path = write_vector("a.gpkg", _shift(houses(50), 0, -12_000), house_columns(50))

    with pytest.raises(InvalidInput) as refused:
        read_layer(path, BUILDINGS, frame, limits, reference=villages)

    assert refused.value.code == "layer-off-county"
    assert "向南" in refused.value.message


def test_a_layer_shifted_inside_the_county_is_told_by_the_villages_its_houses_claim(houses: Any) -> None:
    west = shapely.box(459_000, 3_170_000, 463_000, 3_174_000)
    east = shapely.box(463_000, 3_170_000, 467_000, 3_174_000)
    homes = np.concatenate([houses(100), houses(100, east=464_000)])
    claimed = np.array([west] * 100 + [east] * 100, dtype=object)
    shifted = to_zone(_shift(homes, 0, 12_000), 4547, back=True)

    with pytest.raises(InvalidInput) as refused:
        check_location(shifted, to_zone(claimed, 4547, back=True))

    assert refused.value.code == "layer-shifted"
    assert "向北偏移了约12." in refused.value.message


def test_houses_outside_the_village_they_claim_are_marked_when_they_are_few(houses: Any) -> None:
    village = to_zone(shapely.box(459_000, 3_170_000, 463_000, 3_174_000), 4547, back=True)
    homes = houses(10)
    homes[3] = _shift(homes[3], 9_000)
    claimed = np.array([village] * 9 + [None], dtype=object)

    outside = check_location(to_zone(homes, 4547, back=True), claimed)

    assert list(np.flatnonzero(outside)) == [3]


@pytest.mark.parametrize(
    ("east", "north", "name"),
    [(0, 1, "北"), (1, 1, "东北"), (1, 0, "东"), (0, -1, "南"), (-1, 0, "西"), (-1, 1, "西北")],
)
def test_winds(east: float, north: float, name: str) -> None:
    assert wind(east, north) == name


def _from_114_to_117(xy: Any) -> Any:
    move = pyproj.Transformer.from_crs(4547, 4548, always_xy=True)
    return np.column_stack(move.transform(xy[:, 0], xy[:, 1]))

"""What is written is read back the same."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely

from address_service.errors import InvalidInput
from address_service.gis.coordinates import to_zone
from address_service.gis.layer_read import CountyFrame, ReadLimits, object_array
from address_service.gis.layers import LAYERS
from address_service.gis.read import read_layer
from address_service.gis.write import cut_names, write_layer


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.gpkg", {}), ("a.gpkg", {"srid": 4526}), ("a.geojson", {}), ("a.zip", {}),
        ("a.zip", {"encoding": "GBK", "srid": 4547}),
    ],
)  # fmt: skip
def test_a_layer_comes_back_as_it_was_written(
    name: str, options: dict[str, Any], tmp_path: Path, houses: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    shapes = to_zone(houses(3), 4547, back=True)
    lon, lat = shapely.get_coordinates(shapely.centroid(shapes)).round(8).T.tolist()
    fields = {
        "建筑编号": object_array(["B1", "B2", "B3"]),
        "用途": object_array(["住宅", "商铺", "混合"]),
        "层数": object_array([1, None, 3]),
        "大门经度": object_array([lon[0], None, lon[2]]),
        "大门纬度": object_array([lat[0], None, lat[2]]),
        "建筑名称": object_array(["甲", None, "丙"]),
        "启用日期": object_array([date(2009, 5, 1), None, None]),
    }

    write_layer(tmp_path / name, fields, shapes, **options)
    layer = read_layer(tmp_path / name, LAYERS["buildings"], frame, limits)

    assert layer.rejects == []
    assert list(layer.fields["use"]) == ["dwelling", "shop", "mixed"]
    assert list(layer.fields["floors"]) == [1, 1, 3]
    assert list(layer.fields["gate_lon"]) == [lon[0], None, lon[2]]
    assert list(layer.fields["name"]) == ["甲", "", "丙"]
    assert layer.geometry is not None
    assert shapely.equals_exact(
        shapely.normalize(layer.geometry), shapely.normalize(shapely.multipolygons(shapes[:, None])), 1e-8
    ).all()


def test_names_are_cut_to_whole_characters_and_stay_apart() -> None:
    assert cut_names(["大门经度", "大门经度值", "LONGCOLUMNNAME", "LONGCOLUMNNUMBER"], "UTF-8") == [
        "大门经", "大门_1", "LONGCOLUMN", "LONGCOLU_1",
    ]  # fmt: skip


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        write_layer(tmp_path / "a.kml", {}, object_array([]))

    assert refused.value.code == "format-unknown"

"""Columns found by name, by synonym, by the mapping file; personal data left out."""

from pathlib import Path
from typing import Any

import pytest

from address_service.errors import InvalidInput
from address_service.gis.field_mapping import FieldMapping
from address_service.gis.field_names import match_columns
from address_service.gis.layer_read import CountyFrame, ReadLimits
from address_service.gis.layers import LAYERS
from address_service.gis.read import read_layer

TEMPLATES = {
    "divisions": "统计用区划代码 民政区划代码 名称 城乡分类代码 生效日期 数据说明",
    "division-changes": "旧代码 旧名称 新代码 新名称 变更类型 生效日期 批准文号 说明",
    "boundaries": "村代码 村名称",
    "streets": "街路名称 类别 村代码 地名状态 批准文号 起点",
    "lanes": "名称 村代码",
    "groups": "村代码 组名 类别",
    "group-members": "宗地代码 村代码 组名 生效日期",
    "parcels": "宗地代码 不动产单元 坐落 权利人 用途",
    "buildings": "建筑编号 不动产单元号 宗地代码 村代码 用途 层数 单元数 每层户数 街路名称 村民小组 建筑名称 "
    "大门经度 大门纬度",
    "plans": "计划编号 名称 类型 村代码 组名|街路名称 计划户数 建设单位 用途 批准文号 到期日期 侧别",
    "addresses": "建筑编号 村名称 组或街路 门牌号 原地址 启用日期 门牌状态",
}
CADASTRAL = {
    "parcels": {
        "ZDDM": "parcel_code",
        "BDCDYH": "real_estate_unit_code",
        "ZL": "location_text",
        "TDYT": "use",
    },
    "buildings": {
        "FWBH": "building_code",
        "ZDDM": "parcel_code",
        "GHYT": "use",
        "ZCS": "floors",
        "XZQDM": "village_code",
    },
}


@pytest.mark.parametrize("layer", LAYERS)
def test_the_template_names_are_found_and_nothing_is_left_over(layer: str) -> None:
    names = TEMPLATES[layer].split()

    match = match_columns(names, LAYERS[layer], FieldMapping())

    spare = {"权利人", "数据说明"}
    assert set(match.columns.values()) == set(names) - spare
    labels = {match.columns[field.name] for field in LAYERS[layer].fields if field.name in match.columns}
    assert len(labels) == len(match.columns)


@pytest.mark.parametrize("layer", CADASTRAL)
def test_the_initials_of_the_cadastral_standards_are_known(layer: str) -> None:
    match = match_columns(list(CADASTRAL[layer]), LAYERS[layer], FieldMapping())

    assert {column: field for field, column in match.columns.items()} == CADASTRAL[layer]


def test_unknown_columns_are_listed_and_technical_ones_are_not() -> None:
    match = match_columns(
        ["村代码", "村名称", "OBJECTID", "Shape_Leng", "备注"], LAYERS["boundaries"], FieldMapping()
    )

    assert match.notes == ["未用到的列：备注"]


def test_a_header_with_remarks_and_stars_is_known() -> None:
    match = match_columns(["* 村代码（12位）", "名 称"], LAYERS["boundaries"], FieldMapping())

    assert match.columns == {"village_code": "* 村代码（12位）", "name": "名 称"}


def test_the_holder_is_dropped_and_said_unless_asked_for(
    write_vector: Any, houses: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    columns = {"宗地代码": ["430626113208JC00001"], "权利人": ["示例人甲"], "身份证号": ["x"]}
    path = write_vector("a.gpkg", houses(1), columns)

    dropped = read_layer(path, LAYERS["parcels"], frame, limits)
    kept = read_layer(path, LAYERS["parcels"], frame, limits, FieldMapping(keep_holder=True))

    assert "holder" not in dropped.fields
    assert "含个人信息的列未导入：权利人、身份证号" in dropped.notes
    assert list(kept.fields["holder"]) == ["示例人甲"]
    assert "含个人信息的列未导入：身份证号" in kept.notes


MAPPING = """
encoding: gbk
keep_holder: false
fields:
  building_code: 自编号
  use: {column: 现状, values: {泥砖房: 住宅, 牛栏: 附属}}
  village_code: {constant: "430626113208"}
  lon: 东
  lat: 北
"""


def test_a_mapping_file_names_columns_constants_and_values(
    tmp_path: Path, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("自编号,现状,东,北\n1,泥砖房,113.6,28.67\n2,牛栏,113.6,28.671\n".encode("gbk"))

    layer = read_layer(path, LAYERS["buildings"], frame, limits, FieldMapping.from_yaml(MAPPING))

    assert layer.rejects == []
    assert list(layer.fields["building_code"]) == ["1", "2"]
    assert list(layer.fields["use"]) == ["dwelling", "outbuilding"]
    assert list(layer.fields["village_code"]) == ["430626113208"] * 2


@pytest.mark.parametrize(
    "text",
    [
        "- a", "fields: [a]", "colums: {}", "fields: {use: {colum: x}}", "keep_holder: maybe", "crs: abc",
        "fields: {use: {values: x}}",
        "a: b: c", "encoding: 3", "crs: " + "9" * 5000, "layer: 2026-02-30", "[" * 5000,
        "x: &x [1]\nfields: {name: *x}",
    ],
)  # fmt: skip
def test_a_malformed_mapping_file_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        FieldMapping.from_yaml(text)

    assert refused.value.code == "mapping-malformed"


@pytest.mark.parametrize("text", ["fields: {nonsense: 名称}", "fields: {name: 没有这列}"])
def test_a_mapping_file_that_does_not_fit_the_file_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        match_columns(["村代码", "名称"], LAYERS["boundaries"], FieldMapping.from_yaml(text))

    assert refused.value.code == "mapping-malformed"


def test_an_empty_mapping_file_says_nothing() -> None:
    assert FieldMapping.from_yaml("") == FieldMapping()


def test_a_default_that_stands_in_for_a_column_is_said(
    write_vector: Any, houses: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    path = write_vector("a.gpkg", houses(1), {"建筑编号": ["B1"], "用途": ["住宅"]})

    layer = read_layer(path, LAYERS["buildings"], frame, limits)

    assert list(layer.fields["floors"]) == [1]
    assert "没有“层数”列，一律按1处理" in layer.notes


def test_the_place_of_a_plan_may_stand_in_either_of_two_columns(
    write_vector: Any, houses: Any, frame: CountyFrame, limits: ReadLimits
) -> None:
    columns = {
        "计划编号": ["1", "2", "3"], "名称": ["甲", "乙", "丙"], "类型": ["片区"] * 3, "村代码": ["430626113208"] * 3,
        "组名": ["3组", None, None], "街路名称": [None, "东街", None], "计划户数": [12] * 3,
        "建设单位/申请人": ["镇政府"] * 3,
        "批准文号": ["示例1号"] * 3, "到期日期": ["2027-12-31"] * 3,
    }  # fmt: skip
    path = write_vector("a.gpkg", houses(3), columns)

    layer = read_layer(path, LAYERS["plans"], frame, limits)

    assert list(layer.fields["place_name"]) == ["3组", "东街"]
    assert [(r.row_no, r.field, r.code) for r in layer.rejects] == [(3, "组名", "value-missing")]
    assert layer.columns["place_name"] == "组名"

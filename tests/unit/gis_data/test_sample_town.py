"""The committed sample town keeps its promises: counts, topology, codes, encodings, and a consistent oracle."""

import csv
import json
import re
import zipfile
from collections import Counter, defaultdict
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely
import yaml
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from address_service.residents.person import read_person

TOWN = Path(__file__).parents[3] / "gis_data" / "tongshi"
DATA = TOWN / "data"
NOTE = "合成示例数据"
AREA_HA = 15_879.06
SANITY = (418_600, 3_142_800, 514_700, 3_220_700)  # EPSG:4547
PARCEL = re.compile(r"430626113\d{3}[GJ][BC]\d{5}")
UNIT = re.compile(r"\d{6}\d{3}\d{3}[GJZ][ABSXCDEFHGWY]\d{5}([FLQ]\d{8}|W0{8})")
NO_POLYGON = {"430626113210", "430626113212", "430626113226"}

Frame = Any


@cache
def layer(name: str) -> Frame:
    """A layer in EPSG:4547, read as a careful importer would."""
    encoding = "GBK" if name.endswith(".zip") else None
    return pyogrio.read_dataframe(DATA / name, encoding=encoding).to_crs(4547)


@cache
def table(name: str, encoding: str = "utf-8") -> list[dict[str, str]]:
    with (DATA.parent / name).open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


@cache
def sheet(name: str, header_row: int = 1) -> list[dict[str, str]]:
    book = openpyxl.load_workbook(DATA / name)
    rows = list(book.worksheets[0].iter_rows(min_row=header_row, values_only=True))
    return [{str(k): str(v or "") for k, v in zip(rows[0], row, strict=True)} for row in rows[1:]]


@cache
def oracle() -> list[dict[str, str]]:
    return table("oracle/addresses.csv")


def _records(frame: Frame) -> list[dict[str, Any]]:
    plain = frame.drop(columns="geometry").astype(object)
    return list(plain.where(plain.notna(), None).to_dict("records"))


def shape_of(frame: Frame, key: str) -> dict[str, Any]:
    return dict(zip(frame[key], frame.geometry, strict=True))


def numbering_parts(name: str) -> list[Any]:
    """The street's parts turned into numbering direction: dead ends from the entrance, else E→W, N→S."""
    streets = shape_of(layer("streets.geojson"), "街路名称")
    parts = list(shapely.get_parts(streets[name]))
    first, last = (shapely.Point(parts[0].coords[i]) for i in (0, -1))
    others = shapely.union_all([g for n, g in streets.items() if n not in (name, "新园路")])
    touching = [p.distance(others) < 0.01 for p in (first, last)]
    dx, dy = last.x - first.x, last.y - first.y
    backwards = dy > 0 if abs(dy) > 2.4 * abs(dx) else dx > 0
    if abs(dx) / 2.4 < abs(dy) < 2.4 * abs(dx):
        backwards = dy > 0
    if touching[0] != touching[1]:
        backwards = touching[1]
    return [part.reverse() for part in parts] if backwards else parts


def test_every_promised_file_is_there_and_small() -> None:
    names = {path.name for path in DATA.iterdir()}

    assert names >= {
        "divisions_2009.csv", "divisions_2016.xlsx", "merger_2016.csv", "boundaries.gpkg", "streets.geojson",
        "boundaries_2015.gpkg", "lanes.gpkg", "groups.zip", "parcel_groups.csv", "parcels.zip", "buildings.gpkg",
        "policies.yaml", "construction_plans.geojson", "existing_addresses.xlsx",
    }  # fmt: skip
    assert sum(path.stat().st_size for path in DATA.iterdir()) < 12_000_000


def test_the_summary_counts_what_the_files_hold() -> None:
    summary = json.loads((TOWN / "oracle" / "summary.json").read_text(encoding="utf-8"))
    buildings = layer("buildings.gpkg")

    assert summary["buildings"] == len(buildings)
    assert summary["parcels"] == len(layer("parcels.zip"))
    assert summary["lanes"] == len(layer("lanes.gpkg"))
    assert summary["buildings_with_address"] == len(oracle())
    assert summary["existing_addresses"] == len(sheet("existing_addresses.xlsx")) == 600
    assert summary["plans"] == len(layer("construction_plans.geojson")) == 8
    assert summary["groups_with_polygon"] + summary["hamlets"] == len(layer("groups.zip"))
    assert 8_000 < len(buildings) < 10_500
    assert summary["multi_dwelling_buildings"] == 12


def test_division_lists_carry_old_and_new_spellings() -> None:
    old = {r["统计用区划代码"]: r["名称"] for r in table("data/divisions_2009.csv", "gb18030")}
    new = {r["统计用区划代码"]: r["名称"] for r in sheet("divisions_2016.xlsx", header_row=2)}

    assert len(old) == 30
    assert len(new) == 22
    respelled = {
        code[-3:]: (old[code], new[code]) for code in old.keys() & new.keys() if old[code] != new[code]
    }
    assert respelled == {
        "201": ("扬墩村", "杨墩村"), "210": ("旁上村", "塝上村"), "211": ("芭焦村", "芭蕉村"),
        "220": ("东沅村", "东源村"),
    }  # fmt: skip
    assert all(re.fullmatch(r"\d{12}", code) for code in old.keys() | new.keys())


def test_the_title_cell_of_the_2016_list_is_merged() -> None:
    book = openpyxl.load_workbook(DATA / "divisions_2016.xlsx")

    assert book.worksheets[0]["A1"].value == "平江县童市镇区划名录（2016年）"
    assert [str(r) for r in book.worksheets[0].merged_cells.ranges] == ["A1:F1"]


def test_every_vanished_village_has_an_absorber() -> None:
    old = {r["统计用区划代码"] for r in table("data/divisions_2009.csv", "gb18030")}
    new = {r["统计用区划代码"] for r in sheet("divisions_2016.xlsx", header_row=2)}
    rows = table("data/merger_2016.csv", "utf-8-sig")
    merged = {r["旧代码"]: r for r in rows if r["变更类型"] == "合并"}

    assert merged.keys() == old - new
    assert {r["新代码"] for r in merged.values()} <= new
    assert "430626113227" in {r["新代码"] for r in merged.values()}
    assert all(r["说明"] == "示例虚构：并入关系非公开资料" for r in merged.values())
    assert Counter(r["变更类型"] for r in rows) == {"合并": 9, "更名": 4, "新设": 1}


def test_villages_tile_the_town() -> None:
    villages = layer("boundaries.gpkg")
    degrees = pyogrio.read_dataframe(DATA / "boundaries.gpkg")

    assert len(villages) == 20
    assert villages.area.sum() / 1e4 == pytest.approx(AREA_HA, rel=0.01)
    assert villages.is_valid.all()
    shapes = degrees.geometry.to_numpy()
    union = shapely.union_all(shapes)
    assert union.geom_type == "Polygon"
    assert shapely.get_num_interior_rings(union) == 0
    assert shapely.area(shapes).sum() == pytest.approx(union.area, rel=1e-12)
    assert shapely.coverage_is_valid(shapes)


def test_the_villages_of_2015_are_those_of_today_with_every_absorber_cut_along_one_line() -> None:
    old, new = (
        pyogrio.read_dataframe(DATA / name).set_index("村代码")
        for name in ("boundaries_2015.gpkg", "boundaries.gpkg")
    )
    listed = {r["统计用区划代码"]: r["名称"] for r in table("data/divisions_2009.csv", "gb18030")}
    into = {
        r["旧代码"]: r["新代码"]
        for r in table("data/merger_2016.csv", "utf-8-sig")
        if r["变更类型"] == "合并"
    }
    parts = defaultdict(set)
    for code in old.index:
        parts[into.get(code, code)].add(code)

    assert {code: listed[code] for code in old.index} == old["村名称"].to_dict()
    assert len(old) == 28
    assert shapely.coverage_is_valid(old.geometry.to_numpy())
    for code, shape in new.geometry.items():
        union = shapely.union_all(old.geometry[sorted(parts[code])].to_numpy())
        assert union.symmetric_difference(shape).area < 1e-14
        assert (len(parts[code]) == 1) == (code in old.index and old.geometry[code].equals_exact(shape, 0))


@pytest.mark.parametrize(
    "name",
    ["boundaries.gpkg", "boundaries_2015.gpkg", "streets.geojson", "lanes.gpkg", "groups.zip", "parcels.zip",
     "buildings.gpkg", "construction_plans.geojson"],
)  # fmt: skip
def test_coordinates_lie_in_the_county(name: str) -> None:
    x0, y0, x1, y1 = layer(name).total_bounds

    assert SANITY[0] < x0 < x1 < SANITY[2]
    assert SANITY[1] < y0 < y1 < SANITY[3]


@pytest.mark.parametrize(
    "name",
    ["boundaries.gpkg", "boundaries_2015.gpkg", "lanes.gpkg", "groups.zip", "parcels.zip", "buildings.gpkg"],
)
def test_every_feature_says_that_it_is_synthetic(name: str) -> None:
    assert set(layer(name)["数据说明"]) == {NOTE}


def test_parcels_do_not_overlap() -> None:
    shapes = layer("parcels.zip").geometry.to_numpy()
    a, b = shapely.STRtree(shapes).query(shapes, predicate="intersects")

    assert (a == b).all()


def test_buildings_stand_in_their_parcel_and_village() -> None:
    buildings = layer("buildings.gpkg")
    parcels = layer("parcels.zip").set_index("宗地代码").geometry
    villages = layer("boundaries.gpkg").set_index("村代码").geometry
    shapes = buildings.geometry.to_numpy()

    assert shapely.contains(parcels.loc[buildings["宗地代码"]].to_numpy(), shapes).all()
    assert shapely.contains(villages.loc[buildings["村代码"]].to_numpy(), shapes).all()
    assert set(parcels.index) == set(buildings["宗地代码"])
    a, b = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    assert (a == b).all()


def test_codes_follow_their_patterns() -> None:
    buildings, parcels = layer("buildings.gpkg"), layer("parcels.zip")

    assert parcels["宗地代码"].str.fullmatch(PARCEL.pattern).all()
    assert buildings["不动产单元号"].str.fullmatch(UNIT.pattern).all()
    assert parcels["不动产单元"].str.fullmatch(UNIT.pattern).all()
    assert buildings["建筑编号"].str.fullmatch(r"TS\d{3}-\d{5}").all()
    assert buildings["建筑编号"].is_unique
    assert buildings["不动产单元号"].is_unique
    assert parcels["宗地代码"].is_unique
    assert (buildings["宗地代码"].str[9:12] == buildings["村代码"].str[9:]).all()


@pytest.mark.parametrize(("name", "srid"), [("groups.zip", 4547), ("parcels.zip", 4526)])
def test_shapefiles_are_gbk_without_cpg(name: str, srid: int) -> None:
    with zipfile.ZipFile(DATA / name) as archive:
        suffixes = {Path(n).suffix for n in archive.namelist()}
        dbf = archive.read(f"{Path(name).stem}.dbf")
        projection = archive.read(f"{Path(name).stem}.prj").decode("ascii")

    assert suffixes == {".shp", ".shx", ".dbf", ".prj"}
    assert NOTE.encode("gbk") in dbf
    assert NOTE.encode() not in dbf
    assert "CGCS2000_3_Degree_GK" in projection
    assert pyogrio.read_info(DATA / name)["crs"] == f"EPSG:{srid}"


def test_group_polygons_are_disjoint_and_hold_their_courtyards_whole() -> None:
    groups, parcels = layer("groups.zip"), layer("parcels.zip")
    shapes = groups.geometry.to_numpy()
    a, b = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    outside = a != b

    assert shapely.area(shapely.intersection(shapes[a[outside]], shapes[b[outside]])).sum() < 0.1
    assert groups.is_valid.all()
    assert not set(groups["村代码"]) & NO_POLYGON
    lands = parcels.geometry.to_numpy()
    hits = shapely.STRtree(shapes).query(lands, predicate="intersects")
    assert shapely.covered_by(lands[hits[0]], shapes[hits[1]]).all()
    assert len(set(hits[0])) == len(hits[0])


def test_membership_in_the_files_gives_the_place_in_the_oracle() -> None:
    buildings, groups = layer("buildings.gpkg"), layer("groups.zip")
    lists = {r["宗地代码"]: r["组名"] for r in table("data/parcel_groups.csv", "gb18030")}
    at, of = shapely.STRtree(groups.geometry.to_numpy()).query(
        buildings.geometry.to_numpy(), predicate="within"
    )
    drawn = {buildings["建筑编号"].iat[i]: groups["组名"].iat[j] for i, j in zip(at, of, strict=True)}
    expected = {}
    for row in _records(buildings):
        place = row["街路名称"] or row["村民小组"] or lists.get(row["宗地代码"]) or drawn.get(row["建筑编号"])
        if row["村代码"] == "430626113226":
            place = "优良村"
        if place and row["用途"] != "附属":
            expected[row["建筑编号"]] = place

    assert expected == {r["building_code"]: r["place_name"] for r in oracle()}


def test_about_25_dwellings_belong_to_no_group() -> None:
    addressed = {r["building_code"] for r in oracle()}
    buildings = layer("buildings.gpkg")
    others = buildings[~buildings["建筑编号"].isin(addressed)]
    lone = others[others["用途"] != "附属"]

    assert 20 <= lone["宗地代码"].nunique() <= 30
    assert not set(lone["村代码"]) & NO_POLYGON


def test_groups_are_of_a_human_size() -> None:
    sizes = Counter((r["village_code"], r["place_name"]) for r in oracle() if r["place_kind"] == "group")

    assert 355 <= len(sizes) <= 367
    assert min(sizes.values()) >= 5
    assert max(sizes.values()) <= 40


def test_lanes_meet_at_shared_ends_only() -> None:
    lines = layer("lanes.gpkg").geometry.to_numpy()
    a, b = shapely.STRtree(lines).query(lines, predicate="crosses")
    meeting = Counter(c for line in lines for c in (line.coords[0], line.coords[-1]))

    assert len(a) == 0
    assert len(b) == 0
    assert sum(n >= 3 for n in meeting.values()) > 300


def test_one_can_walk_from_any_lane_to_any_other() -> None:
    lines = [*layer("lanes.gpkg").geometry, *shapely.get_parts(layer("streets.geojson").geometry.to_numpy())]
    a, b = shapely.STRtree(lines).query(lines, predicate="intersects")
    links = coo_array((np.ones(len(a)), (a, b)), shape=(len(lines), len(lines)))

    assert connected_components(links, directed=False)[0] == 1


@pytest.mark.parametrize("name", ["童兴街", "文昌路", "石桥巷", "古井街", "河堤路", "供销路"])
def test_street_order_and_side_follow_from_the_gates(name: str) -> None:
    parts = numbering_parts(name)
    gates = layer("buildings.gpkg").set_index("建筑编号")
    rows = [r for r in oracle() if r["place_name"] == name]
    lon, lat = (
        gates.loc[[r["building_code"] for r in rows], c].to_numpy(float) for c in ("大门经度", "大门纬度")
    )
    points = gpd.GeoSeries(shapely.points(lon, lat), crs=4490).to_crs(4547)
    walked: dict[str, list[tuple[int, float, int]]] = defaultdict(list)
    for row, gate in zip(rows, points, strict=True):
        part = int(np.argmin([p.distance(gate) for p in parts]))
        metres = parts[part].project(gate)
        a, b = (parts[part].interpolate(max(0.0, metres + d)) for d in (-0.5, 0.5))
        left = (b.x - a.x) * (gate.y - a.y) - (b.y - a.y) * (gate.x - a.x) > 0
        assert row["side"] == ("left" if left else "right"), row
        walked[row["side"]].append((part, metres, int(row["order_on_side"])))

    assert 40 <= len(rows) <= 120
    for doors in walked.values():
        assert [d[2] for d in sorted(doors)] == list(range(1, len(doors) + 1))
        assert all(y[1] - x[1] > 1 for x, y in pairwise(sorted(doors)) if x[0] == y[0])


def test_existing_numbers_are_unique_in_their_place() -> None:
    known = [r for r in oracle() if r["existing_number"]]
    seen = Counter((r["village_code"], r["place_name"], r["existing_number"]) for r in known)

    assert len(known) == 600
    assert sum(r["place_kind"] == "street" for r in known) == 60
    assert max(seen.values()) == 1
    assert all(("no" if r["plate_state"] == "完好" else "yes") == r["plate_needed"] for r in known)


def test_existing_street_numbers_leave_room_for_those_between() -> None:
    rows = [r for r in oracle() if r["place_kind"] == "street" and r["existing_number"]]
    sides: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for row in rows:
        number = int(row["existing_number"])
        assert number % 2 == (row["side"] == "right")
        sides[row["place_name"], row["side"]].append((int(row["order_on_side"]), (number + 1) // 2))

    for doors in sides.values():
        previous = (0, 0)
        for order, slot in sorted(doors):
            assert slot - previous[1] >= order - previous[0]
            previous = (order, slot)


def test_the_old_register_agrees_with_the_oracle() -> None:
    known = {r["building_code"]: r for r in oracle()}
    forms: Counter[str] = Counter()
    for row in sheet("existing_addresses.xlsx"):
        shown = row["门牌号"].translate(str.maketrans("０１２３４５６７８９", "0123456789")).replace("号", "")
        expected = known[row["建筑编号"]]
        assert (shown, row["门牌状态"]) == (expected["existing_number"], expected["plate_state"])
        assert row["组或街路"] in (expected["place_name"], "")
        forms[re.sub(r"\d+", "9", row["启用日期"])] += 1

    assert set(forms) == {"9-9-9", "9/9/9", "9年9月9日", "9"}


def test_rooms_are_units_by_floors_by_dwellings() -> None:
    expected = {r["building_code"]: int(r["rooms"]) for r in oracle() if r["rooms"] != "0"}
    flats = layer("buildings.gpkg").dropna(subset=["单元数"])
    rooms = dict(zip(flats["建筑编号"], flats["单元数"] * flats["层数"] * flats["每层户数"], strict=True))

    assert rooms == expected


def test_plans_lie_on_empty_ground_of_their_place() -> None:
    plans = layer("construction_plans.geojson")
    groups = layer("groups.zip").set_index(["村代码", "组名"]).geometry
    streets = shape_of(layer("streets.geojson"), "街路名称")
    parcels = layer("parcels.zip").geometry

    for plan in plans.itertuples():
        if plan.类型 == "片区":
            assert groups.loc[(plan.村代码, plan.组名)].buffer(0.01).contains(plan.geometry)
            assert not parcels.intersects(plan.geometry).any()
        else:
            assert (
                plan.geometry.hausdorff_distance(
                    plan.geometry.intersection(streets[plan.街路名称].buffer(0.05))
                )
                < 1
            )
    assert sorted(Counter(plans["类型"]).items()) == [("片区", 5), ("街段", 3)]


def test_policies_name_the_two_villages_that_differ() -> None:
    policies = yaml.safe_load((DATA / "policies.yaml").read_text(encoding="utf-8"))

    assert policies["default"]["rural_unit"] == "group"
    assert {code: v["rural_unit"] for code, v in policies["villages"].items()} == {
        "430626113220": "hamlet",
        "430626113226": "village",
    }


def people() -> list[dict[str, str]]:
    return table("data/residents.csv", "gb18030")


def test_every_person_is_plainly_invented_and_has_a_good_number() -> None:
    today = date(2026, 1, 1)

    facts = [
        read_person({"name": p["姓名"], "id_no": p["公民身份号码"], "born_on": p["出生日期"], "sex": p["性别"],
                     "phone": p["联系电话"]}, today)
        for p in people()
    ]  # fmt: skip

    numbers = [one.id_no for one in facts if one.id_no]
    assert len(facts) == 330
    assert len(set(numbers)) == len(numbers) > 300
    assert {number[:6] for number in numbers} == {"390626"}
    assert all(one.name[1] in "虚构示例" and len(one.name) == 3 for one in facts)
    assert all(one.phone is None or one.phone.startswith("07300") for one in facts)
    assert {p["数据说明"] for p in people()} == {NOTE}


def test_each_household_has_one_head_and_one_address() -> None:
    households: dict[str, list[dict[str, str]]] = defaultdict(list)
    for person in people():
        households[person["户号"]].append(person)

    heads = {no: [p["与户主关系"] for p in rows].count("户主") for no, rows in households.items()}
    kinds = Counter(rows[0]["户类别"] for rows in households.values())

    assert kinds == {"家庭户": 100, "集体户": 1}
    assert {heads[no] for no, rows in households.items() if rows[0]["户类别"] == "家庭户"} == {1}
    assert all(len({p["户籍地址"] for p in rows}) == 1 for rows in households.values())
    assert len({rows[0]["户籍地址"] for rows in households.values()}) == 101

"""Parcels and buildings: whole layers in, what changed kept with its past, what is missing told."""

import json
from dataclasses import replace

import pytest
import shapely

from address_service.errors import InvalidInput
from tests.services.imports.conftest import (
    EAST,
    TOWN,
    WEST,
    Register,
    buildings,
    degrees,
    house,
    layer,
    line,
    parcels,
)


def test_the_same_parcels_and_buildings_twice_change_nothing(town: Register) -> None:
    town.bring("parcels", parcels(("00001", 100, 100)))
    town.bring("buildings", buildings(("F1", 100, 100), parcel_code=[f"{WEST}JC00001"]))
    before = town.content()

    again = town.bring("parcels", parcels(("00001", 100, 100)))
    and_again = town.bring("buildings", buildings(("F1", 100, 100), parcel_code=[f"{WEST}JC00001"]))

    assert (again.counts.unchanged, and_again.counts.unchanged) == (1, 1)
    assert town.content() == before


def test_a_changed_building_leaves_its_old_row_in_the_history(town: Register) -> None:
    first = town.houses(("F1", 100, 100), ("F2", 200, 100))

    report = town.houses(("F1", 100, 100), ("F2", 210, 100))

    assert (report.counts.accepted, report.counts.unchanged) == (1, 1)
    ((layer_name, row),) = town.rows("SELECT layer, row FROM layer_history")
    old = row if isinstance(row, dict) else json.loads(row)
    assert (layer_name, old["building_code"], old["import_id"]) == ("buildings", "F2", str(first.run_id))
    assert shapely.equals(shapely.from_wkb(old["geom"]), house(200, 100))


def test_geometry_comes_back_as_it_went_in_and_in_the_right_crs(town: Register) -> None:
    town.houses(("F1", 100, 100))

    ((wkb, srid),) = town.rows("SELECT ST_AsBinary(geom), ST_SRID(geom) FROM building")
    assert (shapely.from_wkb(bytes(wkb)), srid) == (house(100, 100), 4490)


@pytest.mark.parametrize("name", ["反\\斜", "制\t表", "换\n行", "\\N", "\\."])
def test_a_name_with_signs_that_copy_reserves_arrives_whole(town: Register, name: str) -> None:
    town.houses(("F1", 100, 100), name=[name])

    assert town.rows("SELECT name FROM building") == [(name,)]


def test_a_parcel_lies_in_the_village_that_holds_it(town: Register) -> None:
    report = town.bring("parcels", parcels(("00001", 100, 100), ("00002", 1500, 100), ("00003", 5000, 100)))

    query = """
        SELECT p.parcel_code, v.code_nbs FROM parcel p
        LEFT JOIN division_version v ON v.division_id = p.division_id AND upper_inf(v.recorded)
    """
    found = {code[-1]: village for code, village in town.rows(query)}
    assert found == {"1": WEST, "2": EAST, "3": None}
    assert report.finding_counts == {"outside-villages": 1}


def test_a_building_on_an_unknown_parcel_is_taken_and_reported(town: Register) -> None:
    report = town.bring("buildings", buildings(("F1", 100, 100), parcel_code=[f"{WEST}JC00009"]))

    assert (report.counts.accepted, report.finding_counts) == (1, {"parcel-unknown": 1})


def test_a_building_finds_its_parcel_once_that_has_come(town: Register) -> None:
    read = buildings(("F1", 100, 100), parcel_code=[f"{WEST}JC00001"])
    town.bring("buildings", read)
    town.bring("parcels", parcels(("00001", 100, 100)))

    report = town.bring("buildings", read)

    assert report.counts.accepted == 1
    assert town.rows("SELECT count(*) FROM building JOIN parcel p ON p.id = parcel_id") == [(1,)]


def test_the_village_a_row_names_goes_before_where_it_lies(town: Register) -> None:
    spots = (("F1", 100, 100), ("F2", 200, 100), ("F3", 1100, 100))

    report = town.houses(*spots, village_code=[WEST, None, WEST])

    query = "SELECT v.code_nbs FROM building b JOIN division_version v ON v.division_id = b.division_id"
    assert {code for (code,) in town.rows(query)} == {WEST}
    assert report.finding_counts == {"outside-claimed-village": 1}


def test_a_layer_shifted_within_the_county_is_refused(town: Register) -> None:
    spots = [(f"F{i}", 100.0 + 20 * i, 12_000.0) for i in range(10)]

    with pytest.raises(InvalidInput) as refusal:
        town.houses(*spots, village_code=[WEST] * 10)

    assert refusal.value.code == "layer-shifted"


def test_an_unknown_village_code_is_refused(town: Register) -> None:
    report = town.houses(("F1", 100, 100), village_code=["430626113999"])

    assert [r.code for r in report.rejects] == ["village-unknown"]


def test_the_group_a_row_names_is_made_and_the_street_must_be_there(town: Register) -> None:
    report = town.houses(
        ("F1", 100, 100), ("F2", 200, 100), ("F3", 300, 100),
        group_name=["5组", "5组", None], street_name=[None, None, "无名街"],
    )  # fmt: skip

    assert town.members() == {"F1": ("5组", "column"), "F2": ("5组", "column")}
    assert [(r.row_no, r.code) for r in report.rejects] == [(3, "street-unknown")]
    assert town.rows("SELECT code_prefix FROM place") == [(f"{WEST}5001",)]


def test_an_office_without_names_approves_no_group_by_decree(town: Register) -> None:
    read = buildings(("F1", 100, 100), ("F2", 200, 100), group_name=["5组", "5组"])

    report = town.bring("buildings", read, may_approve_names=False, decree_no="示例〔2026〕1号")

    assert town.rows("SELECT name_state FROM place_version") == [("filed",)]
    assert report.finding_counts == {"name-not-approved": 1}


def test_a_house_on_a_street_belongs_to_it_and_not_to_its_group(town: Register) -> None:
    street = layer(
        [line((100, 90), (600, 90))], name=["童兴街"], street_kind=[None], village_code=[WEST],
        name_state=["proposed"], decree_no=[None], origin=[""],
    )  # fmt: skip
    town.bring("streets", street)

    town.houses(("F1", 100, 100), group_name=["5组"], street_name=["童兴街"])

    assert town.members() == {"F1": ("童兴街", "column")}


def test_a_gate_far_from_its_house_is_left_out_and_reported(town: Register) -> None:
    gates = [shapely.get_coordinates(degrees(shapely.Point(x, 100)))[0] for x in (104, 900)]

    report = town.houses(
        ("F1", 100, 100),
        ("F2", 200, 100),
        gate_lon=[lon for lon, _ in gates],
        gate_lat=[lat for _, lat in gates],
    )

    assert town.rows("SELECT building_code, gate IS NULL FROM building ORDER BY 1") == [
        ("F1", False),
        ("F2", True),
    ]
    assert report.finding_counts == {"gate-off-building": 1}


def test_buildings_in_no_village_are_in_the_topology_report(town: Register) -> None:
    report = town.houses(("F1", 100, 100), ("F2", 5000, 100))

    assert report.topology is not None
    assert report.topology["counts"]["building-outside"] == 1


def test_an_account_writes_nothing_outside_its_village(town: Register) -> None:
    town.work.actor = replace(town.work.actor, division_code=WEST)

    report = town.bring("parcels", parcels(("00001", 100, 100), ("00002", 1500, 100)))

    assert (report.counts.accepted, [(r.row_no, r.code) for r in report.rejects]) == (
        1,
        [(2, "out-of-scope")],
    )


def test_places_of_a_village_are_counted_by_the_text_of_its_code(town: Register) -> None:
    town.houses(("F1", 100, 100), ("F2", 1100, 100), ("F3", 120, 100), group_name=["1组", "1组", "2组"])

    prefixes = [prefix for (prefix,) in town.rows("SELECT code_prefix FROM place ORDER BY 1")]
    assert prefixes == [f"{TOWN}2085001", f"{TOWN}2085002", f"{TOWN}2125001"]

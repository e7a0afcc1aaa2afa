"""Streets and lanes: one street for each name in a village, one lane for each course."""

from typing import Any

import shapely

from address_service.model.divisions import NameState
from address_service.model.places import PlaceKind
from tests.services.imports.conftest import WEST, Register, degrees, layer, line

MAIN = line((100, 100), (600, 120))


def streets(
    *shapes: shapely.Geometry, state: str = "approved", decree: str | None = "示例〔2020〕1号"
) -> Any:
    """Rows of one street."""
    count = len(shapes)
    return layer(
        list(shapes),
        name=["童兴街"] * count,
        street_kind=[None] * count,
        village_code=[WEST] * count,
        name_state=[state] * count,
        decree_no=[decree] * count,
        origin=["东"] * count,
    )


def test_the_same_streets_twice_change_nothing(town: Register) -> None:
    town.bring("streets", streets(MAIN))
    before = town.content()

    second = town.bring("streets", streets(MAIN))

    assert (second.counts.accepted, second.counts.unchanged) == (0, 1)
    assert town.content() == before


def test_a_street_gets_a_serial_and_its_kind_from_its_name(town: Register) -> None:
    town.bring("streets", streets(MAIN))

    query = "SELECT p.code_prefix, v.street_kind, v.name_state FROM place p JOIN place_version v ON v.place_id = p.id"
    assert town.rows(query) == [(f"{WEST}1001", "street", "approved")]


def test_a_redrawn_street_stays_the_same_place_with_its_history(town: Register) -> None:
    town.bring("streets", streets(MAIN))

    town.bring("streets", streets(line((100, 100), (650, 120))))

    query = "SELECT count(DISTINCT place_id), count(*), count(*) FILTER (WHERE upper_inf(recorded)) FROM place_version"
    assert town.rows(query) == [(1, 2, 1)]


def test_rows_of_one_name_are_branches_of_one_street(town: Register) -> None:
    report = town.bring("streets", streets(MAIN, line((300, 108), (300, 300))))

    (street,) = town.work.places.list_on([PlaceKind.STREET], town.work.today)
    assert shapely.get_num_geometries(street.facts.geometry) == 2
    assert report.finding_counts == {"parts-joined": 1}


def test_an_approved_name_needs_its_decree(town: Register) -> None:
    report = town.bring("streets", streets(MAIN, decree=None))

    assert [(r.code, r.field) for r in report.rejects] == [("decree-missing", "decree_no")]


def test_the_decree_may_be_given_for_the_whole_file(town: Register) -> None:
    report = town.bring("streets", streets(MAIN, decree=None), decree_no="示例〔2021〕3号")

    assert report.counts.accepted == 1


def test_a_file_does_not_take_an_approval_back(town: Register) -> None:
    town.bring("streets", streets(MAIN, state="proposed", decree=None))
    (street,) = town.work.places.list_on([PlaceKind.STREET], town.work.today)
    actor = town.work.actor.account_id
    town.work.places.set_name_state(
        street.id, NameState.APPROVED, "示例〔2026〕1号", actor, town.work.today, town.work.now
    )
    before = town.content()

    report = town.bring("streets", streets(MAIN, state="proposed", decree=None))

    assert report.finding_counts == {"name-state-kept": 1}
    assert town.content() == before


def test_an_office_without_names_brings_streets_as_proposed(town: Register) -> None:
    report = town.bring("streets", streets(MAIN), may_approve_names=False)

    assert town.rows("SELECT name_state, decree_no FROM place_version") == [("proposed", None)]
    assert [(f.code, f.row) for f in report.findings] == [("name-not-approved", 1)]


def test_an_office_without_names_leaves_an_approval_as_it_is(town: Register) -> None:
    town.bring("streets", streets(MAIN))
    redrawn = streets(line((100, 100), (650, 120)), decree="示例〔2024〕9号")

    report = town.bring("streets", redrawn, may_approve_names=False)

    query = "SELECT name_state, decree_no FROM place_version WHERE upper_inf(recorded)"
    assert town.rows(query) == [("approved", "示例〔2020〕1号")]
    assert (report.counts.accepted, report.finding_counts) == (1, {"name-not-approved": 1})


def lane(*points: tuple[float, float], name: str = "") -> Any:
    """One lane."""
    return layer([degrees(shapely.LineString(points))], name=[name], village_code=[None])


def test_a_lane_drawn_the_other_way_round_is_the_same_lane(town: Register) -> None:
    town.bring("lanes", lane((10, 10), (20, 30)))
    before = town.content()

    second = town.bring("lanes", lane((20, 30), (10, 10)))

    assert second.counts.unchanged == 1
    assert town.content() == before


def test_a_lane_lies_in_the_village_of_its_middle(town: Register) -> None:
    town.bring("lanes", lane((900, 10), (1300, 10)))

    query = "SELECT v.code_nbs FROM lane l JOIN division_version v ON v.division_id = l.division_id"
    assert {code for (code,) in town.rows(query)} == {"430626113212"}


def test_a_lane_may_get_a_name(town: Register) -> None:
    town.bring("lanes", lane((10, 10), (20, 30)))

    report = town.bring("lanes", lane((10, 10), (20, 30), name="村道"))

    assert report.counts.accepted == 1
    assert town.rows("SELECT name FROM lane") == [("村道",)]
    before = "SELECT layer, row ->> 'name', import_id FROM layer_history"
    assert town.rows(before) == [("lanes", "", report.run_id)]

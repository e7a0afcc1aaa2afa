"""Village boundaries: by code, with their history, and what they leave open is told."""

from datetime import date

from address_service.store.divisions import Village
from tests.services.imports.conftest import EAST, WEST, Register, box, layer


def village(register: Register, code: str, on: date) -> Village:
    """A village on a day."""
    return next(v for v in register.work.divisions.villages(on) if v.code == code)


def test_the_same_boundaries_twice_change_nothing(town: Register) -> None:
    before = town.content()

    second = town.boundaries()

    assert (second.counts.accepted, second.counts.unchanged) == (0, 2)
    assert town.content() == before


def test_a_first_boundary_was_so_all_along(town: Register) -> None:
    assert village(town, WEST, date(2010, 1, 1)).boundary is not None


def test_a_boundary_changed_on_a_day_leaves_the_one_before(town: Register) -> None:
    moved = layer([box(0, 0, 900, 1000)], village_code=[WEST], name=["烟舟村"])

    town.bring("boundaries", moved, valid_from=date(2020, 1, 1))

    before, after = (village(town, WEST, day).boundary for day in (date(2019, 12, 31), date(2020, 1, 1)))
    assert before == box(0, 0, 1000, 1000)
    assert after == box(0, 0, 900, 1000)


def test_another_name_is_reported_and_the_code_decides(register: Register) -> None:
    register.divisions()

    report = register.bring("boundaries", layer([box(0, 0, 9, 9)], village_code=[WEST], name=["烟洲"]))

    assert report.finding_counts == {"name-differs": 1}
    assert report.counts.accepted == 1


def test_an_unknown_code_is_refused(register: Register) -> None:
    register.divisions()

    report = register.bring(
        "boundaries", layer([box(0, 0, 9, 9)], village_code=["430626113999"], name=["无村"])
    )

    assert [r.code for r in report.rejects] == ["village-unknown"]


def test_villages_that_overlap_are_in_the_topology_report(register: Register) -> None:
    register.divisions()

    report = register.bring(
        "boundaries",
        layer([box(0, 0, 1000, 1000), box(990, 0, 2000, 1000)], village_code=[WEST, EAST], name=[None, None]),
    )

    assert report.topology is not None
    assert report.topology["counts"]["village-overlap"] == 1
    assert round(report.topology["total_hectares"]) == 201


def test_houses_that_came_first_find_their_village(register: Register) -> None:
    register.divisions()
    register.houses(("F1", 500, 500), ("F2", 5000, 500))

    register.boundaries()

    query = "SELECT b.building_code, v.code_nbs FROM building b LEFT JOIN division_version v ON"
    query += " v.division_id = b.division_id AND upper_inf(v.recorded) ORDER BY 1"
    assert register.rows(query) == [("F1", WEST), ("F2", None)]
    before = "SELECT layer, row ->> 'building_code', row ->> 'division_id' FROM layer_history"
    assert register.rows(before) == [("buildings", "F1", None)]


def test_bringing_those_houses_again_then_changes_nothing(register: Register) -> None:
    register.divisions()
    register.houses(("F1", 500, 500))
    register.boundaries()

    assert register.houses(("F1", 500, 500)).counts.unchanged == 1

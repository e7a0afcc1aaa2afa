"""Groups and who belongs to them: polygons settle what is clear, and nobody is guessed at."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from address_service.gis.layer_read import LayerRead
from address_service.services.assign_members import assign_members
from tests.services.imports.conftest import WEST, Register, box, buildings, groups, layer, parcels

FIRST, SECOND = box(0, 0, 300, 300), box(300, 0, 600, 300)


def building_id(register: Register, code: str) -> UUID:
    """A building's id."""
    found: UUID = register.rows("SELECT id FROM building WHERE building_code = :c", c=code)[0][0]
    return found


def assign(register: Register, code: str, place: str) -> None:
    """What the lasso does."""
    query = "SELECT place_id FROM place_version WHERE name = :n AND upper_inf(recorded)"
    (place_id,) = register.rows(query, n=place)[0]
    assign_members(register.work, place_id, [building_id(register, code)], register.work.today)


@pytest.mark.parametrize("houses_first", [True, False])
def test_a_house_belongs_to_the_polygon_that_holds_it_whichever_came_first(
    town: Register, houses_first: bool
) -> None:
    spots = (("F1", 100, 100), ("F2", 400, 100), ("F3", 800, 800))
    if houses_first:
        town.houses(*spots)

    town.bring("groups", groups(("1组", FIRST), ("2组", SECOND)))
    if not houses_first:
        town.houses(*spots)

    assert town.members() == {"F1": ("1组", "polygon"), "F2": ("2组", "polygon")}


def test_the_same_polygons_twice_change_nothing(town: Register) -> None:
    town.houses(("F1", 100, 100))
    town.bring("groups", groups(("1组", FIRST)))
    before = town.content()

    second = town.bring("groups", groups(("1组", FIRST)))

    assert (second.counts.accepted, second.counts.unchanged) == (0, 1)
    assert town.content() == before


def test_a_house_in_two_polygons_belongs_to_none_and_is_reported(town: Register) -> None:
    town.houses(("F1", 310, 100))

    report = town.bring("groups", groups(("1组", box(0, 0, 350, 300)), ("2组", SECOND)))

    assert town.members() == {}
    assert report.finding_counts == {"in-several-places": 1}


def test_a_house_a_metre_outside_is_not_taken_in_by_the_nearest(town: Register) -> None:
    town.houses(("F1", 305, 100))

    town.bring("groups", groups(("1组", FIRST)))

    assert town.members() == {}


def test_a_polygon_of_another_village_takes_nobody_in(town: Register) -> None:
    town.houses(("F1", 990, 100))

    town.bring("groups", groups(("1组", box(900, 0, 1200, 300)), village="430626113212"))

    assert town.members() == {}


def test_a_redrawn_polygon_moves_its_houses_and_remembers(town: Register) -> None:
    town.houses(("F1", 310, 100))
    town.bring("groups", groups(("1组", FIRST), ("2组", SECOND)), valid_from=date(2020, 1, 1))

    town.bring("groups", groups(("1组", box(0, 0, 350, 300)), ("2组", box(350, 0, 600, 300))))

    assert town.members() == {"F1": ("1组", "polygon")}
    query = "SELECT lower(valid), upper(valid) FROM membership WHERE upper_inf(recorded) ORDER BY 1"
    assert town.rows(query) == [(date(2020, 1, 1), town.work.today), (town.work.today, None)]


def test_what_a_person_decided_no_import_undoes(town: Register) -> None:
    town.houses(("F1", 100, 100))
    town.bring("groups", groups(("1组", FIRST), ("2组", SECOND)))
    assign(town, "F1", "2组")
    before = town.content()

    town.bring("groups", groups(("1组", FIRST), ("2组", SECOND)))
    town.houses(("F1", 100, 100))

    assert town.members() == {"F1": ("2组", "person")}
    assert town.content() == before


def test_a_group_name_counts_as_filed_and_a_hamlet_needs_a_decree(town: Register) -> None:
    town.bring("groups", groups(("1组", FIRST)))
    town.bring("groups", groups(("上屋场", SECOND), kind="hamlet"))

    query = "SELECT name, name_state, decree_no FROM place_version ORDER BY name"
    assert town.rows(query) == [("1组", "filed", "村民小组沿用"), ("上屋场", "proposed", None)]


def test_a_decree_for_the_file_approves_its_names(town: Register) -> None:
    town.bring("groups", groups(("上屋场", SECOND), kind="hamlet"), decree_no="示例〔2026〕1号")

    assert town.rows("SELECT name_state, decree_no FROM place_version") == [("approved", "示例〔2026〕1号")]


@pytest.mark.parametrize(
    ("kind", "standing"), [("hamlet", ("proposed", None)), ("group", ("filed", "村民小组沿用"))]
)
def test_an_office_without_names_approves_none_by_decree(
    town: Register, kind: str, standing: tuple[str, str | None]
) -> None:
    report = town.bring(
        "groups",
        groups(("上屋场", SECOND), kind=kind),
        may_approve_names=False,
        decree_no="示例〔2026〕1号",
    )

    assert town.rows("SELECT name_state, decree_no FROM place_version") == [standing]
    assert report.finding_counts == {"name-not-approved": 1}


def members_list(*lines: tuple[str, str], day: date = date(2016, 1, 1)) -> LayerRead:
    """A list of parcel serial and group."""
    return layer(
        parcel_code=[f"{WEST}JC{serial}" for serial, _ in lines],
        village_code=[WEST] * len(lines),
        place_name=[name for _, name in lines],
        valid_from=[day] * len(lines),
    )


@pytest.fixture
def listed(town: Register) -> Register:
    """Two parcels with a house each."""
    town.bring("parcels", parcels(("00001", 100, 100), ("00002", 400, 100)))
    town.bring(
        "buildings",
        buildings(("F1", 100, 100), ("F2", 400, 100), parcel_code=[f"{WEST}JC00001", f"{WEST}JC00002"]),
    )
    return town


def test_a_list_of_parcels_makes_the_group_and_its_members(listed: Register) -> None:
    report = listed.bring("groups", members_list(("00001", "3组")), spec="group-members")

    assert report.counts.accepted == 1
    assert listed.members() == {"F1": ("3组", "list")}
    query = "SELECT lower(valid) FROM membership UNION ALL SELECT lower(valid) FROM place_version"
    assert {day for (day,) in listed.rows(query)} == {date(2016, 1, 1)}


def test_the_same_list_twice_changes_nothing(listed: Register) -> None:
    read = members_list(("00001", "3组"), ("00002", "4组"))
    listed.bring("groups", read, spec="group-members")
    before = listed.content()

    second = listed.bring("groups", read, spec="group-members")

    assert (second.counts.accepted, second.counts.unchanged) == (0, 2)
    assert listed.content() == before


def test_a_list_overrules_polygons_but_no_person(listed: Register) -> None:
    listed.bring("groups", groups(("1组", FIRST), ("2组", SECOND)))
    assign(listed, "F2", "1组")

    report = listed.bring("groups", members_list(("00001", "2组"), ("00002", "2组")), spec="group-members")

    assert listed.members() == {"F1": ("2组", "list"), "F2": ("1组", "person")}
    assert report.finding_counts == {"kept-by-person": 1}


def test_an_unknown_parcel_on_a_list_is_refused(listed: Register) -> None:
    report = listed.bring("groups", members_list(("00009", "3组")), spec="group-members")

    assert [r.code for r in report.rejects] == ["parcel-unknown"]


def test_a_list_is_not_taken_ahead_of_its_day(listed: Register) -> None:
    tomorrow = listed.work.today + timedelta(days=1)

    report = listed.bring("groups", members_list(("00001", "3组"), day=tomorrow), spec="group-members")

    assert [(r.code, r.field) for r in report.rejects] == [("valid-from-future", "valid_from")]
    assert listed.members() == {}

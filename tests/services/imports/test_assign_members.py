"""Assigning by hand: dated, within scope, and never against an address that stands."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from address_service.errors import Conflict, Forbidden, NotFound
from address_service.services.assign_members import assign_members
from address_service.store.ids import new_id
from tests.services.imports.conftest import EAST, Register, box, buildings, groups

LATER = date(2026, 2, 1)
HOUSES = (("F1", 100.0, 100.0), ("F2", 800.0, 800.0), ("F3", 1500.0, 100.0))


@pytest.fixture
def grouped(town: Register) -> Register:
    """Two groups; a house in the first, one in none, one in the other village."""
    town.bring(
        "groups",
        groups(("1组", box(0, 0, 300, 300)), ("2组", box(300, 0, 600, 300))),
        valid_from=date(2020, 1, 1),
    )
    town.bring("buildings", buildings(*HOUSES), valid_from=date(2020, 1, 1))
    return town


def ids(register: Register, place: str, *codes: str) -> tuple[UUID, list[UUID]]:
    """Ids of a place and of buildings."""
    query = "SELECT place_id FROM place_version WHERE name = :n AND upper_inf(recorded)"
    found = register.rows("SELECT id FROM building WHERE building_code = ANY(:c)", c=list(codes))
    return register.rows(query, n=place)[0][0], [row[0] for row in found]


def test_a_person_moves_a_house_from_a_day_on(grouped: Register) -> None:
    place, houses = ids(grouped, "2组", "F1", "F2")

    assert assign_members(grouped.work, place, houses, LATER) == 2

    assert grouped.members() == {"F1": ("2组", "person"), "F2": ("2组", "person")}
    query = """
        SELECT v.name, lower(m.valid), upper(m.valid) FROM membership m JOIN building b ON b.id = m.building_id
        JOIN place_version v ON v.place_id = m.place_id AND upper_inf(v.recorded)
        WHERE b.building_code = 'F1' AND upper_inf(m.recorded) ORDER BY 2
    """
    assert grouped.rows(query) == [("1组", date(2020, 1, 1), LATER), ("2组", LATER, None)]


def test_assigning_again_changes_nothing(grouped: Register) -> None:
    place, houses = ids(grouped, "2组", "F1")
    assign_members(grouped.work, place, houses, LATER)
    before = grouped.content()

    assert assign_members(grouped.work, place, houses, LATER) == 0
    assert grouped.content() == before


def test_a_house_of_another_village_is_refused(grouped: Register) -> None:
    with pytest.raises(Conflict) as refusal:
        assign_members(grouped.work, *ids(grouped, "2组", "F3"), LATER)

    assert refusal.value.code == "other-village"


def test_a_village_account_assigns_in_its_own_village_only(grouped: Register) -> None:
    grouped.work.actor = replace(grouped.work.actor, division_code=EAST)

    with pytest.raises(Forbidden):
        assign_members(grouped.work, *ids(grouped, "2组", "F1"), LATER)


def test_an_unknown_house_is_refused(grouped: Register) -> None:
    place, _ = ids(grouped, "2组")

    with pytest.raises(NotFound):
        assign_members(grouped.work, place, [new_id()], LATER)


def test_the_whole_village_is_nothing_to_assign_to(grouped: Register) -> None:
    work = grouped.work
    village = work.divisions.id_of_code("430626113208", work.today)
    place = work.places.whole_village_place(village, work.actor.account_id, work.today, work.now)

    with pytest.raises(Conflict) as refusal:
        assign_members(work, place, ids(grouped, "1组", "F1")[1], LATER)

    assert refusal.value.code == "whole-village"

"""The counter: one new house, candidates with their why, one number issued, never the same one twice."""

import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from address_service.coding.numbering.infill import Takes
from address_service.errors import Conflict, NotFound, ServiceError
from address_service.model.accounts import Actor
from address_service.model.numbers import DoorNumber
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.issue_number import issue_number, propose_numbers
from address_service.services.plan_numbering import plan_numbering
from address_service.store.counter_desk import load_desk
from address_service.store.engine import Database
from address_service.store.numbering_inputs import NumberingInputs
from address_service.store.place_context import load_place_context, load_place_head
from address_service.store.standing_doors import StandingDoors
from address_service.store.work import Work, unit_of_work

STREET = [(0.0, 0.0), (600.0, 0.0)]


def number_all(work: Work, place: UUID) -> None:
    commit_numbering_plan(work, plan_numbering(work, place).id)


def north(town: Any, place: UUID | None, code: int, x: float) -> UUID:
    found: UUID = town.house(str(code), x, 12, place, parcel=str(code))
    return found


def numbers_by_x(work: Work, place: UUID) -> list[tuple[int, int]]:
    rows = work.conn.execute(
        text(
            "SELECT main, sub FROM address_version WHERE place_id = :p AND upper_inf(recorded)"
            " AND stage IN ('draft', 'current') ORDER BY ST_X(position) DESC"
        ),
        {"p": place},
    )
    return [(row.main, row.sub) for row in rows]


@pytest.fixture
def street(work: Work, town: Any) -> UUID:
    """Five houses on the north side, numbered from the east with odd numbers."""
    place: UUID = town.place("street", "新市街", 1, STREET)
    for n in range(5):
        north(town, place, n + 1, 100 + n * 100)
    number_all(work, place)
    return place


def test_a_house_between_two_takes_a_number_between_theirs(work: Work, town: Any, street: UUID) -> None:
    before = numbers_by_x(work, street)
    house = north(town, street, 50, 250)

    done = issue_number(work, street, house)

    after = numbers_by_x(work, street)
    assert after == sorted(after)
    assert [n for n in after if n != (done.address.number.main, done.address.number.sub)] == before
    assert all(main % 2 == 1 for main, _ in after)
    row = next(r for r in work.numbers.of_place(street) if r["holder_id"] == done.address.id)
    assert (row["state"], row["main"]) == ("issued", done.address.number.main)
    assert row["reasons"]


def test_the_candidates_are_written_nowhere(work: Work, town: Any, street: UUID) -> None:
    house = north(town, street, 50, 250)
    ledger = work.numbers.of_place(street)

    found = propose_numbers(work, street, house)

    assert 1 <= len(found) <= 3
    assert all(candidate.reasons for candidate in found)
    assert work.numbers.of_place(street) == ledger


def test_a_number_that_is_no_candidate_is_refused(work: Work, town: Any, street: UUID) -> None:
    house = north(town, street, 50, 250)

    with pytest.raises(Conflict) as wrong_side:
        issue_number(work, street, house, DoorNumber(2))
    with pytest.raises(Conflict) as neighbour:
        issue_number(work, street, house, DoorNumber(*numbers_by_x(work, street)[0]))

    assert wrong_side.value.code == "number-not-a-candidate"
    assert neighbour.value.code == "number-taken"


def test_a_house_with_an_address_gets_no_second_one(work: Work, town: Any, street: UUID) -> None:
    house = north(town, street, 50, 250)
    issue_number(work, street, house)

    with pytest.raises(Conflict) as caught:
        issue_number(work, street, house)

    assert caught.value.code == "building-has-address"


def test_a_second_house_in_a_numbered_courtyard_gets_none(work: Work, town: Any, street: UUID) -> None:
    house = town.house("51", 112, 14, street, parcel="1")

    with pytest.raises(Conflict) as caught:
        propose_numbers(work, street, house)

    assert caught.value.code == "courtyard-has-address"


def test_a_house_of_another_place_is_not_served(work: Work, town: Any, street: UUID) -> None:
    house = north(town, None, 50, 250)

    with pytest.raises(NotFound) as caught:
        issue_number(work, street, house)

    assert caught.value.code == "house-not-in-place"


def test_a_surveyed_number_is_not_given_to_another(work: Work, town: Any) -> None:
    group = town.place("group", "12组", 12)
    old, new = town.house("1", 50, 12, group), town.house("2", 80, 12, group)
    town.existing(old, group, 1)

    done = issue_number(work, group, new)

    assert done.address.number != DoorNumber(1)
    assert issue_number(work, group, old).address.number == DoorNumber(1)


@pytest.mark.parametrize("seed", range(4))
def test_a_planned_site_is_built_in_any_order(work: Work, town: Any, seed: int) -> None:
    """Four numbers reserved, five houses come: four of the block in order, the fifth a sub-number, told so."""
    place = town.place("street", "新市街", 1, STREET)
    ground = (
        "MULTIPOLYGON((("
        + ",".join(
            f"{480_000 + x} {3_180_000 + y}" for x, y in ((200, 5), (300, 5), (300, 45), (200, 45), (200, 5))
        )
        + ")))"
    )
    town.site(place, 4, 0, 0, wkt=ground)
    for n, x in enumerate((60, 120, 380, 440)):
        north(town, place, n + 1, x)
    number_all(work, place)
    block = {
        r["main"] for r in work.numbers.of_place(place) if r["state"] == "reserved" and _of_plan(work, r)
    }
    assert len(block) == 4
    others = [n for n in numbers_by_x(work, place)]
    spots = [212.0, 234.0, 256.0, 278.0]
    random.Random(seed).shuffle(spots)

    taken = [issue_number(work, place, north(town, place, 20 + i, x)) for i, x in enumerate(spots)]
    extra = issue_number(work, place, north(town, place, 40, 245))

    after = numbers_by_x(work, place)
    assert [main for main, _ in after] == sorted(main for main, _ in after)
    assert after == sorted(after) or not all(one.candidate.in_order for one in (*taken, extra))
    assert set(others) <= set(after)
    assert {one.address.number.main for one in taken} <= block
    assert all(one.candidate.takes in (Takes.PLAN_RESERVED, Takes.SUB) for one in taken)
    assert extra.candidate.takes is Takes.SUB or extra.address.number.main in block
    if not {
        r["main"] for r in work.numbers.of_place(place) if r["state"] == "reserved" and _of_plan(work, r)
    }:
        assert extra.candidate.overflow


def _of_plan(work: Work, row: dict[str, Any]) -> bool:
    query = text("SELECT construction_plan_id IS NOT NULL FROM reservation WHERE id = :id")
    return bool(work.conn.execute(query, {"id": row["reservation_id"]}).scalar())


def test_many_clerks_at_once_never_get_one_number(
    database: Database, make_town: Callable[[Work], Any], make_county: Callable[[Any], Actor]
) -> None:
    with database.engine.begin() as conn:
        clerk = make_county(conn)
        town = make_town(Work(conn, clerk, datetime.now(UTC)))
        place = town.place("street", "新市街", 1, STREET)
        houses = [north(town, place, n + 1, 20 + n * 24) for n in range(20)]
    start, refused = threading.Barrier(4), []

    def serve(mine: list[UUID]) -> None:
        start.wait()
        for house in mine:
            try:
                with unit_of_work(database.engine, clerk, datetime.now(UTC)) as work:
                    issue_number(work, place, house)
            except ServiceError as error:
                refused.append(error.code)

    # Every house stands before two counters.
    threads = [threading.Thread(target=serve, args=(houses[k % 2 :: 2],)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with unit_of_work(database.engine, clerk, datetime.now(UTC)) as work:
        found = numbers_by_x(work, place)
    assert len(found) == len(set(found)) == 20
    assert found == sorted(found)
    assert refused == ["building-has-address"] * 20


def test_the_desk_says_what_its_readers_say_one_by_one(work: Work, town: Any, street: UUID) -> None:
    group = town.place("group", "12组", 12)
    surveyed = town.house("60", 50, 112, group)
    town.existing(surveyed, group, 7, text_="烟舟村七号")
    town.site(street, 3, 520, 30)
    for place, house in ((street, north(town, street, 50, 250)), (group, surveyed)):
        head = load_place_head(work.conn, work.county_code, place, work.today)
        inputs = NumberingInputs(work.conn, work.county_code, place, work.today)
        standing = StandingDoors(work.conn, work.county_code, place, inputs.srid)

        desk = load_desk(
            work.conn, work.county_code, place, head, work.today, building_id=house, otherwise="default"
        )

        assert desk.context == load_place_context(work.conn, work.county_code, place, work.today)
        assert desk.house == inputs.house(house)
        assert desk.doors == standing.doors()
        assert desk.ledger == standing.ledger()
        assert list(desk.sites) == inputs.planned_sites()
        assert desk.centreline == inputs.centreline()
        assert list(desk.entrances) == inputs.entrances()
        assert desk.policy == standing.policy("default")

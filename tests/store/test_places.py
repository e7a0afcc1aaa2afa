"""Places, the serials of their codes, and the lock that two clerks meet at."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text

from address_service.errors import Conflict, InvalidInput
from address_service.model.accounts import Actor
from address_service.model.addresses import EventKind
from address_service.model.divisions import DivisionKind, DivisionLevel, NameState
from address_service.model.places import PlaceKind
from address_service.store.counters import take_serials
from address_service.store.divisions import NewDivision
from address_service.store.engine import Database
from address_service.store.places import PlaceFacts
from address_service.store.work import Work, unit_of_work
from tests.conftest import add_county

VILLAGE = "430626113208"
BEGIN = date(2020, 1, 1)


def village(work: Work) -> UUID:
    """A village since 2020."""
    event = work.places.record_event(EventKind.CREATE, work.actor.account_id, BEGIN, work.now)
    facts = NewDivision(
        DivisionLevel.VILLAGE, DivisionKind.ADMINISTRATIVE_VILLAGE, "烟舟村", VILLAGE, None, None
    )
    return work.divisions.create(facts, BEGIN, event, work.now)


def add(work: Work, division_id: UUID, kind: PlaceKind, name: str) -> UUID:
    """A place with a filed name."""
    event = work.places.record_event(EventKind.CREATE, work.actor.account_id, BEGIN, work.now)
    facts = PlaceFacts(division_id, kind, name, NameState.FILED, "示例")
    return work.places.create(facts, VILLAGE, BEGIN, event, work.now)


def test_serials_count_by_class_within_the_text_of_the_village_code(work: Work) -> None:
    home = village(work)
    for kind, name in (("group", "1组"), ("group", "2组"), ("street", "老街"), ("hamlet", "新庄")):
        add(work, home, PlaceKind(kind), name)

    prefixes = list(work.conn.scalars(text("SELECT code_prefix FROM place ORDER BY 1")))
    assert prefixes == [f"{VILLAGE}{tail}" for tail in ("1001", "4001", "5001", "5002")]


def test_the_thousandth_group_of_a_village_is_refused(work: Work) -> None:
    home = village(work)
    take_serials(work.conn, work.county_code, f"{VILLAGE}5", 999)

    with pytest.raises(Conflict) as refusal:
        add(work, home, PlaceKind.GROUP, "千组")

    assert refusal.value.code == "place-serials-exhausted"


def test_serials_are_taken_in_blocks_that_follow_each_other(work: Work) -> None:
    firsts = [take_serials(work.conn, work.county_code, f"{VILLAGE}5001", n) for n in (3, 1, 5)]

    assert firsts == [1, 4, 5]


def test_the_counters_of_places_and_doors_do_not_meet(work: Work) -> None:
    take_serials(work.conn, work.county_code, f"{VILLAGE}5", 7)

    assert take_serials(work.conn, work.county_code, f"{VILLAGE}5000", 1) == 1


def test_clerks_at_once_get_serials_of_their_own(database: Database) -> None:
    with database.engine.begin() as conn:
        add_county(conn)

    def take(_: int) -> int:
        with database.engine.begin() as conn:
            return take_serials(conn, "430626", f"{VILLAGE}5001", 10)

    with ThreadPoolExecutor(5) as pool:
        firsts = sorted(pool.map(take, range(10)))

    assert firsts == list(range(1, 101, 10))


def test_the_place_of_a_whole_village_is_made_once(work: Work) -> None:
    home = village(work)
    first, second = (
        work.places.whole_village_place(home, work.actor.account_id, work.today, work.now) for _ in range(2)
    )

    assert first == second
    assert list(work.conn.scalars(text("SELECT code_prefix FROM place"))) == [f"{VILLAGE}0000"]


def test_a_name_is_approved_from_a_day_on(work: Work) -> None:
    place = add(work, village(work), PlaceKind.STREET, "老街")
    on = date(2026, 3, 1)

    work.places.set_name_state(
        place, NameState.APPROVED, "示例〔2026〕1号", work.actor.account_id, on, work.now
    )

    states = [work.places.get(place, day).facts.name_state for day in (date(2026, 2, 28), on)]
    assert states == [NameState.FILED, NameState.APPROVED]


def test_no_approval_without_a_decree(work: Work) -> None:
    place = add(work, village(work), PlaceKind.STREET, "老街")

    with pytest.raises(InvalidInput):
        work.places.set_name_state(
            place, NameState.APPROVED, " ", work.actor.account_id, work.today, work.now
        )


def test_a_locked_place_makes_the_second_clerk_wait(database: Database, clock: datetime) -> None:
    with database.engine.begin() as conn:
        actor: Actor = add_county(conn)
    place = UUID(int=7)

    with unit_of_work(database.engine, actor, clock) as first:
        first.places.lock(place)
        with unit_of_work(database.engine, actor, clock) as second:
            second.conn.execute(text("SET LOCAL lock_timeout = '50ms'"))
            second.places.lock(UUID(int=8))
            with pytest.raises(Conflict) as waited:
                second.places.lock(place)

    assert waited.value.code == "busy"
    assert isinstance(waited.value.__cause__, psycopg.errors.LockNotAvailable)

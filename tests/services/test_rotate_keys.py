"""Rotation carries every row to the new keys, may be cut anywhere, and leaves everybody readable at every moment."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import UUID

import pytest

from address_service.errors import Conflict
from address_service.model.accounts import Actor
from address_service.model.residents import HouseholdKind
from address_service.residents.person import PersonFacts
from address_service.services.rotate_keys import rotate_keys
from address_service.settings import CryptoSuite
from address_service.store.engine import Database
from address_service.store.ids import new_id
from address_service.store.key_rotation import KeyRotation, Mark
from address_service.store.keys import KeyRing, KeySource, Purpose, keep_key, make_key
from address_service.store.resident_entries import (
    ID_NO,
    NewHousehold,
    NewPerson,
)
from address_service.store.resident_scope import scope_of_villages
from address_service.store.work import Work, unit_of_work

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PERSONS, HOUSEHOLDS, BATCH = 230, 20, 40


class Cut(Exception):
    """Somebody pulled the plug."""


@dataclass
class House:
    """A county with sealed people in a database of its own."""

    database: Database
    actor: Actor
    folder: Path
    persons: dict[UUID, str]

    def work(self) -> AbstractContextManager[Work]:
        """As another process would open it: with its own ring."""
        return unit_of_work(self.database.engine, self.actor, NOW, KeyRing(KeySource(self.folder)))

    def read_all(self) -> dict[UUID, str | None]:
        with self.work() as work:
            found = work.residents.persons_by_ids(list(self.persons))
            return {key: person.facts.name if person.facts else None for key, person in found.items()}

    def found(self, number: str) -> list[UUID]:
        with self.work() as work:
            return [person.id for person in work.residents.find_persons(ID_NO, number)]

    def keys_in_use(self) -> set[Any]:
        with self.work() as work:
            work.residents.village_ids("430626")
            rows = work.conn.exec_driver_sql(
                "SELECT key_id, index_key_id FROM person UNION SELECT key_id, index_key_id FROM household"
            )
            return {tuple(row) for row in rows}

    def new_keys(self, suite: CryptoSuite = CryptoSuite.SM) -> None:
        for purpose in (Purpose.SEAL, Purpose.INDEX):
            keep_key(self.folder, make_key(purpose, suite))


def invented(n: int) -> PersonFacts:
    return PersonFacts(f"示例{n}", f"4306261980030{n:05d}")


@pytest.fixture
def house(
    database: Database, make_county: Callable[..., Actor], make_town: Callable[[Work], Any], tmp_path: Path
) -> House:
    with database.engine.begin() as conn:
        actor = make_county(conn)
    made = House(database, actor, tmp_path / "keys", {})
    made.new_keys()
    with made.work() as work:
        town = make_town(work)
        place = town.place("group", "3组", 3)
        address = new_id()
        town.run(
            "INSERT INTO address (county_code, id, code, scheme, created_at) VALUES (:c, :id, :code, 'TS-2026', now())",
            id=address, code="43062611320850030000100000",
        )  # fmt: skip
        assert place
        new = [NewPerson(new_id(), town.village_id, invented(n)) for n in range(PERSONS)]
        work.resident_writer.add_persons(new)
        homes = [
            NewHousehold(new_id(), town.village_id, HouseholdKind.FAMILY, f"H{n}", address)
            for n in range(HOUSEHOLDS)
        ]
        work.resident_writer.add_households(homes, date(2026, 3, 2))
    made.persons = {one.id: one.facts.name for one in new}
    return made


def test_everybody_is_carried_over_and_stays_readable_through_three_cuts(house: House) -> None:
    before = house.keys_in_use()
    house.new_keys()
    cuts = 0

    for _ in range(3):
        turns = 0

        @contextmanager
        def cut_in_the_second_batch() -> Iterator[Work]:
            nonlocal turns
            with house.work() as work:
                yield work
                turns += 1
                if turns == 3:  # the first only counts; this one's batch is rolled back
                    raise Cut

        with pytest.raises(Cut):
            rotate_keys(cut_in_the_second_batch, BATCH)
        cuts += 1
        assert house.read_all() == house.persons
        assert len(house.keys_in_use()) == 2
        assert house.found("430626198003000007") == [list(house.persons)[7]]

    left = rotate_keys(house.work, BATCH)

    assert cuts == 3
    assert left == PERSONS + HOUSEHOLDS - 3 * BATCH
    assert house.read_all() == house.persons
    assert len(house.keys_in_use()) == 1
    assert house.keys_in_use().isdisjoint(before)


def test_after_a_rotation_the_old_keys_may_go(house: House) -> None:
    old = list(house.folder.glob("*.key"))
    house.new_keys(CryptoSuite.INTERNATIONAL)
    rotate_keys(house.work, BATCH)

    for file in old:
        file.unlink()

    assert house.read_all() == house.persons
    assert house.found("430626198003000003") == [list(house.persons)[3]]
    with house.work() as work:
        assert {h.book_no for h in work.residents.find_households("H7")} == {"H7"}


def test_two_rotations_at_once_share_the_work(house: House) -> None:
    house.new_keys()
    carried: list[int] = []

    threads = [Thread(target=lambda: carried.append(rotate_keys(house.work, 7))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(carried) == PERSONS + HOUSEHOLDS
    assert len(house.keys_in_use()) == 1
    assert house.read_all() == house.persons


def test_a_change_made_meanwhile_is_not_lost(house: House) -> None:
    house.new_keys()
    person = next(iter(house.persons))
    with house.work() as work:
        held = work.residents.person(person, lock=True)
        assert held.key is not None
        rotation = Thread(target=lambda: rotate_keys(house.work, 500))
        rotation.start()
        work.resident_writer.change_person(person, held.key, PersonFacts("示例改"))
    rotation.join()

    assert house.read_all()[person] == "示例改"
    assert len(house.keys_in_use()) == 1


def test_what_an_import_under_way_brings_under_the_older_key_is_waited_for(house: House) -> None:
    walked, late = Event(), NewPerson(new_id(), UUID(int=0), invented(PERSONS))

    def tell(done: int, _: int) -> None:
        if done == PERSONS + HOUSEHOLDS:
            walked.set()

    with house.work() as work:
        (village,) = set(work.residents.village_ids("430626"))
        late = NewPerson(late.id, village, late.facts)
        work.resident_writer.add_persons([late])
        house.new_keys()
        rotation = Thread(target=lambda: rotate_keys(house.work, BATCH, tell, patience=0))
        rotation.start()
        assert walked.wait(30)
        rotation.join(0.5)
    rotation.join()

    assert len(house.keys_in_use()) == 1
    house.persons[late.id] = late.facts.name
    assert house.read_all() == house.persons


def test_rows_that_somebody_does_not_let_go_are_told(house: House) -> None:
    house.new_keys()

    def hold_afterwards() -> Iterator[AbstractContextManager[Work]]:
        yield house.work()  # in which the rotation begins
        holding = stack.enter_context(house.work())
        holding.residents.person(next(iter(house.persons)), lock=True)
        while True:
            yield house.work()

    with ExitStack() as stack:
        works = hold_afterwards()
        with pytest.raises(Conflict, match="还有1行"):
            rotate_keys(lambda: next(works), BATCH, patience=1)

    assert rotate_keys(house.work, BATCH) == 1


def test_a_batch_begins_behind_the_one_before(house: House) -> None:
    house.new_keys()
    with house.work() as work, scope_of_villages(work.conn, work.county_code, None):
        rotation = KeyRotation(work.conn, work.county_code, work.seal)

        first, mark = rotation.carry(Mark(), BATCH)
        assert mark is not None
        second, end = rotation.carry(Mark(0, sorted(house.persons)[-BATCH]), BATCH)

        assert (first, mark) == (BATCH, Mark(0, sorted(house.persons)[BATCH - 1]))
        assert (second, end) == (BATCH - 1, Mark(1))
        assert rotation.left() == PERSONS + HOUSEHOLDS - 2 * BATCH + 1


def test_a_second_rotation_has_nothing_to_do(house: House) -> None:
    assert rotate_keys(house.work, BATCH) == 0

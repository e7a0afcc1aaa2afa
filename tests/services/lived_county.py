"""A county lived through: merger, renumberings, swap, split, merged and ended doors, new codes, with people in it.

The population system across the gap is told by packages alone; who stands where is read from the register's residents.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

from sqlalchemy import text

from address_service.coding.merger.collisions import Choice, ChoiceKind
from address_service.model.address_changes import AddressAct, SplitPart
from address_service.model.numbers import DoorNumber
from address_service.model.residents import HouseholdKind
from address_service.services.approve_addresses import approve_addresses
from address_service.services.commit_merger import commit_merger
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.draw_merger import choose_in_merger, draw_merger
from address_service.services.enrol_residents import HouseholdAsked, NewcomerAsked, enrol_household
from address_service.services.move_residents import HouseholdMove, move_household
from address_service.services.plan_numbering import plan_numbering
from address_service.store.addresses import Scope
from address_service.store.resident_scope import scope_of_villages
from address_service.store.work import Work
from tests.population_system import PopulationSystem
from tests.services.test_address_changes import Doors
from tests.services.villages import DECREE, TERMS, Villages, two_villages

SINCE, CAME, SECOND = date(2026, 1, 10), "1998-05-01", "H901"

_HOMES = """
SELECT r.person_id, v.full_text FROM residency r
JOIN address_version v ON v.county_code = r.county_code AND v.address_id = r.address_id AND upper_inf(v.recorded)
  AND upper_inf(v.valid) AND v.stage = 'current'
WHERE r.kind = 'registered' AND upper_inf(r.valid) AND upper_inf(r.recorded)
"""


@dataclass
class LivedCounty:
    """Two villages, a group of theirs with a door of two houses, and a couple at every door."""

    villages: Villages
    yard: UUID
    names: dict[UUID, str] = field(default_factory=dict)
    households: dict[str, tuple[UUID, list[str]]] = field(default_factory=dict)
    days: int = 0

    @property
    def work(self) -> Work:
        """The clerk's work of the present day."""
        return self._at(self.villages.work)

    def _at(self, work: Work) -> Work:
        return Work(work.conn, work.actor, work.now + timedelta(days=self.days), work.keys)

    def doors(self, place: UUID) -> Doors:
        """The doors of a place, and acts on them by decree on the next day."""
        return Doors(self.work, self._at(self.villages.approver), place)

    def settle(self) -> None:
        """Enrol a couple with a book number at every door, and one more behind the door of two houses."""
        codes = sorted(self.villages.texts())
        for number, code in enumerate(codes, 1):
            members = [
                NewcomerAsked({"name": "示例甲"}, "02", arrived_on=date.fromisoformat(CAME)),
                NewcomerAsked({"name": "示例乙"}, "10"),
            ]
            self._enrol(code, f"H{number:03d}", members)

        self._enrol(self.doors(self.yard).codes()[1], SECOND, [NewcomerAsked({"name": "示例丙"}, "02")])

    def _enrol(self, code: str, book_no: str, members: list[NewcomerAsked]) -> None:
        asked = HouseholdAsked(HouseholdKind.FAMILY, code, members, book_no, SINCE)
        done = enrol_household(self.work, asked)
        called = [f"{book_no}{part}" for part in "甲乙"[: len(members)]]
        self.names |= dict(zip(done.person_ids, called, strict=True))
        self.households[book_no] = (done.household_id, called)

    def population(self) -> PopulationSystem:
        """The other side, knowing everybody at the address of today."""
        system, homes = PopulationSystem(), self.where()
        for book_no, (_, called) in self.households.items():
            for name in called:
                system.add(homes[name], name, book_no, CAME)
        return system

    def where(self) -> dict[str, str]:
        """What the register's residents say: everybody's registered address as it reads now."""
        with scope_of_villages(self.work.conn, "430626", None):
            rows = self.work.conn.execute(text(_HOMES)).all()
        return {self.names[row.person_id]: row.full_text for row in rows}

    def swap_and_cycle(self) -> None:
        """Two doors of a group exchange their numbers, three of another go round."""
        places = self.villages.places
        self.doors(places["烟舟3组"]).renumber({1: 2, 2: 1}, after=1)
        self.doors(places["烟舟8组"]).renumber({1: 2, 2: 3, 3: 1}, after=1)
        self.days += 2

    def merge_villages(self) -> None:
        """沙坪村 goes into 烟舟村: its groups of the same names become parts of a district."""
        work = self.work
        plan = draw_merger(work, self.villages.merger(on=work.today), TERMS)
        plan = choose_in_merger(
            work, plan.id, [Choice(self.villages.ends, ChoiceKind.DISTRICT, "沙坪片区")], TERMS
        )
        commit_merger(self._at(self.villages.approver), plan.id, DECREE, TERMS.tolerance_m)
        self.days += 2

    def renumber_after_merger(self) -> None:
        """A group of the district is renumbered, so that numbers of its neighbours' old texts are used again."""
        self.doors(self.villages.places["沙坪3组"]).renumber({1: 3, 2: 1, 3: 2}, after=1)
        self.days += 2

    def split_door(self) -> str:
        """The door of two houses and two households ends in two doors; each household is registered at one."""
        doors = self.doors(self.yard)
        code = doors.codes()[1]
        first = next(book for book, (_, called) in self.households.items() if self._is_at(called[0], code))
        one, other = doors.houses(code)
        parts = (SplitPart((one,), DoorNumber(8)), SplitPart((other,), DoorNumber(9)))
        doors.act(AddressAct.SPLIT, code, after=1, stays=False, parts=parts)
        self.days += 2
        return first

    def place_households(self, first: str) -> None:
        """Register the households of the split door at its parts."""
        codes = self.doors(self.yard).codes()
        for book_no, number in ((first, 8), (SECOND, 9)):
            move = HouseholdMove(codes[number], "示例迁1号", self.work.today)
            move_household(self.work, self.households[book_no][0], 1, move)
        self.days += 1

    def merge_and_reuse(self) -> None:
        """A door is merged into another, its number given to a new house, the heir renumbered and recoded."""
        doors = self.doors(self.yard)
        codes = doors.codes()
        doors.act(AddressAct.MERGE, codes[3], after=1, into=codes[4])
        self.days += 2
        house = self.villages.town.house("977", 900, 312, self.yard)
        doors = self.doors(self.yard)
        doors.act(
            AddressAct.REASSIGN, None, after=1, place_id=self.yard, building_id=house, number=DoorNumber(3)
        )
        self.days += 2
        doors = self.doors(self.yard)
        doors.renumber({4: 3, 3: 4}, after=1)
        self.days += 2
        doors = self.doors(self.yard)
        doors.act(AddressAct.REPLACE, doors.codes()[3], after=1)
        self.days += 2

    def _is_at(self, name: str, code: str) -> bool:
        return self.where()[name] == self.villages.texts()[code]


def lived_county(work: Work, approver: Work, town: Any) -> LivedCounty:
    """The county before anything happened, with its people."""
    villages = two_villages(work, approver, town)
    yard = UUID(str(town.place("group", "21组", 21)))
    for n in range(1, 5):
        town.house(str(2100 + n), n * 25, 300, yard)
    town.house("2111", 105, 308, yard, parcel="2104")
    commit_numbering_plan(work, plan_numbering(work, yard).id)
    approve_addresses(approver, Scope(place_id=yard), "示例〔2026〕5号", date(2026, 1, 5))
    county = LivedCounty(villages, yard)
    county.settle()
    return county


def rows_of(files: dict[str, bytes], name: str, encoding: str = "gb18030") -> list[dict[str, str]]:
    """A table of a package as the other side reads it."""
    return list(csv.DictReader(StringIO(files[f"{name}.csv"].decode(encoding))))


Import = Callable[[PopulationSystem, str, dict[str, bytes]], None]


def row_by_row(system: PopulationSystem, package: str, files: dict[str, bytes]) -> None:
    """As a naive importer goes."""
    system.import_own_spellings(rows_of(files, "aliases"))
    system.import_row_by_row(package, rows_of(files, "steps"))


def as_a_set(system: PopulationSystem, package: str, files: dict[str, bytes]) -> None:
    """As an importer goes that takes all rows at once."""
    system.import_own_spellings(rows_of(files, "aliases"))
    system.import_as_a_set(package, rows_of(files, "moves"))

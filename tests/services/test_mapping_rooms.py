"""Rooms of doors that are divided, merged or renumbered: on the other side nobody is lost with a door."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from address_service.model.address_changes import AddressAct, SplitPart
from address_service.model.mapping import MappingPackage, RowState
from address_service.model.numbers import DoorNumber
from address_service.model.residents import HouseholdKind
from address_service.reconcile.package import open_package
from address_service.reconcile.package_content import TextEncoding
from address_service.services.approve_addresses import approve_addresses
from address_service.services.draft_room import draft_room
from address_service.services.enrol_residents import HouseholdAsked, NewcomerAsked, enrol_household
from address_service.services.issue_mapping_package import (
    acknowledge_package,
    archive_of,
    issue_mapping_package,
    register_consumer,
)
from address_service.services.move_residents import HouseholdMove, move_household
from address_service.store.addresses import Scope
from address_service.store.known_addresses import KnownAddresses
from address_service.store.mapping_packages import MappingPackages
from address_service.store.work import Work
from tests.services.lived_county import SINCE, LivedCounty, as_a_set, lived_county, row_by_row
from tests.services.villages import DECREE

PASSPHRASE = "invented, for tests only"
HOMES = {
    "D201": (1, "201室"), "D301": (1, "301室"), "D401": (1, "401室"),
    "M101": (3, "101室"), "I101": (4, "101室"), "N201": (2, "201室"),
}  # fmt: skip
"""Households by the number of their door and the room behind it."""


@dataclass
class Flats:
    """Doors of a group with rooms behind them, and two systems across the gap: one goes row by row, one by sets."""

    county: LivedCounty
    codes: dict[str, str] = field(default_factory=dict)

    def settle(self) -> None:
        for book_no, (door, label) in HOMES.items():
            self.codes[book_no] = self.room(door, label)
            asked = HouseholdAsked(
                HouseholdKind.FAMILY,
                self.codes[book_no],
                [NewcomerAsked({"name": "示例"}, "02")],
                book_no,
                SINCE,
            )
            done = enrol_household(self.county.work, asked)
            self.county.names[done.person_ids[0]] = book_no
            self.county.households[book_no] = (done.household_id, [book_no])
        self.texts = {book_no: self.county.where()[book_no] for book_no in HOMES}
        self.consumer = register_consumer(
            self.county.work, "示例县公安局", "430626", "generic", TextEncoding.GB18030, from_now=True
        )
        self.systems = [(self.county.population(), row_by_row), (self.county.population(), as_a_set)]
        for system, _ in self.systems:
            system.add(self.texts["D401"], "此处未登记者")

    def room(self, door: int, label: str) -> str:
        county = self.county
        standing = KnownAddresses(county.work.conn, "430626").by_code(self.door(door))
        room = draft_room(county.work, standing, label, "示例")
        approver = county.doors(county.yard).approver
        approve_addresses(approver, Scope(codes=(room.code.text,)), DECREE, county.work.today)
        return room.code.text

    def act(self, kind: AddressAct, code: str, **more: Any) -> None:
        self.county.doors(self.county.yard).act(kind, code, after=1, **more)
        self.county.days += 2

    def door(self, number: int) -> str:
        return self.county.doors(self.county.yard).codes()[number]

    def divide_and_merge(self) -> None:
        """As it must be done: a door ends or is divided when its rooms have ended one by one."""
        for book_no in ("D201", "D301", "D401", "M101"):
            self.act(AddressAct.RETIRE, self.codes[book_no])
        one, other = self.county.doors(self.county.yard).houses(self.door(1))
        parts = (SplitPart((one,), DoorNumber(8)), SplitPart((other,), DoorNumber(9)))
        self.act(AddressAct.SPLIT, self.door(1), stays=False, parts=parts)
        self.act(AddressAct.MERGE, self.door(3), into=self.door(4))
        self.county.doors(self.county.yard).renumber({2: 12}, after=1)
        self.county.days += 2

    def place(self, book_no: str, code: str) -> None:
        household = self.county.households[book_no][0]
        move_household(
            self.county.work, household, 1, HouseholdMove(code, "示例迁1号", self.county.work.today)
        )

    def place_everybody(self) -> None:
        first = next(one for one in self.county.households if self.system_at(one) == self.doors_text())
        self.county.place_households(first)
        self.place("D201", self.room(8, "201室"))
        self.place("D301", self.door(9))
        self.place("D401", self.room(9, "401室"))
        self.place("M101", self.room(4, "东栋101室"))
        self.county.days += 1

    def doors_text(self) -> str:
        return self.texts["D201"].removesuffix("201室")

    def system_at(self, book_no: str) -> str:
        return self.systems[0][0].where()[self.county.households[book_no][1][0]]

    def carry(self) -> MappingPackage:
        """Issue, import twice into each system, acknowledge."""
        work = self.county.work
        package = issue_mapping_package(work, self.consumer.id)
        files = dict(open_package(archive_of(work, package.id, PASSPHRASE), PASSPHRASE).files)
        for system, by in [*self.systems, *self.systems]:
            by(system, str(package.sequence), files)
        return acknowledge_package(work, package.id, package.revision, package.digest)

    def held(self, package: MappingPackage) -> dict[str, str]:
        rows = MappingPackages(self.county.work.conn, "430626").rows(package.id, RowState.HELD)
        called = {text: book_no for book_no, text in self.texts.items()}
        return {called[row.old_text]: row.reason for row in rows if row.old_text in called}

    def told(self, package: MappingPackage) -> dict[str, tuple[str, ...]]:
        rows = MappingPackages(self.county.work.conn, "430626").rows(package.id, RowState.ISSUED)
        called = {text: book_no for book_no, text in self.texts.items()}
        return {called[row.old_text]: row.kinds for row in rows if row.old_text in called and row.new_text}


@pytest.fixture
def flats(work: Work, approver: Work, town: Any) -> Flats:
    flats = Flats(lived_county(work, approver, town))
    flats.settle()
    return flats


def test_rooms_behind_a_divided_or_merged_door_wait_with_their_people_until_these_are_placed(
    flats: Flats,
) -> None:
    before = {name: text for name, text in flats.systems[0][0].where().items() if name in HOMES}
    flats.divide_and_merge()

    first = flats.carry()
    meanwhile = [system.where() for system, _ in flats.systems]
    flats.place_everybody()
    second = flats.carry()

    waiting = {book_no: "still-inhabited" for book_no in ("D201", "D301", "D401", "M101")}
    assert flats.held(first) == waiting
    for where in meanwhile:
        assert {name: where[name] for name in waiting} == {name: before[name] for name in waiting}
        assert where["N201"].endswith("12号201室")
    assert flats.held(second) == {}
    assert_everybody_is_right(flats, second)


def test_what_happened_and_was_settled_between_two_packages_comes_as_one_and_asks_for_who_is_not_known_here(
    flats: Flats,
) -> None:
    flats.divide_and_merge()
    flats.place_everybody()
    flats.county.doors(flats.county.yard).renumber({8: 18}, after=1)
    flats.county.days += 2

    only = flats.carry()

    assert flats.held(only) == {}
    assert_everybody_is_right(flats, only)


def assert_everybody_is_right(flats: Flats, package: MappingPackage) -> None:
    homes, unknown = flats.county.where(), flats.texts["D401"]
    for system, _ in flats.systems:
        assert system.where() == {**homes, "此处未登记者": unknown}
    assert homes["M101"].endswith("4号东栋101室")
    assert homes["I101"] == flats.texts["I101"]
    assert flats.told(package)["M101"] == ("split",)
    assert unknown in flats.systems[0][0].questions

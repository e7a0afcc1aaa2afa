"""The audit of a place: exactly the defect that was planted is found, on surveyed numbers and on issued ones."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from address_service.errors import Forbidden
from address_service.model.accounts import Actor, Role
from address_service.model.numbers import DoorNumber
from address_service.services.audit_numbers import NumberAudit, Remedy, audit_numbers, audit_village
from address_service.services.commit_numbering_plan import number_place
from address_service.store.ids import new_id
from address_service.store.work import Work
from tests.services.conftest import ORIGIN, Town

STREET = [(600.0, 0.0), (0.0, 0.0)]
"""Numbered from the east; north is right and odd."""
NORTH = {20: 1, 45: 3, 70: 5, 95: 7, 120: 9}
SOUTH = {30: 2, 55: 4, 80: 6, 105: 8}
"""Numbers by metres from the east end."""
VILLAGE = "430626113208"

Spoil = Callable[["Street"], None]


class Street:
    """A street with surveyed houses, to be spoiled in one place."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.place = town.place("street", "新市街", 1, STREET)
        self.north, self.south = dict(NORTH), dict(SOUTH)
        self.houses: dict[int, UUID] = {}
        self.limits = (-100.0, -500.0, 700.0, 500.0)

    def build(self) -> None:
        """Houses with the numbers noted, and the village's boundary."""
        for row, y in ((self.north, 12.0), (self.south, -12.0)):
            for metres, number in row.items():
                self.house(metres, number, y)
        bound(self.town, *self.limits)

    def house(self, metres: float, number: int, y: float = 12.0) -> UUID:
        """One house with a surveyed number, on a parcel of its own."""
        code = str(1000 + len(self.houses))
        self.houses[number] = self.town.house(code, 600 - metres, y, self.place)
        self.town.existing(self.houses[number], self.place, number)
        return self.houses[number]


def bound(town: Town, west: float, south: float, east: float, north: float) -> None:
    """Give the village a boundary, as an import would: a new version known from now on."""
    town.run("""UPDATE division_version SET recorded = '[2016-01-01,2016-02-01)'
                WHERE county_code = :c AND division_id = :id""", id=town.village_id)  # fmt: skip
    town.run(
        """INSERT INTO division_version (county_code, id, division_id, level, kind, name, code_nbs, parent_id,
             name_state, valid, recorded, event_id, boundary)
           SELECT county_code, :new, division_id, level, kind, name, code_nbs, parent_id, name_state, valid,
             '[2016-02-01,)', event_id, ST_Transform(ST_Multi(ST_MakeEnvelope(:x0, :y0, :x1, :y1, 4547)), 4490)
           FROM division_version WHERE county_code = :c AND division_id = :id""",
        new=new_id(), id=town.village_id, x0=ORIGIN[0] + west, y0=ORIGIN[1] + south, x1=ORIGIN[0] + east,
        y1=ORIGIN[1] + north,
    )  # fmt: skip


def told(done: NumberAudit) -> list[tuple[str, str]]:
    """Code of each finding and the number of the door it is about."""
    return [(f.code, str(f.doors[-1].number) if f.doors else "") for f in done.findings]


@pytest.fixture
def street(town: Any) -> Street:
    """A clean street, not built yet."""
    return Street(town)


def test_a_clean_street_has_no_findings_surveyed_or_numbered(work: Work, street: Street) -> None:
    street.build()

    surveyed = audit_numbers(work, street.place)
    number_place(work, street.place)
    numbered = audit_numbers(work, street.place)

    assert (told(surveyed), told(numbered)) == ([], [])
    assert len(surveyed.doors) == len(numbered.doors) == 9
    assert all(door.door.is_surveyed for door in surveyed.lines)
    assert all(door.door.stage == "draft" for door in numbered.lines)


def wrong_side(street: Street) -> None:
    street.north[70] = 10


def order_inversion(street: Street) -> None:
    street.north[20], street.north[45] = 3, 1


def wide_gap(street: Street) -> None:
    street.north[270] = 11


def outside_village(street: Street) -> None:
    street.limits = (-100.0, -500.0, 572.0, 500.0)
    del street.south[30]
    street.south = {metres: number - 2 for metres, number in street.south.items()}


@pytest.mark.parametrize("is_numbered", [False, True])
@pytest.mark.parametrize(
    ("spoil", "expected", "proposal"),
    [
        (wrong_side, ("wrong-side", "10号"), DoorNumber(5)),
        (order_inversion, ("order-inversion", "3号"), None),
        (wide_gap, ("wide-gap", "11号"), None),
        (outside_village, ("outside-village", "1号"), None),
    ],
)
def test_one_defect_is_found_and_nothing_else(
    work: Work,
    street: Street,
    spoil: Spoil,
    expected: tuple[str, str],
    proposal: DoorNumber | None,
    is_numbered: bool,
) -> None:
    spoil(street)
    street.build()
    if is_numbered:
        number_place(work, street.place)

    done = audit_numbers(work, street.place)

    assert told(done) == [expected]
    (finding,) = done.findings
    assert finding.proposal == proposal
    mendable = expected[0] in ("wrong-side", "order-inversion")
    renumber = Remedy.RENUMBER if proposal else None
    assert finding.remedy == ((renumber if is_numbered else Remedy.NOT_KEEP) if mendable else None)


def test_a_surveyed_number_that_an_address_has_is_a_duplicate_of_the_surveyed_house(
    work: Work, street: Street
) -> None:
    street.build()
    street.town.house("900", 600 - 145, 12, street.place)
    number_place(work, street.place)
    newcomer = street.house(170, 11)

    done = audit_numbers(work, street.place)

    assert told(done) == [("duplicate", "11号")]
    (finding,) = done.findings
    assert [door.is_surveyed for door in finding.doors] == [False, True]
    assert finding.doors[-1].id == newcomer
    assert (finding.proposal, finding.remedy) == (DoorNumber(13), Remedy.NOT_KEEP)


def test_by_distance_a_number_far_from_its_place_is_found(work: Work, street: Street) -> None:
    cells = {"mode": "cells", "gap_reserve_m": None}
    street.north, street.south = {10: 1, 50: 5, 190: 19}, {30: 4, 70: 8}
    street.build()
    number_place(work, street.place, overrides=cells)
    clean = audit_numbers(work, street.place)
    street.house(390, 71)

    done = audit_numbers(work, street.place)

    assert told(clean) == []
    assert told(done) == [("far-from-number", "71号")]
    assert (done.findings[0].proposal, done.findings[0].remedy) == (DoorNumber(39), Remedy.NOT_KEEP)


def test_a_house_without_parcel_is_found_where_parcels_are_known(work: Work, street: Street) -> None:
    street.build()
    elsewhere = street.town.box(-50, 200)
    street.town.run(
        "UPDATE building SET parcel_id = NULL WHERE county_code = :c AND id = :id", id=street.houses[5]
    )
    street.town.run(
        """UPDATE parcel SET geom = ST_Transform(ST_SetSRID(ST_GeomFromText(:wkt), 4547), 4490)
           WHERE county_code = :c AND ST_Intersects(geom, (SELECT geom FROM building WHERE id = :id))""",
        wkt=elsewhere, id=street.houses[5],
    )  # fmt: skip

    assert told(audit_numbers(work, street.place)) == [("no-parcel", "5号")]


def test_two_courtyards_on_one_number_are_found_and_two_houses_in_one_are_not(
    work: Work, street: Street
) -> None:
    street.build()
    code = "1000"
    second = street.town.house("2000", 600 - 21, 13, street.place, parcel=code)
    number_place(work, street.place)
    together = audit_numbers(work, street.place)
    street.town.house("2001", 600 - 21, 40, None)
    street.town.run(
        """UPDATE building SET parcel_id = (SELECT parcel_id FROM building WHERE county_code = :c
             AND building_code = '2001') WHERE county_code = :c AND id = :id""",
        id=second,
    )  # fmt: skip

    apart = audit_numbers(work, street.place)

    assert told(together) == []
    assert told(apart) == [("shared-number", "1号")]
    assert apart.findings[0].remedy is None
    assert set(apart.findings[0].doors[0].building_codes) == {"1000", "2000"}


def test_a_street_without_a_line_says_so(work: Work, town: Any) -> None:
    place = town.place("street", "无名街", 1)
    for n in range(3):
        town.existing(town.house(str(n + 1), n * 400.0, 12, place), place, n + 1)

    assert told(audit_numbers(work, place)) == [("street-without-line", "")]


def test_in_a_group_a_stray_is_found_and_a_numbered_one_is_clean(work: Work, town: Any) -> None:
    group = town.place("group", "12组", 12)
    town.lane([(0.0, 0.0), (600.0, 0.0)])
    houses = [town.house(str(n + 1), 20 + n * 30, 12 if n % 2 else -12, group) for n in range(12)]
    for n, house in enumerate(houses):
        town.existing(house, group, {2: 12}.get(n, n if n > 2 else n + 1))

    stray = audit_numbers(work, group)
    town.run("UPDATE existing_address SET kept = false WHERE county_code = :c")
    number_place(work, group)
    numbered = audit_numbers(work, group)

    assert told(stray) == [("order-inversion", "12号")]
    assert (stray.findings[0].proposal, stray.findings[0].remedy) == (DoorNumber(2, 1), Remedy.NOT_KEEP)
    assert told(numbered) == []
    assert [str(line.door.number) for line in stray.lines if not line.fits] == ["11号"]
    assert all(line.fits for line in numbered.lines)


def test_the_bone_of_a_wrong_number_leads_to_where_it_belongs(work: Work, street: Street) -> None:
    street.north[20], street.north[120] = 11, 9
    street.north[140] = 13
    street.build()

    lines = {str(line.door.number): line for line in audit_numbers(work, street.place).lines}

    assert {number for number, line in lines.items() if not line.fits} == {"11号"}
    assert lines["11号"].crosses
    assert lines["3号"].crosses
    assert not lines["13号"].crosses
    assert lines["9号"].place[0] > lines["11号"].place[0] > lines["13号"].place[0]


def test_a_village_is_counted_place_by_place(work: Work, street: Street) -> None:
    street.north[70] = 10
    street.build()
    group = street.town.place("group", "12组", 12)
    street.town.existing(street.town.house("77", 300, 300, group), group, 1)

    found = {row.place.name: (row.door_count, dict(row.counts)) for row in audit_village(work, VILLAGE)}

    assert found == {
        "新市街": (9, {"error": 1, "warning": 0, "notice": 0}),
        "12组": (1, {"error": 0, "warning": 0, "notice": 0}),
    }


def test_another_village_is_not_looked_through(work: Work, street: Street) -> None:
    street.build()
    stranger = Work(
        work.conn, Actor(new_id(), "示例他村", Role.VILLAGE, work.county_code, "430626113209"), work.now
    )

    for act in (lambda: audit_numbers(stranger, street.place), lambda: audit_village(stranger, VILLAGE)):
        with pytest.raises(Forbidden):
            act()

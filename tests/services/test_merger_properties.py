"""Whatever is merged and however it is decided, nothing is lost, and the split gives everything back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from address_service.coding.merger.collisions import Choice, ChoiceKind
from address_service.services.commit_merger import commit_merger
from address_service.services.draw_merger import choose_in_merger, draw_merger, undo_merger
from address_service.services.merger_request import DivisionChange, NewVillage
from address_service.store.ids import new_id
from address_service.store.merger_plans import DivisionChangeHead
from address_service.store.work import Work
from tests.services.villages import DECREE, HEAD, ON, TERMS, bound, neighbour

KINDS = {"group": 5, "hamlet": 4, "street": 1, "village": 0}
NAMES = ("1组", "2组", "新屋组", "老街")


@dataclass(frozen=True)
class APlace:
    """A place to be: kind, name, and its doors by main number, True where only drafted."""

    kind: str
    name: str
    doors: dict[int, bool]
    reserved: bool


@dataclass(frozen=True)
class ACase:
    """Villages with their places, whether they merge into a new one, and a dice for the choices."""

    villages: list[list[APlace]]
    into_new: bool
    dice: list[int]


def places() -> st.SearchStrategy[list[APlace]]:
    one = st.builds(
        APlace,
        st.sampled_from(list(KINDS)),
        st.sampled_from(NAMES),
        st.dictionaries(st.integers(1, 9), st.booleans(), max_size=4),
        st.booleans(),
    )
    return st.lists(one, min_size=1, max_size=4, unique_by=lambda p: "" if p.kind == "village" else p.name)


cases = st.builds(
    ACase,
    st.lists(places(), min_size=2, max_size=3),
    st.booleans(),
    st.lists(st.integers(0, 11), min_size=1, max_size=8),
)


@pytest.fixture
def ground(work: Work, approver: Work, town: Any) -> tuple[Work, Work, Any]:
    """A town, its clerk and its approver; every example is rolled back to here."""
    return work, approver, town


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases)
def test_nothing_is_lost_and_all_comes_back(ground: tuple[Work, Work, Any], case: ACase) -> None:
    work, approver, town = ground
    savepoint = work.conn.begin_nested()
    try:
        _merge_and_split(work, approver, town, case)
    finally:
        savepoint.rollback()


def _merge_and_split(work: Work, approver: Work, town: Any, case: ACase) -> None:
    villages = [_village(work, approver, town, n, places) for n, places in enumerate(case.villages)]
    before = _register(work)
    ends = villages if case.into_new else villages[1:]
    asked = DivisionChange(
        "merge",
        ON,
        ends=tuple(ends),
        absorber=None if case.into_new else villages[0],
        new=NewVillage("430626113299", "新平村") if case.into_new else None,
    )
    plan = _decided(work, draw_merger(work, asked, TERMS), case.dice)
    assume(plan.summary["homonym_count"] == 0)

    done = commit_merger(approver, plan.id, DECREE, 1.0)

    merged = _register(work)
    assert set(merged.texts) == set(before.texts)
    assert set(merged.homes.values()) <= {done.successor_id}
    assert set(merged.lands.values()) <= {done.successor_id}
    assert set(merged.lands) == set(before.lands)
    assert merged.held == before.held
    assert merged.reserved == before.reserved
    assert set(merged.place_homes.values()) <= {done.successor_id}
    assert len(set(merged.texts.values())) == len(merged.texts)
    _split_again(work, approver, done, before, ends[: len(villages) - 1])


def _split_again(
    work: Work, approver: Work, done: DivisionChangeHead, before: "Register", villages: list[UUID]
) -> None:
    """Give village after village back; of those who are not given back yet nothing changes."""
    later = [Work(w.conn, w.actor, w.now + timedelta(days=30)) for w in (work, approver)]
    for village in villages:
        if village not in before.place_homes.values():
            continue
        plan = undo_merger(later[0], done.id, village, later[0].today, TERMS)
        back = commit_merger(later[1], plan.id, DECREE, 1.0)

        now = _register(work)
        assert set(now.texts) == set(before.texts)
        assert now.held == before.held
        here = {code for code, home in before.homes.items() if home == village}
        assert {code: now.texts[code] for code in here} == {code: before.texts[code] for code in here}
        assert {code for code, home in now.homes.items() if home == back.successor_id} == here
        lands = {code for code, home in before.lands.items() if home == village}
        assert {code for code, home in now.lands.items() if home == back.successor_id} == lands


def _decided(work: Work, plan: DivisionChangeHead, dice: list[int]) -> DivisionChangeHead:
    """Every collision decided by the dice; what a choice brings about anew is decided by 片区 of its own."""
    rolls = _rolls(dice)
    for attempt in range(4):
        choices = []
        for one in plan.summary["collisions"]:
            if one["decided"]:
                continue
            for place in one["places"][1:]:
                options = [option for option in one["options"] if option["subject_id"] == place["id"]]
                option = options[next(rolls) % len(options)] if attempt == 0 else options[0]
                into = UUID(option["into_id"]) if option["into_id"] else None
                name = f"{option['name']}{attempt or ''}" if option["kind"] == "district" else option["name"]
                choices.append(Choice(UUID(option["subject_id"]), ChoiceKind(option["kind"]), name, into))
        if not choices:
            break
        plan = choose_in_merger(work, plan.id, choices, TERMS)
    assert plan.summary["undecided"] == 0
    return plan


def _rolls(dice: list[int]) -> Iterator[int]:
    while True:
        yield from dice


@dataclass(frozen=True)
class Register:
    """What stands: texts and villages by address code, land by its code, numbers by holder, reserved ones."""

    texts: dict[str, str]
    homes: dict[str, UUID]
    lands: dict[str, UUID]
    held: set[UUID]
    reserved: int
    place_homes: dict[UUID, UUID]


def _register(work: Work) -> Register:
    def all_of(query: str) -> list[Any]:
        return list(work.conn.execute(text(query)))

    live = "upper_inf(v.recorded) AND upper_inf(v.valid)"
    addresses = all_of(
        f"""SELECT a.code, v.full_text, v.division_id FROM address_version v JOIN address a ON a.id = v.address_id
            WHERE {live} AND v.stage IN ('draft', 'current')"""
    )
    assert len({row.code for row in addresses}) == len(addresses)
    land = all_of(
        """SELECT building_code AS code, division_id FROM building
           UNION ALL SELECT parcel_code, division_id FROM parcel"""
    )
    # Every live door holds the very number that it reads, in the place that it stands in.
    held = all_of(
        f"""SELECT d.holder_id FROM door_number d JOIN address_version v ON v.address_id = d.holder_id AND {live}
              AND v.place_id = d.place_id AND v.main = d.main AND v.sub = d.sub
            JOIN place_version p ON p.place_id = v.place_id AND p.division_id = v.division_id AND upper_inf(p.recorded)
              AND upper_inf(p.valid)
            WHERE d.state = 'issued'"""
    )
    assert len(held) == len(addresses)
    reserved = all_of(
        """SELECT 1 FROM door_number d JOIN reservation r ON r.id = d.reservation_id AND r.place_id = d.place_id
           WHERE d.state = 'reserved'"""
    )
    homes = all_of(
        f"""SELECT v.place_id, v.division_id FROM place_version v
            WHERE {live} AND EXISTS (SELECT FROM door_number d WHERE d.place_id = v.place_id AND d.state = 'issued')"""
    )
    return Register(
        {row.code: row.full_text for row in addresses},
        {row.code: row.division_id for row in addresses},
        {row.code: row.division_id for row in land},
        {row.holder_id for row in held},
        len(reserved),
        {row.place_id: row.division_id for row in homes},
    )


def _village(work: Work, approver: Work, town: Any, n: int, places: list[APlace]) -> UUID:
    name = ("东坪村", "西坪村", "南坪村")[n]
    village = neighbour(work, town, name, f"4306261132{20 + n}")
    bound(work, village.village_id, n * 1000, n * 1000 + 1000)
    for k, place in enumerate(places):
        _fill(work, approver, village, n, k, place)
    return UUID(str(village.village_id))


def _fill(work: Work, approver: Work, village: Any, n: int, k: int, place: APlace) -> None:
    serial = 0 if place.kind == "village" else n * 10 + k + 1
    place_id = village.place(place.kind, place.name, serial)
    village_name = ("东坪村", "西坪村", "南坪村")[n]
    prefix = f"43062611322{n}{KINDS[place.kind]}{serial:03d}"
    for main, is_draft in place.doors.items():
        code = str((n + 1) * 1000 + k * 10 + main)
        house = village.house(
            code, n * 1000 + 50 + k * 100 + main * 9, 40, place_id if place.kind != "village" else None
        )
        own = "" if place.kind == "village" else place.name
        _address(
            work, approver, village.village_id, place_id, house,
            code=f"{prefix}{main:05d}00000", main=main, is_draft=is_draft, full=f"{HEAD}{village_name}{own}{main}号",
        )  # fmt: skip
    if place.reserved:
        _reserve(work, place_id)


def _address(
    work: Work, approver: Work, village: UUID, place: UUID, house: UUID, *, code: str, main: int,
    is_draft: bool, full: str,
) -> None:  # fmt: skip
    address = new_id()
    args = {
        "id": address, "code": code, "village": village, "place": place, "main": main, "full": full, "house": house,
        "stage": "draft" if is_draft else "current", "decree": None if is_draft else DECREE,
        "by": work.actor.account_id, "approver": None if is_draft else approver.actor.account_id,
    }  # fmt: skip
    for statement in _ADDRESS:
        work.conn.execute(text(statement), args)


_ADDRESS = (
    """INSERT INTO address (county_code, id, code, scheme, created_at)
       VALUES ('430626', :id, :code, 'TS-2026', now())""",
    """INSERT INTO address_version (county_code, id, address_id, stage, division_id, place_id, main, full_text,
         position, decree_no, drafted_by, approved_by, event_id, valid, recorded)
       VALUES ('430626', gen_random_uuid(), :id, :stage, :village, :place, :main, :full,
         ST_SetSRID(ST_Point(113.6, 28.8), 4490), :decree, :by, :approver, (SELECT id FROM event LIMIT 1),
         '[2026-01-01,)', '[2026-01-01,)')""",
    """INSERT INTO address_building (county_code, id, address_id, building_id, valid, recorded)
       VALUES ('430626', gen_random_uuid(), :id, :house, '[2026-01-01,)', '[2026-01-01,)')""",
    """INSERT INTO door_number (county_code, place_id, main, state, holder_id, reasons, changed_at)
       VALUES ('430626', :place, :main, 'issued', :id, '[]', '2026-01-01')""",
)


def _reserve(work: Work, place: UUID) -> None:
    reservation = work.numbers.open_reservation(
        place, purpose="示例", holder="", decree_no="示例", expires_on=date(2030, 1, 1), construction_plan_id=None,
        actor_id=work.actor.account_id, now=work.now,
    )  # fmt: skip
    work.conn.execute(
        text(
            """INSERT INTO door_number (county_code, place_id, main, state, reservation_id, reasons, changed_at)
               VALUES ('430626', :place, 20, 'reserved', :id, '[]', '2026-01-01')"""
        ),
        {"place": place, "id": reservation},
    )

"""From houses to drafts: plan, commit, and what a second look finds."""

from typing import Any
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import text

from address_service.coding.address_code import is_valid
from address_service.errors import Conflict, Forbidden
from address_service.model.accounts import Actor, Role
from address_service.model.houses import House
from address_service.services.commit_numbering_plan import (
    commit_numbering_plan,
    drop_numbering_plan,
    number_place,
)
from address_service.services.plan_numbering import plan_numbering
from address_service.store.listings import Listings
from address_service.store.numbering_inputs import NumberingInputs
from address_service.store.work import Work

LANE = [(0.0, 0.0), (300.0, 0.0)]


def row_of_houses(town: Any, place: UUID, count: int, first: int = 1) -> list[UUID]:
    return [
        town.house(str(first + i), 20 + i * 25, 12 if i % 2 else -12, place, parcel=str(first + i))
        for i in range(count)
    ]


def addresses(work: Work) -> list[dict[str, Any]]:
    return Listings(work.conn, work.county_code, work.today).addresses(None, 1000)


def number_all(work: Work, place: UUID) -> None:
    commit_numbering_plan(work, plan_numbering(work, place).id)


def test_every_house_of_a_group_gets_an_address_of_its_own(work: Work, town: Any) -> None:
    group = town.place("group", "12组", 12)
    town.lane(LANE)
    row_of_houses(town, group, 8)

    number_all(work, group)

    found = addresses(work)
    assert sorted(a["main"] for a in found) == list(range(1, 9))
    assert all(is_valid(a["code"]) for a in found)
    assert len({a["full_text"] for a in found}) == 8
    assert {a["stage"] for a in found} == {"draft"}
    assert "湖南省岳阳市平江县童市镇烟舟村12组1号" in {a["full_text"] for a in found}


def test_an_outbuilding_gets_none(work: Work, town: Any) -> None:
    group = town.place("group", "12组", 12)
    row_of_houses(town, group, 2)
    town.house("50", 20, 30, group, use="outbuilding", parcel="50")

    number_all(work, group)

    assert {code for a in addresses(work) for code in a["building_codes"]} == {"1", "2"}


def test_a_dry_run_writes_no_number(work: Work, town: Any) -> None:
    group = town.place("group", "12组", 12)
    row_of_houses(town, group, 3)

    head = plan_numbering(work, group)

    assert head.summary["new"] == 3
    assert work.numbers.of_place(group) == []
    assert addresses(work) == []


def test_a_plan_is_committed_once(work: Work, town: Any) -> None:
    group = town.place("group", "12组", 12)
    row_of_houses(town, group, 3)
    plan = plan_numbering(work, group)
    commit_numbering_plan(work, plan.id)

    with pytest.raises(Conflict) as caught:
        commit_numbering_plan(work, plan.id)

    assert caught.value.code == "plan-decided"


def test_a_dropped_plan_cannot_be_committed(work: Work, town: Any) -> None:
    group = town.place("group", "12组", 12)
    row_of_houses(town, group, 3)
    plan = plan_numbering(work, group)
    drop_numbering_plan(work, plan.id)

    with pytest.raises(Conflict):
        commit_numbering_plan(work, plan.id)


def test_a_plan_drawn_before_a_house_came_is_refused(work: Work, town: Any) -> None:
    group = town.place("group", "12组", 12)
    row_of_houses(town, group, 3)
    plan = plan_numbering(work, group)
    town.house("99", 200, 12, group)

    with pytest.raises(Conflict) as caught:
        commit_numbering_plan(work, plan.id)

    assert caught.value.code == "plan-outdated"


def test_a_new_house_changes_no_number(work: Work, town: Any) -> None:
    group = town.place("group", "12组", 12)
    town.lane(LANE)
    row_of_houses(town, group, 6)
    number_all(work, group)
    before = {a["code"]: a["full_text"] for a in addresses(work)}
    town.house("77", 57, 12, group)

    number_all(work, group)

    after = {a["code"]: a["full_text"] for a in addresses(work)}
    assert before.items() <= after.items()
    assert len(after) == 7


def test_planning_again_proposes_nothing_new(work: Work, town: Any) -> None:
    group = town.place("group", "12组", 12)
    town.site(group, 6, 250, 30)
    row_of_houses(town, group, 4)
    number_all(work, group)

    again = plan_numbering(work, group)

    assert (again.summary["new"], again.summary["reserved"]) == (0, 0)


def test_a_surveyed_number_is_kept_and_its_old_text_remembered(work: Work, town: Any) -> None:
    group = town.place("group", "12组", 12)
    houses = row_of_houses(town, group, 4)
    town.existing(houses[2], group, 9, text_="平江县童市乡烟舟村12组009号")

    number_all(work, group)

    kept = next(a for a in addresses(work) if a["building_codes"] == ["3"])
    assert kept["main"] == 9
    alias = work.conn.execute(text("SELECT text, valid::text FROM alias")).one()
    assert tuple(alias) == ("平江县童市乡烟舟村12组009号", "[2009-05-01,2026-03-02)")


def test_a_planned_site_gets_a_block_that_no_house_takes(work: Work, town: Any) -> None:
    group = town.place("group", "12组", 12)
    town.lane(LANE)
    town.site(group, 5, 150, 30)
    row_of_houses(town, group, 8)

    number_all(work, group)

    ledger = work.numbers.of_place(group)
    reserved = [row["main"] for row in ledger if row["state"] == "reserved"]
    assert len(reserved) == 5
    assert reserved == list(range(reserved[0], reserved[0] + 5))
    assert not set(reserved) & {a["main"] for a in addresses(work)}
    (reservation,) = work.numbers.reservations(None, 10)
    assert (reservation["purpose"], reservation["holder"]) == ("示例安置点", "示例村委会")


def test_a_street_has_odd_numbers_on_the_right(work: Work, town: Any) -> None:
    street = town.place("street", "新市街", 1, [(0, 0), (300, 0)])
    row_of_houses(town, street, 10)

    number_all(work, street)

    # Numbered from the east: the right-hand side is the north, where houses 2, 4, … stand.
    parity = {a["building_codes"][0]: a["main"] % 2 for a in addresses(work)}
    assert parity == {str(n): (n + 1) % 2 for n in range(1, 11)}


def test_rooms_hang_on_their_door(work: Work, town: Any) -> None:
    street = town.place("street", "新市街", 1, [(0, 0), (300, 0)])
    town.house("1", 50, 12, street, floors=3, units=2, rooms=2)

    number_all(work, street)

    found = addresses(work)
    (door,) = [a for a in found if a["door_code"] is None]
    rooms = [a for a in found if a["door_code"] == door["code"]]
    assert len(rooms) == 12
    assert [r["code"][21:25] for r in rooms] == [f"{n:04d}" for n in range(1, 13)]
    assert all(r["code"][:21] == door["code"][:21] and is_valid(r["code"]) for r in rooms)
    assert rooms[0]["full_text"] == door["full_text"] + "1单元1层101室"


def test_a_farmhouse_of_three_floors_has_no_rooms(work: Work, town: Any) -> None:
    group = town.place("group", "12组", 12)
    town.house("1", 20, 12, group, floors=3, rooms=2)

    number_all(work, group)

    assert len(addresses(work)) == 1


def test_a_village_account_numbers_its_own_village_only(work: Work, town: Any) -> None:
    group = town.place("group", "12组", 12)
    row_of_houses(town, group, 2)
    work.actor = Actor(work.actor.account_id, "示例村", Role.VILLAGE, "430626", "430626113210")

    with pytest.raises(Forbidden) as caught:
        plan_numbering(work, group)

    assert caught.value.code == "out-of-scope"


def test_a_street_without_a_centreline_is_said_so(work: Work, town: Any) -> None:
    street = town.place("street", "无线街", 1)
    town.house("1", 20, 12, street)

    with pytest.raises(Conflict) as caught:
        plan_numbering(work, street)

    assert caught.value.code == "street-without-centreline"


def test_overriding_a_parameter_leaves_the_policy_as_it_is(work: Work, town: Any) -> None:
    group = town.place("group", "12组", 12)
    row_of_houses(town, group, 3)
    plan_numbering(work, group)

    overridden = plan_numbering(work, group, overrides={"subject": "building"})
    again = plan_numbering(work, group)

    assert overridden.parameters["subject"] == "building"
    assert (again.parameters["subject"], again.policy_name, again.policy_version) == (
        "courtyard",
        "default",
        1,
    )


def test_a_plan_drawn_before_a_site_changed_is_refused(work: Work, town: Any) -> None:
    group = town.place("group", "12组", 12)
    row_of_houses(town, group, 3)
    town.site(group, 5, 250, 30)
    plan = plan_numbering(work, group)
    town.run("UPDATE construction_plan SET holder = '另一户' WHERE county_code = :c")

    with pytest.raises(Conflict) as caught:
        commit_numbering_plan(work, plan.id)

    assert caught.value.code == "plan-outdated"


def test_drawn_and_committed_at_once_is_what_the_two_steps_give(work: Work, town: Any) -> None:
    first, second = town.place("group", "12组", 12), town.place("group", "13组", 13)
    row_of_houses(town, first, 4)
    row_of_houses(town, second, 4, first=11)
    number_all(work, first)

    head = number_place(work, second)
    again = number_place(work, second)

    def as_seen(place: UUID) -> list[tuple[int, int, str]]:
        return [(row["main"], row["sub"], row["state"]) for row in work.numbers.of_place(place)]

    assert as_seen(first) == as_seen(second)
    assert work.numbering_plans.head(head.id).stage == "committed"
    assert (again.summary["new"], work.numbering_plans.head(again.id).stage) == (0, "draft")


def walk(work: Work, plan_id: UUID) -> list[UUID]:
    return [item.building_ids[0] for item in work.numbering_plans.items(plan_id) if item.building_ids]


def test_a_house_more_moves_no_other_in_the_walk_through_an_area(work: Work, town: Any) -> None:
    places = np.random.default_rng(0).uniform(20, 400, (41, 2)).tolist()
    hamlets = [town.place("hamlet", f"上屋{n}", n) for n in (1, 2)]
    newcomer: dict[UUID, UUID] = {}
    for n, hamlet in enumerate(hamlets):
        for i, (x, y) in enumerate(places):
            if (n, i) == (0, 40):
                number_all(work, hamlet)
                before = walk(work, work.numbering_plans.heads(None, 10, hamlet)[-1].id)
            newcomer[hamlet] = town.house(str(100 * n + i + 1), x, y, hamlet, parcel=str(100 * n + i + 1))

    again = walk(work, plan_numbering(work, hamlets[0]).id)
    afresh = walk(work, plan_numbering(work, hamlets[1]).id)

    assert [house for house in again if house != newcomer[hamlets[0]]] == before
    codes = {h.id: int(h.building_code) % 100 for hamlet in hamlets for h in houses_of(work, hamlet)}
    assert [codes[house] for house in afresh] != [codes[house] for house in again]


def houses_of(work: Work, place: UUID) -> list[House]:
    return NumberingInputs(work.conn, work.county_code, place, work.today).houses()

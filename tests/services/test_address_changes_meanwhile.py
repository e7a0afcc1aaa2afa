"""Acts on single addresses where names, houses or rooms moved between the asking and the decision."""

from datetime import timedelta
from typing import Any

import pytest

from address_service.model.address_changes import ActRequest, AddressAct, SplitPart
from address_service.model.numbers import DoorNumber
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.division_act import Act
from address_service.services.draft_room import draft_room
from address_service.services.draw_address_change import draw_address_change
from address_service.services.plan_numbering import plan_numbering
from address_service.services.rename_place import rename_place
from address_service.store.known_addresses import KnownAddresses
from tests.services.test_address_changes import DECREE, Doors, doors, refused
from tests.services.test_renumbering import day

__all__ = ["doors"]


def test_a_correction_leaves_the_names_of_their_time(doors: Doors) -> None:
    """The number was wrong from the first day; the group was called otherwise then."""
    code, today = doors.codes()[4], doors.work.today
    renamed = today + timedelta(10)
    rename_place(day(doors.work, 10), doors.place, "桂花组", Act(renamed, DECREE))
    since = today

    doors.act(AddressAct.CORRECT, code, after=20, number=DoorNumber(14), since=since)

    assert doors.card(code, today + timedelta(5))["full_text"].endswith("烟舟村12组14号")
    assert doors.card(code, renamed + timedelta(5))["full_text"].endswith("烟舟村桂花组14号")


def test_a_house_is_not_split_off_twice(doors: Doors, town: Any) -> None:
    code = doors.codes()[1]
    _, other = doors.houses(code)
    first, second = (
        draw_address_change(
            doors.work,
            ActRequest(AddressAct.SPLIT, code, parts=(SplitPart((other,), DoorNumber(number)),)),
        )
        for number in (8, 9)
    )
    doors.decide(first.id)

    assert refused(lambda: doors.decide(second.id, 20)) == "address-change-outdated"


def test_a_retired_number_does_not_go_to_a_house_that_has_a_door_by_now(doors: Doors, town: Any) -> None:
    doors.act(AddressAct.RETIRE, doors.codes()[3], after=10)
    house = town.house("77", 400, 12, doors.place)
    asked = draw_address_change(
        doors.work,
        ActRequest(AddressAct.REASSIGN, None, place_id=doors.place, building_id=house, number=DoorNumber(3)),
    )
    commit_numbering_plan(doors.work, plan_numbering(doors.work, doors.place).id)

    assert refused(lambda: doors.decide(asked.id, 20)) == "address-change-outdated"


@pytest.mark.parametrize(
    "more",
    [
        {"act": AddressAct.RETIRE},
        {"act": AddressAct.REPLACE},
        {"act": AddressAct.CORRECT, "number": DoorNumber(14)},
    ],
)
def test_a_room_still_in_draft_does_not_outlive_its_door_or_number(
    doors: Doors, more: dict[str, Any]
) -> None:
    door = KnownAddresses(doors.work.conn, "430626").by_code(doors.codes()[2])
    asked = ActRequest(code=door.code.text, **more)
    early = draw_address_change(doors.work, asked)
    draft_room(doors.work, door, "201室", "示例")

    assert refused(lambda: draw_address_change(doors.work, asked)) == "door-has-drafts"
    assert refused(lambda: doors.decide(early.id)) == "address-change-outdated"


def test_a_door_with_a_room_in_draft_may_be_put_where_it_stands(doors: Doors) -> None:
    door = KnownAddresses(doors.work.conn, "430626").by_code(doors.codes()[2])
    draft_room(doors.work, door, "201室", "示例")

    doors.act(AddressAct.CORRECT, door.code.text, position=(113.7, 28.8))

    assert doors.card(door.code.text, doors.work.today)["lon"] == 113.7

"""Acts on single addresses: asked for by one, decided by another, each an event with its successors."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from address_service.errors import Conflict, Forbidden, InvalidInput, ServiceError
from address_service.model.address_changes import ActRequest, AddressAct, SplitPart
from address_service.model.numbers import DoorNumber
from address_service.services.address_change_preview import preview_address_change, preview_asked
from address_service.services.approve_addresses import approve_addresses
from address_service.services.commit_address_change import commit_address_change
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.draft_room import draft_room
from address_service.services.draw_address_change import draw_address_change, drop_address_change
from address_service.services.order_plates import order_plates
from address_service.services.plan_numbering import plan_numbering
from address_service.services.resolve_address import resolve_text
from address_service.store.address_changes import AddressChangeHead
from address_service.store.address_history import load_address_history
from address_service.store.addresses import Scope
from address_service.store.known_addresses import KnownAddresses
from address_service.store.work import Work
from tests.services.test_renumbering import Group, day

DECREE = "示例〔2026〕11号"


class Doors(Group):
    """A group whose first door has two houses."""

    def act(self, kind: AddressAct, code: str | None, after: int = 10, **more: Any) -> AddressChangeHead:
        asked = draw_address_change(self.work, ActRequest(kind, code, **more))
        return self.decide(asked.id, after)

    def decide(self, change_id: UUID, after: int = 10, on: date | None = None) -> AddressChangeHead:
        return commit_address_change(day(self.approver, after), change_id, DECREE, on)

    def houses(self, code: str) -> list[UUID]:
        query = """SELECT l.building_id FROM address_building l JOIN address a ON a.id = l.address_id
                   WHERE a.code = :code AND upper_inf(l.recorded) AND upper_inf(l.valid) ORDER BY 1"""
        return list(self.work.conn.execute(text(query), {"code": code}).scalars())

    def now(self, words: str, on: date | None = None) -> tuple[str, set[str]]:
        answer = resolve_text(self.work, words, on or self.work.today, self.work.today + timedelta(200))
        return answer.outcome.value, {facts.full_text[-2:] for facts in answer.targets}

    def found_by(self, code: str) -> list[str]:
        """What the search box finds an address by."""
        query = (
            "SELECT s.tail FROM address_search s JOIN address a ON a.id = s.address_id WHERE a.code = :code"
        )
        return str(self.work.conn.execute(text(query), {"code": code}).scalar_one()).split("\n")

    def edges(self, code: str) -> list[tuple[str, str, str]]:
        history = load_address_history(self.work.conn, "430626", code)
        return [(row["kind"], row["share"], row["full_text"][-2:]) for row in history["successors"]]


@pytest.fixture
def doors(work: Work, approver: Work, town: Any) -> Doors:
    place = town.place("group", "12组", 12)
    for n in range(1, 5):
        town.house(str(n), n * 25, 12, place)
    town.house("11", 105, 20, place, parcel="4")
    commit_numbering_plan(work, plan_numbering(work, place).id)
    approve_addresses(approver, Scope(place_id=place), "示例〔2026〕5号", work.today)
    return Doors(work, approver, place)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(ServiceError) as caught:
        act()
    return caught.value.code


def test_a_house_that_is_gone_retires_with_its_number_and_plate(doors: Doors) -> None:
    code = doors.codes()[3]
    order_plates(doors.work, "small", place_id=doors.place)

    done = doors.act(AddressAct.RETIRE, code)

    assert doors.states()[3] == "retired"
    assert doors.houses(code) == []
    stages = "SELECT p.stage FROM plate p JOIN address a ON a.id = p.address_id WHERE a.code = :c"
    assert doors.one(stages, c=code) == "replaced"
    assert doors.now("烟舟村12组3号") == ("gone", set())
    assert doors.card(code, done.effective_on or date.max)["stage"] == "retired"
    assert doors.card(code, doors.work.today)["stage"] == "current"


def test_a_door_merged_into_another_leads_there_with_its_houses(doors: Doors) -> None:
    gone, into = doors.codes()[3], doors.codes()[4]
    house = doors.houses(gone)

    doors.act(AddressAct.MERGE, gone, into=into)

    assert set(house) < set(doors.houses(into))
    assert doors.now("烟舟村12组3号") == ("resolved", {"4号"})
    assert doors.edges(gone) == [("merge", "whole", "4号")]
    assert doors.found_by(into) == ["烟舟村12组4号", "烟舟村12组3号"]
    assert doors.states()[3] == "retired"


def test_a_door_split_may_stay_and_the_answer_says_that_it_is_unsure(doors: Doors) -> None:
    code = doors.codes()[1]
    one, other = doors.houses(code)

    doors.act(AddressAct.SPLIT, code, parts=(SplitPart((other,), DoorNumber(9)),))

    assert doors.houses(code) == [one]
    assert doors.houses(doors.codes()[9]) == [other]
    assert doors.now("烟舟村12组1号") == ("ambiguous", {"1号", "9号"})
    assert doors.now("烟舟村12组1号", doors.work.today + timedelta(20)) == ("resolved", {"1号"})
    assert doors.edges(code) == [("split", "part", "9号")]
    assert doors.found_by(doors.codes()[9]) == ["烟舟村12组9号"]


def test_a_door_split_into_two_new_ones_ends(doors: Doors) -> None:
    code = doors.codes()[1]
    one, other = doors.houses(code)
    parts = (SplitPart((one,), DoorNumber(8)), SplitPart((other,), DoorNumber(9)))

    doors.act(AddressAct.SPLIT, code, stays=False, parts=parts)

    assert doors.states()[1] == "retired"
    assert doors.now("烟舟村12组1号") == ("ambiguous", {"8号", "9号"})
    assert doors.found_by(doors.codes()[8]) == ["烟舟村12组8号", "烟舟村12组1号"]


def test_a_new_code_points_back_to_the_old_one_rooms_included(doors: Doors) -> None:
    door = KnownAddresses(doors.work.conn, "430626").by_code(doors.codes()[2])
    draft_room(doors.work, door, "201室", "示例")
    approve_addresses(doors.approver, Scope(place_id=doors.place), DECREE, doors.work.today)

    doors.act(AddressAct.REPLACE, door.code.text)

    fresh = doors.codes()[2]
    assert fresh != door.code.text
    assert fresh[:16] == door.code.text[:16]
    assert doors.now("烟舟村12组2号") == ("resolved", {"2号"})
    answer = resolve_text(
        doors.work, "烟舟村12组2号201室", doors.work.today, doors.work.today + timedelta(200)
    )
    assert [facts.code[:21] for facts in answer.targets] == [fresh[:21]]
    assert doors.edges(door.code.text) == [("recode", "whole", "2号")]
    assert doors.states()[2] == "issued"


def test_a_retired_number_goes_to_another_house_and_both_are_told_apart(doors: Doors, town: Any) -> None:
    doors.act(AddressAct.RETIRE, doors.codes()[3], after=10)
    house = town.house("77", 400, 12, doors.place)

    doors.act(
        AddressAct.REASSIGN, None, after=20, place_id=doors.place, building_id=house, number=DoorNumber(3)
    )

    assert doors.states()[3] == "issued"
    assert doors.houses(doors.codes()[3]) == [house]
    undated = resolve_text(doors.work, "烟舟村12组3号", None, doors.work.today + timedelta(200))
    assert len(undated.lines) == 2
    assert [facts.code for facts in undated.holds_then] == [doors.codes()[3]]
    assert doors.now("烟舟村12组3号") == ("gone", set())


def test_a_correction_rewrites_what_was_true_and_keeps_what_was_known(doors: Doors) -> None:
    code, today = doors.codes()[4], doors.work.today
    known_before = doors.work.now + timedelta(days=5)

    doors.act(AddressAct.CORRECT, code, number=DoorNumber(14), position=(113.7, 28.8))

    assert doors.card(code, today)["full_text"].endswith("12组14号")
    assert doors.card(code, today)["lon"] == 113.7
    assert doors.card(code, today, known_before)["full_text"].endswith("12组4号")
    assert doors.now("烟舟村12组4号") == ("resolved", {"4号"})
    assert doors.codes()[14] == code
    assert doors.states()[4] == "retired"


def test_a_correction_of_the_past_leaves_the_present_alone(doors: Doors) -> None:
    code, today = doors.codes()[4], doors.work.today

    doors.act(AddressAct.CORRECT, code, number=DoorNumber(14), since=today, until=today + timedelta(5))

    assert doors.card(code, today + timedelta(2))["full_text"].endswith("14号")
    assert doors.card(code, today + timedelta(6))["full_text"].endswith("12组4号")
    assert doors.codes()[4] == code


def test_four_eyes_a_decree_and_a_day_that_has_come(doors: Doors) -> None:
    own = draw_address_change(doors.approver, ActRequest(AddressAct.RETIRE, doors.codes()[1]))
    asked = draw_address_change(doors.work, ActRequest(AddressAct.RETIRE, doors.codes()[1]))

    with pytest.raises(Forbidden):
        doors.decide(own.id)
    with pytest.raises(InvalidInput):
        commit_address_change(doors.approver, asked.id, " ", None)
    with pytest.raises(InvalidInput):
        doors.decide(asked.id, on=doors.work.today + timedelta(11))


def test_what_moved_since_it_was_asked_for_is_not_carried_out(doors: Doors) -> None:
    first = draw_address_change(doors.work, ActRequest(AddressAct.RETIRE, doors.codes()[1]))
    second = draw_address_change(doors.work, ActRequest(AddressAct.RETIRE, doors.codes()[1]))
    third = draw_address_change(doors.work, ActRequest(AddressAct.RETIRE, doors.codes()[2]))
    doors.decide(first.id)
    drop_address_change(doors.work, third.id)

    assert refused(lambda: doors.decide(second.id, 20)) == "address-change-outdated"
    assert refused(lambda: doors.decide(first.id, 20)) == "address-change-decided"
    assert refused(lambda: doors.decide(third.id, 20)) == "address-change-decided"
    assert refused(lambda: drop_address_change(doors.work, first.id)) == "address-change-decided"


def test_back_dating_reaches_as_far_as_the_version_in_force(doors: Doors) -> None:
    doors.renumber({4: 14}, after=10)
    late = draw_address_change(doors.work, ActRequest(AddressAct.RETIRE, doors.codes()[14]))
    early = draw_address_change(doors.work, ActRequest(AddressAct.RETIRE, doors.codes()[3]))

    assert (
        refused(lambda: doors.decide(late.id, 20, doors.work.today + timedelta(5)))
        == "effective-on-too-early"
    )
    done = doors.decide(early.id, 20, doors.work.today + timedelta(5))

    assert done.effective_on == doors.work.today + timedelta(5)
    assert doors.card(early.code or "", doors.work.today + timedelta(7))["stage"] == "retired"


def test_a_door_does_not_come_of_itself(doors: Doors) -> None:
    """Split off and merged back would make a ring; a village or door that comes back is a new identity."""
    code = doors.codes()[1]
    _, other = doors.houses(code)
    doors.act(AddressAct.SPLIT, code, parts=(SplitPart((other,), DoorNumber(9)),))
    back = draw_address_change(doors.work, ActRequest(AddressAct.MERGE, doors.codes()[9], into=code))

    assert refused(lambda: doors.decide(back.id, 20)) == "succession-cycle"


def test_nothing_later_may_rest_on_an_address_that_was_gone(doors: Doors) -> None:
    into = doors.codes()[4]
    doors.act(AddressAct.MERGE, doors.codes()[3], after=20, into=into)
    early = draw_address_change(doors.work, ActRequest(AddressAct.RETIRE, into))

    assert (
        refused(lambda: doors.decide(early.id, 30, doors.work.today + timedelta(5)))
        == "effective-on-too-early"
    )


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"parts": ()}, "split-parts"),
        ({"parts": "all"}, "split-houses"),
        ({"parts": "taken"}, "number-taken"),
        ({"parts": "twice"}, "split-parts"),
    ],
)
def test_a_split_that_cannot_be_is_refused(doors: Doors, more: dict[str, Any], code: str) -> None:
    one, other = doors.houses(doors.codes()[1])
    parts = {
        "all": (SplitPart((one, other), DoorNumber(9)),),
        "taken": (SplitPart((other,), DoorNumber(3)),),
        "twice": (SplitPart((one,), DoorNumber(9)), SplitPart((other,), DoorNumber(9))),
    }
    asked = ActRequest(AddressAct.SPLIT, doors.codes()[1], parts=parts.get(more["parts"], ()))

    assert refused(lambda: draw_address_change(doors.work, asked)) == code


def test_a_correction_to_what_was_another_house_is_refused(doors: Doors) -> None:
    three, four = doors.codes()[3], doors.codes()[4]
    doors.act(AddressAct.RETIRE, three, after=20)
    asked = draw_address_change(
        doors.work,
        ActRequest(AddressAct.CORRECT, four, number=DoorNumber(3), until=doors.work.today + timedelta(5)),
    )

    with pytest.raises(Conflict) as caught:
        doors.decide(asked.id, 30)

    assert caught.value.code == "homonym"


def test_a_retired_address_outlives_its_village(doors: Doors, town: Any) -> None:
    """Who scans the plate of a house that is gone learns so, even after its village was merged away."""
    code = doors.codes()[3]
    doors.act(AddressAct.RETIRE, code)
    ended = doors.work.today + timedelta(20)
    event = doors.one("SELECT id FROM event WHERE subject = 'division' LIMIT 1")
    doors.work.divisions.close(town.village_id, ended, event, doors.work.now + timedelta(days=20))

    card = doors.card(code, ended + timedelta(5))

    assert (card["stage"], card["village"]) == ("retired", "烟舟村")


def rows(doors: Doors) -> list[int]:
    tables = ("address_version", "succession", "event", "account", "address_change", "door_number")
    return [int(doors.one(f"SELECT count(*) FROM {table}")) for table in tables]


def test_a_dry_run_tells_what_the_commit_does_and_keeps_nothing(doors: Doors) -> None:
    code = doors.codes()[1]
    order_plates(doors.work, "small", place_id=doors.place)
    asked = ActRequest(
        AddressAct.SPLIT, code, stays=False,
        parts=tuple(SplitPart((house,), DoorNumber(n)) for house, n in zip(doors.houses(code), (8, 9), strict=True)),
    )  # fmt: skip
    clerk, before = day(doors.work, 10), rows(doors)

    seen = preview_asked(clerk, asked, None)

    assert rows(doors) == before
    assert [(one.full_text[-2:], one.stage) for one in seen.versions] == [
        ("1号", "retired"),
        ("8号", "current"),
        ("9号", "current"),
    ]
    assert [(edge.successor[-2:], edge.share) for edge in seen.edges] == [("8号", "part"), ("9号", "part")]
    assert seen.plates == 1
    waiting = draw_address_change(clerk, asked)
    assert preview_address_change(clerk, waiting.id, None).edges[1].successor[-2:] == "9号"
    doors.decide(waiting.id)
    assert doors.edges(code) == [("split", "part", "8号"), ("split", "part", "9号")]


def test_a_dry_run_refuses_what_the_commit_would_refuse(doors: Doors) -> None:
    gone = ActRequest(AddressAct.RETIRE, doors.codes()[3])

    assert refused(lambda: preview_asked(doors.work, gone, None)) == "effective-on-too-early"

"""Applications by kind from the decision to the plate: what they get, what holds them up, how they end."""

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from address_service.coding.address_code import is_valid
from address_service.errors import Conflict, Forbidden, InvalidInput, NotFound
from address_service.jobs.fonts import load_fonts
from address_service.model.accounts import Role
from address_service.model.applications import (
    ApplicationKind,
    ApplicationStage,
)
from address_service.model.numbers import DoorNumber
from address_service.model.plates import BatchStage
from address_service.services.approve_addresses import approve_addresses, reject_addresses
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.decide_application import Decision, decide_application
from address_service.services.draw_renumbering import Renumbering, draw_renumbering
from address_service.services.end_application import close_application, withdraw_application
from address_service.services.issue_number import propose_numbers
from address_service.services.order_application_plate import order_application_plate
from address_service.services.order_plates import order_plates
from address_service.services.plan_numbering import plan_numbering
from address_service.services.print_batch import print_batch
from address_service.services.receive_application import Asked, receive_application
from address_service.services.renumbering_targets import Wish
from address_service.store.addresses import Scope
from address_service.store.files import FileStore
from address_service.store.ids import new_id
from address_service.store.known_addresses import KnownAddresses
from address_service.store.work import Work
from tests.services.desk import (
    ACCEPT,
    DECREE,
    address_of,
    approve,
    card,
    code_of,
    door,
    lost,
    new_house,
    numbered_group,
    receive,
    split,
    steps,
)


@pytest.fixture
def group(work: Work, approver: Work, town: Any) -> UUID:
    """Four current addresses; the first yard has two buildings behind one door."""
    return numbered_group(work, approver, town)


# -- a new house


def test_a_new_house_goes_from_permit_to_plate(
    work: Work, approver: Work, town: Any, group: UUID, tmp_path: Path
) -> None:
    found = new_house(work, town, group)
    wanted = propose_numbers(work, group, found.building_id or uuid4())[-1].number

    accepted = decide_application(work, found.id, Decision(accept=True, number=wanted))
    waiting = card(work, found)
    approve(approver, accepted)
    ready = card(work, found)
    batch_id = order_application_plate(work, found.id)
    files = FileStore(tmp_path)
    stage = print_batch(work, files, load_fonts(), "http://127.0.0.1:8000", batch_id)
    closed = close_application(work, found.id)

    assert (accepted.stage, accepted.taken) == (ApplicationStage.ACCEPTED, wanted)
    assert (waiting["tray"], waiting["address_stage"]) == ("approval", "draft")
    assert (ready["tray"], ready["decree_no"]) == ("plate", DECREE)
    (plate,) = work.plates.printed(batch_id)
    assert (stage, plate.code) == (BatchStage.PRINTED, address_of(work, accepted).code.text)
    assert plate.full_text == ready["full_text"]
    assert work.plates.batch(batch_id)["division_id"] == town.village_id
    assert closed.stage is ApplicationStage.CLOSED
    assert card(work, found)["tray"] == "done"
    assert steps(work, found) == ["received", "accepted", "plate_ordered", "closed"]


def test_who_decided_cannot_approve(work: Work, town: Any, group: UUID) -> None:
    accepted = decide_application(work, new_house(work, town, group).id, ACCEPT)

    done = approve_addresses(work, Scope(codes=(address_of(work, accepted).code.text,)), DECREE, work.today)

    assert (done.approved, done.held_back[0]["own_drafts"]) == (0, 1)


def test_a_number_that_is_no_candidate_leaves_the_application_open(
    work: Work, town: Any, group: UUID
) -> None:
    found = new_house(work, town, group)

    with pytest.raises(Conflict) as caught, work.conn.begin_nested():
        decide_application(work, found.id, Decision(accept=True, number=DoorNumber(900)))

    assert code_of(caught) == "number-not-a-candidate"
    assert (card(work, found)["stage"], steps(work, found)) == ("received", ["received"])


def test_the_note_of_a_rejection_names_no_person(work: Work, approver: Work, town: Any, group: UUID) -> None:
    accepted = decide_application(work, new_house(work, town, group).id, ACCEPT)
    code = address_of(work, accepted).code.text

    with pytest.raises(InvalidInput) as caught:
        reject_addresses(approver, Scope(codes=(code,)), "电13800138000")

    assert code_of(caught) == "personal-data-not-here"


def test_what_the_county_rejects_comes_back_to_the_counter(
    work: Work, approver: Work, town: Any, group: UUID
) -> None:
    found = new_house(work, town, group)
    accepted = decide_application(work, found.id, ACCEPT)
    code = address_of(work, accepted).code.text

    reject_addresses(approver, Scope(codes=(code,)), "次序不合")
    back = card(work, found)
    again = decide_application(work, found.id, ACCEPT)

    assert (back["stage"], back["address_code"], back["taken_main"], back["decided_at"]) == (
        "received",
        None,
        None,
        None,
    )
    assert back["steps"][-1]["kind"] == "returned"
    assert back["steps"][-1]["note"] == "次序不合"
    assert back["steps"][-1]["actor"] == "示例县民政局"
    assert address_of(work, again).code.text != code
    assert again.taken == accepted.taken


def test_rejecting_one_draft_returns_no_other_application(
    work: Work, approver: Work, town: Any, group: UUID
) -> None:
    one = decide_application(work, new_house(work, town, group).id, ACCEPT)
    other = decide_application(work, new_house(work, town, group, "51", 90).id, ACCEPT)

    reject_addresses(approver, Scope(codes=(address_of(work, one).code.text,)), "重编")

    assert (card(work, one)["stage"], card(work, other)["stage"]) == ("received", "accepted")


def test_a_plate_waits_for_the_county(work: Work, approver: Work, town: Any, group: UUID) -> None:
    accepted = decide_application(work, new_house(work, town, group).id, ACCEPT)

    with pytest.raises(Conflict) as early:
        order_application_plate(work, accepted.id)
    with pytest.raises(Conflict) as closing:
        close_application(work, accepted.id)
    approve(approver, accepted)
    with pytest.raises(Conflict) as plateless:
        close_application(work, accepted.id)
    order_application_plate(work, accepted.id)
    with pytest.raises(Conflict) as twice:
        order_application_plate(work, accepted.id)

    assert [code_of(c) for c in (early, closing, plateless, twice)] == [
        "address-not-current",
        "address-not-current",
        "plate-not-ordered",
        "plate-ordered-already",
    ]


def test_a_plate_ordered_with_the_village_counts(work: Work, approver: Work, town: Any, group: UUID) -> None:
    accepted = decide_application(work, new_house(work, town, group).id, ACCEPT)
    approve(approver, accepted)
    order_plates(work, "small", village_code="430626113208")

    with pytest.raises(Conflict) as caught:
        order_application_plate(work, accepted.id)

    assert code_of(caught) == "no-plates-needed"
    assert close_application(work, accepted.id).stage is ApplicationStage.CLOSED


# -- a split household


def test_a_second_house_of_a_yard_gets_a_door_of_its_own_for_a_reason(
    work: Work, approver: Work, town: Any, group: UUID
) -> None:
    shared = door(work, "5")
    assert shared.id == door(work, "1").id
    found = split(work, "5")
    house = found.building_id
    assert house is not None
    with pytest.raises(InvalidInput) as unfounded:
        decide_application(work, found.id, ACCEPT)

    offered = propose_numbers(work, group, house, "分户")[0].number
    accepted = decide_application(work, found.id, Decision(accept=True, note="兄弟分家，各立门户"))
    approve(approver, accepted)

    own = door(work, "5")
    assert code_of(unfounded) == "reason-missing"
    assert (own.id, own.number, own.stage) == (accepted.address_id, offered, "current")
    assert own.number != shared.number
    assert door(work, "1").id == shared.id
    assert card(work, found)["decision_note"] == "兄弟分家，各立门户"
    why = text("SELECT details ->> 'own_door' FROM event WHERE details ->> 'building_id' = :house")
    assert work.conn.execute(why, {"house": str(house)}).scalar_one() == "兄弟分家，各立门户"
    stands = text(
        "SELECT address_id FROM address_building WHERE building_id = :b AND upper_inf(recorded)"
        " AND valid @> CAST(:on AS date)"
    )
    assert work.conn.execute(stands, {"b": house, "on": work.today}).scalars().all() == [own.id]


def test_the_number_on_the_wall_stays_with_the_door_that_was_shared(
    work: Work, approver: Work, town: Any
) -> None:
    place = town.place("group", "13组", 13)
    town.house("81", 25, 12, place)
    town.existing(town.house("82", 32, 20, place, parcel="81"), place, 7)
    commit_numbering_plan(work, plan_numbering(work, place).id)
    approve_addresses(approver, Scope(place_id=place), DECREE, date(2026, 3, 2))
    found = split(work, "82")

    accepted = decide_application(work, found.id, Decision(accept=True, note="分家"))

    assert door(work, "81").number == DoorNumber(7)
    assert accepted.taken not in (None, DoorNumber(7))


def test_a_rejected_split_puts_the_house_behind_its_old_door_again(
    work: Work, approver: Work, town: Any, group: UUID
) -> None:
    shared = door(work, "5")
    found = split(work, "5")
    accepted = decide_application(work, found.id, Decision(accept=True, note="分家"))
    code = address_of(work, accepted).code.text

    reject_addresses(approver, Scope(codes=(code,)), "一院一号")

    assert door(work, "5").id == shared.id
    assert card(work, found)["stage"] == "received"
    again = decide_application(work, found.id, Decision(accept=True, note="已补说明"))
    assert door(work, "5").id == again.address_id


def days_behind_doors(work: Work, building: str) -> list[tuple[UUID, date, date | None]]:
    """What is known now of the doors that a building stood behind, by day."""
    query = """
        SELECT l.address_id, lower(l.valid) AS since, upper(l.valid) AS until FROM address_building l
        JOIN building b ON b.county_code = l.county_code AND b.id = l.building_id
        WHERE b.building_code = :code AND upper_inf(l.recorded) ORDER BY l.valid
    """
    return [tuple(row) for row in work.conn.execute(text(query), {"code": building})]


@pytest.mark.parametrize("days", [0, 3])
def test_a_house_whose_split_was_rejected_had_one_door_on_every_day(
    work: Work, approver: Work, town: Any, group: UUID, days: int
) -> None:
    before = days_behind_doors(work, "5")
    asked = Work(work.conn, work.actor, work.now + timedelta(days=days))
    turned_down = Work(work.conn, approver.actor, work.now + timedelta(days=days + 4))
    found = split(asked, "5")
    accepted = decide_application(asked, found.id, Decision(accept=True, note="分家"))
    during = days_behind_doors(work, "5")
    reject_addresses(turned_down, Scope(codes=(address_of(work, accepted).code.text,)), "一院一号")

    assert [since for _, since, _ in during[1:]] == [until for _, _, until in during[:-1]]
    assert during[-1][0] == accepted.address_id
    assert days_behind_doors(work, "5") == before
    again = Work(work.conn, work.actor, work.now + timedelta(days=days + 6))
    second = decide_application(again, found.id, Decision(accept=True, note="已补说明"))
    assert days_behind_doors(work, "5")[-1] == (second.address_id, again.today, None)


def test_the_room_asked_for_is_still_known_when_the_county_returns_a_door(
    work: Work, approver: Work, town: Any, group: UUID
) -> None:
    found = split(work, "5", room_label="东户")
    accepted = decide_application(work, found.id, Decision(accept=True, note="另立门户"))
    reject_addresses(approver, Scope(codes=(address_of(work, accepted).code.text,)), "宜编户室")

    label = card(work, found)["room_label"]
    again = decide_application(work, found.id, Decision(accept=True, room_label=label))

    assert label == "东户"
    assert address_of(work, again).full_text == f"{door(work, '5').full_text}东户"


def test_a_house_built_later_in_a_numbered_yard_splits_too(
    work: Work, approver: Work, town: Any, group: UUID
) -> None:
    town.house("60", 52, 20, group, parcel="2")
    found = split(work, "60")

    accepted = decide_application(work, found.id, Decision(accept=True, note="分家"))
    code = address_of(work, accepted).code.text
    reject_addresses(approver, Scope(codes=(code,)), "重编")

    assert found.subject_id == door(work, "2").id
    building = work.layers.buildings_by_code(["60"], work.today)["60"]
    assert not building.is_addressed


def test_the_only_house_of_a_door_does_not_leave_it(work: Work, town: Any, group: UUID) -> None:
    found = split(work, "3")

    with pytest.raises(Conflict) as caught:
        decide_application(work, found.id, Decision(accept=True, note="分家"))

    assert code_of(caught) == "split-needs-another-building"
    assert card(work, found)["stage"] == "received"


def test_two_households_of_a_house_get_rooms_with_serials_of_the_door(
    work: Work, approver: Work, town: Any, group: UUID, tmp_path: Path
) -> None:
    standing = door(work, "3")
    one = split(work, "3", room_label="东户")
    two = split(work, "3", room_label="西户")
    first = decide_application(work, one.id, Decision(accept=True, room_label="东户"))
    second = decide_application(work, two.id, Decision(accept=True, room_label="西户"))
    rooms = [address_of(work, a) for a in (first, second)]
    reject_addresses(approver, Scope(codes=(rooms[1].code.text,)), "写法不合")
    third = decide_application(work, two.id, Decision(accept=True, room_label="2室"))
    room = address_of(work, third)

    assert KnownAddresses(work.conn, "430626").get(rooms[0].id).stage == "rejected"
    assert [r.code.room_serial for r in (*rooms, room)] == [1, 2, 3]
    assert all(r.code.text[:21] == standing.code.text[:21] for r in (*rooms, room))
    assert all(is_valid(r.code.text) for r in (*rooms, room))
    assert room.full_text == f"{standing.full_text}2室"
    assert door(work, "3").id == standing.id
    approve(approver, third)
    batch_id = order_application_plate(work, two.id)
    assert (
        print_batch(work, FileStore(tmp_path), load_fonts(), "http://127.0.0.1:8000", batch_id)
        is BatchStage.PRINTED
    )
    (plate,) = work.plates.printed(batch_id)
    assert (work.plates.batch(batch_id)["profile"], plate.number_text) == ("room", "2室")


def test_a_room_is_named_once(work: Work, town: Any, group: UUID) -> None:
    one, two = split(work, "3", room_label="东户"), split(work, "3", room_label="西户")
    decide_application(work, one.id, Decision(accept=True, room_label="东户"))

    with pytest.raises(Conflict), work.conn.begin_nested():
        decide_application(work, two.id, Decision(accept=True, room_label="东户"))

    assert card(work, two)["stage"] == "received"


# -- a lost plate


def printed(work: Work, batch_id: UUID) -> None:
    work.plates.finish_batch(batch_id, BatchStage.PRINTED, [], {})


def test_a_plate_that_waits_to_be_printed_is_not_lost(work: Work, town: Any, group: UUID) -> None:
    batch_id = order_plates(work, "small", village_code="430626113208")
    found = lost(work, "2")
    decide_application(work, found.id, ACCEPT)

    with pytest.raises(Conflict) as caught:
        order_application_plate(work, found.id)

    assert code_of(caught) == "plate-ordered-already"
    assert work.plates.batch(batch_id)["batch_no"] in caught.value.message
    assert {p.stage for p in work.plates.printed(batch_id)} == {"ordered"}


def test_of_several_plates_the_lost_one_is_named_and_no_other_is_replaced_for_it(
    work: Work, town: Any, group: UUID
) -> None:
    for profile in ("small", "medium"):
        printed(work, order_plates(work, profile, village_code="430626113208"))
    found = lost(work, "2")
    decide_application(work, found.id, ACCEPT)
    with pytest.raises(Conflict) as unnamed:
        order_application_plate(work, found.id)
    failed = order_application_plate(work, found.id, "small")
    work.plates.finish_batch(failed, BatchStage.FAILED, [], {})

    again = order_application_plate(work, found.id)

    assert code_of(unnamed) == "profile-needed"
    assert work.plates.batch(again)["profile"] == "small"
    code = door(work, "2").code.text
    mine = [p for p in work.plates.page(None, 100, None, None) if p["address_code"] == code]
    assert [(p["profile"], p["stage"]) for p in mine] == [
        ("small", "replaced"),
        ("medium", "ordered"),
        ("small", "skipped"),
        ("small", "ordered"),
    ]


def test_a_renumbering_plan_goes_with_a_correction_alone(work: Work, town: Any, group: UUID) -> None:
    found = lost(work, "2")

    with pytest.raises(InvalidInput) as caught:
        decide_application(work, found.id, Decision(accept=True, renumbering_plan_id=uuid4()))

    assert code_of(caught) == "renumbering-plan-not-for-this"


def test_a_lost_plate_is_replaced_under_a_new_token(
    work: Work, town: Any, group: UUID, tmp_path: Path
) -> None:
    printed(work, order_plates(work, "small", village_code="430626113208"))
    found = lost(work, "2")
    code = door(work, "2").code.text
    (old,) = [p for p in work.plates.page(None, 100, None, None) if p["address_code"] == code]
    decide_application(work, found.id, ACCEPT)
    assert card(work, found)["tray"] == "plate"
    assert card(work, found)["plate_stage"] is None

    batch_id = order_application_plate(work, found.id)

    mine = [p for p in work.plates.page(None, 100, None, None) if p["address_code"] == code]
    assert [p["stage"] for p in mine] == ["replaced", "ordered"]
    assert mine[0]["id"] == old["id"]
    assert mine[0]["token"] != mine[1]["token"]
    assert mine[1]["batch_id"] == batch_id
    why = text("SELECT application_id FROM application_step WHERE plate_id = :plate")
    assert work.conn.execute(why, {"plate": old["id"]}).scalar_one() == found.id
    assert steps(work, found) == ["received", "accepted", "plate_replaced", "plate_ordered"]
    assert card(work, found)["plate_token"] == mine[1]["token"]


def test_a_plate_of_before_the_register_is_replaced_though_the_survey_found_it_good(
    work: Work, approver: Work, town: Any
) -> None:
    place = town.place("group", "13组", 13)
    house = town.house("80", 25, 12, place)
    town.existing(house, place, 7, "good")
    commit_numbering_plan(work, plan_numbering(work, place).id)
    approve_addresses(approver, Scope(place_id=place), DECREE, date(2026, 3, 2))
    found = lost(work, "80")
    decide_application(work, found.id, ACCEPT)

    batch_id = order_application_plate(work, found.id, "medium")

    (plate,) = work.plates.printed(batch_id)
    assert (plate.number_text, work.plates.batch(batch_id)["profile"]) == ("7号", "medium")
    assert steps(work, found) == ["received", "accepted", "plate_ordered"]


def test_a_failed_batch_is_ordered_again(work: Work, town: Any, group: UUID) -> None:
    found = lost(work, "2")
    decide_application(work, found.id, ACCEPT)
    first = order_application_plate(work, found.id)
    work.plates.finish_batch(first, BatchStage.FAILED, [], {})

    second = order_application_plate(work, found.id)

    assert first != second
    assert [p.position for p in work.plates.printed(second)] == [1]


# -- a correction


def test_a_wrong_number_is_noted_with_the_plan_that_changes_it(work: Work, town: Any, group: UUID) -> None:
    found = receive(work, ApplicationKind.CORRECTION, building_code="4")
    wish = Wish(door(work, "4").code.text, DoorNumber(9, 1))
    plan = draw_renumbering(work, Renumbering(group, (wish,)), {}).id
    with pytest.raises(InvalidInput) as caught:
        decide_application(work, found.id, ACCEPT)

    done = decide_application(
        work, found.id, Decision(accept=True, number=DoorNumber(9, 1), renumbering_plan_id=plan)
    )
    waiting = card(work, found)["tray"]
    with pytest.raises(InvalidInput) as wordless:
        close_application(work, found.id)
    with pytest.raises(Conflict) as plateless:
        order_application_plate(work, found.id)
    closed = close_application(work, found.id, "已改号")

    assert code_of(caught) == "wanted-number-missing"
    assert (done.wanted, done.renumbering_plan_id, done.taken) == (DoorNumber(9, 1), plan, None)
    assert (waiting, code_of(wordless), code_of(plateless)) == (
        "approval",
        "reason-missing",
        "application-without-address",
    )
    assert (closed.stage, closed.decision_note) == (ApplicationStage.CLOSED, "已改号")
    assert door(work, "4").number != DoorNumber(9, 1)


def foreign_plan(work: Work, approver: Work, town: Any) -> UUID:
    """A renumbering plan of the next village."""
    village = new_id()
    town.run("INSERT INTO division (county_code, id) VALUES (:c, :id)", id=village)
    town.run(
        """INSERT INTO division_version (county_code, id, division_id, level, kind, name, code_nbs, parent_id,
             name_state, valid, recorded, event_id)
           SELECT county_code, :new, :new, level, kind, '示例邻村', '430626113209', parent_id, name_state, valid,
             recorded, event_id FROM division_version WHERE county_code = :c AND division_id = :id""",
        new=village, id=town.village_id,
    )  # fmt: skip
    town.village_id = village
    place: UUID = town.place("group", "13组", 13)
    town.house("901", 25, 300, place)
    commit_numbering_plan(work, plan_numbering(work, place).id)
    approve_addresses(approver, Scope(place_id=place), DECREE, work.today)
    wish = Wish(door(work, "901").code.text, DoorNumber(9))
    return draw_renumbering(work, Renumbering(place, (wish,)), {}).id


def test_a_correction_names_a_plan_that_there_is_and_of_ones_own_village(
    work: Work, approver: Work, town: Any, group: UUID
) -> None:
    found = receive(work, ApplicationKind.CORRECTION, building_code="4")
    with pytest.raises(NotFound) as unknown:
        decide_application(
            work, found.id, Decision(accept=True, number=DoorNumber(9), renumbering_plan_id=uuid4())
        )
    other = foreign_plan(work, approver, town)
    clerk = work.accounts.create("示例村文书", Role.VILLAGE, "430626113208")
    village = Work(work.conn, clerk, work.now)

    with pytest.raises(Forbidden) as foreign:
        decide_application(
            village, found.id, Decision(accept=True, number=DoorNumber(9), renumbering_plan_id=other)
        )

    assert (code_of(unknown), code_of(foreign)) == ("renumbering-plan-not-found", "out-of-scope")
    assert card(work, found)["stage"] == "received"


def test_another_correction_is_closed_with_a_note(work: Work, town: Any, group: UUID) -> None:
    found = receive(work, ApplicationKind.CORRECTION, building_code="4")

    closed = close_application(work, found.id, "门的位置已在图层中改正")

    assert (closed.stage, closed.decision_note) == (ApplicationStage.CLOSED, "门的位置已在图层中改正")
    assert closed.decided_at == work.now


# -- ends, scope


def test_a_refusal_needs_a_reason_and_is_final(work: Work, town: Any, group: UUID) -> None:
    found = new_house(work, town, group)
    with pytest.raises(InvalidInput) as wordless:
        decide_application(work, found.id, Decision(accept=False))

    refused = decide_application(work, found.id, Decision(accept=False, note="批准文件与房屋不符"))

    assert code_of(wordless) == "reason-missing"
    assert (refused.stage, refused.decision_note) == (ApplicationStage.REFUSED, "批准文件与房屋不符")
    acts: list[Callable[[], object]] = [
        lambda: decide_application(work, found.id, ACCEPT),
        lambda: withdraw_application(work, found.id, ""),
        lambda: close_application(work, found.id, "示例"),
        lambda: order_application_plate(work, found.id),
    ]
    for act in acts:
        with pytest.raises(Conflict) as caught:
            act()
        assert code_of(caught) == "application-decided"


def test_a_decided_application_is_not_withdrawn(work: Work, town: Any, group: UUID) -> None:
    found = new_house(work, town, group)
    decide_application(work, found.id, ACCEPT)

    with pytest.raises(Conflict) as caught:
        withdraw_application(work, found.id, "不办了")

    assert code_of(caught) == "application-decided"


def test_another_village_has_no_business_here(work: Work, town: Any, group: UUID) -> None:
    found = lost(work, "1")
    decided = lost(work, "2")
    decide_application(work, decided.id, ACCEPT)
    neighbour = work.accounts.create("示例邻村", Role.VILLAGE, "430626113209")
    theirs = Work(work.conn, neighbour, work.now)
    code = door(work, "3").code.text

    acts: list[Callable[[], object]] = [
        lambda: receive_application(theirs, Asked(ApplicationKind.LOST_PLATE, "补发", building_code="3"), 15),
        lambda: decide_application(theirs, found.id, ACCEPT),
        lambda: withdraw_application(theirs, found.id, ""),
        lambda: close_application(theirs, found.id, "示例"),
        lambda: order_application_plate(theirs, decided.id),
        lambda: order_plates(theirs, "small", codes=(code,)),
    ]
    for act in acts:
        with pytest.raises(Forbidden) as caught:
            act()
        assert code_of(caught) == "out-of-scope"


def test_an_unknown_application_is_not_found(work: Work, town: Any) -> None:
    acts: list[Callable[[], object]] = [
        lambda: decide_application(work, uuid4(), ACCEPT),
        lambda: close_application(work, uuid4(), ""),
    ]
    for act in acts:
        with pytest.raises(NotFound) as caught:
            act()
        assert code_of(caught) == "application-not-found"


def test_a_list_of_addresses_is_one_batch(work: Work, town: Any, group: UUID) -> None:
    codes = [door(work, n).code.text for n in ("2", "4")]

    batch_id = order_plates(work, "small", codes=codes)

    assert sorted(p.code for p in work.plates.printed(batch_id)) == sorted(codes)


@pytest.mark.parametrize(
    "change",
    [
        "stage = 'accepted'",
        "stage = 'refused', decided_at = now(), decided_by = actor_id",
        "decided_at = now()",
        "taken_main = 3",
        "stage = 'closed'",
        "plate_batch_id = gen_random_uuid()",
        "renumbering_plan_id = gen_random_uuid()",
    ],
)
def test_the_database_holds_the_states(work: Work, town: Any, group: UUID, change: str) -> None:
    found = new_house(work, town, group)

    with pytest.raises(Exception, match="violates check constraint"), work.conn.begin_nested():
        town.run(f"UPDATE application SET {change} WHERE county_code = :c AND id = :id", id=found.id)


def test_the_old_token_still_leads_to_the_address(work: Work, town: Any, group: UUID) -> None:
    """Read through the plate page's own statement, on this transaction's connection."""
    from address_service.store import plate_lookup

    printed(work, order_plates(work, "small", village_code="430626113208"))
    found = lost(work, "2")
    decide_application(work, found.id, ACCEPT)
    code = door(work, "2").code.text
    (old,) = [p for p in work.plates.page(None, 100, None, None) if p["address_code"] == code]
    order_application_plate(work, found.id)

    class Lane:
        county_code = "430626"

        def today(self) -> date:
            return work.today

        async def rows(self, statement: str, args: dict[str, Any]) -> list[Any]:
            cursor = work.conn.connection.cursor()
            cursor.execute(statement, args)
            return list(cursor.fetchall())

    page = asyncio.run(plate_lookup.find_plate(Lane(), old["token"]))  # type: ignore[arg-type]

    assert page is not None
    assert (page.address_code, page.stage, page.plate_stage) == (code, "current", "replaced")

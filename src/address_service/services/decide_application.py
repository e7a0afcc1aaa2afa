"""Use-case: decide on an application (核定): accept it with what it gets, or refuse it with a reason.

Accepting a new house issues a number exactly as the counter does for any house, so it runs that use-case.
"""

from dataclasses import dataclass
from uuid import UUID

from address_service.errors import Conflict, InvalidInput
from address_service.model.addresses import Stage
from address_service.model.applications import (
    Application,
    ApplicationKind,
    ApplicationStage,
    StepKind,
)
from address_service.model.numbers import DoorNumber
from address_service.services.application_desk import require_stage, take_up
from address_service.services.draft_room import draft_room
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.issue_number import issue_number
from address_service.services.scope import require_scope
from address_service.store.addresses import NewAddress
from address_service.store.applications import ApplicationRepository
from address_service.store.building_links import take_from_door
from address_service.store.known_addresses import KnownAddresses
from address_service.store.work import Work


@dataclass(frozen=True, slots=True)
class Decision:
    """What a clerk decides.

    ``number`` is the candidate chosen (None: the best) or, of a correction, the number that ought to be. A split
    household gets a room where ``room_label`` names one, else a door of its own for the reason in ``note``.
    """

    accept: bool
    note: str = ""
    number: DoorNumber | None = None
    room_label: str = ""
    renumbering_plan_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Gets:
    """What an accepted application gets, and the words for the log."""

    words: str
    address_id: UUID | None = None
    taken: DoorNumber | None = None
    room_label: str = ""
    wanted: DoorNumber | None = None


def decide_application(work: Work, application_id: UUID, decision: Decision) -> Application:
    """Decide once: of two clerks at once the second gets Conflict `application-decided`.

    Raises InvalidInput `renumbering-plan-not-for-this`, `reason-missing`, `wanted-number-missing`,
    `personal-data-not-here`; Conflict `split-needs-another-building`, `door-not-current`, `address-not-current`;
    and as `issue_number`.
    """
    note, room_label = decision.note.strip(), decision.room_label.strip()
    refuse_personal_numbers(note, room_label)
    repository, found = take_up(work, application_id, with_place=decision.accept)
    require_stage(found, ApplicationStage.RECEIVED)
    if not decision.accept:
        return _refuse(work, repository, found, note)
    _check_plan(work, found, decision.renumbering_plan_id)
    gets = _ACCEPT[found.kind](work, found, decision, note)
    plan = {"renumbering_plan_id": decision.renumbering_plan_id} if decision.renumbering_plan_id else {}
    done = repository.change(
        found.id,
        stage=ApplicationStage.ACCEPTED,
        address_id=gets.address_id,
        # What was asked for stays, should the county return it.
        room_label=gets.room_label or found.room_label,
        taken_main=gets.taken.main if gets.taken else None,
        taken_sub=gets.taken.sub if gets.taken else None,
        wanted_main=gets.wanted.main if gets.wanted else None,
        wanted_sub=gets.wanted.sub if gets.wanted else None,
        decision_note=note,
        decided_at=work.now,
        decided_by=work.actor.account_id,
        **plan,
    )
    words = "；".join(part for part in (gets.words, note) if part)
    repository.add_step(found.id, StepKind.ACCEPTED, words, work.actor.account_id, work.now)
    return done


def _check_plan(work: Work, found: Application, plan_id: UUID | None) -> None:
    if plan_id is None:
        return
    if found.kind is not ApplicationKind.CORRECTION:
        raise InvalidInput("只有更正申请可附改号方案", code="renumbering-plan-not-for-this")
    require_scope(work.actor, work.renumbering_plans.head(plan_id).village_code)


def _refuse(work: Work, repository: ApplicationRepository, found: Application, note: str) -> Application:
    if not note:
        raise InvalidInput("不予办理须说明理由", code="reason-missing")
    done = repository.change(
        found.id,
        stage=ApplicationStage.REFUSED,
        decision_note=note,
        decided_at=work.now,
        decided_by=work.actor.account_id,
    )
    repository.add_step(found.id, StepKind.REFUSED, note, work.actor.account_id, work.now)
    return done


def _new_house(work: Work, found: Application, decision: Decision, note: str) -> _Gets:
    place_id, building_id = _house(found)
    door = issue_number(work, place_id, building_id, decision.number).address
    return _door(door, found)


def _split(work: Work, found: Application, decision: Decision, note: str) -> _Gets:
    if decision.room_label.strip():
        return _room(work, found, decision.room_label.strip())
    if not note:
        raise InvalidInput("一院一号之外另编门牌，须说明理由", code="reason-missing")
    place_id, building_id = _house(found)
    known = KnownAddresses(work.conn, work.county_code)
    shared = known.of_building(building_id)
    if shared is not None and not known.has_other_buildings(shared.id, building_id):
        raise Conflict(
            f"“{shared.full_text}”只有这一座房屋，不能另编门牌；请在其下编户室",
            code="split-needs-another-building",
        )
    if shared is not None:
        # The new door is known when the building has left the old one, not a moment before.
        work.now = take_from_door(work.conn, work.county_code, building_id, shared.id, work.today, work.now)
    door = issue_number(work, place_id, building_id, decision.number, own_door=note).address
    return _door(door, found)


def _room(work: Work, found: Application, room_label: str) -> _Gets:
    if found.subject_id is None:
        raise Conflict("申请没有对应的门牌", code="door-not-current")
    door = KnownAddresses(work.conn, work.county_code).get(found.subject_id)
    room = draft_room(work, door, room_label, f"窗口分户：申请 {found.application_no}")
    words = f"{room.full_text}，地址编码 {room.code.text}"
    return _Gets(words, room.id, room.number, room_label, found.wanted)


def _lost_plate(work: Work, found: Application, decision: Decision, note: str) -> _Gets:
    if found.subject_id is None:
        raise Conflict("申请没有对应的地址", code="address-not-current")
    subject = KnownAddresses(work.conn, work.county_code).get(found.subject_id)
    if subject.stage is not Stage.CURRENT:
        raise Conflict(f"“{subject.full_text}”不是现行地址", code="address-not-current")
    return _Gets("同意补发，原门牌作废", subject.id)


def _correction(work: Work, found: Application, decision: Decision, note: str) -> _Gets:
    wanted = decision.number or found.wanted
    if wanted is None:
        raise InvalidInput(
            "更正号码须写明应为的门牌号；位置或其他更正请直接办结并注明", code="wanted-number-missing"
        )
    plan = f"，改号方案 {decision.renumbering_plan_id}" if decision.renumbering_plan_id else ""
    return _Gets(f"应改为{wanted}{plan}", wanted=wanted)


_ACCEPT = {
    ApplicationKind.NEW_HOUSE: _new_house,
    ApplicationKind.SPLIT_HOUSEHOLD: _split,
    ApplicationKind.LOST_PLATE: _lost_plate,
    ApplicationKind.CORRECTION: _correction,
}


def _house(found: Application) -> tuple[UUID, UUID]:
    if found.place_id is None or found.building_id is None:
        raise Conflict("申请没有对应的房屋", code="house-not-in-place")
    return found.place_id, found.building_id


def _door(door: NewAddress, found: Application) -> _Gets:
    return _Gets(f"{door.full_text}，地址编码 {door.code.text}", door.id, door.number, wanted=found.wanted)

"""Use-case: ask for an act on a single address (拟定单条地址变更), or put it aside."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from address_service.errors import Conflict, InvalidInput
from address_service.model.address_changes import ActRequest, AddressAct
from address_service.model.numbers import NumberState
from address_service.services.address_change_facts import digest_of, refuse, standing
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.renumbering_situation import load_standing
from address_service.services.scope import require_scope
from address_service.store.address_acts import (
    ActWriter,
    has_draft_rooms,
    houses_without_door,
    versions_in_force,
)
from address_service.store.address_changes import AddressChangeHead, AddressChangeRepository
from address_service.store.known_addresses import KnownAddress
from address_service.store.work import Work

_Details = dict[str, Any]


def draw_address_change(work: Work, asked: ActRequest) -> AddressChangeHead:
    """Keep an act to be decided by somebody else; nothing else is written.

    Raises NotFound `address-not-found`, `place-not-found`; InvalidInput `act-incomplete`, `merge-into-itself`,
    `split-parts`; Conflict `address-not-current`, `door-has-rooms`, `door-has-drafts`, `split-houses`, `number-taken`,
    `number-not-retired`, `building-has-address`, `nothing-to-change`.
    """
    refuse_personal_numbers(asked.note)
    if asked.act is AddressAct.REASSIGN:
        return _keep(work, asked, None, *_reassign(work, asked))
    refuse(not asked.code, "请给出地址编码", "act-incomplete")
    subject = standing(work, asked.code or "")
    require_scope(work.actor, subject.village_code)
    _refuse_drafts(work, asked, subject)
    details = _DETAILS[asked.act](work, asked, subject)
    return _keep(work, asked, subject.id, subject.place_id, details)


def drop_address_change(work: Work, change_id: UUID) -> AddressChangeHead:
    """Put an act aside; raises Conflict `address-change-decided`."""
    repository = AddressChangeRepository(work.conn, work.county_code)
    head = repository.head(change_id, lock=True)
    require_scope(work.actor, head.village_code)
    if head.stage != "draft":
        raise Conflict("这项地址变更已经办结", code="address-change-decided")
    repository.decide(change_id, "dropped", work.actor.account_id, work.now)
    return repository.head(change_id)


def _keep(
    work: Work, asked: ActRequest, address_id: UUID | None, place_id: UUID, details: _Details
) -> AddressChangeHead:
    repository = AddressChangeRepository(work.conn, work.county_code)
    digest = digest_of(work, place_id, address_id, details)
    actor, note = work.actor.account_id, asked.note.strip()
    change_id = repository.add(asked.act, place_id, address_id, details, digest, note, actor, work.now)
    return repository.head(change_id)


def _retire(work: Work, asked: ActRequest, subject: KnownAddress) -> _Details:
    return {}


def _merge(work: Work, asked: ActRequest, subject: KnownAddress) -> _Details:
    refuse(not asked.into, "请给出并入的地址编码", "act-incomplete")
    refuse(asked.into == asked.code, "地址不能并入自己", "merge-into-itself")
    into = standing(work, asked.into or "")
    require_scope(work.actor, into.village_code)
    refuse((into.parent_id is None) != (subject.parent_id is None), "门与户室不能相并", "act-incomplete")
    _refuse_rooms(work, subject)
    return {"into": into.code.text, "into_id": str(into.id)}


def _split(work: Work, asked: ActRequest, subject: KnownAddress) -> _Details:
    least = 1 if asked.stays else 2
    refuse(len(asked.parts) < least or subject.parent_id, f"分门至少分出{least}处", "split-parts")
    numbers = [part.number for part in asked.parts]
    refuse(len(set(numbers)) < len(numbers), "分出的门号重复", "split-parts")
    if not asked.stays:
        _refuse_rooms(work, subject)
    behind = ActWriter(work.conn, work.county_code, work.now).buildings_of(subject.id)
    leaving = [building for part in asked.parts for building in part.building_ids]
    if (
        len(set(leaving)) < len(leaving)
        or not set(leaving) <= set(behind)
        or not all(part.building_ids for part in asked.parts)
    ):
        raise Conflict("分出的房屋须各在原门之下，且不重复", code="split-houses")
    if asked.stays is (set(leaving) == set(behind)):
        raise Conflict("原门保留时须留有房屋，不保留时须全部分出", code="split-houses")
    _refuse_taken(work, subject.place_id, asked)
    parts = [
        {
            "building_ids": [str(b) for b in part.building_ids],
            "main": part.number.main,
            "sub": part.number.sub,
        }
        for part in asked.parts
    ]
    return {"stays": asked.stays, "parts": parts}


def _refuse_taken(work: Work, place_id: UUID, asked: ActRequest) -> None:
    situation = load_standing(work, place_id)
    free = {number for number, state in situation.states.items() if state is NumberState.VACANT}
    taken = (set(situation.states) - free) | set(situation.holders.values())
    wanted = [part.number for part in asked.parts] + ([asked.number] if asked.number else [])
    hit = [number for number in wanted if number in taken]
    if hit:
        raise Conflict(f"{hit[0]}已在用、预留或已注销", code="number-taken")


def _replace(work: Work, asked: ActRequest, subject: KnownAddress) -> _Details:
    refuse(subject.parent_id, "户室随门换码，请换门的编码", "act-incomplete")
    return {}


def _reassign(work: Work, asked: ActRequest) -> tuple[UUID, _Details]:
    if asked.place_id is None or asked.building_id is None or asked.number is None:
        raise InvalidInput("改派须给出地名、房屋和号码", code="act-incomplete")
    situation = load_standing(work, asked.place_id)
    if situation.states.get(asked.number) is not NumberState.RETIRED:
        raise Conflict(f"{asked.number}不是已注销的号", code="number-not-retired")
    if asked.number in situation.surveyed.values():
        raise Conflict(f"{asked.number}已在用", code="number-taken")
    if asked.building_id not in houses_without_door(work.conn, work.county_code, asked.place_id, work.today):
        raise Conflict("房屋不在此地，或已有标准地址", code="building-has-address")
    number = {"main": asked.number.main, "sub": asked.number.sub}
    return asked.place_id, {"building_id": str(asked.building_id), **number}


def _correct(work: Work, asked: ActRequest, subject: KnownAddress) -> _Details:
    refuse(asked.number is None and asked.position is None, "请给出应为的号码或位置", "act-incomplete")
    refuse(asked.number and subject.parent_id, "户室的号码随门更正", "act-incomplete")
    refuse(asked.since and asked.since > work.today, "更正不能晚于今天", "effective-on-future")
    refuse(asked.since and asked.until and asked.until <= asked.since, "更正的起止日期颠倒", "act-incomplete")
    if asked.number == subject.number and asked.position is None and asked.until is None:
        raise Conflict("号码本来如此", code="nothing-to-change")
    details: _Details = {
        "since": asked.since.isoformat() if asked.since else None,
        "until": asked.until.isoformat() if asked.until else None,
    }
    if asked.number:
        if asked.until is None and asked.number != subject.number:
            _refuse_taken(work, subject.place_id, asked)
        details |= {"main": asked.number.main, "sub": asked.number.sub}
    if asked.position:
        details |= {"lon": asked.position[0], "lat": asked.position[1]}
    return details


def _refuse_drafts(work: Work, asked: ActRequest, subject: KnownAddress) -> None:
    """A room that waits for approval would outlive its door, or keep its old number."""
    stays = asked.stays if asked.act is AddressAct.SPLIT else asked.act is AddressAct.CORRECT
    if stays and asked.number is None:
        return
    if has_draft_rooms(work.conn, work.county_code, subject.id):
        words = f"“{subject.full_text}”下有待批准的户室，请先批准或退回"
        raise Conflict(words, code="door-has-drafts")


def _refuse_rooms(work: Work, subject: KnownAddress) -> None:
    found = versions_in_force(work.conn, work.county_code, subject.id)
    if any(version.address_id != subject.id and version.valid.upper is None for version in found):
        raise Conflict(f"“{subject.full_text}”下尚有户室，请先逐户处理", code="door-has-rooms")


_DETAILS: dict[AddressAct, Callable[[Work, ActRequest, KnownAddress], _Details]] = {
    AddressAct.RETIRE: _retire,
    AddressAct.MERGE: _merge,
    AddressAct.SPLIT: _split,
    AddressAct.REPLACE: _replace,
    AddressAct.CORRECT: _correct,
}

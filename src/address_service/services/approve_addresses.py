"""Use-case: the county approves or rejects drafts; who drafted cannot approve."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from address_service.errors import Conflict, InvalidInput
from address_service.model.addresses import EventKind
from address_service.model.places import PlaceKind
from address_service.services.application_desk import return_rejected
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.scope import require_scope
from address_service.store.addresses import Scope
from address_service.store.overview import announce_change
from address_service.store.place_context import load_place_context
from address_service.store.search_index import index_addresses
from address_service.store.work import Work


@dataclass(frozen=True, slots=True)
class Approval:
    """How many drafts became current, and what was left back, by place and reason."""

    approved: int
    held_back: tuple[dict[str, Any], ...]


def approve_addresses(
    work: Work, scope: Scope, decree_no: str, effective_on: date, *, all_or_nothing: bool = False
) -> Approval:
    """Make the drafts of a village, a place or a list of codes current under a decree.

    Drafts on a name that is not approved, and drafts of the approver's own hand, stay back and are named; with
    ``all_or_nothing`` they stop the whole act (Conflict `approval-obstacles`). Raises Conflict `effective-on-too-early`
    where a text was still another address' on that day.
    """
    decree_no = decree_no.strip()
    refuse_personal_numbers(decree_no)
    _require_scope(work, scope)
    if not decree_no:
        raise InvalidInput("批准须有文号", code="decree-missing")
    if effective_on > work.today:
        raise InvalidInput("生效日期不能晚于今天；请在生效当日批准", code="effective-on-future")
    work.addresses.refuse_early(scope, effective_on)
    obstacles = tuple(work.addresses.approval_obstacles(scope, work.actor.account_id))
    if obstacles and all_or_nothing:
        raise Conflict(_describe(obstacles), code="approval-obstacles")
    done = _approve(work, scope, decree_no, effective_on)
    if not done and not obstacles:
        raise Conflict("范围内没有待批准的地址", code="nothing-to-approve")
    texts = work.addresses.search_texts([address_id for address_id, _ in done])
    index_addresses(work.conn, work.county_code, texts)
    work.queue.defer("refresh_overview", lock=f"overview-{work.county_code}", county_code=work.county_code)
    announce_change(work.conn, work.county_code)
    return Approval(len(done), obstacles)


def _approve(work: Work, scope: Scope, decree_no: str, effective_on: date) -> list[tuple[UUID, str]]:
    """Approve under an event of its own; an approval of nothing leaves no event."""
    attempt = work.conn.begin_nested()
    event_id = work.addresses.record_event(
        EventKind.APPROVE, work.actor.account_id, effective_on, work.now, decree_no=decree_no
    )
    done = work.addresses.approve(scope, work.actor.account_id, decree_no, effective_on, event_id, work.now)
    if done:
        attempt.commit()
    else:
        attempt.rollback()
    return done


def reject_addresses(work: Work, scope: Scope, note: str) -> int:
    """Turn drafts down with a reason; their numbers fall vacant, so that a new plan may use them."""
    refuse_personal_numbers(note)
    _require_scope(work, scope)
    if not note.strip():
        raise InvalidInput("退回须说明理由", code="reason-missing")
    _hold_places(work, scope)
    event_id = work.addresses.record_event(
        EventKind.REJECT, work.actor.account_id, work.today, work.now, note=note.strip()
    )
    count = work.addresses.reject(scope, work.actor.account_id, event_id, work.now)
    if not count:
        raise Conflict("范围内没有待批准的地址", code="nothing-to-reject")
    return_rejected(work, event_id, note.strip())
    announce_change(work.conn, work.county_code)
    return count


def _hold_places(work: Work, scope: Scope) -> None:
    """Let nobody number a house of these places meanwhile: numbers fall vacant, houses go back behind their doors."""
    found = work.addresses.draft_places(scope)
    for division_id in sorted({division_id for _, division_id, kind in found if kind is PlaceKind.VILLAGE}):
        work.places.lock(division_id)
    for place_id in sorted({place_id for place_id, _, _ in found}):
        work.places.lock(place_id)


def _require_scope(work: Work, scope: Scope) -> None:
    if scope.village_code is None and scope.place_id is None and scope.codes is None:
        raise InvalidInput("请指明村、地名或地址编码", code="scope-missing")
    if scope.village_code is not None:
        require_scope(work.actor, scope.village_code)
    if scope.place_id is not None:
        context = load_place_context(work.conn, work.county_code, scope.place_id, work.today)
        require_scope(work.actor, context.village_code)
    if scope.codes is not None and scope.village_code is None and scope.place_id is None:
        require_scope(work.actor, work.county_code)


def _describe(obstacles: tuple[dict[str, Any], ...]) -> str:
    parts = [
        f"{o['village']}{o['place']}："
        + "、".join(
            words
            for words in (
                f"{o['on_unapproved_name']}条所在地名未批准" if o["on_unapproved_name"] else "",
                f"{o['own_drafts']}条由本人起草" if o["own_drafts"] else "",
            )
            if words
        )
        for o in obstacles[:5]
    ]
    return "不能批准：" + "；".join(parts)

"""Use-case: commit a renumbering plan by decree: ledger, versions, aliases, plates and search at once, or nothing."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from address_service.coding.numbering.permutation import Change, ChangeSet
from address_service.coding.numbering.policy import Policy
from address_service.coding.numbering.renumbering import event_kind, ring_text
from address_service.errors import Conflict, FieldError, Forbidden, InvalidInput
from address_service.model.addresses import Stage
from address_service.model.numbers import DoorNumber
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.renumbering_price import homonyms
from address_service.services.renumbering_situation import Standing, hold_place, load_standing
from address_service.services.renumbering_targets import standpoints
from address_service.store.numbers import LedgerRow
from address_service.store.overview import announce_change
from address_service.store.renumbering import (
    GivenUp,
    Reading,
    RenumberingWriter,
    Standpoint,
    Taking,
    Terms,
    outdated,
)
from address_service.store.renumbering_plans import RenumberingChange, RenumberingHead, Verdict
from address_service.store.search_index import index_addresses
from address_service.store.standing_doors import LedgerLine
from address_service.store.work import Work


def commit_renumbering(work: Work, plan_id: UUID, decree_no: str, effective_on: date) -> RenumberingHead:
    """Let everybody of a plan change numbers at once, from a day on, under a decree.

    Raises InvalidInput `decree-missing`, `effective-on-future`; Forbidden `own-plan` where the plan is one's own;
    Conflict `plan-decided`, `plan-outdated` when numbers or texts moved since, `homonym`,
    `effective-on-too-early`. Where doors stand does not change, so the counted overview stays as it is.
    """
    decree_no = decree_no.strip()
    refuse_personal_numbers(decree_no)
    if not decree_no:
        raise InvalidInput("执行改号方案须有文号", code="decree-missing")
    if effective_on > work.today:
        raise InvalidInput("生效日期不能晚于今天；请在生效当日执行", code="effective-on-future")
    plan = work.renumbering_plans.head(plan_id, lock=True)
    hold_place(work, plan.place_id)
    work.plates.lock_ordering()  # an order under way would take the numbers of before onto its plates
    standing = load_standing(work, plan.place_id)
    if plan.stage != "draft":
        raise Conflict("改号方案已经执行或作废", code="plan-decided")
    if plan.actor_id == work.actor.account_id:
        raise Forbidden("方案由本人拟定，须由他人批准", code="own-plan")
    lines = work.renumbering_plans.changes(plan_id)
    changes = _unchanged(plan, standing, lines, decree_no)
    _refuse_homonyms(standing, lines)
    event_id = _record(work, plan, lines, changes, decree_no, effective_on)
    terms = Terms(decree_no, effective_on, plan.actor_id, work.actor.account_id, event_id)
    _write(work, standing, lines, changes, terms)
    if plan.policy_id is not None:
        _restation(work, standing, lines, plan.policy_id)
    verdict = Verdict("committed", work.actor.account_id, decree_no, effective_on, event_id)
    work.renumbering_plans.decide(plan_id, verdict, work.now)
    announce_change(work.conn, work.county_code)
    return work.renumbering_plans.head(plan_id)


def _unchanged(
    plan: RenumberingHead, standing: Standing, lines: Sequence[RenumberingChange], decree_no: str
) -> ChangeSet:
    """The plan as a permutation of what stands; raises Conflict when that is no longer what the plan saw."""
    if standing.digest != plan.ledger_digest:
        raise outdated()
    reassigns = plan.reassign_decree_no or (decree_no if plan.undoes else None)
    changes = ChangeSet(tuple(Change(line.address_id, line.before, line.after, reassigns) for line in lines))
    changes.check(standing.holders, standing.open_states)
    return changes


def _refuse_homonyms(standing: Standing, lines: Sequence[RenumberingChange]) -> None:
    found = homonyms(standing.reader, lines)
    if found:
        errors = [FieldError("homonym", f"“{h.text}”已是地址 {h.code} 的全称", h.code) for h in found]
        raise Conflict("改号后将与别处地址重名，不能执行", code="homonym", errors=errors)


def _record(
    work: Work,
    plan: RenumberingHead,
    lines: Sequence[RenumberingChange],
    changes: ChangeSet,
    decree_no: str,
    effective_on: date,
) -> UUID:
    reclaimed = [str(line.after) for line in lines if line.reclaims]
    details: dict[str, Any] = {
        "renumbering_plan_id": str(plan.id),
        "doors": len(lines),
        "cycles": [ring_text(row) for row in changes.cycles()],
        "retired": [str(number) for number in sorted(changes.retired)],
    }
    if plan.undoes:
        details["undoes"] = str(plan.undoes)
    if reclaimed:
        details["reassigned"] = reclaimed
        details["reassign_decree_no"] = plan.reassign_decree_no or decree_no
    return work.addresses.record_event(
        event_kind(changes, reclaims=bool(reclaimed)),
        work.actor.account_id,
        effective_on,
        work.now,
        decree_no=decree_no,
        note=f"{plan.title}（{plan.village}{plan.place}）",
        details=details,
    )


def _write(
    work: Work,
    standing: Standing,
    lines: Sequence[RenumberingChange],
    changes: ChangeSet,
    terms: Terms,
) -> None:
    writer = RenumberingWriter(work.conn, work.county_code)
    current = {door.address_id for door in standing.doors if door.stage is Stage.CURRENT}
    given_up = [
        GivenUp(line.before, line.address_id, line.address_id in current)
        for line in lines
        if line.before in changes.retired
    ]
    holder_of = {number: key for key, number in standing.holders.items()}
    taken = [_taking(standing.ledger, holder_of.get(line.after), line, terms.decree_no) for line in lines]
    writer.permute(standing.context.place_id, taken, given_up, work.now)
    readings = [Reading(t.address_id, line.after, t.new_text) for line in lines for t in line.texts]
    in_force = writer.rewrite(readings, terms, work.now)
    index_addresses(work.conn, work.county_code, work.addresses.search_texts(in_force))
    writer.replace_plates([line.address_id for line in lines], work.now)


def _restation(work: Work, standing: Standing, lines: Sequence[RenumberingChange], policy_id: UUID) -> None:
    """Doors that keep their number under another policy stand elsewhere in its walk, so that all are in one row."""
    policy = Policy.from_parameters(work.numbering_plans.parameters(policy_id))
    numbers = standing.held | {line.address_id: line.after for line in lines}
    moved = {line.address_id for line in lines}
    doors = [
        Standpoint(numbers[key], side, offset_m)
        for key, side, offset_m in standpoints(standing, policy, numbers)
        if key not in moved
    ]
    RenumberingWriter(work.conn, work.county_code).restation(standing.context.place_id, doors, policy_id)


def _taking(
    ledger: Mapping[DoorNumber, LedgerLine], was: UUID | None, line: RenumberingChange, decree_no: str
) -> Taking:
    """What the ledger will say of a number; a reservation goes with the house that it was made for."""
    *why, last = line.reasons
    row = LedgerRow(
        line.after,
        line.side,
        line.offset_m,
        (*why, {**last, "text": f"{last['text']}，文号{decree_no}"}),
        holder_id=line.address_id,
        reservation_id=ledger[line.before].reservation_id,
    )
    known = ledger.get(line.after)
    return Taking(row, line.policy_id, was, known is None or not known.is_entered)

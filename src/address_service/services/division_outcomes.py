"""What each decision on a proposal does to the register: the acts of `change_division`, with what a person names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from address_service.coding.division_code import read_division
from address_service.coding.divisions.entries import Entry, Proposal
from address_service.errors import Conflict, InvalidInput
from address_service.model.addresses import EventKind, Subject
from address_service.model.division_lists import DivisionOutcome, ListSystem
from address_service.model.divisions import Division
from address_service.services.change_division import (
    change_division_kind,
    create_division,
    end_division,
    hold_division,
    learn_code_mca,
    recode_division,
    rename_division,
    transfer_division,
)
from address_service.services.division_act import Act, record_act
from address_service.services.reread_addresses import Reread
from address_service.services.scope import require_scope
from address_service.store.division_changes import carry_back
from address_service.store.division_proposals import KnownProposal
from address_service.store.events import Successor, add_successors
from address_service.store.work import Work


@dataclass(frozen=True, slots=True)
class Decision:
    """What happened, as somebody says who knows; never what the names look like.

    ``other_code`` is the village into which one was merged, the code that it has now (recoded or moved, where it
    vanished), or that it had (where it appeared). ``effective_on`` is the day of the list where none is given.
    """

    outcome: DivisionOutcome
    effective_on: date | None = None
    decree_no: str | None = None
    note: str = ""
    other_code: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A proposal under decision."""

    work: Work
    known: KnownProposal
    decision: Decision
    act: Act

    @property
    def proposal(self) -> Proposal:
        """What was proposed."""
        return self.known.proposal

    @property
    def old(self) -> Entry:
        """What is known; the proposal has it."""
        return _entry(self.proposal.old)

    @property
    def new(self) -> Entry:
        """What the list says; the proposal has it."""
        return _entry(self.proposal.new)

    def other(self) -> str:
        """The code that the person names; raises InvalidInput `other-code-missing`."""
        if not self.decision.other_code:
            raise InvalidInput("请写明并入、改为或原来的区划代码", code="other-code-missing")
        require_scope(self.work.actor, self.decision.other_code)
        return self.decision.other_code

    def standing(self, on: date | None = None) -> Division:
        """The division as the proposal saw it; raises Conflict `proposal-outdated` when it stands otherwise."""
        division_id = self.old.division_id
        day = on or self.act.effective_on
        found = self.work.divisions.find_by_id(division_id, day) if division_id else None
        if found is None or found.name != self.old.name:
            raise _outdated(self.old.name, day)
        return found


def _entry(entry: Entry | None) -> Entry:
    if entry is None:
        raise InvalidInput("这类建议不能作出该决定", code="outcome-not-possible")
    return entry


def _outdated(name: str, day: date) -> Conflict:
    return Conflict(f"“{name}”在{day}已与建议所见不同，请核对后再决定", code="proposal-outdated")


_Done = tuple[UUID, Reread]
"""The event, and the addresses that read differently."""


def _called_otherwise(case: Case) -> _Done:
    """The same village under another name; its kind goes with the name where a person says so."""
    if case.proposal.is_later:
        return _called_otherwise_before(case)
    old, new = case.standing(), case.new
    if case.decision.outcome is DivisionOutcome.KIND_CHANGED:
        kind = read_division(new.code, new.name).kind
        return change_division_kind(case.work, old, kind, new.name, case.act)
    respelled = case.decision.outcome is DivisionOutcome.RESPELLED
    kind_of_event = EventKind.RESPELL if respelled else EventKind.RENAME
    return rename_division(case.work, old, new.name, case.act, kind_of_event)


def _called_otherwise_before(case: Case) -> _Done:
    """An older list has the name of before: the village was there already, and was called so until it was renamed."""
    work, now_known = case.work, case.new
    if now_known.division_id is None:
        raise _outdated(now_known.name, case.known.list_day)
    first = work.divisions.history(now_known.division_id)[0]
    if first.name != now_known.name or first.valid_from <= case.known.list_day:
        raise _outdated(now_known.name, case.known.list_day)
    on = case.act.effective_on
    if not case.known.list_day < on <= first.valid_from:
        message = f"生效日期应在{case.known.list_day}之后，不晚于{first.valid_from}"
        raise InvalidInput(message, code="effective-on-outside")
    kind = {
        DivisionOutcome.RESPELLED: EventKind.RESPELL,
        DivisionOutcome.KIND_CHANGED: EventKind.CHANGE_KIND,
    }.get(case.decision.outcome, EventKind.RENAME)
    event_id = record_act(work, case.act, kind)
    before = {"name": case.old.name, "kind": read_division(case.old.code, case.old.name).kind}
    carry_back(
        work.conn,
        work.county_code,
        first.id,
        case.known.list_day,
        before,
        event_id,
        work.now,
        until=on,
    )
    return event_id, Reread()


def _code_reused(case: Case) -> _Done:
    """Another village under the code: the one of before ends, into one that is named or into none."""
    work, act = case.work, case.act
    if case.proposal.is_later:
        message = "较早的村已不在册，请以新设补录，再以撤销或合并终止"
        raise InvalidInput(message, code="outcome-not-possible")
    holder = work.divisions.find_by_code(case.new.code, act.effective_on)
    if holder is not None:
        old = case.standing()
        if old.code_nbs != case.new.code:
            raise _outdated(old.name, act.effective_on)
        into = _successors(case, old) if case.decision.other_code else []
        end_division(work, old, act, into, EventKind.MERGE if into else EventKind.ABOLISH)
    return create_division(work, case.new.code, case.new.name, act)[1], Reread()


def _recoded(case: Case) -> _Done:
    old, code = _before_and_after(case)
    if case.known.system is ListSystem.MCA:
        return learn_code_mca(case.work, old, code, case.act), Reread()
    return recode_division(case.work, old, code, case.act)


def _moved_town(case: Case) -> _Done:
    old, code = _before_and_after(case)
    return transfer_division(case.work, old, code, case.act)


def _before_and_after(case: Case) -> tuple[Division, str]:
    """The village of before and its code of afterwards, one of which the person names where the list has but one."""
    if case.proposal.old is not None:
        return case.standing(), case.proposal.new.code if case.proposal.new else case.other()
    before = case.work.divisions.find_by_code(case.other(), case.act.effective_on)
    if before is None:
        raise InvalidInput(f"没有区划代码{case.other()}", code="division-not-found")
    return before, case.new.code


def _created(case: Case) -> _Done:
    """A new division; with ``other_code`` it comes out of that one, which goes on."""
    if case.known.system is ListSystem.MCA:
        raise InvalidInput("民政名录不含统计代码，请先以统计用区划代码新设", code="outcome-not-possible")
    work, act = case.work, case.act
    origin = case.other() if case.decision.other_code else None
    parent = work.divisions.find_by_code(origin, act.effective_on) if origin else None
    if origin and parent is None:
        raise InvalidInput(f"没有区划代码{origin}", code="division-not-found")
    new_id, event_id = _put_earlier(case) or create_division(work, case.new.code, case.new.name, act)
    if parent is not None:
        line = Successor(parent.id, new_id, "part", act.note)
        add_successors(work.conn, work.county_code, event_id, Subject.DIVISION, [line])
    return event_id, Reread()


def _put_earlier(case: Case) -> tuple[UUID, UUID] | None:
    """What is known under code and name from a later day on was there already; None where there is no such thing."""
    work, new, on = case.work, case.new, case.act.effective_on
    of_code = work.divisions.history_of_code(new.code)
    if any(one.valid_from <= on and (one.valid_to is None or on < one.valid_to) for one in of_code):
        return None
    first = next((one for one in of_code if one.valid_from > on), None)
    if first is None or first.name != new.name:
        return None
    hold_division(work, first, replace(case.act, effective_on=first.valid_from))
    if work.divisions.history(first.id)[0].valid_from != first.valid_from:
        return None
    if len(new.code) == 12 and work.divisions.find_by_code(new.code[:9], on) is None:
        raise InvalidInput(f"上级{new.code[:9]}在{on}还没有", code="parent-missing")
    event_id = record_act(work, case.act, EventKind.CORRECT)
    carry_back(work.conn, work.county_code, first.id, on, {}, event_id, work.now)
    return first.id, event_id


def _merged(case: Case) -> _Done:
    old = case.standing()
    event_id = end_division(case.work, old, case.act, _successors(case, old), EventKind.MERGE)
    return event_id, Reread()


def _abolished(case: Case) -> _Done:
    return end_division(case.work, case.standing(), case.act), Reread()


def _successors(case: Case, old: Division) -> list[Successor]:
    code = case.other()
    into = case.work.divisions.find_by_code(code, case.act.effective_on)
    if into is None or into.id == old.id:
        raise InvalidInput(f"{case.act.effective_on}没有可并入的区划{code}", code="division-not-found")
    return [Successor(old.id, into.id, "whole", case.act.note)]


CARRY_OUT: Mapping[DivisionOutcome, Callable[[Case], _Done]] = {
    DivisionOutcome.RESPELLED: _called_otherwise,
    DivisionOutcome.RENAMED: _called_otherwise,
    DivisionOutcome.KIND_CHANGED: _called_otherwise,
    DivisionOutcome.CODE_REUSED: _code_reused,
    DivisionOutcome.RECODED: _recoded,
    DivisionOutcome.MOVED_TOWN: _moved_town,
    DivisionOutcome.CREATED: _created,
    DivisionOutcome.MERGED: _merged,
    DivisionOutcome.ABOLISHED: _abolished,
}
"""What carries out each decision; a rejection changes nothing."""

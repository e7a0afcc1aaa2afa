"""What each act on a division or a name does to the register; alike for the dry run and for the commit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from address_service.coding.division_code import read_division
from address_service.errors import InvalidInput, NotFound
from address_service.model.addresses import EventKind
from address_service.model.division_acts import DivisionActKind, DivisionActRequest
from address_service.model.divisions import Division
from address_service.services.change_boundary import change_boundary
from address_service.services.change_division import (
    change_division_kind,
    create_division,
    end_division,
    recode_division,
    rename_division,
    transfer_division,
)
from address_service.services.decide_division_proposal import carry_out_proposal
from address_service.services.division_act import Act
from address_service.services.division_outcomes import Decision
from address_service.services.geojson_area import area_of
from address_service.services.rename_place import rename_place
from address_service.services.reread_addresses import Reread
from address_service.store.work import Work

_Value = TypeVar("_Value")
_UNTOUCHED = Reread()


@dataclass(frozen=True, slots=True)
class Done:
    """What an act did: its event, the division that it made, addresses that read differently."""

    event_id: UUID
    reread: Reread = _UNTOUCHED
    made_id: UUID | None = None


def carry_out(work: Work, asked: DivisionActRequest, act: Act) -> Done:
    """Do it; raises InvalidInput `value-missing`, and as the acts of `change_division` and the decisions do."""
    if asked.kind is DivisionActKind.CREATE:
        return _create(work, asked, act)
    if asked.kind is DivisionActKind.RENAME_PLACE:
        place_id = given(asked.place_id, "地名")
        return Done(*rename_place(work, place_id, given(asked.name, "新名称"), act))
    if asked.kind is DivisionActKind.PROPOSAL:
        outcome = given(asked.outcome, "决定")
        decision = Decision(outcome, act.effective_on, act.decree_no, act.note, asked.other_code)
        return Done(*carry_out_proposal(work, given(asked.proposal_id, "建议"), decision, act))
    return Done(*_CHANGES[asked.kind](work, standing(work, asked, act), asked, act))


def standing(work: Work, asked: DivisionActRequest, act: Act) -> Division:
    """The division that an act is about, on its day; raises NotFound `division-not-found`."""
    division_id = given(asked.division_id, "区划")
    found = work.divisions.find_by_id(division_id, act.effective_on)
    if found is None:
        raise NotFound(f"没有区划 {division_id}（{act.effective_on}）", code="division-not-found")
    return found


def given(value: _Value | None, what: str) -> _Value:
    """A member that the act cannot do without; raises InvalidInput `value-missing`."""
    if value is None or value == "":
        raise InvalidInput(f"须填{what}", code="value-missing")
    return value


def _create(work: Work, asked: DivisionActRequest, act: Act) -> Done:
    code, name = given(asked.code, "代码"), given(asked.name, "名称")
    made_id, event_id = create_division(work, code, name, act, code_mca=asked.code_mca)
    return Done(event_id, made_id=made_id)


_Change = Callable[[Work, Division, DivisionActRequest, Act], tuple[UUID, Reread]]


def _rename(work: Work, old: Division, asked: DivisionActRequest, act: Act) -> tuple[UUID, Reread]:
    return rename_division(work, old, given(asked.name, "新名称"), act, EventKind(asked.kind))


def _recode(work: Work, old: Division, asked: DivisionActRequest, act: Act) -> tuple[UUID, Reread]:
    return recode_division(work, old, given(asked.code, "新代码"), act, asked.name)


def _transfer(work: Work, old: Division, asked: DivisionActRequest, act: Act) -> tuple[UUID, Reread]:
    return transfer_division(work, old, given(asked.code, "新代码"), act)


def _change_kind(work: Work, old: Division, asked: DivisionActRequest, act: Act) -> tuple[UUID, Reread]:
    name = given(asked.name, "新名称")
    becomes = read_division(asked.code or old.code_nbs, name).kind
    return change_division_kind(work, old, becomes, name, act, asked.code)


def _bound(work: Work, old: Division, asked: DivisionActRequest, act: Act) -> tuple[UUID, Reread]:
    return change_boundary(work, old, area_of(given(asked.boundary, "新界线")), act)


def _abolish(work: Work, old: Division, asked: DivisionActRequest, act: Act) -> tuple[UUID, Reread]:
    return end_division(work, old, act), Reread()


_CHANGES: Mapping[DivisionActKind, _Change] = {
    DivisionActKind.RENAME: _rename,
    DivisionActKind.RESPELL: _rename,
    DivisionActKind.RECODE: _recode,
    DivisionActKind.TRANSFER: _transfer,
    DivisionActKind.CHANGE_KIND: _change_kind,
    DivisionActKind.BOUNDARY: _bound,
    DivisionActKind.ABOLISH: _abolish,
}

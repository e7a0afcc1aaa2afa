"""Use-case: create a division by decree, or change one: name, spelling, code, town, kind, boundary, end."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import shapely

from address_service.coding.division_code import read_division
from address_service.errors import InvalidInput, NotFound
from address_service.model.addresses import EventKind
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
from address_service.services.division_act import Act
from address_service.services.reread_addresses import Reread
from address_service.services.scope import require_scope
from address_service.store.work import Work


class DivisionChangeKind(StrEnum):
    """What may be done to one division; a merger or split is an act of its own."""

    RENAME = "rename"
    RESPELL = "respell"
    RECODE = "recode"
    TRANSFER = "transfer"
    CHANGE_KIND = "change_kind"
    BOUNDARY = "boundary"
    ABOLISH = "abolish"


@dataclass(frozen=True, slots=True)
class DivisionChange:
    """What is asked for: a new name, a new code (of the new town where it moves), or a boundary (EPSG:4490)."""

    kind: DivisionChangeKind
    name: str | None = None
    code: str | None = None
    boundary: shapely.Geometry | None = None


def enter_division(work: Work, code: str, name: str, act: Act, code_mca: str | None = None) -> UUID:
    """Create a division by decree; gives its id.

    Raises InvalidInput `decree-missing`, Forbidden `out-of-scope`, and as `create_division` does.
    """
    _require_decree(act)
    require_scope(work.actor, code)
    return create_division(work, code, name, act, code_mca=code_mca)[0]


def act_on_division(work: Work, division_id: UUID, change: DivisionChange, act: Act) -> tuple[UUID, Reread]:
    """Change a division by decree; gives the event and how many addresses read differently.

    Raises NotFound `division-not-found`, InvalidInput `decree-missing`, `value-missing`, Forbidden `out-of-scope`,
    and as the acts of `change_division` do.
    """
    _require_decree(act)
    old = work.divisions.find_by_id(division_id, act.effective_on)
    if old is None:
        raise NotFound(f"没有区划 {division_id}（{act.effective_on}）", code="division-not-found")
    for code in (old.code_nbs, change.code):
        if code is not None:
            require_scope(work.actor, code)
    return _carry_out(work, old, change, act)


def _carry_out(work: Work, old: Division, change: DivisionChange, act: Act) -> tuple[UUID, Reread]:
    kind = change.kind
    if kind is DivisionChangeKind.RENAME:
        return rename_division(work, old, _given(change.name, "新名称"), act)
    if kind is DivisionChangeKind.RESPELL:
        return rename_division(work, old, _given(change.name, "新名称"), act, EventKind.RESPELL)
    if kind is DivisionChangeKind.RECODE:
        return recode_division(work, old, _given(change.code, "新代码"), act, change.name)
    if kind is DivisionChangeKind.TRANSFER:
        return transfer_division(work, old, _given(change.code, "新代码"), act)
    if kind is DivisionChangeKind.CHANGE_KIND:
        name = _given(change.name, "新名称")
        becomes = read_division(change.code or old.code_nbs, name).kind
        return change_division_kind(work, old, becomes, name, act, change.code)
    if kind is DivisionChangeKind.BOUNDARY:
        if change.boundary is None:
            raise InvalidInput("界线变更须给出新界线", code="value-missing")
        return change_boundary(work, old, change.boundary, act)
    return end_division(work, old, act), Reread()


def _given(value: str | None, what: str) -> str:
    if not value:
        raise InvalidInput(f"须填{what}", code="value-missing")
    return value


def _require_decree(act: Act) -> None:
    if not (act.decree_no or "").strip():
        raise InvalidInput("区划变更须有批准文号", code="decree-missing")

"""Use-case: the hand-out sheet of a printed batch, and the way between a plate and the households behind it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from address_service.errors import Conflict, TooLarge
from address_service.model.audit import AuditNote
from address_service.model.plates import BatchStage
from address_service.model.residents import HouseholdKind
from address_service.plates.handout import HandoutHousehold, HandoutLine, HandoutSheet
from address_service.plates.profile import profile_of
from address_service.residents.masking import mask_book_no, mask_name
from address_service.services.scope import require_scope
from address_service.store.county import load_county
from address_service.store.handout import HandoutViews, HouseholdBehind
from address_service.store.resident_views import ResidentViews
from address_service.store.work import Work

MOST_PLATES = 3000
"""Plates of one sheet, which is made while somebody waits; a town orders its batches village by village."""

_COLLECTIVE = "集体户"


@dataclass(frozen=True, slots=True)
class MaskedHousehold:
    """A household as it may be shown without a reason."""

    household_id: UUID
    position: int
    shown: HandoutHousehold


def write_handout(work: Work, batch: Mapping[str, Any]) -> HandoutSheet:
    """The sheet of a batch that the caller may read: everything masked, nothing kept; the look is noted.

    Raises Conflict `batch-not-printed`, for only a printed plate has a page, TooLarge `handout-too-large`.
    """
    if batch["stage"] not in (BatchStage.PRINTED, BatchStage.MADE):
        raise Conflict(f"批次 {batch['batch_no']} 尚未印出，没有发放表", code="batch-not-printed")
    if batch["plate_count"] > MOST_PLATES:
        raise TooLarge(
            f"批次有 {batch['plate_count']:,} 张门牌，发放表最多 {MOST_PLATES:,} 张；请按村订制",
            code="handout-too-large",
        )
    found = _households(work, batch["id"])
    behind = {at: tuple(one.shown for one in each) for at, each in groupby(found, key=_position)}
    lines = tuple(
        HandoutLine(p.position, p.position, p.code, p.full_text, p.number_text, behind.get(p.position, ()))
        for p in work.plates.printed(batch["id"])
    )
    _note(work, "plate_batch.handout", batch["id"], found, plates=len(lines))
    return HandoutSheet(
        batch_no=str(batch["batch_no"]),
        profile=profile_of(batch["profile"]).label,
        printed_on=f"{work.today.year}年{work.today.month}月{work.today.day}日",
        printed_by=work.actor.name,
        lines=lines,
        synthetic=load_county(work.conn, work.county_code).is_synthetic,
    )


def households_behind(work: Work, plate_id: UUID) -> list[MaskedHousehold]:
    """The households behind one plate, masked; raises NotFound `plate-not-found`, Forbidden `out-of-scope`."""
    plate = HandoutViews(work.conn, work.county_code).plate(plate_id)
    require_scope(work.actor, plate.village_code)
    found = _households(work, plate.batch_id, plate.position)
    _note(work, "plate.households", plate_id, found)
    return found


def plates_of_household(work: Work, household_id: UUID) -> list[Mapping[str, Any]]:
    """The plates of a household with batch and page; raises NotFound `household-not-found`, also out of scope."""
    work.residents.household(household_id)
    work.note(AuditNote("household.plates", "household", str(household_id)))
    return HandoutViews(work.conn, work.county_code).plates_of(household_id)


def _position(one: MaskedHousehold) -> int:
    return one.position


def _note(work: Work, action: str, object_id: UUID, found: Sequence[MaskedHousehold], **more: int) -> None:
    counts = {"households": len(found), "persons": sum(one.shown.persons for one in found), **more}
    work.note(AuditNote(action, action.split(".")[0], str(object_id), detail=counts))


def _households(work: Work, batch_id: UUID, position: int | None = None) -> list[MaskedHousehold]:
    residents = work.residents  # opens the scope, in which the next question is asked
    rows = HandoutViews(work.conn, work.county_code).behind(batch_id, position)
    return list(_masked(residents, rows))


def _masked(residents: ResidentViews, rows: Sequence[HouseholdBehind]) -> Iterator[MaskedHousehold]:
    households = residents.households_by_ids([row.household_id for row in rows])
    heads = residents.persons_by_ids([row.head_id for row in rows if row.head_id])
    for row in rows:
        household = households[row.household_id]
        head = heads.get(row.head_id) if row.head_id else None
        name = _COLLECTIVE if household.kind is HouseholdKind.COLLECTIVE else ""
        if head is not None and head.facts is not None:
            name = mask_name(head.facts.name)
        shown = HandoutHousehold(name, mask_book_no(household.book_no) or "", row.persons)
        yield MaskedHousehold(row.household_id, row.position, shown)

"""Which divisions and places an act concerns: who may see it, what is held, what must not have moved since."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from address_service.errors import NotFound
from address_service.model.division_acts import DivisionActKind, DivisionActRequest
from address_service.model.divisions import DivisionLevel
from address_service.services.division_act_steps import given
from address_service.store.division_acts import DivisionActRepository
from address_service.store.division_changes import places_under
from address_service.store.division_proposals import DivisionProposals
from address_service.store.merger_writer import hold_all
from address_service.store.place_context import load_place_context
from address_service.store.work import Work


@dataclass(frozen=True, slots=True)
class ActGround:
    """``codes`` bound who may see and decide; ``within`` is a town whose villages go along."""

    codes: tuple[str, ...]
    division_ids: frozenset[UUID]
    place_ids: tuple[UUID, ...] = ()
    within: UUID | None = None


def ground_of(work: Work, asked: DivisionActRequest, on: date) -> ActGround:
    """What an act concerns on its day.

    Raises NotFound `division-not-found`, `place-not-found`, `proposal-not-found`.
    """
    if asked.kind is DivisionActKind.RENAME_PLACE:
        return _of_place(work, given(asked.place_id, "地名"), on)
    if asked.kind is DivisionActKind.PROPOSAL:
        return _of_proposal(work, asked, on)
    codes, ids = [asked.code] if asked.code else [], set[UUID]()
    within = None
    if asked.kind is not DivisionActKind.CREATE:
        old = work.divisions.find_by_id(given(asked.division_id, "区划"), on)
        if old is None:
            raise NotFound(f"没有区划 {asked.division_id}（{on}）", code="division-not-found")
        codes = [old.code_nbs, *codes]
        ids = {old.id} | ({old.parent_id} if old.parent_id else set())
        within = old.id if old.level is DivisionLevel.TOWNSHIP else None
    else:
        given(asked.code, "代码")
    return ActGround(tuple(dict.fromkeys(codes)), frozenset(ids | _holders(work, codes, on)), within=within)


def hold_ground(work: Work, ground: ActGround) -> UUID:
    """Let nobody else import, merge or change divisions until commit; gives the digest of what stands there."""
    hold_all(work.conn, work.county_code, ground.division_ids, ())
    acts = DivisionActRepository(work.conn, work.county_code)
    return acts.digest(ground.division_ids, ground.within, ground.place_ids)


def _of_place(work: Work, place_id: UUID, on: date) -> ActGround:
    context = load_place_context(work.conn, work.county_code, place_id, on)
    places = tuple(places_under(work.conn, work.county_code, place_id))
    return ActGround((context.village_code,), frozenset({context.division_id}), places)


def _of_proposal(work: Work, asked: DivisionActRequest, on: date) -> ActGround:
    proposals = DivisionProposals(work.conn, work.county_code)
    known = proposals.get(given(asked.proposal_id, "建议"))
    entries = [entry for entry in (known.proposal.old, known.proposal.new) if entry is not None]
    codes = [entry.code for entry in entries] + ([asked.other_code] if asked.other_code else [])
    ids = {entry.division_id for entry in entries if entry.division_id is not None}
    return ActGround(tuple(dict.fromkeys(codes)), frozenset(ids | _holders(work, codes, on)))


def _holders(work: Work, codes: Iterable[str], on: date) -> set[UUID]:
    """Who carries the codes on the day, and the divisions right above them."""
    every = {part for code in codes for part in (code, code[:-3]) if len(part) >= 6}
    found = (work.divisions.find_by_code(code, on) for code in every)
    return {division.id for division in found if division is not None}

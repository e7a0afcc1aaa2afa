"""Use-case: decide whether a house keeps the number that the survey found on it (沿用旧号), or no longer."""

from dataclasses import replace
from uuid import UUID

from address_service.errors import Conflict, NotFound
from address_service.model.places import PlaceKind
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.scope import require_scope
from address_service.store.number_holders import number_holders
from address_service.store.place_context import load_place_context
from address_service.store.survey_decisions import SurveyDecisionRepository, SurveyedNumber
from address_service.store.work import Work


def decide_survey_number(
    work: Work, place_id: UUID, building_id: UUID, kept: bool, reason: str
) -> SurveyedNumber:
    """Record the decision; a number that is not kept goes to nobody else, since old papers still quote it.

    Where the survey found the number on several houses, deciding that one keeps it decides that the others do not.
    What stands decided already is not recorded twice. Raises InvalidInput `personal-data-not-here`, NotFound
    `survey-number-not-found`, Conflict `building-has-address`: then the number is the address's, and
    changes by renumbering; `number-taken` where the ledger has it for another address by now.
    """
    refuse_personal_numbers(reason)
    context = load_place_context(work.conn, work.county_code, place_id, work.today)
    require_scope(work.actor, context.village_code)
    if context.kind is PlaceKind.VILLAGE:
        work.places.lock(context.division_id)
    work.places.lock(place_id)
    decisions = SurveyDecisionRepository(work.conn, work.county_code)
    found, others = decisions.find(place_id, building_id)
    if found is None:
        raise NotFound("房屋在此处没有调查到的旧号", code="survey-number-not-found")
    if found.is_addressed:
        raise Conflict("房屋已有标准地址，改号请用改号方案", code="building-has-address")
    rivals = [other for other in others if other.kept or other.decided is not False] if kept else []
    if kept:
        _require_free(work, found)
    for rival in rivals:
        decisions.decide(rival, False, reason, work.actor.account_id, work.now)
    if found.kept is not kept or rivals or (found.decided is None and not kept):
        decisions.decide(found, kept, reason, work.actor.account_id, work.now)
    return replace(found, kept=kept, decided=kept)


def _require_free(work: Work, found: SurveyedNumber) -> None:
    holder = number_holders(work.conn, work.county_code, {found.place_id}).get((found.place_id, found.number))
    if holder is not None:
        raise Conflict(
            f"{found.number}已另有归属（{holder.name}），不能改由此处沿用；请先以改号方案腾出",
            code="number-taken",
        )

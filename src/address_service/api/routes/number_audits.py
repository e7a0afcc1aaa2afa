"""Audit of existing numbers (编号审查), and whether surveyed numbers are kept."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from address_service.api.schemas.audit import (
    NumberAuditAnswer,
    NumberAuditsAnswer,
    PlaceCountsItem,
    SurveyDecisionAnswer,
    SurveyDecisionBody,
)
from address_service.edge.idempotency import IdempotencyKey, answer_once
from address_service.edge.work import NumberWork, ReadWork
from address_service.services.audit_numbers import audit_numbers, audit_village
from address_service.services.decide_survey_number import decide_survey_number

router = APIRouter(tags=["编号审查"])


@router.get("/number-audits", summary="按地名列出编号问题的数量")
def list_number_audits(
    work: ReadWork,
    village: Annotated[str, Query(pattern=r"^[0-9]{12}$", description="村（居）委会代码")],
) -> NumberAuditsAnswer:
    """Every place of a village that has numbers, with how many findings of each severity."""
    return NumberAuditsAnswer(items=[PlaceCountsItem.of(found) for found in audit_village(work, village)])


@router.get("/places/{place_id}/number-audit", summary="审查一个地名的编号")
def get_number_audit(work: ReadWork, place_id: UUID) -> NumberAuditAnswer:
    """What is wrong with the numbers of a place, issued and surveyed, with proposals and the fishbone picture."""
    return NumberAuditAnswer.of(audit_numbers(work, place_id))


@router.post(
    "/places/{place_id}/survey-decisions", summary="决定是否沿用旧号", response_model=SurveyDecisionAnswer
)
def post_survey_decision(
    request: Request,
    work: NumberWork,
    place_id: UUID,
    body: SurveyDecisionBody,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Decide whether a house without an address keeps its surveyed number; one not kept goes to nobody else."""

    def act() -> SurveyDecisionAnswer:
        done = decide_survey_number(work, place_id, body.building_id, body.kept, body.reason)
        return SurveyDecisionAnswer.of_number(done)

    return answer_once(request, work, key, body, 200, act)

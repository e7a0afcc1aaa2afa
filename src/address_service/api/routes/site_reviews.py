"""A construction plan came again (建设计划变更): what changes for its numbers, and the decree that applies it."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from address_service.api.schemas.site_review import Measure, ReviewBody, SiteReviewAnswer
from address_service.edge.idempotency import IdempotencyKey, answer_once
from address_service.edge.work import NumberWork
from address_service.services.review_site import apply_site_review, review_site

router = APIRouter(prefix="/construction-plans", tags=["预留"])


@router.get("/{construction_plan_id}/review", summary="核对建设计划与其预留")
def get_review(work: NumberWork, construction_plan_id: UUID, by: Measure = "planned") -> SiteReviewAnswer:
    """What the reservation holds, what the plan needs now, and what would change; writes nothing."""
    return SiteReviewAnswer.of(review_site(work, construction_plan_id, by_frontage=by == "frontage"))


@router.post("/{construction_plan_id}/review", summary="按规划变更预留", response_model=SiteReviewAnswer)
def post_review(
    request: Request,
    work: NumberWork,
    construction_plan_id: UUID,
    body: ReviewBody,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Reserve what lacks, release what is too much, take over holder and end, by decree; answers the state then."""

    def act() -> SiteReviewAnswer:
        frontage = body.by == "frontage"
        done = apply_site_review(
            work, construction_plan_id, body.decree_no, body.reason, by_frontage=frontage, digest=body.digest
        )
        return SiteReviewAnswer.of(done)

    return answer_once(request, work, key, body, 200, act)

"""The counter (窗口): candidates for one new house, and the number it takes."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from address_service.api.schemas.counter import CandidateItem, CandidatesAnswer, DoorAnswer, DoorBody
from address_service.edge.idempotency import IdempotencyKey, answer_once
from address_service.edge.read_access import KnownAccount
from address_service.edge.rights import Right
from address_service.edge.sign_in import ApiKey
from address_service.edge.work import NumberWork, signed_in_work
from address_service.model.numbers import DoorNumber
from address_service.services.issue_number import issue_number, propose_numbers
from address_service.store.work import Work

router = APIRouter(prefix="/places", tags=["窗口编号"])


@router.get("/{place_id}/candidates", summary="查询新房屋的候选号")
def get_candidates(work: NumberWork, place_id: UUID, building_id: UUID) -> CandidatesAnswer:
    """The numbers that a house of the place may take, each with its reasons; nothing is written."""
    found = propose_numbers(work, place_id, building_id)
    return CandidatesAnswer(items=[CandidateItem.of(candidate) for candidate in found])


@router.post("/{place_id}/doors", status_code=201, summary="为一座房屋编号", response_model=DoorAnswer)
async def post_door(
    request: Request,
    _known: KnownAccount,
    api_key: ApiKey,
    place_id: UUID,
    body: DoorBody,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Issue one candidate under the place's lock and draft the address; 409 when it is gone by now."""

    def act() -> JSONResponse:
        with signed_in_work(request, api_key, Right.NUMBER) as work:
            return answer_once(request, work, key, body, 201, lambda: _issue(work, place_id, body))

    # All in one trip to another thread: between trips the lock would be held, and others wait.
    async with request.app.state.turns.turn(place_id):
        return await run_in_threadpool(act)


def _issue(work: Work, place_id: UUID, body: DoorBody) -> DoorAnswer:
    number = DoorNumber(body.main, body.sub) if body.main is not None else None
    return DoorAnswer.of(issue_number(work, place_id, body.building_id, number))

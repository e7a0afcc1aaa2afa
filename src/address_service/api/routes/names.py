"""Names: which are taken for one another, and places that get another one."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from address_service.api.schemas.base import DivisionCodeText
from address_service.api.schemas.division import NameClashItem, NameReport
from address_service.api.schemas.division_act import DivisionActItem, PlaceNameBody
from address_service.edge.idempotency import IdempotencyKey, answer_once
from address_service.edge.reading import narrowed
from address_service.edge.work import NameWork, ReadWork
from address_service.services.draw_division_act import draw_division_act
from address_service.services.report_names import NameCircle, report_names

router = APIRouter(tags=["地名"])


@router.get("/name-reports", summary="重名与同音报告")
def get_name_report(
    work: ReadWork,
    circle: Annotated[
        NameCircle, Query(description="县内的村、镇内的街路、村内的组和自然村")
    ] = NameCircle.VILLAGES,
    within: Annotated[DivisionCodeText | None, Query(description="只列涉及该区划的")] = None,
    valid_on: Annotated[date | None, Query(description="以哪一天的名称为准，缺省为今天")] = None,
) -> NameReport:
    """Homonyms and homophones; a polyphone counts in each of its readings."""
    found = report_names(work, circle, narrowed(work.actor, within), valid_on)
    return NameReport(items=[NameClashItem.of(one) for one in found], next_cursor=None)


@router.post(
    "/places/{place_id}/rename", status_code=201, summary="拟定地名更名", response_model=DivisionActItem
)
def post_rename(
    request: Request, work: NameWork, place_id: UUID, body: PlaceNameBody, key: IdempotencyKey = None
) -> JSONResponse:
    """Ask for another name of a street, hamlet or group, with a dry run; somebody else approves it."""

    def act() -> DivisionActItem:
        return DivisionActItem.of(draw_division_act(work, body.asked(place_id)))

    return answer_once(request, work, key, body, 201, act)

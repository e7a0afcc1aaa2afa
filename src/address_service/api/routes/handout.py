"""Plates and households (门牌与住户): the hand-out sheet of a batch, from a plate to its households and back."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from address_service.api.schemas.handout import (
    HouseholdBehindItem,
    HouseholdBehindList,
    PlatePlace,
    PlatePlaceList,
)
from address_service.edge.reading import readable_batch
from address_service.edge.work import ResidentsWork
from address_service.plates.handout import HandoutSheet
from address_service.plates.handout_list import render_handout_list
from address_service.plates.handout_pdf import render_handout
from address_service.services.write_handout import households_behind, plates_of_household, write_handout
from address_service.store.fonts import load_fonts
from address_service.store.work import Work

router = APIRouter(tags=["门牌与住户"])

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PDF_ANSWER: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": {}}}}
_XLSX_ANSWER: dict[int | str, dict[str, Any]] = {200: {"content": {_XLSX: {}}}}


@router.get(
    "/plate-batches/{batch_id}/handout.pdf",
    summary="门牌发放表（PDF，仅供内部）",
    response_class=Response,
    responses=_PDF_ANSWER,
)
def get_handout_pdf(work: ResidentsWork, batch_id: UUID) -> Response:
    """Plates with their households, masked, in walking order, to be signed; made for this answer and kept nowhere."""
    sheet = _sheet(work, batch_id)
    return _answer(render_handout(sheet, load_fonts()).content, "application/pdf", sheet, "pdf")


@router.get(
    "/plate-batches/{batch_id}/handout.xlsx",
    summary="门牌发放表（XLSX，仅供内部）",
    response_class=Response,
    responses=_XLSX_ANSWER,
)
def get_handout_list(work: ResidentsWork, batch_id: UUID) -> Response:
    """The same as a workbook, also by household."""
    sheet = _sheet(work, batch_id)
    return _answer(render_handout_list(sheet), _XLSX, sheet, "xlsx")


@router.get("/plates/{plate_id}/households", summary="门牌后面的住户")
def get_households(work: ResidentsWork, plate_id: UUID) -> HouseholdBehindList:
    """Households registered at a plate's door or in its rooms, masked."""
    items = [HouseholdBehindItem.of(one) for one in households_behind(work, plate_id)]
    return HouseholdBehindList(items=items, next_cursor=None)


@router.get("/households/{household_id}/plates", summary="住户的门牌")
def get_plates(work: ResidentsWork, household_id: UUID) -> PlatePlaceList:
    """The plates of a household's registered address, each with its batch and its page there, the latest first."""
    items = [PlatePlace.model_validate(row) for row in plates_of_household(work, household_id)]
    return PlatePlaceList(items=items, next_cursor=None)


def _sheet(work: Work, batch_id: UUID) -> HandoutSheet:
    batch: Mapping[str, Any] = readable_batch(work, batch_id)
    return write_handout(work, batch)


def _answer(content: bytes, media_type: str, sheet: HandoutSheet, suffix: str) -> Response:
    name = quote(f"{sheet.batch_no}-发放表-仅供内部.{suffix}")
    headers = {
        "Content-Disposition": f"attachment; filename*=utf-8''{name}",
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=media_type, headers=headers)

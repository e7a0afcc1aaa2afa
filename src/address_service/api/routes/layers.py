"""Parcels (宗地), buildings (建筑物), construction plans (建设计划) and reservations (预留)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from address_service.api.schemas.base import DivisionCodeText
from address_service.api.schemas.land import (
    BuildingItem,
    BuildingPage,
    ConstructionPlanItem,
    ConstructionPlanPage,
    ParcelItem,
    ParcelPage,
)
from address_service.api.schemas.numbering import ReservationItem, ReservationPage
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.reading import narrowed, readable_building, scope_prefix
from address_service.edge.work import LookingWork, ReadWork
from address_service.errors import NotFound
from address_service.store.listings import Listings

router = APIRouter(tags=["图层"])
Village = Annotated[DivisionCodeText | None, Query(description="村（居）委会代码")]
Code = Annotated[str | None, Query(max_length=64)]


@router.get("/parcels", summary="列出宗地")
def list_parcels(
    work: ReadWork, village: Village = None, code: Code = None, limit: Limit = 100, cursor: Cursor = None
) -> ParcelPage:
    """Parcels by village or code."""
    listings = Listings(work.conn, work.county_code, work.today)
    rows = listings.parcels(decode_cursor(cursor), limit, village=narrowed(work.actor, village), code=code)
    return ParcelPage(
        items=[ParcelItem.model_validate(r) for r in rows], next_cursor=encode_cursor(rows, limit)
    )


@router.get("/buildings", summary="列出建筑物")
def list_buildings(
    work: LookingWork,
    village: Village = None,
    code: Code = None,
    unassigned: Annotated[bool | None, Query(description="只列未归组且无地址的房屋")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> BuildingPage:
    """Buildings with place and address; houses without a place are listed, never guessed."""
    listings = Listings(work.conn, work.county_code, work.today)
    within = (
        village if code else narrowed(work.actor, village)
    )  # one building is the map's, a list the office's
    rows = listings.buildings(decode_cursor(cursor), limit, village=within, code=code, unassigned=unassigned)
    return BuildingPage(
        items=[BuildingItem.model_validate(readable_building(work.actor, r)) for r in rows],
        next_cursor=encode_cursor(rows, limit),
    )


@router.get("/buildings/{building_id}", summary="查看一座建筑物")
def get_building(work: LookingWork, building_id: UUID) -> BuildingItem:
    """One building."""
    found = Listings(work.conn, work.county_code, work.today).buildings(None, 1, building_id=building_id)
    if not found:
        raise NotFound(f"没有建筑物 {building_id}", code="building-not-found")
    return BuildingItem.model_validate(readable_building(work.actor, found[0]))


@router.get("/construction-plans", summary="列出建设计划")
def list_construction_plans(
    work: ReadWork, limit: Limit = 100, cursor: Cursor = None
) -> ConstructionPlanPage:
    """Construction plans."""
    rows = Listings(work.conn, work.county_code, work.today).construction_plans(
        decode_cursor(cursor), limit, village=scope_prefix(work.actor)
    )
    return ConstructionPlanPage(
        items=[ConstructionPlanItem.model_validate(r) for r in rows], next_cursor=encode_cursor(rows, limit)
    )


@router.get("/reservations", summary="列出预留号段")
def list_reservations(
    work: ReadWork, place_id: UUID | None = None, limit: Limit = 100, cursor: Cursor = None
) -> ReservationPage:
    """Reserved numbers by purpose; unpublished, for accounts only."""
    rows = work.numbers.reservations(decode_cursor(cursor), limit, place_id, scope_prefix(work.actor))
    return ReservationPage(
        items=[ReservationItem.model_validate(r) for r in rows], next_cursor=encode_cursor(rows, limit)
    )

"""Acts on single addresses (单条地址变更): asked for by one, decided under a decree by another."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from address_service.api.schemas.address_change import (
    ActDecreeBody,
    AddressChangeBody,
    AddressChangeItem,
    AddressChangePage,
    AddressChangePreview,
    AddressPreviewBody,
    PreviewDayBody,
)
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.idempotency import IdempotencyKey, answer_once
from address_service.edge.reading import scope_prefix
from address_service.edge.work import ApproveWork, NumberOrApproveWork, NumberWork, ReadWork
from address_service.services.address_change_preview import preview_address_change, preview_asked
from address_service.services.address_change_residents import count_households
from address_service.services.commit_address_change import commit_address_change
from address_service.services.draw_address_change import draw_address_change, drop_address_change
from address_service.services.scope import require_scope
from address_service.store.address_changes import AddressChangeHead, AddressChangeRepository
from address_service.store.work import Work

router = APIRouter(prefix="/address-changes", tags=["单条地址变更"])


@router.post("/preview", summary="试算单条地址变更")
def post_preview(work: NumberWork, body: AddressPreviewBody) -> AddressChangePreview:
    """What an act would change if it were carried out; it is, looked at, and taken back: nothing is written."""
    return AddressChangePreview.of(preview_asked(work, body.asked(), body.effective_on))


@router.post("/{address_change_id}/preview", summary="试算待批的单条地址变更")
def post_preview_of(
    work: NumberOrApproveWork, address_change_id: UUID, body: PreviewDayBody
) -> AddressChangePreview:
    """The same for an act that waits, on a day."""
    return AddressChangePreview.of(preview_address_change(work, address_change_id, body.effective_on))


@router.post("", status_code=201, summary="拟定单条地址变更", response_model=AddressChangeItem)
def post_change(
    request: Request, work: NumberWork, body: AddressChangeBody, key: IdempotencyKey = None
) -> JSONResponse:
    """Keep an act on one address to be decided; nothing else is written yet."""

    def act() -> AddressChangeItem:
        return _items(work, [draw_address_change(work, body.asked())])[0]

    return answer_once(request, work, key, body, 201, act)


@router.get("", summary="列出单条地址变更")
def list_changes(
    work: ReadWork,
    stage: Annotated[
        Literal["draft", "committed", "dropped"] | None, Query(description="待批、已执行或已作废")
    ] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> AddressChangePage:
    """Acts, oldest first."""
    heads = AddressChangeRepository(work.conn, work.county_code).heads(
        decode_cursor(cursor), limit, scope_prefix(work.actor), stage=stage
    )
    return AddressChangePage(
        items=_items(work, heads),
        next_cursor=encode_cursor([{"id": head.id} for head in heads], limit),
    )


@router.get("/{address_change_id}", summary="查看单条地址变更")
def get_change(work: ReadWork, address_change_id: UUID) -> AddressChangeItem:
    """One of them."""
    head = AddressChangeRepository(work.conn, work.county_code).head(address_change_id)
    require_scope(work.actor, head.village_code)
    return _items(work, [head])[0]


@router.post("/{address_change_id}/commit", summary="批准执行单条地址变更", response_model=AddressChangeItem)
def post_commit(
    request: Request,
    work: ApproveWork,
    address_change_id: UUID,
    body: ActDecreeBody,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Carry it out from a day on, whole or not at all; never by who asked for it."""

    def act() -> AddressChangeItem:
        done = commit_address_change(work, address_change_id, body.decree_no, body.effective_on)
        return _items(work, [done])[0]

    return answer_once(request, work, key, body, 200, act)


@router.post("/{address_change_id}/drop", summary="作废单条地址变更", response_model=AddressChangeItem)
def post_drop(
    request: Request, work: NumberWork, address_change_id: UUID, key: IdempotencyKey = None
) -> JSONResponse:
    """Put it aside."""

    def act() -> AddressChangeItem:
        return _items(work, [drop_address_change(work, address_change_id)])[0]

    return answer_once(request, work, key, None, 200, act)


def _items(work: Work, heads: Sequence[AddressChangeHead]) -> list[AddressChangeItem]:
    counts = count_households(work, heads)
    return [AddressChangeItem.of(head, counts[head.id]) for head in heads]

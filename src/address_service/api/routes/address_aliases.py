"""Aliases of an address (别名): what people call it and how the police write it, recorded and ended by persons."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse

from address_service.api.schemas.alias import AliasBody, AliasEndBody, AliasPage, RecordedAlias
from address_service.edge.idempotency import IdempotencyKey, answer_once
from address_service.edge.work import NameOrNumberWork, ReadWork
from address_service.services.record_alias import end_alias, record_alias
from address_service.services.scope import require_scope
from address_service.store.aliases import AliasRepository
from address_service.store.known_addresses import KnownAddresses

router = APIRouter(prefix="/addresses/{code}/aliases", tags=["标准地址"])

Code = Annotated[str, Path(pattern=r"^[0-9]{26}$", description="26位地址编码")]


@router.get("", summary="列出一条地址的别名")
def list_aliases(work: ReadWork, code: Code) -> AliasPage:
    """All other texts of an address of the account's own land, those that ended among them."""
    address = KnownAddresses(work.conn, work.county_code).by_code(code)
    require_scope(work.actor, address.village_code)
    rows = AliasRepository(work.conn, work.county_code).of(address.id)
    return AliasPage(items=[RecordedAlias.of(row) for row in rows], next_cursor=None)


@router.post("", status_code=201, summary="登记别名", response_model=RecordedAlias)
def post_alias(
    request: Request, work: NameOrNumberWork, code: Code, body: AliasBody, key: IdempotencyKey = None
) -> JSONResponse:
    """Let an address be known by another text, from a day on; a text of several addresses links none by itself."""

    def act() -> RecordedAlias:
        return RecordedAlias.of(record_alias(work, code, body.asked()))

    return answer_once(request, work, key, body, 201, act)


@router.post("/{alias_id}/end", summary="终止别名", response_model=RecordedAlias)
def post_end(
    request: Request,
    work: NameOrNumberWork,
    code: Code,
    alias_id: UUID,
    body: AliasEndBody,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Set its last day; what was known of it stays, and the answer has the id of the row that says it anew."""

    def act() -> RecordedAlias:
        return RecordedAlias.of(end_alias(work, code, alias_id, body.last_on))

    return answer_once(request, work, key, body, 200, act)

"""The search box over HTTP: whole searches page by page, and suggestions while one types."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from address_service.api.lane import LaneDep, ReadAccess
from address_service.api.schemas.base import DivisionCodeText, Page
from address_service.store.search import MAX_LIMIT, complete_address, scope_within, search_addresses
from address_service.store.search_hits import SearchHit

_MOST_SUGGESTED = 20


class SearchItem(BaseModel):
    """An address found by the search box, and how."""

    code: str = Field(examples=["43062611320840120001800006"])
    full_text: str = Field(examples=["湖南省岳阳市平江县童市镇烟舟村12组18号"])
    stage: str = Field(examples=["current"])
    place: str = Field(examples=["12组"])
    number: str = Field(examples=["18号"])
    lon: float = Field(examples=[113.71])
    lat: float = Field(examples=[28.83])
    match: str = Field(examples=["标准地址含所查文字"], description="为何列出")
    field: str = Field(
        examples=["text"],
        description="在哪一项中找到：text 标准地址、former 曾用地址（原）、number 门牌号、initials 拼音首字母、"
        "code 地址编码、parcel 宗地代码、building 建筑物编号、near 相近",
    )
    form: str = Field(examples=["烟舟村12组18号"], description="该项中与所查相当的文字，曾用地址则为原文")


class SearchResults(Page):
    """Addresses found, best first."""

    items: list[SearchItem]


class Suggestions(BaseModel):
    """Addresses that may be meant, best first."""

    items: list[SearchItem]


_Query = Annotated[
    str,
    Query(
        description="地址文字、拼音首字母、地址编码（可只写前若干位）、宗地代码或建筑物编号；超过100字的部分不看"
    ),
]
_Within = Annotated[DivisionCodeText | None, Query(description="只在该区划内查找，须在账户辖区之内")]


def build_search_router(read_access: ReadAccess) -> APIRouter:
    """Routes ``/api/v1/search`` and ``/api/v1/search/suggestions``; an account finds what is in its scope."""
    router = APIRouter(tags=["地图"])
    scope = Annotated[str | None, Depends(read_access)]

    @router.get("/api/v1/search", summary="查找标准地址", response_model=SearchResults)
    async def search(
        lane: LaneDep,
        scope: scope,
        q: _Query,
        within: _Within = None,
        limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 20,
        cursor: Annotated[str | None, Query(max_length=20)] = None,
    ) -> Response:
        """辖区内的现行标准地址，最相符的在前；match、field、form 说明为何列出。"""
        page = await search_addresses(lane, q, limit, cursor, scope_within(scope, within))
        return _answer(page.items, next_cursor=page.next_cursor)

    @router.get("/api/v1/search/suggestions", summary="边输入边提示标准地址", response_model=Suggestions)
    async def suggestions(
        lane: LaneDep,
        scope: scope,
        q: _Query,
        within: _Within = None,
        limit: Annotated[int, Query(ge=1, le=_MOST_SUGGESTED)] = 8,
    ) -> Response:
        """与查找相同，只排前几条，供逐字输入时用。"""
        return _answer(await complete_address(lane, q, limit, scope_within(scope, within)))

    return router


def _answer(items: list[SearchHit], **more: str | None) -> Response:
    """Written as it is: what comes from our own statements need not be validated on its way out."""
    return Response(orjson.dumps({"items": items, **more}), media_type="application/json")

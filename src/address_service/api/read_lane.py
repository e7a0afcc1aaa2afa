"""The read lane over HTTP: tiles, the search box and plates; async, beside the sync routes of the rest."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import date
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from address_service.api.lane import LaneDep, ReadAccess, lane_of
from address_service.api.search import build_search_router
from address_service.errors import InvalidInput, NotFound
from address_service.store.plate_lookup import find_plate
from address_service.store.tile_cache import Tile
from address_service.store.tile_layers import NOBODY
from address_service.store.tiles import read_tile

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
PACK_FROM = 16_384
"""Bytes from which packing a tile saves more time on the line than it costs here."""

# Tiles change with the register: the browser keeps them, but asks each time whether they still hold.
_CACHING = "private, no-cache"


class PlateFoundItem(BaseModel):
    """A plate with its address; nothing about residents."""

    token: str
    name_text: str = Field(description="牌面上的地名")
    number_text: str = Field(description="牌面上的号码")
    plate_stage: str
    address_code: str
    full_text: str
    stage: str
    valid_from: date | None
    place: str
    village: str
    postcode: str
    lon: float
    lat: float
    successor_texts: list[str] = Field(description="地址注销后由哪些地址接替")
    synthetic: bool = Field(description="示例数据")


def build_read_router(read_access: ReadAccess) -> APIRouter:
    """Routes ``/tiles/…`` and ``/api/v1/{search,plates/by-token}``; include it first, without a prefix."""
    router = APIRouter()
    _add_tiles(router, read_access)
    router.include_router(build_search_router(read_access))
    _add_plates(router, read_access)
    return router


def _add_tiles(router: APIRouter, read_access: ReadAccess) -> None:
    class TileRoute(APIRoute):
        """A documented route without the framework's parsing, which would take longer than a small tile."""

        def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
            async def answer(request: Request) -> Response:
                return await _answer_tile(request, await read_access(request))

            return answer

    tiles = APIRouter(route_class=TileRoute)

    @tiles.get(
        "/tiles/{layer}/{z}/{x}/{y}.mvt",
        tags=["地图"],
        summary="矢量瓦片",
        response_class=Response,
        responses={200: {"content": {MEDIA_TYPE: {}}}, 204: {"description": "瓦片内没有要素"}, 304: {}},
    )
    def tile(layer: str, z: int, x: int, y: int) -> Response:
        """Mapbox 矢量瓦片（EPSG:3857，XYZ）。图层 map 含全部子图层；13级及以下地址为计数点（count）。"""
        raise NotImplementedError  # answered by TileRoute

    router.include_router(tiles)


async def _answer_tile(request: Request, scope: str | None) -> Response:
    path = request.path_params
    z, x, y = (_index(path[name]) for name in ("z", "x", "y"))
    tile = await read_tile(lane_of(request), path["layer"], z, x, y, scope or NOBODY)
    headers = {"ETag": tile.etag, "Cache-Control": _CACHING, "Vary": "Accept-Encoding, X-API-Key, Cookie"}
    if request.headers.get("if-none-match") == tile.etag:
        return Response(status_code=304, headers=headers)
    if not tile.body:
        return Response(status_code=204, headers=headers)
    if len(tile.body) >= PACK_FROM and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(await _packed(tile), headers=headers, media_type=MEDIA_TYPE)
    return Response(tile.body, headers=headers, media_type=MEDIA_TYPE)


def _index(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 8):
        raise InvalidInput(f"瓦片的级别和行列号应为数字，收到“{text[:20]}”", code="tile-out-of-range")
    return int(text)


async def _packed(tile: Tile) -> bytes:
    """The tile as gzip at the fastest level, packed once and in a thread, where it holds no lock."""
    if tile.packed is None:
        tile.packed = await asyncio.to_thread(_gzip, tile.body)
    return tile.packed


def _gzip(body: bytes) -> bytes:
    packer = zlib.compressobj(level=1, wbits=31)
    return packer.compress(body) + packer.flush()


def _add_plates(router: APIRouter, read_access: ReadAccess) -> None:
    guarded: dict[str, Any] = {"dependencies": [Depends(read_access)]}

    @router.get("/api/v1/plates/by-token/{token}", tags=["门牌"], summary="按二维码查门牌", **guarded)
    async def plate_by_token(lane: LaneDep, token: str) -> PlateFoundItem:
        """门牌二维码所指的标准地址。"""
        found = await find_plate(lane, token)
        if found is None:
            raise NotFound("没有这块门牌", code="plate-not-found")
        return PlateFoundItem(**asdict(found))

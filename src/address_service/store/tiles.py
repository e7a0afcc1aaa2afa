"""Vector tiles from the register: one statement each, remembered until the register changes."""

from psycopg.types.numeric import Int4

from address_service.errors import InvalidInput, NotFound
from address_service.store.read_lane import ReadLane
from address_service.store.tile_cache import Tile
from address_service.store.tile_layers import LAYERS, NOBODY, statements

MAX_ZOOM = 22
MAX_BYTES = 500_000
"""No tile is larger, unpacked; where the full one would be, a coarser one takes its place."""


def check_tile(layer: str, z: int, x: int, y: int) -> None:
    """Raise NotFound for an unknown layer and InvalidInput for a tile outside of the pyramid."""
    if layer not in LAYERS:
        raise NotFound(f"没有图层“{layer[:40]}”，可用图层：{'、'.join(LAYERS)}", code="tile-layer-unknown")
    if not 0 <= z <= MAX_ZOOM:
        raise InvalidInput(f"瓦片级别应为0至{MAX_ZOOM}，收到{z}", code="tile-out-of-range")
    if not (0 <= x < 1 << z and 0 <= y < 1 << z):
        raise InvalidInput(
            f"{z}级瓦片的行列号应在0至{(1 << z) - 1}之间，收到{x}/{y}", code="tile-out-of-range"
        )


async def read_tile(lane: ReadLane, layer: str, z: int, x: int, y: int, scope: str = NOBODY) -> Tile:
    """The tile at zoom z, column x, row y (XYZ scheme, EPSG:3857), empty where nothing is; never over MAX_BYTES.

    Reserved numbers are in it only for places whose division's code begins with ``scope``.
    """
    check_tile(layer, z, x, y)
    today = lane.today()
    key = (layer, z, x, y, today, scope)
    tile = lane.tiles.get(key)
    if tile is not None:
        return tile
    generation, remember = lane.generation, lane.listening
    arguments = {
        "county": lane.county_code,
        "today": today,
        "z": Int4(z),
        "x": Int4(x),
        "y": Int4(y),
        "scope": scope,
    }
    tile = Tile.of(await _smallest_fit(lane, layer, arguments))
    # A change announced while the tile was drawn may or may not be in it.
    if remember and lane.listening and generation == lane.generation:
        lane.tiles.put(key, tile)
    return tile


async def _smallest_fit(lane: ReadLane, layer: str, arguments: dict[str, object]) -> bytes:
    """The first, most detailed answer that keeps to the limit, or nothing."""
    for statement in statements(layer, int(arguments["z"])):  # type: ignore[call-overload]
        ((body,),) = await lane.rows(statement, arguments)
        if len(body) <= MAX_BYTES:
            return bytes(body)
    return b""

"""Tiles kept in memory while the register stands still."""

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2b


@dataclass(slots=True)
class Tile:
    """Bytes of one tile; ``etag`` names them, ``packed`` is their gzip once somebody asked for it."""

    body: bytes
    etag: str
    packed: bytes | None = None

    @classmethod
    def of(cls, body: bytes) -> "Tile":
        """A tile named by its content; the tag is weak, as packed and plain bytes share it."""
        return cls(body, f'W/"{blake2b(body, digest_size=12).hexdigest()}"')


class TileCache:
    """The tiles asked for last, up to a number of bytes."""

    def __init__(self, max_bytes: int) -> None:
        """``max_bytes`` counts the plain and packed bodies; 0 keeps nothing."""
        self._max_bytes = max_bytes
        self._bytes = 0
        self._tiles: OrderedDict[object, Tile] = OrderedDict()

    def __len__(self) -> int:
        return len(self._tiles)

    def get(self, key: object) -> Tile | None:
        """The tile under a key, if it is still here."""
        tile = self._tiles.get(key)
        if tile is not None:
            self._tiles.move_to_end(key)
        return tile

    def put(self, key: object, tile: Tile) -> None:
        """Keep a tile, and let go of those asked for longest ago."""
        self._drop(key)
        self._tiles[key] = tile
        self._bytes += _weight(tile)
        while self._bytes > self._max_bytes:
            self._drop(next(iter(self._tiles)))

    def clear(self) -> None:
        """Let go of all."""
        self._tiles.clear()
        self._bytes = 0

    def _drop(self, key: object) -> None:
        tile = self._tiles.pop(key, None)
        if tile is not None:
            self._bytes -= _weight(tile)


def _weight(tile: Tile) -> int:
    """Room for the packed twin is counted from the start, since it may be added later; 300 for the objects."""
    return 300 + len(tile.body) + len(tile.body) // 2

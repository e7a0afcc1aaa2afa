"""Tiles over HTTP beside the very same statements by psycopg alone, on a county full of addresses.

Bare SQL and HTTP take turns on the same tiles with the same number of connections, so that a busy machine slows both.
A cold tile is one that the service has forgotten: the register's change is announced before every cold round.
"""

import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from threading import local
from typing import Any

import psycopg
from psycopg.types.numeric import Int4

from address_service.bench.county import COUNTY, DRAFTER, load_county
from address_service.bench.drive import Driven, drive
from address_service.bench.scratch import scratch_cluster
from address_service.bench.service import running_service
from address_service.services.open_account import issue_api_key
from address_service.store.engine import Database
from address_service.store.overview import announce_change, refresh_overview
from address_service.store.read_lane import LANE_OPTIONS, china_today
from address_service.store.tile_layers import statements
from address_service.store.work import unit_of_work

CONNECTIONS = 4
ROUNDS = 3
LAYER = "map"
SMALL = (6_000, 10_000)
LARGE = (80_000, 110_000)
"""Bytes of the tiles called "8 kB" and "95 kB"."""

Tile = tuple[int, int, int]


@dataclass(slots=True)
class Pace:
    """Tiles and seconds, summed over rounds."""

    tiles: int = 0
    seconds: float = 0.0

    def add(self, tiles: int, seconds: float) -> None:
        """Count one more round."""
        self.tiles += tiles
        self.seconds += seconds

    @property
    def per_second(self) -> float:
        """Tiles in a second; 0 when there were none."""
        return self.tiles / self.seconds if self.seconds else 0.0


@dataclass(slots=True)
class Bare:
    """The floor: sync psycopg, one connection for each of CONNECTIONS threads, prepared and binary."""

    url: str
    closing: ExitStack
    today: date = field(default_factory=china_today)
    _own: local = field(default_factory=local)

    def fetch(self, tile: Tile) -> int:
        """Read one tile and give its bytes."""
        if not hasattr(self._own, "cursor"):
            made = psycopg.connect(self.url, options=LANE_OPTIONS, autocommit=True, prepare_threshold=0)
            self._own.cursor = self.closing.enter_context(made).cursor(binary=True)
        z, x, y = tile
        arguments = {
            "county": COUNTY,
            "today": self.today,
            "z": Int4(z),
            "x": Int4(x),
            "y": Int4(y),
            "scope": COUNTY,
        }
        ((body,),) = self._own.cursor.execute(statements(LAYER, z)[0], arguments).fetchall()
        return len(body)


def run(size: int = 200_000) -> dict[str, Any]:
    """Figures of the read lane over ``size`` addresses."""
    with scratch_cluster() as scratch, scratch.database() as database:
        load_county(database.owner_url, size)
        with database.engine.begin() as conn:
            cells = refresh_overview(conn, COUNTY)
        key = f"X-API-Key: {_issue_key(database)}"
        with (
            ExitStack() as closing,
            ThreadPoolExecutor(CONNECTIONS) as threads,
            running_service(database, scratch.folder, COUNTY, READ_POOL_SIZE=str(CONNECTIONS)) as port,
        ):
            figures = _measure(Bench(database, Bare(database.read_url, closing), threads, port, key))
    return {"addresses": size, "overview_cells": cells, **figures}


@dataclass(frozen=True, slots=True)
class Bench:
    """A running service beside its database."""

    database: Database
    bare: Bare
    threads: ThreadPoolExecutor
    port: int
    key: str

    def drive(
        self, tiles: Sequence[Tile], *, connections: int = CONNECTIONS, rounds: int = 1, packed: bool = True
    ) -> Driven:
        """Fetch tiles over HTTP, packed as browsers ask for them; raises RuntimeError for any but a tile."""
        paths = [f"/tiles/{LAYER}/{z}/{x}/{y}.mvt" for z, x, y in tiles]
        headers = [self.key, "Accept-Encoding: gzip"] if packed else [self.key]
        driven = drive(self.port, paths, connections=connections, rounds=rounds, headers=headers)
        if set(driven.statuses) != {"200"}:
            raise RuntimeError(f"answers other than 200: {driven.statuses}")
        return driven

    def forget(self) -> None:
        """Announce a change and let the service hear it."""
        with self.database.engine.begin() as conn:
            announce_change(conn, COUNTY)
        time.sleep(0.1)

    def first_look(self, tiles: Sequence[Tile]) -> tuple[float, float]:
        """Milliseconds of the slowest and the median tile, one after the other, none of them remembered."""
        self.forget()
        driven = self.drive(tiles, connections=1)
        return driven.max_ms, driven.median_ms


def _measure(bench: Bench) -> dict[str, Any]:
    spread = _tiles_by_doors(bench.database)
    small, large = _pick(bench, spread, SMALL, 400), _pick(bench, spread, LARGE, 60)
    bench.drive(small[:20])  # the key is looked up, the statements are planned
    figures = {**_compare(bench, small, ""), **_compare(bench, large, "_large")}
    warm = bench.drive(small, rounds=10)
    overview = [tile for tile, _ in spread if 8 <= tile[0] <= 12]
    first_looks = sorted(bench.first_look(overview) for _ in range(ROUNDS))
    slowest, median = first_looks[ROUNDS // 2]  # of the rounds the middle one, by its slowest tile
    crowded = [tile for z in range(8, 19) for tile in _most_crowded(spread, z)]
    return {
        **figures,
        "warm_per_second": round(warm.requests / warm.seconds),
        "overview_ms": round(slowest, 1),
        "overview_median_ms": round(median, 1),
        "max_bytes": bench.drive(crowded, packed=False).max_bytes,
        "connections": CONNECTIONS,
    }


def _compare(bench: Bench, tiles: Sequence[Tile], suffix: str) -> dict[str, Any]:
    """Cold tiles over HTTP and by bare SQL, in turns; a ratio of None where the county has no tiles of this size."""
    cold, floor, client_cpu = Pace(), Pace(), 0.0
    for _ in range(ROUNDS if tiles else 0):
        started = time.perf_counter()
        list(bench.threads.map(bench.bare.fetch, tiles))
        floor.add(len(tiles), time.perf_counter() - started)
        bench.forget()
        driven = bench.drive(tiles)
        cold.add(driven.requests, driven.seconds)
        client_cpu += driven.cpu_seconds
    return {
        f"cold_per_second{suffix}": round(cold.per_second, 1),
        f"bare_sql_per_second{suffix}": round(floor.per_second, 1),
        f"ratio{suffix}": round(cold.per_second / floor.per_second, 3) if tiles else None,
        f"tiles{suffix}": len(tiles),
        f"client_cpu_share{suffix}": round(client_cpu / cold.seconds, 3) if tiles else None,
    }


def _tiles_by_doors(database: Database) -> list[tuple[Tile, int]]:
    """All tiles of zooms 8 to 18 that hold addresses, with how many."""
    query = """
        SELECT z, floor((ST_X(position_3857) / 40075016.685578488 + 0.5) * (1 << z))::int,
               floor((0.5 - ST_Y(position_3857) / 40075016.685578488) * (1 << z))::int, count(*)
        FROM address_version, generate_series(8, 18) z GROUP BY 1, 2, 3
    """
    with psycopg.connect(database.owner_url) as conn:
        return [((z, x, y), doors) for z, x, y, doors in conn.execute(query).fetchall()]


def _pick(bench: Bench, spread: Sequence[tuple[Tile, int]], size: tuple[int, int], most: int) -> list[Tile]:
    """Tiles of a size, at zooms that show doors; guessed by the number of doors, kept when they are of that size."""
    low, high = size
    likely = [tile for tile, doors in spread if tile[0] >= 14 and 0.9 * low < 100 * doors + 300 < 1.1 * high]
    random.Random(20_260_302).shuffle(likely)  # noqa: S311
    chosen: list[Tile] = []
    for start in range(0, len(likely), most):
        batch = likely[start : start + most]
        sizes = bench.threads.map(bench.bare.fetch, batch)
        chosen += [tile for tile, length in zip(batch, sizes, strict=True) if low <= length <= high]
        if len(chosen) >= most // 2:
            break
    return chosen[:most]


def _most_crowded(spread: Sequence[tuple[Tile, int]], zoom: int) -> list[Tile]:
    tiles = sorted((doors, tile) for tile, doors in spread if tile[0] == zoom)
    return [tile for _, tile in tiles[-5:]]


def _issue_key(database: Database) -> str:
    """An API key, as the service asks of those who look at the map."""
    with unit_of_work(database.engine, DRAFTER, datetime.now(UTC)) as work:
        return issue_api_key(work, DRAFTER, "bench", 1).secret

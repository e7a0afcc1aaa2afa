"""The read lane: a small async pool for tiles, search and plates, apart from the sync stack of the writers.

It connects as a role that may only SELECT, and nothing about people. Writers notify the channel `register_changed`
within their transaction; the lane listens, forgets its tiles, and turns away for a moment. While nobody listens nothing
is remembered, so that no process serves what another one has changed.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from types import TracebackType
from typing import Any, LiteralString, Self, TypeVar, cast
from zoneinfo import ZoneInfo

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import make_conninfo
from psycopg.errors import QueryCanceled
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from address_service.errors import NotReady
from address_service.store.overview import CHANNEL
from address_service.store.tile_cache import TileCache

T = TypeVar("T")

STATEMENT_TIMEOUT_S = 5
RETRY_S = 2.0
PULSE_S = 20.0
LULL_S = 0.25
CACHE_BYTES = 64 << 20
REMEMBER_S = 60.0
"""What is remembered beside tiles also depends on counts that nobody announces."""

# A tile's statement costs more to plan than to run, so each connection plans it once for all tiles; its few
# milliseconds gain nothing from compiling or from parallel workers.
LANE_OPTIONS = " ".join(
    f"-c {setting}"
    for setting in (
        "search_path=registry,public",
        f"statement_timeout={STATEMENT_TIMEOUT_S * 1000}",
        "default_transaction_read_only=on",
        "plan_cache_mode=force_generic_plan",
        "jit=off",
        "max_parallel_workers_per_gather=0",
    )
)


def china_today() -> date:
    """Today's date where the register is kept."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


class ReadLane:
    """Connections, listener and tile cache of one process; an async context manager."""

    def __init__(
        self,
        url: str,
        county_code: str,
        pool_size: int = 4,
        *,
        today: Callable[[], date] = china_today,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        """``url`` is a libpq URL or conninfo of the read role; nothing connects before `open`."""
        self.county_code = county_code
        self.today = today
        self.tiles = TileCache(cache_bytes)
        self.listening = False
        self.generation = 0
        self._conninfo = make_conninfo(url, options=LANE_OPTIONS, application_name="address-service read")
        self._pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
            self._conninfo,
            min_size=pool_size,
            max_size=pool_size,
            open=False,
            timeout=STATEMENT_TIMEOUT_S,
            kwargs={"autocommit": True, "prepare_threshold": 0},
            name="read-lane",
        )
        self._listener: asyncio.Task[None] | None = None
        self._remembered: dict[str, tuple[float, Any]] = {}

    async def open(self) -> None:
        """Connect and start listening; raises NotReady when the database cannot be reached."""
        try:
            await self._pool.open(wait=True, timeout=STATEMENT_TIMEOUT_S * 2)
        except PoolTimeout as error:
            await self._pool.close()
            raise NotReady(
                "查询通道连不上数据库，请检查数据库是否启动", code="read-lane-unreachable"
            ) from error
        self._listener = asyncio.create_task(self._listen(), name="register-changed-listener")

    async def close(self) -> None:
        """Stop listening and let go of the connections."""
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
            self._listener = None
        await self._pool.close()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def rows(self, sql: LiteralString, arguments: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows of a prepared SELECT; raises NotReady when the database is gone, busy or too slow."""
        try:
            conn = await self._pool.getconn()
        except PoolTimeout as error:
            raise NotReady("查询繁忙，请稍后再试", code="read-lane-busy") from error
        try:
            cursor = conn.cursor(binary=True)
            await cursor.execute(sql, arguments)
            return await cursor.fetchall()
        except QueryCanceled as error:
            raise NotReady("查询超过时限，请缩小范围再试", code="read-lane-timeout") from error
        except psycopg.OperationalError as error:
            raise NotReady("查询通道与数据库的连接中断，请稍后再试", code="read-lane-unreachable") from error
        finally:
            await self._pool.putconn(conn)

    async def remembered(self, name: str, read: Callable[[], Awaitable[T]]) -> T:
        """What ``read`` gives, kept under a name for `REMEMBER_S` and no longer than the register stands still."""
        until, kept = self._remembered.get(name, (0.0, None))
        if until > time.monotonic():
            return cast(T, kept)
        generation = self.generation
        made = await read()
        if self.listening and generation == self.generation:
            self._remembered[name] = time.monotonic() + REMEMBER_S, made
        return made

    def forget(self) -> None:
        """Drop what is remembered; what is under way when this happens is not kept either."""
        self.generation += 1
        self.tiles.clear()
        self._remembered.clear()

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_once()
            except (psycopg.Error, OSError):
                pass  # the database restarts or is gone; requests say so, the listener only comes back
            finally:
                self.listening = False
                self.forget()
            await asyncio.sleep(RETRY_S)

    async def _listen_once(self) -> None:
        async with await AsyncConnection.connect(self._conninfo, autocommit=True) as conn:
            while True:
                await conn.execute(f"LISTEN {CHANNEL}")
                self.forget()
                self.listening = True
                await self._hear_change(conn)
                self.listening = False
                self.forget()
                # While clerks write all the time there is nothing worth remembering, nor worth being woken for.
                await conn.execute(f"UNLISTEN {CHANNEL}")
                await asyncio.sleep(LULL_S)

    async def _hear_change(self, conn: AsyncConnection[Any]) -> None:
        while True:
            async for notice in conn.notifies(timeout=PULSE_S, stop_after=1):
                if notice.payload in ("", self.county_code):
                    return
            await conn.execute("SELECT 1")  # a connection cut silently would leave stale tiles in the cache

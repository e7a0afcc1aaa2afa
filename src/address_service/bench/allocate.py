"""Clerks at the counter all at once: numbers issued over HTTP, beside the same statements by psycopg alone."""

import http.client
import json
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch
from uuid import UUID

import psycopg

from address_service.bench.drive import drive
from address_service.bench.numbered_county import CLERK, COUNTY, load_places
from address_service.bench.scratch import scratch_cluster
from address_service.bench.service import running_service
from address_service.services.issue_number import issue_number
from address_service.services.open_account import issue_api_key
from address_service.services.plan_numbering import DEFAULT_POLICY, define_policy
from address_service.store.engine import Database, Lane, connect, with_options
from address_service.store.work import unit_of_work

CLIENTS = 32
STREETS = 200
DEFAULT_SIZE = 2000
HOT_DOORS = 110
"""All of one street of the bench's county."""
PAIR_DOORS = 180
"""A street and a hamlet of the bench's county."""

Door = tuple[UUID, UUID]
"""A place and a building on it."""
Statement = tuple[type["psycopg.Cursor[Any]"], Any, Any]
"""The kind of cursor, what it was told, and the arguments."""


@dataclass(frozen=True, slots=True)
class Round:
    """How many doors were issued in how many seconds, and the answers' statuses."""

    issued: int
    seconds: float
    statuses: dict[str, int]


def run(size: int = DEFAULT_SIZE) -> dict[str, Any]:
    """Issue ``size`` numbers on 200 streets, then all of one more street, by 32 clients of one service process.

    Every request is the whole counter: sign-in, candidates drawn anew under the lock of the place, the ledger, the
    draft of the address. The floor replays, on 32 connections, the statements that the very same service sent for
    the very same houses in a copy of the county. ``health_p99_ms`` is of GET /health while clerks wait on one street.
    """
    with scratch_cluster() as scratch, scratch.database() as database:
        load_places(with_options(database.owner_url, Lane.JOBS), (STREETS + 1) * PAIR_DOORS)
        wide, hot = _doors(database, size + STREETS)
        wide, first = wide[STREETS:], wide[:STREETS]
        with unit_of_work(database.engine, CLERK, datetime.now(UTC)) as work:
            define_policy(work, DEFAULT_POLICY, {})
            key = f"X-API-Key: {issue_api_key(work, CLERK, 'bench', 1).secret}"
        _settle(database, first)
        database.engine.dispose()
        with scratch.database(template=database) as rehearsal:
            rehearsal.engine.dispose()
            with scratch.database(template=rehearsal) as bare:
                floor = _floor(bare, _rehearse(rehearsal, wide))
        with running_service(database, scratch.folder, COUNTY) as port:
            spread = _issue(port, key, wide)
            with _health(port) as times:
                crowded = _issue(port, key, hot)
        faults = _check(database)
    per_second = spread.issued / spread.seconds
    return {
        "issued": spread.issued + crowded.issued,
        **faults,
        "per_second": round(per_second, 1),
        "per_second_hot": round(crowded.issued / crowded.seconds, 1),
        "floor_per_second": round(floor, 1),
        "ratio": round(per_second / floor, 3),
        "health_p99_ms": round(times[int(len(times) * 0.99)] * 1000, 1) if times else None,
        "refused": sum(n for s, n in [*spread.statuses.items(), *crowded.statuses.items()] if s != "201"),
        "clients": CLIENTS,
    }


def _doors(database: Database, size: int) -> tuple[list[Door], list[Door]]:
    """Houses on 200 streets, the streets in turn, and all houses of one more street."""
    query = """
        SELECT md5('place' || place)::uuid, md5('building' || n)::uuid FROM (
            SELECT place, n, row_number() OVER (PARTITION BY place ORDER BY md5('shuffle' || n)) AS turn FROM seed
            WHERE place % 2 = 0 AND place BETWEEN %(first)s AND %(last)s) _
        ORDER BY turn, place LIMIT %(size)s
    """
    with psycopg.connect(with_options(database.owner_url, Lane.JOBS)) as conn:
        query = query.replace("% 2", "%% 2")
        wide = conn.execute(query, {"first": 0, "last": 2 * STREETS - 2, "size": size}).fetchall()
        hot = conn.execute(query, {"first": 2 * STREETS, "last": 2 * STREETS, "size": HOT_DOORS}).fetchall()
    return wide, hot


def _settle(database: Database, doors: Sequence[Door]) -> None:
    """Issue a first number on every street and let the database count, as it does by itself within a minute.

    In tables that were never counted it looks for rows by whichever index comes first.
    """
    for place, building in doors:
        with unit_of_work(database.engine, CLERK, datetime.now(UTC)) as work:
            issue_number(work, place, building)
    with psycopg.connect(with_options(database.owner_url, Lane.JOBS), autocommit=True) as conn:
        conn.execute("ANALYZE")


def _issue(port: int, key: str, doors: Sequence[Door]) -> Round:
    paths = [f"/api/v1/places/{place}/doors" for place, _ in doors]
    bodies = [json.dumps({"building_id": str(building)}) for _, building in doors]
    driven = drive(port, paths, connections=CLIENTS, headers=[key], bodies=bodies)
    return Round(driven.statuses.get("201", 0), driven.seconds, driven.statuses)


def _rehearse(database: Database, doors: Sequence[Door]) -> list[list[Statement]]:
    """Issue every number by the service in this process, and write down what it says to the database."""
    said: list[Statement] = []
    execute = psycopg.Cursor.execute

    def listen(cursor: Any, query: Any, params: Any = None, **more: Any) -> Any:
        said.append((type(cursor), query, params))
        return execute(cursor, query, params, **more)

    scripts = []
    with patch.object(psycopg.Cursor, "execute", listen):
        for place, building in doors:
            with unit_of_work(database.engine, CLERK, datetime.now(UTC)) as work:
                issue_number(work, place, building)
            scripts.append(list(said))
            said.clear()
    return scripts


def _floor(database: Database, scripts: Sequence[Sequence[Statement]]) -> float:
    """Transactions per second of the bare statements on so many connections."""
    todo = iter(scripts)  # next() on a list iterator is atomic, so the threads share it

    def replay(conn: "psycopg.Connection[Any]") -> None:
        for script in todo:
            for kind, statement, parameters in script:
                cursor = kind(conn).execute(statement, parameters)
                if cursor.description:
                    cursor.fetchall()
            conn.commit()

    lines = [connect(with_options(database.app_url, Lane.WEB)) for _ in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        began = time.perf_counter()
        list(pool.map(replay, lines))
        seconds = time.perf_counter() - began
    for line in lines:
        line.close()
    return len(scripts) / seconds


@contextmanager
def _health(port: int) -> Iterator[list[float]]:
    """Ask for /health all the while, fifty times a second at most; the seconds of each answer, sorted at the end."""
    times: list[float] = []
    over = threading.Event()

    def probe() -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while not over.wait(0.02):
            began = time.perf_counter()
            line.request("GET", "/health")
            line.getresponse().read()
            times.append(time.perf_counter() - began)
        line.close()

    thread = threading.Thread(target=probe)
    thread.start()
    try:
        yield times
    finally:
        over.set()
        thread.join()
        times.sort()


def _check(database: Database) -> dict[str, int]:
    """What a concurrent counter could spoil.

    Numbers held twice; serials of codes that were taken and came to nothing (visible numbers leave room by intent);
    doors out of order, beside the count of those where no room was left and the clerk was told so.
    """
    with psycopg.connect(with_options(database.owner_url, Lane.JOBS)) as conn:
        return {name: int((conn.execute(query).fetchone() or (0,))[0]) for name, query in _CHECKS.items()}


_CHECKS = {
    "duplicates": """
        SELECT count(*) - count(DISTINCT (place_id, main, sub)) FROM address_version
        WHERE upper_inf(recorded) AND stage IN ('draft', 'current')
    """,
    "gaps_outside_reservations": """
        SELECT (SELECT coalesce(sum(last_serial), 0) FROM code_counter) - (SELECT count(*) FROM address)
    """,
    "told_out_of_order": "SELECT count(*) FROM event WHERE details ->> 'in_order' = 'false'",
    "out_of_order": """
        SELECT coalesce(sum(least(falls, rises)), 0) FROM (
            SELECT count(*) FILTER (WHERE (main, sub) < (was, was_sub)) AS falls,
                   count(*) FILTER (WHERE (main, sub) > (was, was_sub)) AS rises
            FROM (SELECT place, main, sub, lag(main) OVER w AS was, lag(sub) OVER w AS was_sub
                  FROM seed s JOIN address_building b ON b.building_id = md5('building' || s.n)::uuid
                  JOIN address_version v ON v.address_id = b.address_id
                  WINDOW w AS (PARTITION BY s.place, s.side ORDER BY s.along)) _
            GROUP BY place) _
    """,
}

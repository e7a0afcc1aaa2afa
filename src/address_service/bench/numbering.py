"""Numbering a county's streets and hamlets by the services, beside a bare COPY of the very same rows."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any, ClassVar, LiteralString
from uuid import UUID

import psycopg
from psycopg import sql

from address_service.bench.imports import peak_memory_mb
from address_service.bench.numbered_county import CLERK, SITE_DOORS, load_places
from address_service.bench.scratch import Scratch, scratch_cluster
from address_service.edge.side_by_side import side_by_side
from address_service.services.commit_numbering_plan import number_place
from address_service.store.engine import Database, Lane, begin, with_options
from address_service.store.numbers import LedgerRow, NumberRepository
from address_service.store.work import Work

DEFAULT_SIZE = 100_000

_WRITTEN: tuple[LiteralString, ...] = (
    "code_counter",
    "event",
    "numbering_policy",
    "numbering_plan",
    "numbering_plan_item",
    "address",
    "address_version",
    "address_building",
    "reservation",
    "door_number",
)
"""What a committed plan writes, in an order in which references exist."""


def run(size: int = DEFAULT_SIZE) -> dict[str, Any]:
    """Plan and commit place after place, each in a transaction of its own, as `number all --commit` does.

    The floor copies the rows that came of it, table by table, into a copy of the county as it was before, with
    every constraint and index in place. ``ledger_share`` is the part of the work that the ledger of numbers took.
    """
    with scratch_cluster() as scratch, scratch.database() as database:
        places = load_places(with_options(database.owner_url, Lane.JOBS), size)
        database.engine.dispose()
        with scratch.database(template=database) as floor:
            seconds, ledger_share = _number(database, places)
            floor_seconds = _floor(scratch, database, floor)
        checks = _check(database)
    return {
        "doors": checks.pop("doors"),
        "places": len(places),
        "seconds": round(seconds, 3),
        "floor_seconds": round(floor_seconds, 3),
        "ratio": round(seconds / floor_seconds, 2),
        "doors_per_second": round(size / seconds),
        "ledger_share": round(ledger_share, 3),
        **checks,
        "peak_memory_mb": round(peak_memory_mb()),
    }


class _Timed(NumberRepository):
    """The ledger with a stopwatch."""

    seconds: ClassVar[list[float]] = []

    def enter(self, place_id: UUID, rows: Sequence[LedgerRow], policy_id: UUID | None, now: datetime) -> None:
        began = time.perf_counter()
        super().enter(place_id, rows, policy_id, now)
        self.seconds.append(time.perf_counter() - began)


class _TimedWork(Work):
    @cached_property
    def numbers(self) -> NumberRepository:
        return _Timed(self.conn, self.county_code)


def _number(database: Database, places: Sequence[UUID]) -> tuple[float, float]:
    """Seconds of all, and the ledger's share of the work, which is done by a few hands at once."""
    _Timed.seconds.clear()
    worked: list[float] = []

    def number(place_id: UUID, work: Work) -> None:
        began = time.perf_counter()
        number_place(work, place_id)
        worked.append(time.perf_counter() - began)

    @contextmanager
    def open_work() -> Iterator[Work]:
        with begin(database.engine) as conn:
            yield _TimedWork(conn, CLERK, datetime.now(UTC))

    began = time.perf_counter()
    for _ in side_by_side(open_work, [partial(number, place_id) for place_id in places]):
        pass
    return time.perf_counter() - began, sum(_Timed.seconds) / sum(worked)


def _floor(scratch: Scratch, source: Database, target: Database) -> float:
    """Seconds of the bare COPY of what the services wrote."""
    with (
        psycopg.connect(with_options(source.owner_url, Lane.JOBS), autocommit=True) as old,
        psycopg.connect(with_options(target.owner_url, Lane.JOBS), autocommit=True) as new,
    ):
        files = [(table, _carry_out(old, scratch.folder / f"{table}.rows", table)) for table in _WRITTEN]
        began = time.perf_counter()
        for table, (file, columns) in files:
            _carry_in(new, file, table, columns)
        return time.perf_counter() - began


def _carry_out(
    old: "psycopg.Connection[Any]", file: Path, table: LiteralString
) -> tuple[Path, sql.Composable]:
    """Write the new rows of a table in the order in which they were written."""
    names = old.execute(_COLUMNS, {"table": table}).fetchall()
    columns = sql.SQL(", ").join(sql.Identifier(name) for (name,) in names)
    new_only = sql.SQL("WHERE subject = 'address'" if table == "event" else "")
    statement = sql.SQL("COPY (SELECT {} FROM {} {} ORDER BY ctid) TO STDOUT").format(
        columns, sql.Identifier(table), new_only
    )
    with file.open("wb") as target, old.cursor().copy(statement) as blocks:
        for block in blocks:
            target.write(block)
    return file, columns


def _carry_in(new: "psycopg.Connection[Any]", file: Path, table: str, columns: sql.Composable) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
    with file.open("rb") as rows, new.cursor().copy(statement) as copy:
        while block := rows.read(1 << 20):
            copy.write(block)


def _check(database: Database) -> dict[str, int]:
    """What a stranger would find wrong, from the seed's own knowledge of sides and order."""
    with psycopg.connect(with_options(database.owner_url, Lane.JOBS)) as conn:
        conn.execute(_FOUND)
        return {
            name: int(row[0]) if (row := conn.execute(query, {"site": SITE_DOORS}).fetchone()) else 0
            for name, query in _CHECKS.items()
        }


_COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = %(table)s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""

_FOUND = """
CREATE TEMP TABLE found AS
SELECT s.n, s.place, s.along, s.side, v.main, v.sub, v.address_id, d.offset_m, p.kind
FROM seed s
JOIN seed_place p ON p.p = s.place
LEFT JOIN address_building b ON b.building_id = md5('building' || s.n)::uuid
LEFT JOIN address_version v ON v.address_id = b.address_id
LEFT JOIN door_number d ON d.holder_id = v.address_id AND d.main = v.main AND d.sub = v.sub
"""

# Along a side numbers only rise or only fall, and both sides alike; through a hamlet they rise with the walk.
_CHECKS: dict[str, LiteralString] = {
    "doors": "SELECT count(*) FROM found WHERE main IS NOT NULL AND %(site)s > 0",
    "parity_violations": """
        SELECT coalesce(sum(least(odd, of_all - odd)), 0) FROM (
            SELECT count(*) FILTER (WHERE main %% 2 = 1) AS odd, count(*) AS of_all FROM found
            WHERE kind = 'street' GROUP BY place, side) _
    """,
    "order_violations": """
        SELECT coalesce(sum(CASE kind WHEN 'street' THEN least(falls, rises) ELSE falls END), 0) FROM (
            SELECT kind, count(*) FILTER (WHERE main < before) AS falls, count(*) FILTER (WHERE main > before) AS rises
            FROM (SELECT place, kind, main, lag(main) OVER (
                    PARTITION BY place, side ORDER BY CASE kind WHEN 'street' THEN along ELSE offset_m END) AS before
                  FROM found) _
            GROUP BY place, kind) _
    """,
    "reserved_violations": """
        SELECT (SELECT count(*) FROM found f JOIN door_number d
                ON d.place_id = md5('place' || f.place)::uuid AND d.main = f.main AND d.state = 'reserved')
            + (SELECT count(*) FROM seed_place p WHERE site IS NOT NULL AND %(site)s <> (
                SELECT count(*) FROM door_number d JOIN reservation r ON r.id = d.reservation_id
                WHERE r.construction_plan_id = md5('site' || p.p)::uuid AND d.state = 'reserved'))
    """,
    "overlaps": """
        SELECT (SELECT count(*) - count(DISTINCT (place, main, sub)) FROM found)
            + (SELECT count(*) - count(DISTINCT n) FROM found)
    """,
}

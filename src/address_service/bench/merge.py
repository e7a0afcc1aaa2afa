"""Two villages merged into one: the dry run, the commit, and the bare writes of the very same rows."""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from address_service.bench import resolve
from address_service.bench.imports import peak_memory_mb
from address_service.bench.merger_county import TwoVillages, load_villages
from address_service.bench.numbered_county import CLERK, COUNTY
from address_service.bench.scratch import Scratch, scratch_cluster
from address_service.coding.merger.collisions import Choice, ChoiceKind
from address_service.model.accounts import Actor, Role
from address_service.services.commit_merger import commit_merger
from address_service.services.draw_merger import Terms, choose_in_merger, draw_merger
from address_service.services.merger_request import DivisionChange
from address_service.store.engine import Database, Lane, with_options
from address_service.store.merger_plans import DivisionChangeHead
from address_service.store.work import unit_of_work

DEFAULT_SIZE = 3000
_COUNTY_OFFICE = Actor(UUID("a0000000-0000-0000-0000-000000000002"), "批准人", Role.COUNTY, COUNTY, COUNTY)
_ON = date(2026, 3, 1)
_TERMS = Terms({"small": Decimal("18.5")}, 1.0)

_WRITTEN = (
    "event",
    "division_version",
    "succession",
    "place",
    "place_version",
    "address_version",
    "alias",
    "address_search",
    "door_number",
    "membership",
    "building",
    "parcel",
    "layer_history",
    "plate",
    "code_counter",
    "division_change_item",
)
"""What a commit writes or changes, in an order in which references exist."""


def run(size: int = DEFAULT_SIZE, events: int = resolve.DEFAULT_SIZE) -> dict[str, Any]:
    """Merge two villages of ``size`` addresses each, every third place called alike in both.

    ``seconds`` is the dry run, ``decide_seconds`` the dry run by the choices made, ``commit_seconds`` the commit. The
    ``resolve_p99_ms`` is of an old text resolved in a register of ``events`` events. The
    floor writes the rows that came of the commit, new ones by COPY and changed ones by one UPDATE a table, into a copy
    of the register as it was before, with every constraint and index in place.
    """
    with scratch_cluster() as scratch, scratch.database() as database:
        villages = load_villages(with_options(database.owner_url, Lane.JOBS), size)
        drawn, seconds = _timed(lambda: _draw(database, villages))
        decided, decide_seconds = _timed(lambda: _decide(database, drawn))
        database.engine.dispose()
        with scratch.database(template=database) as floor:
            _, commit_seconds = _timed(lambda: _commit(database, decided))
            floor_seconds = _floor(database, floor)
        lineage = _lineage_figures(scratch, events)
    found = drawn.summary["collisions"]
    homonyms = len(found) + sum(one["equal_texts"] for one in found)
    return {
        "addresses": 2 * size,
        "places": 2 * villages.places,
        "seconds": round(seconds, 3),
        "decide_seconds": round(decide_seconds, 3),
        "commit_seconds": round(commit_seconds, 3),
        "floor_seconds": round(floor_seconds, 3),
        "ratio": round(commit_seconds / floor_seconds, 2),
        "homonyms_found": homonyms,
        "homonyms_planted": villages.planted,
        **lineage,
        "peak_memory_mb": round(peak_memory_mb()),
    }


def _lineage_figures(scratch: Scratch, events: int) -> Mapping[str, Any]:
    """An old text resolved over a long history, in a database of its own."""
    found = resolve.resolve_bench(scratch, events)
    return {
        "resolve_events": found["events"],
        **{key: found[key] for key in ("resolve_p50_ms", "resolve_p99_ms")},
        "resolve_floor_p50_ms": found["floor_p50_ms"],
    }


def _timed(act: Any) -> tuple[Any, float]:
    began = time.perf_counter()
    result = act()
    return result, time.perf_counter() - began


def _draw(database: Database, villages: TwoVillages) -> DivisionChangeHead:
    asked = DivisionChange("merge", _ON, ends=(villages.ends,), absorber=villages.absorber)
    with unit_of_work(database.engine, CLERK, datetime.now(UTC)) as work:
        return draw_merger(work, asked, _TERMS)


def _decide(database: Database, plan: DivisionChangeHead) -> DivisionChangeHead:
    """Every way to decide in turn: 片区, another name, the doors of one behind the other's."""
    choices = []
    for n, one in enumerate(plan.summary["collisions"]):
        option = one["options"][n % len(one["options"])]
        into = UUID(option["into_id"]) if option["into_id"] else None
        name = f"新平{n}组" if option["kind"] == "rename" else option["name"]
        choices.append(Choice(UUID(option["subject_id"]), ChoiceKind(option["kind"]), name, into))
    with unit_of_work(database.engine, CLERK, datetime.now(UTC)) as work:
        return choose_in_merger(work, plan.id, choices, _TERMS)


def _commit(database: Database, plan: DivisionChangeHead) -> None:
    with unit_of_work(database.engine, _COUNTY_OFFICE, datetime.now(UTC)) as work:
        commit_merger(work, plan.id, "示例〔2026〕21号", _TERMS.tolerance_m)


def _floor(after: Database, before: Database) -> float:
    """Seconds of the bare writes of what the commit wrote, in one transaction."""
    with (
        psycopg.connect(with_options(after.owner_url, Lane.JOBS), autocommit=True) as done,
        psycopg.connect(with_options(before.owner_url, Lane.JOBS)) as bare,
    ):
        # A changed row first gives way, so that what replaces it fits.
        changes = [_differing(done, bare, table) for table in _WRITTEN]
        bare.commit()
        began = time.perf_counter()
        for change in changes:
            change.update(bare)
        for change in changes:
            change.insert(bare)
        bare.commit()
        return time.perf_counter() - began


class _Change:
    """The rows of a table that a commit added or changed, staged where they are to be written."""

    def __init__(self, table: str, columns: Sequence[str], keys: Sequence[str]) -> None:
        self._table = sql.Identifier(table)
        self._stage = sql.Identifier(f"stage_{table}")
        self._columns = sql.SQL(", ").join(map(sql.Identifier, columns))
        self._sets = sql.SQL(", ").join(
            sql.SQL("{0} = s.{0}").format(sql.Identifier(c)) for c in columns if c not in keys
        )
        self._joined = sql.SQL(" AND ").join(
            sql.SQL("t.{0} = s.{0}").format(sql.Identifier(key)) for key in keys
        )

    def stage(
        self, conn: "psycopg.Connection[Any]", changed: Iterator[bytes], added: Iterator[bytes]
    ) -> None:
        """Hold both ready in tables of the session; what is added comes by COPY later."""
        make = sql.SQL("CREATE TEMP TABLE {} AS SELECT {} FROM {} LIMIT 0")
        conn.execute(make.format(self._stage, self._columns, self._table))
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(self._stage, self._columns)
        with conn.cursor().copy(into) as copy:
            for line in changed:
                copy.write(line)
        conn.execute(sql.SQL("ANALYZE {}").format(self._stage))
        self._added = b"".join(added)

    def update(self, conn: "psycopg.Connection[Any]") -> None:
        """One statement for all changed rows."""
        change = sql.SQL("UPDATE {} t SET {} FROM {} s WHERE {}")
        conn.execute(change.format(self._table, self._sets, self._stage, self._joined))

    def insert(self, conn: "psycopg.Connection[Any]") -> None:
        """COPY of all new rows."""
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(self._table, self._columns)
        with conn.cursor().copy(into) as copy:
            copy.write(self._added)


def _differing(done: "psycopg.Connection[Any]", bare: "psycopg.Connection[Any]", table: str) -> _Change:
    columns = [row[0] for row in bare.execute(_COLUMNS, {"table": table})]
    keys = [row[0] for row in bare.execute(_KEYS, {"table": table})]
    was, now = _rows(bare, table, columns, keys), _rows(done, table, columns, keys)
    change = _Change(table, columns, keys)
    changed = (line for key, line in now.items() if key in was and was[key] != line)
    change.stage(bare, changed, (line for key, line in now.items() if key not in was))
    return change


def _rows(
    conn: "psycopg.Connection[Any]", table: str, columns: Sequence[str], keys: Sequence[str]
) -> dict[bytes, bytes]:
    """COPY lines by key."""
    named = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY (SELECT {}, {} FROM {}) TO STDOUT").format(
        sql.SQL(" || ' ' || ").join(sql.SQL("{}::text").format(sql.Identifier(key)) for key in keys),
        named,
        sql.Identifier(table),
    )
    found = {}
    with conn.cursor().copy(statement) as copy:
        for block in _lines(copy):
            key, line = block.split(b"\t", 1)
            found[key] = line
    return found


def _lines(copy: Any) -> Iterator[bytes]:
    rest = b""
    for block in copy:
        rest += bytes(block)
        *lines, rest = rest.split(b"\n")
        yield from (line + b"\n" for line in lines)


_COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = %(table)s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""

_KEYS = """
SELECT a.attname FROM pg_index i
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
WHERE i.indrelid = %(table)s::regclass AND i.indisprimary ORDER BY a.attnum
"""

"""Many features of a layer at once: new ones by one COPY, changed ones with their history, the rest left alone.

What stands in the register is asked for first, by key. So a first import, which is nearly all there is to do in a
county, writes each row once and never through a staging table, and a second one writes nothing.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

import numpy as np
import shapely
import uuid_utils
from numpy.typing import NDArray
from psycopg import sql
from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql.base import PGDialect

from address_service.store.bulk import driver_connection

ObjectArray = NDArray[np.object_]
BoolArray = NDArray[np.bool_]
Progress = Callable[[int, int], None]

SLICE = 20_000
"""Rows that are made into text at a time; the server takes one slice while the next is made."""

_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_SRID_HEX = (4490).to_bytes(4, "little").hex().upper()
_DIALECT = PGDialect()  # type: ignore[no-untyped-call]


def own_sql(statement: str) -> sql.SQL:
    """A statement composed of the names of our own tables and columns."""
    return sql.SQL(statement)


@dataclass(frozen=True, slots=True)
class Features:
    """Rows of one layer, column by column, all of one length.

    ``keys`` name the features, as text; ``columns`` are what the file says, geometry (shapely, EPSG:4490) among
    them; ``refs`` are ids, as text, that were looked up and may be found later though the file has not changed.
    """

    keys: ObjectArray
    columns: Mapping[str, ObjectArray]
    refs: Mapping[str, ObjectArray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(frozen=True, slots=True)
class Upserted:
    """The id of each row in order, and which were new or changed; the others stood so already."""

    ids: list[str]
    new: BoolArray
    changed: BoolArray


@dataclass(frozen=True, slots=True)
class LayerTable:
    """A table of features: ``key`` is unique within the county, ``layer`` the name in its history."""

    layer: str
    table: Table
    key: str


@dataclass(frozen=True, slots=True)
class _Known:
    """A feature that the register has."""

    id: str
    digest: str
    refs: tuple[str | None, ...]


class LayerUpsert:
    """One run over one table, inside the caller's transaction; a caller holds the county's import lock."""

    def __init__(
        self, conn: Connection, county_code: str, target: LayerTable, features: Features, import_id: UUID
    ) -> None:
        """Bind the rows to the table they go into."""
        self._conn = conn
        self._county = county_code
        self._target = target
        self._features = features
        self._import_id = str(import_id)
        self._changed: list[int] = []

    def run(self, now: datetime, progress: Progress | None = None) -> Upserted:
        """Write what is new or changed; old rows go to `layer_history` first."""
        known = self._look_up()
        count = len(self._features)
        new = np.ones(count, dtype=bool)
        new[[i for i, key in enumerate(self._features.keys) if key in known]] = False
        ids = self._ids(known, count)
        with driver_connection(self._conn).cursor() as cursor, cursor.copy(own_sql(self._copy_sql())) as copy:
            for start, lines in self._lines(known, ids):
                copy.write("".join(lines))
                if progress:
                    progress(min(start + SLICE, count), count)
        changed = np.zeros(count, dtype=bool)
        changed[self._changed] = True
        if self._changed:
            self._replace(ids, now)
        return Upserted(ids, new, changed)

    @property
    def _names(self) -> list[str]:
        tail = [*self._features.columns, *self._features.refs, "row_digest", "import_id"]
        return ["county_code", "id", self._target.key, *tail]

    def _copy_sql(self, table: str | None = None) -> str:
        return f"COPY {table or self._target.table.fullname} ({', '.join(self._names)}) FROM STDIN"

    def _look_up(self) -> dict[str, _Known]:
        table, key = self._target.table, self._target.key
        kind = table.c[key].type.compile(_DIALECT)
        refs = "".join(f", {name}::text" for name in self._features.refs)
        query = (
            f"SELECT {key}::text, id::text, encode(uuid_send(row_digest), 'hex'){refs} FROM {table.fullname}"  # noqa: S608
            f" WHERE county_code = %s AND {key} = ANY(%s::{kind}[])"
        )
        with driver_connection(self._conn).cursor() as cursor:
            cursor.execute(own_sql(query), (self._county, self._features.keys.tolist()))
            return {
                key: _Known(found, digest, tuple(rest)) for key, found, digest, *rest in cursor.fetchall()
            }

    def _ids(self, known: Mapping[str, _Known], count: int) -> list[str]:
        if not known:
            return [str(uuid_utils.uuid7()) for _ in range(count)]
        return [known[key].id if key in known else str(uuid_utils.uuid7()) for key in self._features.keys]

    def _lines(self, known: Mapping[str, _Known], ids: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
        """COPY lines of the new rows, slice by slice; on the way the changed ones are found."""
        for start in range(0, len(self._features), SLICE):
            texts, digests = self._texts(start)
            fresh = self._compare(start, known, digests) if known else None
            if fresh is None:
                yield start, self._join(start, texts, digests, ids)
            elif fresh:
                lines = self._join(start, texts, digests, ids)
                yield start, [lines[i] for i in fresh]
            else:
                yield start, []

    def _compare(self, start: int, known: Mapping[str, _Known], digests: Sequence[str]) -> list[int]:
        """Positions in a slice that are new; changed rows are remembered."""
        end = start + SLICE
        fresh = []
        refs = list(zip(*(values[start:end] for values in self._features.refs.values()), strict=True))
        for i, key in enumerate(self._features.keys[start:end]):
            row = known.get(key)
            if row is None:
                fresh.append(i)
            elif row.digest != digests[i] or (refs and row.refs != refs[i]):
                self._changed.append(start + i)
        return fresh

    def _texts(self, start: int) -> tuple[list[list[str]], list[str]]:
        """COPY text of the file's columns of one slice, and the digest of each row."""
        end = start + SLICE
        texts = [column_text(values[start:end]) for values in self._features.columns.values()]
        digests = [
            blake2b("\t".join(row).encode(), digest_size=16).hexdigest() for row in zip(*texts, strict=True)
        ]
        return texts, digests

    def _join(self, start: int, texts: list[list[str]], digests: list[str], ids: Sequence[str]) -> list[str]:
        end = start + SLICE
        keys = column_text(self._features.keys[start:end])
        refs = [column_text(values[start:end]) for values in self._features.refs.values()]
        head, tail = f"{self._county}\t", f"\t{self._import_id}\n"
        columns = [ids[start:end], keys, *texts, *refs, digests]
        return [f"{head}{line}{tail}" for line in map("\t".join, zip(*columns, strict=True))]

    def _replace(self, ids: Sequence[str], now: datetime) -> None:
        table, names = self._target.table, self._names
        changes = ", ".join(f"{n} = s.{n}" for n in names if n not in ("county_code", "id", self._target.key))
        source = f"{table.fullname} t JOIN layer_stage s ON s.county_code = t.county_code AND s.id = t.id"
        with driver_connection(self._conn).cursor() as cursor:
            stage = f"SELECT {', '.join(names)} FROM {table.fullname} LIMIT 0"  # noqa: S608
            cursor.execute(own_sql(f"CREATE TEMP TABLE layer_stage ON COMMIT DROP AS {stage}"))
            with cursor.copy(own_sql(self._copy_sql("layer_stage"))) as copy:
                for lines in self._changed_lines(ids):
                    copy.write("".join(lines))
            before = f"SELECT {spelled_row(table)} FROM {source}"  # noqa: S608
            history = f"SELECT county_code, %s, id, to_jsonb(r), %s, %s FROM ({before}) r"  # noqa: S608
            into = "INSERT INTO layer_history (county_code, layer, feature_id, row, replaced_at, import_id)"
            cursor.execute(own_sql(f"{into} {history}"), (self._target.layer, now, self._import_id))
            cursor.execute(
                own_sql(
                    f"UPDATE {table.fullname} t SET {changes} FROM layer_stage s"  # noqa: S608
                    " WHERE t.county_code = s.county_code AND t.id = s.id"
                )
            )
            cursor.execute("DROP TABLE layer_stage")

    def _changed_lines(self, ids: Sequence[str]) -> Iterator[list[str]]:
        wanted = np.array(self._changed)
        for start in range(0, len(self._features), SLICE):
            here = wanted[(wanted >= start) & (wanted < start + SLICE)] - start
            if len(here):
                lines = self._join(start, *self._texts(start), ids)
                yield [lines[i] for i in here]


def spelled_row(table: Table) -> str:
    """The columns of a row ``t`` as its history keeps them: geometry as hex EWKB, twins for maps left out."""
    kept = [c.name for c in table.columns if c.computed is None]
    return ", ".join(
        f"encode(ST_AsEWKB(t.{n}), 'hex') AS {n}" if n in ("geom", "gate") else f"t.{n}" for n in kept
    )


def column_text(values: ObjectArray) -> list[str]:
    """COPY text of one column: geometry as hex EWKB in EPSG:4490, None as \\N, the rest as it prints."""
    if any(isinstance(value, shapely.Geometry) for value in values):
        return ["\\N" if text is None else _with_srid(text) for text in shapely.to_wkb(values, hex=True)]
    texts = ["\\N" if value is None else str(value) for value in values]
    joined = "".join(value for value in values if type(value) is str)
    if _SPECIAL.search(joined):
        return [
            _SPECIAL.sub(lambda found: _ESCAPES[found[0]], value) if type(value) is str else text
            for value, text in zip(values, texts, strict=True)
        ]
    return texts


def _with_srid(wkb: str) -> str:
    """Say EPSG:4490 in little-endian hex WKB without SRID: a flag in the type, then the number.

    Ten times as fast as setting it on each geometry.
    """
    return f"{wkb[:8]}20{_SRID_HEX}{wkb[10:]}"

"""How fast a county's parcels and buildings come in from files, against a bare COPY of the very same rows."""

import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import Engine

from address_service.bench.import_files import COUNTY, EXTENT, write_files
from address_service.bench.scratch import Scratch, scratch_cluster
from address_service.gis.layer_read import ReadLimits
from address_service.model.accounts import Actor, Role
from address_service.services.import_layer import ImportReport, import_file
from address_service.services.queue_import import ImportLayer, ImportOptions
from address_service.store.county import County, save_county
from address_service.store.engine import Database, Lane, with_options
from address_service.store.work import unit_of_work

DEFAULT_SIZE = 100_000

_COLUMNS: dict[str, LiteralString] = {
    "parcel": "county_code, id, parcel_code, real_estate_unit_code, use, location_text, division_id, geom, row_digest,"
    " import_id",
    "building": "county_code, id, building_code, real_estate_unit_code, parcel_id, division_id, use, floors, units,"
    " rooms_per_floor, name, gate, geom, row_digest, import_id",
}


def run(size: int = DEFAULT_SIZE) -> dict[str, Any]:
    """Import ``size`` features, half parcels and half buildings, by the services that offices use; then the floor.

    Reading, repairing, locating in villages and the topology report are part of ``seconds``; writing the files is
    not. The floor copies the imported rows into the same tables of another fresh database, each table right after
    its import, with every constraint and index in place. ``again_seconds`` is the same files once more, which
    changes nothing.
    """
    with scratch_cluster() as scratch:
        files = write_files(scratch.folder / "files", size)
        with scratch.database() as database, _Floor.beside(scratch, database) as floor:
            actor = _set_up(database.engine)
            _import(database.engine, actor, ImportLayer.DIVISIONS, files.divisions)
            _import(database.engine, actor, ImportLayer.BOUNDARIES, files.boundaries)
            seconds, floor_seconds, reports = 0.0, 0.0, []
            pair = ((ImportLayer.PARCELS, files.parcels), (ImportLayer.BUILDINGS, files.buildings))
            for layer, path in pair:
                took, report = _timed(partial(_import, database.engine, actor, layer, path))
                seconds += took
                reports.append(report)
                floor_seconds += floor.copy(layer)
            again, repeated = _timed(lambda: [_import(database.engine, actor, *one) for one in pair])
    accepted = sum(report.counts.accepted for report in reports)
    return {
        "features": accepted,
        "seconds": round(seconds, 3),
        "floor_seconds": round(floor_seconds, 3),
        "ratio": round(seconds / floor_seconds, 2),
        "rows_per_second": round(accepted / seconds),
        "rejected": sum(report.counts.rejected for report in reports),
        "again_seconds": round(again, 3),
        "again_accepted": sum(report.counts.accepted for report in repeated),
        "peak_memory_mb": round(peak_memory_mb()),
    }


def _timed(act: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = act()
    return time.perf_counter() - began, result


def _import(engine: Engine, actor: Actor, layer: ImportLayer, path: Path) -> ImportReport:
    work_dir = path.parent / "work"
    work_dir.mkdir(exist_ok=True)
    with unit_of_work(engine, actor, datetime.now(UTC)) as work:
        return import_file(work, path, layer, ImportOptions(), ReadLimits(work_dir))


def _set_up(engine: Engine) -> Actor:
    nobody = Actor(UUID(int=0), "", Role.ADMIN, COUNTY, COUNTY)
    county = County("平江县", "岳阳市", "湖南省", "414500", 4547, EXTENT, is_synthetic=True)
    with unit_of_work(engine, nobody, datetime.now(UTC)) as work:
        save_county(work.conn, COUNTY, county)
        return work.accounts.create("测量", Role.ADMIN, COUNTY)


_CONTEXT: dict[str, LiteralString] = {
    "county": "county_code, name, prefecture_name, province_name, postcode, measure_srid, extent",
    "account": "county_code, id, name, role, division_code",
    "division": "county_code, id",
    "import_run": "county_code, id, layer, filename, file_digest, dry_run, stage, actor_id",
}
"""What parcels and buildings refer to."""


class _Floor:
    """A second database into which the imported rows are copied bare."""

    def __init__(self, old: "psycopg.Connection[Any]", new: "psycopg.Connection[Any]", folder: Path) -> None:
        self._old, self._new, self._folder = old, new, folder

    @classmethod
    @contextmanager
    def beside(cls, scratch: Scratch, source: Database) -> "Iterator[_Floor]":
        folder = scratch.folder / "rows"
        folder.mkdir()
        with (
            scratch.database() as target,
            psycopg.connect(with_options(source.owner_url, Lane.JOBS), autocommit=True) as old,
            psycopg.connect(with_options(target.owner_url, Lane.JOBS), autocommit=True) as new,
        ):
            yield cls(old, new, folder)

    def copy(self, layer: ImportLayer) -> float:
        """Seconds of a bare COPY of a layer's rows; what they refer to is carried over before."""
        table = _TABLES[layer]
        for name, columns in {**_CONTEXT, table: _COLUMNS[table]}.items():
            _carry_out(self._old, self._folder / name, name, columns)
        for name, columns in _CONTEXT.items():
            self._carry_context(name, columns)
        return _timed(lambda: _carry_in(self._new, self._folder / table, table, _COLUMNS[table]))[0]

    def _carry_context(self, table: str, columns: LiteralString) -> None:
        with self._new.transaction():
            self._new.execute(
                sql.SQL("CREATE TEMP TABLE carried ON COMMIT DROP AS SELECT * FROM {} LIMIT 0").format(
                    sql.Identifier(table)
                )
            )
            _carry_in(self._new, self._folder / table, "carried", columns)
            names, name = sql.SQL(columns), sql.Identifier(table)
            self._new.execute(
                sql.SQL("INSERT INTO {} ({}) SELECT {} FROM carried ON CONFLICT DO NOTHING").format(
                    name, names, names
                )
            )


_TABLES = {ImportLayer.PARCELS: "parcel", ImportLayer.BUILDINGS: "building"}


def _carry_out(old: "psycopg.Connection[Any]", file: Path, table: str, columns: LiteralString) -> None:
    rows = sql.SQL("SELECT {} FROM {} ORDER BY 1, 2").format(sql.SQL(columns), sql.Identifier(table))
    statement = sql.SQL("COPY ({}) TO STDOUT").format(rows)
    with file.open("wb") as target, old.cursor().copy(statement) as blocks:
        for block in blocks:
            target.write(block)


def _carry_in(new: "psycopg.Connection[Any]", file: Path, table: str, columns: LiteralString) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), sql.SQL(columns))
    with file.open("rb") as rows, new.cursor().copy(statement) as copy:
        while block := rows.read(1 << 20):
            copy.write(block)


def peak_memory_mb() -> float:
    """Peak memory of this process, the cluster's not counted; Linux tells kilobytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)

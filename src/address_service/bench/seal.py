"""What the seal costs an import of residents, and how soon one of very many is found by the identity number."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import psycopg
from psycopg.conninfo import conninfo_to_dict

from address_service.bench.imports import peak_memory_mb
from address_service.bench.numbered_county import CLERK, COUNTY
from address_service.bench.scratch import Scratch, scratch_cluster
from address_service.bench.sealed_town import (
    HOUSEHOLD,
    citizen_id,
    load_doors,
    load_residents,
    village_code,
    write_list,
)
from address_service.gis.layer_read import ReadLimits
from address_service.model.accounts import Actor, Role
from address_service.services.import_residents import import_residents
from address_service.services.read_residents import look_up_persons
from address_service.store.audit import AuditTrail, with_trail
from address_service.store.cluster import ADMIN
from address_service.store.engine import Database, Lane, make_engine, with_options
from address_service.store.keys import KeyRing, KeySource
from address_service.store.seal import RowKey, Seal
from address_service.store.work import unit_of_work

DEFAULT_SIZE = 200_000
QUERIES = 2_000
IMPORTED = 12_000
"""So many of the residents come by import, the last ones; those before are there already."""
_PART = 3_000
_NO_KEY = UUID(int=0)


class Unsealed(Seal):
    """The seal switched off, for the measure alone: texts go as they are into the columns of the sealed ones."""

    def seal_new(self, table: str, row_id: UUID, payload: Mapping[str, Any]) -> tuple[RowKey, bytes]:
        """No key, and the payload in clear."""
        return RowKey(_NO_KEY, b""), orjson.dumps(payload)

    def current_ids(self) -> tuple[UUID, UUID]:
        """No keys."""
        return _NO_KEY, _NO_KEY

    def index(self, kind: str, value: str | None) -> bytes | None:
        """The value itself at the length of a digest."""
        return None if value is None else value.encode()[:32].ljust(32, b"\0")

    def indexes(self, kind: str, value: str) -> list[bytes]:
        """The same."""
        return [value.encode()[:32].ljust(32, b"\0")]


def run(size: int = DEFAULT_SIZE, most: int = IMPORTED) -> dict[str, Any]:
    """Import lists of residents as offices do, sealed and unsealed in turn, into a register that ends at ``size``.

    ``most`` of them at the most come by the imports, the others are there before.

    Both imports are the same service over the same files into two registers that began alike; what is unsealed takes
    the same statements, tables and constraints, with the payload and the values to be found in clear. Then persons of
    the whole register are looked up by their number, each by an account of the person's village in a unit of work of
    its own with its scope, its audit and the person's card; the bare look-up is the same digest by the same index, by
    psycopg alone and without a scope.
    """
    size = -(-size // HOUSEHOLD) * HOUSEHOLD
    imported = min(size, most)
    with scratch_cluster() as scratch, scratch.database() as sealed:
        run_id = _load(scratch, sealed, size, size - imported)
        with scratch.database(template=sealed) as unsealed:
            seconds, bare_seconds = _import_both(
                scratch, sealed, unsealed, run_id, range(size - imported, size)
            )
        asked = _asked(size)
        took, bare = _look_up(scratch, sealed, asked), _look_up_bare(scratch, sealed, asked)
    return {
        "persons": size,
        "imported": imported,
        "rows_per_second": round(imported / seconds),
        "unsealed_rows_per_second": round(imported / bare_seconds),
        "ratio_to_unsealed_import": round(bare_seconds / seconds, 3),
        "lookups": len(asked),
        "lookup_p50_ms": _percentile(took, 0.5),
        "lookup_p99_ms": _percentile(took, 0.99),
        "bare_lookup_p50_ms": _percentile(bare, 0.5),
        "bare_lookup_p99_ms": _percentile(bare, 0.99),
        "peak_memory_mb": round(peak_memory_mb()),
    }


def _load(scratch: Scratch, database: Database, size: int, present: int) -> UUID:
    """The register before the imports, on which nobody is connected any more."""
    run_id = load_doors(with_options(database.owner_url, Lane.JOBS), size)
    seal = Seal(KeyRing(KeySource(scratch.keys)), COUNTY)
    admin_url = scratch.cluster.url(ADMIN, str(conninfo_to_dict(database.owner_url)["dbname"]))
    load_residents(admin_url, seal, present)
    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        # An empty table is left alone: one that is known to be empty would be searched row by row.
        conn.execute(
            "VACUUM ANALYZE" if present else "VACUUM ANALYZE address, address_version, division_version"
        )
    database.engine.dispose()
    return run_id


def _import_both(
    scratch: Scratch, sealed: Database, unsealed: Database, run_id: UUID, persons: range
) -> tuple[float, float]:
    """Seconds of each; which of the two goes first changes with every part."""
    took = {True: 0.0, False: 0.0}
    for turn, first in enumerate(persons[::_PART]):
        data = write_list(first, min(_PART, persons.stop - first))
        for is_sealed in (turn % 2 == 0, turn % 2 == 1):
            database = sealed if is_sealed else unsealed
            began = time.perf_counter()
            _import(scratch, database, data, run_id, is_sealed=is_sealed)
            took[is_sealed] += time.perf_counter() - began
    return took[True], took[False]


def _import(scratch: Scratch, database: Database, data: bytes, run_id: UUID, *, is_sealed: bool) -> None:
    keys = KeyRing(KeySource(scratch.keys))
    with unit_of_work(database.engine, CLERK, datetime.now(UTC), keys) as work:
        if not is_sealed:
            work.seal = Unsealed(keys, COUNTY)
        outcome = import_residents(work, data, ".csv", ReadLimits(scratch.folder), run_id)
    if outcome.rejects:
        raise RuntimeError(f"a row was refused: {outcome.rejects[0]}")


def _asked(size: int) -> list[int]:
    draw = random.Random(20_260_302)  # noqa: S311 - repeatable, not secret
    return [draw.randrange(size) for _ in range(min(QUERIES, size))]


def _look_up(scratch: Scratch, database: Database, asked: Sequence[int]) -> list[float]:
    keys = KeyRing(KeySource(scratch.keys))
    engine = with_trail(make_engine(database.app_url), AuditTrail(keys))
    with psycopg.connect(database.owner_url) as conn:
        rows = conn.execute("SELECT division_code, id FROM account WHERE role = 'village'").fetchall()
    accounts: dict[str, UUID] = dict(rows)

    def ask(person: int) -> None:
        code = village_code(person // HOUSEHOLD)
        actor = Actor(accounts[code], "村", Role.VILLAGE, COUNTY, code)
        with unit_of_work(engine, actor, datetime.now(UTC), keys) as work:
            (card,) = look_up_persons(work, id_no=citizen_id(person), name=None, phone=None)
        if card.person.facts is None or card.person.facts.id_no != citizen_id(person):
            raise RuntimeError("another person was found")

    took = _timed(ask, asked)
    engine.dispose()
    return took


def _look_up_bare(scratch: Scratch, database: Database, asked: Sequence[int]) -> list[float]:
    seal = Seal(KeyRing(KeySource(scratch.keys)), COUNTY)
    with psycopg.connect(database.owner_url, autocommit=True, prepare_threshold=1) as conn:

        def ask(person: int) -> None:
            digest = seal.index("id-no", citizen_id(person))
            found = conn.execute(_BARE, (COUNTY, digest)).fetchall()
            if len(found) != 1:
                raise RuntimeError("not one person was found")

        return _timed(ask, asked)


def _timed(act: Callable[[int], None], asked: Sequence[int]) -> list[float]:
    """Milliseconds of each, sorted; the first hundred are done before, in which statements are planned."""
    for person in asked[:100]:
        act(person)
    took = []
    for person in asked:
        began = time.perf_counter()
        act(person)
        took.append((time.perf_counter() - began) * 1000)
    return sorted(took)


def _percentile(took: Sequence[float], part: float) -> float:
    return round(took[min(int(len(took) * part), len(took) - 1)], 3)


_BARE = "SELECT id, key_id, row_key, payload FROM person WHERE county_code = %s AND id_no_index = %s"

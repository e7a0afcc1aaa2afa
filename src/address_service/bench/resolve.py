"""How fast an old text is resolved in a register with a long history, beside the bare look-up of the text."""

import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg

from address_service.bench.numbered_county import CLERK, COUNTY
from address_service.bench.scratch import Scratch, scratch_cluster
from address_service.services.resolve_address import resolve_text
from address_service.store.engine import Database, Lane, make_engine, with_options
from address_service.store.work import Work

DEFAULT_SIZE = 200_000
QUERIES = 2000
VILLAGES = 400
_FROM, _DAYS = date(2016, 1, 1), 3000


def run(size: int = DEFAULT_SIZE) -> dict[str, Any]:
    """Resolve texts in a register of ``size`` events, by the service on one connection; then the bare look-up."""
    with scratch_cluster() as scratch:
        return resolve_bench(scratch, size)


def resolve_bench(scratch: Scratch, size: int = DEFAULT_SIZE, queries: int = QUERIES) -> dict[str, Any]:
    """Make a history of ``size`` events in a database of its own and ask for old texts, most with their day.

    Every text was held by three houses one after the other; every tenth address ended and has a successor. The floor is
    the same text looked up by the same index and joined to what its address reads today, by psycopg alone.
    """
    with scratch.database() as database:
        events = _load(database, size)
        asked = _questions(size, queries)
        took, outcomes = _resolve(database, asked)
        floor = _floor(database, [text for text, _ in asked])
    return {
        "events": events,
        "queries": len(asked),
        "resolve_p50_ms": _percentile(took, 0.5),
        "resolve_p99_ms": _percentile(took, 0.99),
        "floor_p50_ms": _percentile(floor, 0.5),
        "floor_p99_ms": _percentile(floor, 0.99),
        "ratio": round(_percentile(took, 0.5) / _percentile(floor, 0.5), 1),
        "outcomes": outcomes,
    }


def _load(database: Database, size: int) -> int:
    with psycopg.connect(
        with_options(database.owner_url, Lane.JOBS), cursor_factory=psycopg.ClientCursor
    ) as conn:
        arguments = {"county": COUNTY, "clerk": CLERK.account_id, "villages": VILLAGES}
        for statement in _HISTORY:
            conn.execute(statement, {**arguments, "each": _each(size)})
        row = conn.execute("SELECT count(*) FROM event").fetchone()
    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        conn.execute("VACUUM ANALYZE")
    return int(row[0]) if row else 0


def _each(size: int) -> int:
    """Addresses of a village: three events an address, and one more for every tenth."""
    return max(size * 10 // 31 // VILLAGES, 20)


def _questions(size: int, queries: int) -> list[tuple[str, date | None]]:
    """Texts in several spellings, one in five without a day, one in twenty of a house that never was."""
    draw = random.Random(20_260_302)  # noqa: S311 - repeatable, not secret
    asked: list[tuple[str, date | None]] = []
    for n in range(queries):
        village, number = draw.randrange(VILLAGES), draw.randrange(_each(size)) + 1
        head = ("湖南省岳阳市平江县童市镇", "童市镇", "", "湖南省平江县童市镇")[n % 4]
        words = f"{head}第{village}村1组{number if n % 20 else 90_000 + number}号"
        asked.append((words, None if n % 5 == 0 else _FROM + timedelta(draw.randrange(_DAYS))))
    return asked


def _resolve(
    database: Database, asked: Sequence[tuple[str, date | None]]
) -> tuple[list[float], dict[str, int]]:
    outcomes: dict[str, int] = {}
    engine = make_engine(database.app_url)
    with engine.connect() as conn, conn.begin():
        work = Work(conn, CLERK, datetime.now(UTC))

        def ask(position: int) -> None:
            words, on = asked[position]
            outcome = resolve_text(work, words, on, work.today).outcome.value
            outcomes[outcome] = outcomes.get(outcome, 0) + 1

        took = _timed(ask, len(asked))
    engine.dispose()
    return took, outcomes


def _floor(database: Database, texts: Sequence[str]) -> list[float]:
    with psycopg.connect(with_options(database.app_url, Lane.WEB), prepare_threshold=1) as conn:
        return _timed(
            lambda position: conn.execute(_LOOK_UP, {"county": COUNTY, "text": texts[position]}).fetchall(),
            len(texts),
        )


def _timed(act: Callable[[int], object], times: int) -> list[float]:
    """Milliseconds of each call; the first twenty, in which statements are planned, are done before."""
    for position in range(min(20, times)):
        act(position)
    took = []
    for position in range(times):
        began = time.perf_counter()
        act(position)
        took.append((time.perf_counter() - began) * 1000)
    return sorted(took)


def _percentile(took: Sequence[float], part: float) -> float:
    return round(took[min(int(len(took) * part), len(took) - 1)], 3)


_LOOK_UP = """
SELECT a.code, n.full_text FROM address_version v
JOIN address a ON a.county_code = v.county_code AND a.id = v.address_id
JOIN address_version n ON n.county_code = v.county_code AND n.address_id = v.address_id AND upper_inf(n.recorded)
    AND upper_inf(n.valid)
WHERE v.county_code = %(county)s AND upper_inf(v.recorded) AND v.stage = 'current'
  AND text_tail(v.full_text) COLLATE "C" >= text_tail(%(text)s)
  AND text_tail(v.full_text) COLLATE "C" < text_tail(%(text)s) || chr(1114111)
"""

_PERIODS = """(VALUES (0, '[2016-01-01,2018-01-01)'::daterange), (1, '[2018-01-01,2021-01-01)'),
    (2, '[2021-01-01,)')) AS period (k, valid)"""

_HISTORY = (
    """
    INSERT INTO county VALUES (%(county)s, '平江县', '岳阳市', '湖南省', '414500', 4547, NULL, true);
    INSERT INTO account (county_code, id, name, role, division_code)
        VALUES (%(county)s, %(clerk)s, '起草人', 'civil_affairs', %(county)s),
               (%(county)s, md5('county')::uuid, '批准人', 'county', %(county)s);
    INSERT INTO event (county_code, id, subject, kind, effective_on, actor_id, recorded_at)
        VALUES (%(county)s, md5('begin')::uuid, 'division', 'create', '2009-01-01', %(clerk)s, '2016-01-01');
    INSERT INTO division (county_code, id) SELECT %(county)s, md5('division' || v)::uuid
        FROM generate_series(-1, %(villages)s - 1) v;
    INSERT INTO division_version (county_code, id, division_id, level, kind, name, code_nbs, parent_id, name_state,
            valid, recorded, event_id)
        SELECT %(county)s, md5('dv' || v)::uuid, md5('division' || v)::uuid,
            CASE WHEN v < 0 THEN 'township' ELSE 'village' END,
            CASE WHEN v < 0 THEN 'town' ELSE 'administrative_village' END,
            CASE WHEN v < 0 THEN '童市镇' ELSE '第' || v || '村' END,
            CASE WHEN v < 0 THEN %(county)s || '113' ELSE %(county)s || '113' || lpad(v::text, 3, '0') END,
            CASE WHEN v >= 0 THEN md5('division-1')::uuid END, 'approved', '[2009-01-01,)', '[2016-01-01,)',
            md5('begin')::uuid
        FROM generate_series(-1, %(villages)s - 1) v;
    INSERT INTO place (county_code, id, kind, serial, code_prefix)
        SELECT %(county)s, md5('place' || v)::uuid, 'group', 1,
            %(county)s || '113' || lpad(v::text, 3, '0') || '5001'
        FROM generate_series(0, %(villages)s - 1) v;
    CREATE TABLE public.bench_address AS
        SELECT md5('address' || v || '-' || i)::uuid AS id, v, i, v * %(each)s + i AS n
        FROM generate_series(0, %(villages)s - 1) v, generate_series(0, %(each)s - 1) i;
    INSERT INTO address (county_code, id, code, scheme, created_at)
        SELECT %(county)s, id,
            %(county)s || '113' || lpad(v::text, 3, '0') || '5001' || lpad(i::text, 5, '0') || '00000',
            'TS-2026', '2016-01-01' FROM public.bench_address;
    """,
    f"""
    INSERT INTO event (county_code, id, subject, kind, decree_no, effective_on, actor_id, recorded_at)
        SELECT %(county)s, md5('event' || n || '-' || k)::uuid, 'address',
            CASE k WHEN 0 THEN 'approve' ELSE 'renumber' END, '示例', lower(valid), %(clerk)s, lower(valid)
        FROM public.bench_address, {_PERIODS}
        UNION ALL SELECT %(county)s, md5('end' || n)::uuid, 'address', 'merge', '示例', '2022-01-01', %(clerk)s,
            '2022-01-01' FROM public.bench_address WHERE i %% 10 = 0
    """,  # noqa: S608
    f"""
    INSERT INTO address_version (county_code, id, address_id, stage, division_id, place_id, main, full_text, position,
            decree_no, drafted_by, approved_by, event_id, valid, recorded)
        SELECT %(county)s, md5('version' || n || '-' || k)::uuid, id, 'current', md5('division' || v)::uuid,
            md5('place' || v)::uuid, (i + 7 * k) %% %(each)s + 1,
            '湖南省岳阳市平江县童市镇第' || v || '村1组' || (i + 7 * k) %% %(each)s + 1 || '号',
            ST_SetSRID(ST_MakePoint(113.5 + v * 0.0005, 28.5 + i * 0.0005), 4490), '示例', %(clerk)s,
            md5('county')::uuid, md5('event' || n || '-' || k)::uuid,
            CASE WHEN k = 2 AND i %% 10 = 0 THEN '[2021-01-01,2022-01-01)'::daterange ELSE valid END,
            tstzrange(lower(valid), NULL)
        FROM public.bench_address, {_PERIODS}
    """,  # noqa: S608
    """
    INSERT INTO address_version (county_code, id, address_id, stage, division_id, place_id, main, full_text, position,
            decree_no, drafted_by, approved_by, event_id, valid, recorded)
        SELECT county_code, gen_random_uuid(), v.address_id, 'retired', division_id, place_id, main, full_text,
            position, decree_no, drafted_by, approved_by, md5('end' || n)::uuid, '[2022-01-01,)', '[2022-01-01,)'
        FROM address_version v JOIN public.bench_address b ON b.id = v.address_id
        WHERE upper(v.valid) = '2022-01-01';
    INSERT INTO succession (county_code, id, event_id, subject, predecessor_id, successor_id, share)
        SELECT %(county)s, gen_random_uuid(), md5('end' || b.n)::uuid, 'address', b.id, c.id, 'whole'
        FROM public.bench_address b JOIN public.bench_address c ON c.v = b.v AND c.i = b.i + 1
        WHERE b.i %% 10 = 0
    """,
)

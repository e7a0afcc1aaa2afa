"""How fast the search box answers over a county full of addresses, beside plain trigrams over the same texts.

Questions of every kind, two characters and hostile ones among them, go one after the other through the read lane;
then over HTTP to the service as it is by default. No question is asked twice by design, and nothing of an answer is
remembered; plain trigrams get those of the questions that are text.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import quote

import psycopg

from address_service.bench.county import COUNTY, DRAFTER, Houses, load_county, take_indexes_off
from address_service.bench.drive import Driven, drive
from address_service.bench.scratch import scratch_cluster
from address_service.bench.search_questions import Door, old_name, questions, typed, village_names
from address_service.bench.service import running_service
from address_service.coding.search_terms import read_query, search_document
from address_service.services.open_account import issue_api_key
from address_service.store.engine import Database
from address_service.store.read_lane import LANE_OPTIONS, ReadLane
from address_service.store.search import search_addresses
from address_service.store.work import unit_of_work

QUESTIONS = 3000
HTTP_QUESTIONS = 2000
TYPED = 4000
CONNECTIONS = 4
FLOOR_S = 4.0
_HEADS = ("湖南省", "岳阳市", "平江县")
_CHUNK = 10_000


def run(size: int = 200_000) -> dict[str, Any]:
    """Figures of the search over ``size`` addresses."""
    names = village_names()
    with scratch_cluster() as scratch, scratch.database() as database:
        houses = load_county(database.owner_url, size, names)
        _load_index(database.owner_url, houses, names)
        doors = _doors(houses, names)
        key = f"X-API-Key: {_issue_key(database)}"
        asked = questions(doors, QUESTIONS, 1)
        took = asyncio.run(_ask(database, asked))
        with running_service(database, scratch.folder, COUNTY) as port:
            http = _drive(port, "search", [q for _, q in questions(doors, HTTP_QUESTIONS, 2)], key)
            ahead = _drive(port, "search/suggestions", typed(doors, TYPED, 3), key)
        floor = _plain_trigrams(database, [q for kind, q in asked if kind in _TEXT_KINDS])
    return {"addresses": size, **_figures(took, http, ahead, floor)}


_TEXT_KINDS = {"two characters", "two characters of numbers", "whole", "tail", "begun", "town and village",
               "group and number"}  # fmt: skip


def _figures(
    took: Sequence[tuple[str, float]], http: Driven, ahead: Driven, floor: Sequence[float]
) -> dict[str, Any]:
    every = [ms for _, ms in took]
    texts = [ms for kind, ms in took if kind in _TEXT_KINDS]
    worst: dict[str, float] = {}
    for kind, ms in took:
        worst[kind] = max(worst.get(kind, 0.0), round(ms, 2))
    trigram = percentile(floor, 0.5)
    return {
        "queries": len(every),
        "p50_ms": percentile(every, 0.5),
        "p99_ms": percentile(every, 0.99),
        "worst_ms": percentile(every, 1.0),
        "http_per_second": round(http.requests / http.seconds),
        "autocomplete_per_second": round(ahead.requests / ahead.seconds),
        "plain_trigram_p50_ms": trigram,
        "plain_trigram_worst_ms": percentile(floor, 1.0),
        "plain_trigram_queries": len(floor),
        "ratio": round(percentile(texts, 0.5) / trigram, 4),
        "worst_ms_by_kind": dict(sorted(worst.items())),
        "connections": CONNECTIONS,
        "client_cpu_share": round(http.cpu_seconds / http.seconds, 3),
        "client_cpu_share_autocomplete": round(ahead.cpu_seconds / ahead.seconds, 3),
    }


def percentile(took: Sequence[float], part: float) -> float:
    """Milliseconds that this part of the answers took at most."""
    ordered = sorted(took)
    return round(ordered[min(int(len(ordered) * part), len(ordered) - 1)], 3)


async def _ask(database: Database, asked: Sequence[tuple[str, str]]) -> list[tuple[str, float]]:
    """Each question alone, after one round of some, in which statements are planned."""
    took = []
    async with ReadLane(database.read_url, COUNTY, 1) as lane:
        while not lane.listening:
            await asyncio.sleep(0.01)
        for kind, text in [*asked[-200:], *asked]:
            began = time.perf_counter()
            await search_addresses(lane, text)
            took.append((kind, (time.perf_counter() - began) * 1000))
    return took[200:]


def _drive(port: int, path: str, asked: Sequence[str], key: str) -> Driven:
    """Over HTTP, of hostile questions what fits a request line; raises RuntimeError for an answer that is none."""
    paths = [f"/api/v1/{path}?q={quote(text[:3000])}" for text in asked]
    drive(port, paths[:100], connections=CONNECTIONS, headers=[key])
    driven = drive(port, paths, connections=CONNECTIONS, headers=[key])
    if set(driven.statuses) != {"200"}:
        raise RuntimeError(f"answers other than 200: {driven.statuses}")
    return driven


def _plain_trigrams(database: Database, asked: Sequence[str]) -> list[float]:
    """What PostgreSQL offers by itself: a trigram index over the texts, LIKE, and similarity for the order."""
    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        conn.execute("SET maintenance_work_mem = '256MB'")
        conn.execute("CREATE INDEX plain_trigram ON address_search USING gin (tail gin_trgm_ops)")
    heads = [*_HEADS, *(town for _, town in village_names())]
    took: list[float] = []
    began = time.perf_counter()
    with psycopg.connect(
        database.read_url, options=LANE_OPTIONS, autocommit=True, prepare_threshold=0
    ) as conn:
        for text in asked:
            arguments = {"county": COUNTY, "text": read_query(text, heads).text}
            at = time.perf_counter()
            conn.execute(_PLAIN, arguments).fetchall()
            took.append((time.perf_counter() - at) * 1000)
            if time.perf_counter() - began > FLOOR_S and len(took) >= 20:
                break
    return took


_PLAIN = """
SELECT s.address_id, v.full_text FROM (
    SELECT address_id, tail FROM address_search
    WHERE county_code = %(county)s AND tail LIKE '%%' || %(text)s || '%%'
    ORDER BY similarity(tail, %(text)s) DESC, length(tail), address_id LIMIT 20) s
JOIN address_version v ON v.county_code = %(county)s AND v.address_id = s.address_id
"""


def _doors(houses: Houses, names: Sequence[tuple[str, str]]) -> list[Door]:
    columns = (houses.village.tolist(), houses.place.tolist(), houses.number.tolist(), houses.codes)
    return [Door(names[v][1], names[v][0], p, n, code) for v, p, n, code in zip(*columns, strict=True)]


def _load_index(url: str, houses: Houses, names: Sequence[tuple[str, str]]) -> None:
    """Write the search documents as `index_addresses` does, by COPY and with the indexes built afterwards."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("SET maintenance_work_mem = '256MB'")
        rebuild = take_indexes_off(conn, "address_search")
        keys = conn.execute(
            "SELECT md5('address' || n)::uuid::text, md5('village' || village)::uuid::text FROM seed ORDER BY n"
        )
        rows = zip(keys.fetchall(), _documents(houses, names), strict=True)
        with conn.cursor() as cursor, cursor.copy(_COPY) as copy:
            for (key, village), line in rows:
                copy.write(f"{COUNTY}\t{key}\t{village}\t{line}\n")
        for create in rebuild:
            conn.execute(create)
        conn.execute("VACUUM ANALYZE address_search")


_COPY = (
    "COPY address_search (county_code, address_id, division_id, tail, bigrams, initials, words) FROM STDIN"
)


def _documents(houses: Houses, names: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Documents as lines for COPY, made by two processes."""
    with ProcessPoolExecutor(2) as pool:
        for lines in pool.map(_lines, _batched((d.town, d.village, d.tail) for d in _doors(houses, names))):
            yield from lines


def _batched(rows: Iterator[tuple[str, str, str]]) -> Iterator[list[tuple[str, str, str]]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def _lines(doors: Sequence[tuple[str, str, str]]) -> list[str]:
    lines = []
    for town, village, tail in doors:
        old = old_name(village)
        former = [f"平江县{town}{old}{tail[len(village) :]}"] if old else []
        made = search_document(f"湖南省岳阳市平江县{town}{tail}", (*_HEADS, town), former)
        grams, words = ("{" + ",".join(some) + "}" for some in (made.bigrams, made.words))
        lines.append("\t".join((_escaped(made.tail), grams, _escaped(made.initials), words)))
    return lines


def _escaped(text: str) -> str:
    return text.replace("\n", "\\n")


def _issue_key(database: Database) -> str:
    with unit_of_work(database.engine, DRAFTER, datetime.now(UTC)) as work:
        return issue_api_key(work, DRAFTER, "bench", 1).secret

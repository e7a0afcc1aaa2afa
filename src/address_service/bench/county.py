"""A synthetic county for benches of reading: villages, groups, towns, houses with their addresses."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

import numpy as np
import numpy.typing as npt
import psycopg
import shapely

from address_service.model.accounts import Actor, Role

COUNTY = "430626"
DRAFTER = Actor(UUID("a0000000-0000-0000-0000-000000000001"), "起草人", Role.CIVIL_AFFAIRS, COUNTY, COUNTY)
VILLAGES = 540
TOWN_DOORS = 1500
WEST, SOUTH, EAST, NORTH = 420_000.0, 3_144_000.0, 512_000.0, 3_219_000.0
"""The county's box in EPSG:4547, metres."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Houses:
    """One element per house: gate in EPSG:4547 metres, village, place within it, number, code."""

    x: Floats
    y: Floats
    village: npt.NDArray[np.int64]
    place: npt.NDArray[np.int64]
    number: npt.NDArray[np.int64]
    codes: list[str]


NUMBERED = [(f"第{n}村", f"第{n // 90}镇") for n in range(VILLAGES)]
"""Village and town by number, where names do not matter."""


def load_county(url: str, size: int, names: Sequence[tuple[str, str]] = NUMBERED) -> Houses:
    """Fill an empty migrated database with `size` current addresses, each with its house.

    ``names`` are those of the villages with their towns, ninety villages to a town.

    The tables keep their keys, exclusion constraints and indexes, which are built after the rows; foreign keys
    are left out, since no reading consults them. ``url`` is that of the schema's owner.
    """
    random = np.random.default_rng(20_260_302)
    centres = random.uniform((WEST, SOUTH), (EAST, NORTH), (VILLAGES, 2))
    houses = _houses(random, centres, size)
    with psycopg.connect(url, autocommit=True) as conn:
        for (statement,) in conn.execute(_FOREIGN_KEYS).fetchall():
            conn.execute(statement)
        conn.execute(_GROUND)
        with conn.cursor() as cursor:
            rows = [(n, village, town) for n, (village, town) in enumerate(names)]
            cursor.executemany("INSERT INTO seed_name VALUES (%s, %s, %s)", rows)
        _load_villages(conn, centres)
        _copy_houses(conn, houses)
        conn.execute("ANALYZE division_version, place, place_version")
    with ThreadPoolExecutor(len(_FILL)) as pool:
        for done in [pool.submit(_fill, url, tables) for tables in _FILL]:
            done.result()
    return houses


def _fill(url: str, tables: Mapping[str, LiteralString]) -> None:
    """Fill some tables from the seed, then build their indexes."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("SET maintenance_work_mem = '256MB'")
        for table, statement in tables.items():
            rebuild = take_indexes_off(conn, table)
            conn.execute(statement)
            for create in rebuild:
                conn.execute(create)
            conn.execute(f"VACUUM ANALYZE {table}")


def _houses(random: np.random.Generator, centres: Floats, size: int) -> Houses:
    """Seven tenths along the lanes of villager groups, three tenths crowded into towns."""
    in_towns = size * 3 // 10
    rural = size - in_towns
    village = random.integers(0, VILLAGES, rural)
    group = random.integers(1, 7, rural)
    hub = random.normal(0, 900, (VILLAGES, 7, 2))[village, group]
    bearing = (village * 7 + group) * 1.3
    along, aside = random.normal(0, 110, rural), random.normal(0, 18, rural)
    x = centres[village, 0] + hub[:, 0] + along * np.cos(bearing) - aside * np.sin(bearing)
    y = centres[village, 1] + hub[:, 1] + along * np.sin(bearing) + aside * np.cos(bearing)
    town = np.arange(in_towns) // TOWN_DOORS % VILLAGES
    town_xy = centres[town] + random.normal(0, 260, (in_towns, 2))
    all_village = np.concatenate((village, town))
    all_place = np.concatenate((group, np.full(in_towns, 7)))
    number, codes = _numbers(all_village, all_place)
    return Houses(
        np.concatenate((x, town_xy[:, 0])),
        np.concatenate((y, town_xy[:, 1])),
        all_village,
        all_place,
        number,
        codes,
    )


def _numbers(
    village: npt.NDArray[np.int64], place: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Count the doors of each place from 1; codes are TS-2026 with their check digit (ISO 7064 MOD 11,10)."""
    key = village * 10 + place
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(key[order]) != 0])
    number = np.empty_like(key)
    number[order] = np.arange(key.size) - np.repeat(starts, np.diff(np.r_[starts, key.size])) + 1
    stems = [
        f"{COUNTY}{100 + v // 90:03d}{200 + v % 90:03d}5{p:03d}{n:05d}0000"
        for v, p, n in zip(village.tolist(), place.tolist(), number.tolist(), strict=True)
    ]
    digits = np.frombuffer("".join(stems).encode(), np.uint8).reshape(-1, 25).astype(np.int64) - 48
    product = np.full(key.size, 10)
    for column in range(25):
        product = (product + digits[:, column]) % 10
        product[product == 0] = 10
        product = 2 * product % 11
    check = (11 - product) % 10
    return number, [f"{stem}{digit}" for stem, digit in zip(stems, check.tolist(), strict=True)]


def _load_villages(conn: "psycopg.Connection[Any]", centres: Floats) -> None:
    box = shapely.box(WEST, SOUTH, EAST, NORTH)
    cells = shapely.voronoi_polygons(shapely.MultiPoint(centres), extend_to=box)
    tree = shapely.STRtree([shapely.Point(xy) for xy in centres])
    with conn.cursor() as cursor, cursor.copy("COPY seed_village FROM STDIN") as copy:
        for cell in cells.geoms:
            at = int(tree.query(cell, predicate="contains")[0])
            winding = shapely.transform(shapely.segmentize(cell.intersection(box), 60), _wind)
            copy.write_row((at, shapely.to_wkb(winding, hex=True)))
    conn.execute(_VILLAGES)


def _wind(xy: Floats) -> Floats:
    """Bend straight boundaries as rivers and ridges do; one map for all, so that neighbours still meet."""
    x, y = xy[:, 0], xy[:, 1]
    return np.column_stack((x + 50 * np.sin(y / 170) + 20 * np.sin(y / 37), y + 50 * np.cos(x / 150)))


def _copy_houses(conn: "psycopg.Connection[Any]", houses: Houses) -> None:
    columns = (houses.x, houses.y, houses.village, houses.place, houses.number)
    rows = zip(*(column.round(3).tolist() for column in columns), houses.codes, strict=True)
    text = "".join(f"{n}\t{x}\t{y}\t{v}\t{p}\t{d}\t{c}\n" for n, (x, y, v, p, d, c) in enumerate(rows))
    with conn.cursor() as cursor, cursor.copy("COPY seed FROM STDIN") as copy:
        copy.write(text)


def take_indexes_off(conn: "psycopg.Connection[Any]", table: str) -> list[str]:
    """Drop the constraints and indexes of a table and give the statements that build them again."""
    again: list[str] = []
    for query in (_CONSTRAINTS, _INDEXES):
        for drop, create in conn.execute(query, {"table": table}).fetchall():
            conn.execute(drop)
            again.append(create)
    return again


_FOREIGN_KEYS = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)
FROM pg_constraint WHERE contype = 'f' AND connamespace = 'registry'::regnamespace
"""

_CONSTRAINTS = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
       format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint
WHERE contype IN ('p', 'u', 'x') AND connamespace = 'registry'::regnamespace AND conrelid = %(table)s::regclass
"""

_INDEXES = """
SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index WHERE indrelid = %(table)s::regclass
"""

_GROUND = """
CREATE UNLOGGED TABLE seed (n bigint, x float8, y float8, village int, place int, number int, code text);
CREATE UNLOGGED TABLE seed_village (n int, boundary geometry);
CREATE UNLOGGED TABLE seed_name (v int PRIMARY KEY, village_name text, town_name text);
INSERT INTO county (county_code, name, prefecture_name, province_name, postcode)
    VALUES ('430626', '平江县', '岳阳市', '湖南省', '414500') ON CONFLICT DO NOTHING;
INSERT INTO account (county_code, id, name, role, division_code)
    VALUES ('430626', 'a0000000-0000-0000-0000-000000000001', '起草人', 'civil_affairs', '430626'),
           ('430626', 'a0000000-0000-0000-0000-000000000002', '审批人', 'county', '430626');
INSERT INTO event (county_code, id, subject, kind, effective_on, actor_id, recorded_at)
    VALUES ('430626', 'e0000000-0000-0000-0000-000000000001', 'address', 'approve', '2026-01-01',
            'a0000000-0000-0000-0000-000000000002', '2026-01-01T00:00:00+08');
INSERT INTO import_run (county_code, id, layer, filename, file_digest, dry_run, stage, actor_id)
    VALUES ('430626', 'b0000000-0000-0000-0000-000000000001', 'buildings', 'bench', '', false, 'done',
            'a0000000-0000-0000-0000-000000000001');
"""

_VILLAGES = """
INSERT INTO division (county_code, id)
    SELECT '430626', md5('village' || n)::uuid FROM seed_village
    UNION ALL SELECT '430626', md5('town' || t)::uuid FROM generate_series(0, 5) t;
INSERT INTO division_version (county_code, id, division_id, level, kind, name, code_nbs, name_state, boundary, valid,
        recorded, event_id)
    SELECT '430626', gen_random_uuid(), md5('village' || n)::uuid, 'village', 'administrative_village',
        village_name, '430626' || 100 + n / 90 || 200 + n % 90, 'approved',
        ST_Multi(ST_Transform(ST_SetSRID(boundary, 4547), 4490)), daterange('2026-01-01', NULL),
        tstzrange('2026-01-01', NULL), 'e0000000-0000-0000-0000-000000000001'::uuid
    FROM seed_village JOIN seed_name ON v = n
    UNION ALL SELECT '430626', gen_random_uuid(), md5('town' || t)::uuid, 'township', 'town',
        (SELECT town_name FROM seed_name WHERE v = t * 90),
        '430626' || 100 + t, 'approved', NULL::geometry, daterange('2026-01-01', NULL), tstzrange('2026-01-01', NULL),
        'e0000000-0000-0000-0000-000000000001'::uuid
    FROM generate_series(0, 5) t;
INSERT INTO place (county_code, id, kind, serial, code_prefix)
    SELECT '430626', md5('place' || n || '/' || p)::uuid, 'group', p,
        '430626' || 100 + n / 90 || 200 + n % 90 || '5' || lpad(p::text, 3, '0')
    FROM seed_village, generate_series(1, 7) p;
INSERT INTO place_version (county_code, id, place_id, division_id, name, name_state, valid, recorded, event_id)
    SELECT '430626', gen_random_uuid(), md5('place' || n || '/' || p)::uuid, md5('village' || n)::uuid,
        p || '组', 'proposed', daterange('2026-01-01', NULL), tstzrange('2026-01-01', NULL),
        'e0000000-0000-0000-0000-000000000001'::uuid
    FROM seed_village, generate_series(1, 7) p;
DROP TABLE seed_village;
"""

# Two connections fill and index at once, each a fair half of the work.
_FILL: tuple[dict[str, LiteralString], ...] = (
    {
        "address": """
            INSERT INTO address (county_code, id, code, scheme, created_at)
            SELECT '430626', md5('address' || n)::uuid, code, 'TS-2026', '2026-01-01'
            FROM seed ORDER BY village, place, n
        """,
        "address_version": """
            INSERT INTO address_version (county_code, id, address_id, stage, division_id, place_id, main, full_text,
                position, decree_no, drafted_by, approved_by, event_id, valid, recorded)
            SELECT '430626', md5('version' || n)::uuid, md5('address' || n)::uuid, 'current',
                md5('village' || village)::uuid, md5('place' || village || '/' || place)::uuid, number,
                '湖南省岳阳市平江县' || town_name || village_name || place || '组' || number || '号',
                ST_Transform(ST_SetSRID(ST_Point(x, y), 4547), 4490), '平民发〔2026〕1号',
                'a0000000-0000-0000-0000-000000000001', 'a0000000-0000-0000-0000-000000000002',
                'e0000000-0000-0000-0000-000000000001', '[2026-01-01,)', '[2026-01-01,)'
            FROM seed JOIN seed_name ON v = village ORDER BY village, place, n
        """,
    },
    {
        "building": """
            INSERT INTO building (county_code, id, building_code, division_id, use, geom, row_digest, import_id)
            SELECT '430626', md5('building' || n)::uuid, 'F' || n, md5('village' || village)::uuid, 'dwelling',
                ST_Transform(ST_SetSRID(ST_Multi(
                    ST_Rotate(ST_MakeEnvelope(x, y, x + 12, y + 9), village, x, y)), 4547), 4490),
                md5('building' || n)::uuid, 'b0000000-0000-0000-0000-000000000001'
            FROM seed ORDER BY village, place, n
        """,
        "address_building": """
            INSERT INTO address_building (county_code, id, address_id, building_id, valid, recorded)
            SELECT '430626', md5('link' || n)::uuid, md5('address' || n)::uuid, md5('building' || n)::uuid,
                '[2026-01-01,)', '[2026-01-01,)'
            FROM seed ORDER BY village, place, n
        """,
        "membership": """
            INSERT INTO membership (county_code, id, building_id, place_id, source, actor_id, valid, recorded)
            SELECT '430626', md5('member' || n)::uuid, md5('building' || n)::uuid,
                md5('place' || village || '/' || place)::uuid, 'polygon', 'a0000000-0000-0000-0000-000000000001',
                '[2026-01-01,)', '[2026-01-01,)'
            FROM seed ORDER BY village, place, n
        """,
    },
)

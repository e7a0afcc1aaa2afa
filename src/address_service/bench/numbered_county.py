"""A synthetic county to be numbered: streets and hamlets with doors whose side and order are known beforehand."""

from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

import numpy as np
import numpy.typing as npt
import psycopg

from address_service.model.accounts import Actor, Role

COUNTY = "430626"
CLERK = Actor(UUID("a0000000-0000-0000-0000-000000000001"), "起草人", Role.CIVIL_AFFAIRS, COUNTY, COUNTY)
STREET_DOORS, HAMLET_DOORS = 120, 60
PLACES_PER_VILLAGE = 20
PLOT_M, SETBACK_M, BEND_M = 12.0, 12.0, 10.0
SITE_DOORS, SITE_FROM_M, SITE_TO_M = 8, 240.0, 372.0
"""Every fourth street has a planned site on its left: no doors stand there, numbers are to be reserved."""
CELL_M = 790.0
WEST, SOUTH, COLUMNS = 420_000.0, 3_144_000.0, 116
"""Places lie on a grid from this corner (EPSG:4547, metres)."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Doors:
    """One element per door: its place, metres along the street, side (1 left, -1 right, 0 in hamlets), gate."""

    place: Ints
    along: Floats
    side: Ints
    x: Floats
    y: Floats


def load_places(url: str, size: int) -> list[UUID]:
    """Fill an empty migrated database with ``size`` houses on streets and hamlets; gives the places' ids.

    Table ``seed`` keeps what is known of each door, for the checks. ``url`` is that of the schema's owner.
    """
    kinds = _kinds(size)
    doors = _doors(np.random.default_rng(20_260_302), kinds, size)
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as conn:
        conn.execute(_GROUND)
        _copy(conn, "seed_place", ((p, kind, *_shape(p, kind)) for p, kind in enumerate(kinds)))
        columns = (doors.place, doors.along.round(2), doors.side, doors.x.round(3), doors.y.round(3))
        rows = zip(*(column.tolist() for column in columns), strict=True)
        _copy(conn, "seed", ((n, *row) for n, row in enumerate(rows)))
        conn.execute(_PLACES, {"per_village": PLACES_PER_VILLAGE})
        conn.execute(_SITES, {"doors": SITE_DOORS})
        conn.execute(_HOUSES)
        conn.execute("GRANT SELECT ON seed, seed_place TO PUBLIC")
        found = conn.execute("SELECT md5('place' || p)::uuid FROM seed_place ORDER BY p").fetchall()
    with psycopg.connect(url, autocommit=True) as conn:
        # Tables to be written are left alone: one that is known to be empty would be searched row by row.
        conn.execute("VACUUM ANALYZE place, place_version, division_version, lane, building, membership")
    return [row[0] for row in found]


def _kinds(size: int) -> list[str]:
    """Streets and hamlets in turn until all doors have a place."""
    pair = STREET_DOORS + HAMLET_DOORS
    return ["street", "hamlet"] * (size // (pair - SITE_DOORS) + 1)


def _axis(place: int | Ints) -> tuple[Any, Any, Any, Any]:
    """Start (x, y) and direction (east, north) of each place's middle line."""
    bearing = np.asarray(place) * 0.7
    middle_x = WEST + (np.asarray(place) % COLUMNS + 0.5) * CELL_M
    middle_y = SOUTH + (np.asarray(place) // COLUMNS + 0.5) * CELL_M
    east, north = np.cos(bearing), np.sin(bearing)
    half = STREET_DOORS / 4 * PLOT_M
    return middle_x - half * east, middle_y - half * north, east, north


def _point(place: int | Ints, along: Any, aside: Any) -> tuple[Any, Any]:
    """Metres along and to the left of the bending middle line, in EPSG:4547."""
    x, y, east, north = _axis(place)
    offset = aside + BEND_M * np.sin(np.asarray(along) / 110.0)
    return x + along * east - offset * north, y + along * north + offset * east


def _shape(place: int, kind: str) -> tuple[str, str | None]:
    """WKT of the line of a street or a hamlet's lane, and of the planned site where there is one."""
    length = STREET_DOORS / 2 * PLOT_M if kind == "street" else HAMLET_DOORS / 2 * PLOT_M
    line = _wkt(place, [(t, 0.0) for t in np.linspace(0, length, 40)])
    if kind != "street" or place % 8:
        return f"LINESTRING({line})", None
    inner, outer = SETBACK_M, SETBACK_M + 40
    corners = [(SITE_FROM_M, inner), (SITE_TO_M, inner), (SITE_TO_M, outer), (SITE_FROM_M, outer)]
    return f"LINESTRING({line})", f"POLYGON(({_wkt(place, [*corners, corners[0]])}))"


def _wkt(place: int, points: list[tuple[float, float]]) -> str:
    return ",".join("{:.3f} {:.3f}".format(*_point(place, along, aside)) for along, aside in points)


def _doors(random: np.random.Generator, kinds: list[str], size: int) -> Doors:
    counts = np.array([STREET_DOORS if kind == "street" else HAMLET_DOORS for kind in kinds])
    place = np.repeat(np.arange(len(kinds)), counts)
    rank = np.arange(place.size) - np.repeat(np.cumsum(counts) - counts, counts)
    side = np.where(rank % 2 == 0, 1, -1)
    along = (rank // 2 + 0.5) * PLOT_M + random.uniform(-3, 3, place.size)
    on_street = place % 2 == 0
    on_site = (place % 8 == 0) & (side == 1) & (along > SITE_FROM_M - 6) & (along < SITE_TO_M + 6)
    keep = np.flatnonzero(~on_site)
    shift = np.where(on_street, SETBACK_M, SETBACK_M + random.exponential(25, place.size)) * side
    x, y = _point(place, along, shift)
    keep = keep[:size]
    return Doors(place[keep], along[keep], np.where(on_street, side, 0)[keep], x[keep], y[keep])


def _copy(conn: "psycopg.Connection[Any]", table: LiteralString, rows: Any) -> None:
    with conn.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        copy.write("".join("\t".join("\\N" if v is None else str(v) for v in row) + "\n" for row in rows))


_GROUND = """
CREATE UNLOGGED TABLE seed (n bigint, place int, along float8, side int, x float8, y float8);
CREATE UNLOGGED TABLE seed_place (p int, kind text, line text, site text);
INSERT INTO county (county_code, name, prefecture_name, province_name, postcode, is_synthetic)
    VALUES ('430626', '平江县', '岳阳市', '湖南省', '414500', true);
INSERT INTO account (county_code, id, name, role, division_code)
    VALUES ('430626', 'a0000000-0000-0000-0000-000000000001', '起草人', 'civil_affairs', '430626');
INSERT INTO event (county_code, id, subject, kind, effective_on, actor_id, recorded_at)
    VALUES ('430626', 'e0000000-0000-0000-0000-000000000001', 'place', 'create', '2026-01-01',
            'a0000000-0000-0000-0000-000000000001', '2026-01-01T00:00:00+08');
INSERT INTO import_run (county_code, id, layer, filename, file_digest, dry_run, stage, actor_id)
    VALUES ('430626', 'b0000000-0000-0000-0000-000000000001', 'buildings', 'bench', '', false, 'done',
            'a0000000-0000-0000-0000-000000000001');
"""

_PLACES = """
CREATE TEMP TABLE village ON COMMIT DROP AS
    SELECT DISTINCT p / %(per_village)s AS v FROM seed_place;
INSERT INTO division (county_code, id)
    SELECT '430626', md5('village' || v)::uuid FROM village
    UNION ALL SELECT '430626', md5('town')::uuid;
INSERT INTO division_version (county_code, id, division_id, level, kind, name, code_nbs, parent_id, name_state, valid,
        recorded, event_id)
    SELECT '430626', gen_random_uuid(), md5('village' || v)::uuid, 'village', 'administrative_village',
        '第' || v || '村', '430626' || 100 + v / 500 || 200 + v %% 500, md5('town')::uuid, 'approved',
        daterange('2026-01-01', NULL), tstzrange('2026-01-01', NULL), 'e0000000-0000-0000-0000-000000000001'::uuid
    FROM village
    UNION ALL SELECT '430626', gen_random_uuid(), md5('town')::uuid, 'township', 'town', '示例镇', '430626100', NULL,
        'approved', daterange('2026-01-01', NULL), tstzrange('2026-01-01', NULL),
        'e0000000-0000-0000-0000-000000000001'::uuid;
INSERT INTO place (county_code, id, kind, serial, code_prefix)
    SELECT '430626', md5('place' || p)::uuid, kind, p %% %(per_village)s + 1,
        '430626' || 100 + v / 500 || 200 + v %% 500 || CASE kind WHEN 'street' THEN '1' ELSE '4' END
        || lpad((p %% %(per_village)s + 1)::text, 3, '0')
    FROM seed_place, LATERAL (SELECT p / %(per_village)s AS v) _;
INSERT INTO place_version (county_code, id, place_id, division_id, name, street_kind, name_state, decree_no, geom,
        valid, recorded, event_id)
    SELECT '430626', gen_random_uuid(), md5('place' || p)::uuid, md5('village' || p / %(per_village)s)::uuid,
        CASE kind WHEN 'street' THEN '示例' || p || '街' ELSE '示例' || p || '屋场' END,
        CASE kind WHEN 'street' THEN 'street' END, 'filed', '示例', CASE kind WHEN 'street' THEN
        ST_Multi(ST_Transform(ST_GeomFromText(line, 4547), 4490)) END,
        daterange('2026-01-01', NULL), tstzrange('2026-01-01', NULL), 'e0000000-0000-0000-0000-000000000001'
    FROM seed_place;
INSERT INTO lane (county_code, id, division_id, geom, feature_key, import_id)
    SELECT '430626', md5('lane' || p)::uuid, md5('village' || p / %(per_village)s)::uuid,
        ST_Transform(ST_GeomFromText(line, 4547), 4490), md5('lane' || p)::uuid,
        'b0000000-0000-0000-0000-000000000001'
    FROM seed_place WHERE kind = 'hamlet';
"""

_SITES = """
INSERT INTO construction_plan (county_code, id, plan_no, name, kind, place_id, planned_doors, holder, decree_no,
        expires_on, geom, row_digest, import_id)
    SELECT '430626', md5('site' || p)::uuid, '示例' || p, '示例地块' || p, 'area', md5('place' || p)::uuid, %(doors)s,
        '示例单位', '示例〔2026〕1号', '2099-12-31', ST_Transform(ST_GeomFromText(site, 4547), 4490),
        md5('site' || p)::uuid, 'b0000000-0000-0000-0000-000000000001'
    FROM seed_place WHERE site IS NOT NULL;
"""

_HOUSES = """
INSERT INTO building (county_code, id, building_code, division_id, use, gate, geom, row_digest, import_id)
    SELECT '430626', md5('building' || n)::uuid, 'F' || n, v.division_id, 'dwelling',
        ST_Transform(ST_SetSRID(ST_Point(x, y), 4547), 4490),
        ST_Transform(ST_SetSRID(ST_Multi(ST_MakeEnvelope(x - 4, y - 4, x + 4, y + 4)), 4547), 4490),
        md5('building' || n)::uuid, 'b0000000-0000-0000-0000-000000000001'
    FROM seed JOIN place_version v ON v.place_id = md5('place' || place)::uuid ORDER BY n;
INSERT INTO membership (county_code, id, building_id, place_id, source, actor_id, valid, recorded)
    SELECT '430626', md5('member' || n)::uuid, md5('building' || n)::uuid, md5('place' || place)::uuid, 'polygon',
        'a0000000-0000-0000-0000-000000000001', '[2026-01-01,)', '[2026-01-01,)'
    FROM seed ORDER BY n;
"""

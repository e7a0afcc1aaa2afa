"""Two villages side by side, of groups and hamlets with standing addresses; some are called alike on purpose."""

from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

import psycopg

from address_service.bench.numbered_county import COUNTY

DOORS_PER_PLACE = 60
ALIKE = 3
"""Every third place of the second village is called like one of the first."""


@dataclass(frozen=True, slots=True)
class TwoVillages:
    """The villages, how many names collide, and how many texts are equal where nothing is decided."""

    absorber: UUID
    ends: UUID
    places: int
    planted: int


def load_villages(url: str, size: int) -> TwoVillages:
    """Fill an empty migrated database with two villages of ``size`` addresses each; ``url`` is the owner's."""
    places = -(-size // DOORS_PER_PLACE)
    args: dict[str, Any] = {
        "places": places, "doors": DOORS_PER_PLACE, "alike": ALIKE, "size": size,
    }  # fmt: skip
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as conn:
        for statement in (_GROUND, _VILLAGES, _PLACES, _HOUSES, _ADDRESSES, _PLATES):
            conn.execute(statement, args)
        found = conn.execute(_PLANTED, args).fetchone()
        villages = conn.execute("SELECT md5('village0')::uuid, md5('village1')::uuid").fetchone()
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("VACUUM ANALYZE")
    if found is None or villages is None:
        raise RuntimeError("nothing was loaded")
    return TwoVillages(villages[0], villages[1], places, int(found[0]) + int(found[1]))


_GROUND: LiteralString = f"""
INSERT INTO county (county_code, name, prefecture_name, province_name, postcode, is_synthetic)
    VALUES ('{COUNTY}', '平江县', '岳阳市', '湖南省', '414500', true);
INSERT INTO account (county_code, id, name, role, division_code)
    VALUES ('{COUNTY}', 'a0000000-0000-0000-0000-000000000001', '起草人', 'civil_affairs', '{COUNTY}'),
           ('{COUNTY}', 'a0000000-0000-0000-0000-000000000002', '批准人', 'county', '{COUNTY}');
INSERT INTO event (county_code, id, subject, kind, effective_on, actor_id, recorded_at)
    VALUES ('{COUNTY}', 'e0000000-0000-0000-0000-000000000001', 'place', 'create', '2026-01-01',
            'a0000000-0000-0000-0000-000000000001', '2026-01-01T00:00:00+08');
INSERT INTO import_run (county_code, id, layer, filename, file_digest, dry_run, stage, actor_id)
    VALUES ('{COUNTY}', 'b0000000-0000-0000-0000-000000000001', 'buildings', 'bench', '', false, 'done',
            'a0000000-0000-0000-0000-000000000001');
"""  # noqa: S608

_VILLAGES: LiteralString = f"""
INSERT INTO division (county_code, id)
    SELECT '{COUNTY}', md5(name)::uuid FROM (VALUES ('town'), ('village0'), ('village1')) v (name);
INSERT INTO division_version (county_code, id, division_id, level, kind, name, code_nbs, parent_id, name_state,
        boundary, valid, recorded, event_id)
    SELECT '{COUNTY}', gen_random_uuid(), md5('town')::uuid, 'township', 'town', '示例镇', '{COUNTY}100', NULL,
        'approved', NULL, daterange('2026-01-01', NULL), tstzrange('2026-01-01', NULL),
        'e0000000-0000-0000-0000-000000000001'::uuid
    UNION ALL
    SELECT '{COUNTY}', gen_random_uuid(), md5('village' || v)::uuid, 'village', 'administrative_village',
        (ARRAY['东坪村', '西坪村'])[v + 1], '{COUNTY}10020' || v, md5('town')::uuid, 'approved',
        ST_Multi(ST_Transform(ST_MakeEnvelope(480000 + v * 6000, 3180000, 486000 + v * 6000, 3186000, 4547), 4490)),
        daterange('2026-01-01', NULL), tstzrange('2026-01-01', NULL), 'e0000000-0000-0000-0000-000000000001'::uuid
    FROM generate_series(0, 1) v;
"""  # noqa: S608

# Groups of the second village go on counting where those of the first end; every third is called as in the first.
_PLACES: LiteralString = f"""
CREATE TABLE seed_place AS
    SELECT v, p, CASE WHEN p %% 4 = 3 THEN 'hamlet' ELSE 'group' END AS kind,
        CASE WHEN p %% 4 = 3 THEN n || '屋场' ELSE n || '组' END AS name
    FROM generate_series(0, 1) v, generate_series(0, %(places)s - 1) p,
        LATERAL (SELECT p + 1 + CASE WHEN p %% %(alike)s = 0 THEN 0 ELSE v * 1000 END AS n) _;
INSERT INTO place (county_code, id, kind, serial, code_prefix)
    SELECT '{COUNTY}', md5('place' || v || '/' || p)::uuid, kind, p + 1, '{COUNTY}10020' || v
        || CASE kind WHEN 'group' THEN '5' ELSE '4' END || lpad((p + 1)::text, 3, '0')
    FROM seed_place;
INSERT INTO place_version (county_code, id, place_id, division_id, name, name_state, decree_no, valid, recorded,
        event_id)
    SELECT '{COUNTY}', gen_random_uuid(), md5('place' || v || '/' || p)::uuid, md5('village' || v)::uuid, name, 'filed',
        '示例', daterange('2026-01-01', NULL), tstzrange('2026-01-01', NULL), 'e0000000-0000-0000-0000-000000000001'
    FROM seed_place;
"""  # noqa: S608

_HOUSES: LiteralString = f"""
CREATE TABLE seed AS
    SELECT v, p, d, kind, name, v || '/' || p || '/' || d AS key,
        480020 + v * 6000 + (p %% 40) * 140 + (d %% 10) * 12.0 AS x, 3180020 + (p / 40) * 400 + (d / 10) * 40.0 AS y
    FROM seed_place, generate_series(1, %(doors)s) d WHERE p * %(doors)s + d <= %(size)s;
INSERT INTO parcel (county_code, id, parcel_code, division_id, geom, row_digest, import_id)
    SELECT '{COUNTY}', md5('parcel' || key)::uuid,
        '{COUNTY}10020' || v || 'JC' || lpad((p * %(doors)s + d)::text, 5, '0'), md5('village' || v)::uuid,
        ST_Multi(ST_Transform(ST_SetSRID(ST_MakeEnvelope(x - 6, y - 12, x + 6, y + 12), 4547), 4490)),
        md5('parcel' || key)::uuid, 'b0000000-0000-0000-0000-000000000001' FROM seed;
INSERT INTO building (county_code, id, building_code, parcel_id, division_id, use, geom, row_digest, import_id)
    SELECT '{COUNTY}', md5('building' || key)::uuid, 'F' || key, md5('parcel' || key)::uuid, md5('village' || v)::uuid,
        'dwelling', ST_Multi(ST_Transform(ST_SetSRID(ST_MakeEnvelope(x - 4, y - 4, x + 4, y + 4), 4547), 4490)),
        md5('building' || key)::uuid, 'b0000000-0000-0000-0000-000000000001' FROM seed;
INSERT INTO membership (county_code, id, building_id, place_id, source, actor_id, valid, recorded)
    SELECT '{COUNTY}', md5('member' || key)::uuid, md5('building' || key)::uuid, md5('place' || v || '/' || p)::uuid,
        'polygon', 'a0000000-0000-0000-0000-000000000001', '[2026-01-01,)', '[2026-01-01,)' FROM seed;
"""  # noqa: S608

_ADDRESSES: LiteralString = f"""
INSERT INTO address (county_code, id, code, scheme, created_at)
    SELECT '{COUNTY}', md5('address' || key)::uuid, '{COUNTY}10020' || v || CASE kind WHEN 'group' THEN '5' ELSE '4' END
        || lpad((p + 1)::text, 3, '0') || lpad(d::text, 5, '0') || '00007', 'TS-2026', '2026-01-01' FROM seed;
INSERT INTO address_version (county_code, id, address_id, stage, division_id, place_id, main, full_text, position,
        decree_no, drafted_by, approved_by, event_id, valid, recorded)
    SELECT '{COUNTY}', md5('version' || key)::uuid, md5('address' || key)::uuid, 'current', md5('village' || v)::uuid,
        md5('place' || v || '/' || p)::uuid, d,
        '湖南省岳阳市平江县示例镇' || (ARRAY['东坪村', '西坪村'])[v + 1] || name || d || '号',
        ST_Transform(ST_SetSRID(ST_Point(x, y - 4), 4547), 4490), '示例〔2026〕1号',
        'a0000000-0000-0000-0000-000000000001', 'a0000000-0000-0000-0000-000000000002',
        'e0000000-0000-0000-0000-000000000001', '[2026-01-01,)', '[2026-01-01,)' FROM seed;
INSERT INTO address_building (county_code, id, address_id, building_id, valid, recorded)
    SELECT '{COUNTY}', md5('link' || key)::uuid, md5('address' || key)::uuid, md5('building' || key)::uuid,
        '[2026-01-01,)', '[2026-01-01,)' FROM seed;
INSERT INTO door_number (county_code, place_id, main, state, holder_id, reasons, changed_at)
    SELECT '{COUNTY}', md5('place' || v || '/' || p)::uuid, d, 'issued', md5('address' || key)::uuid, '[]', '2026-01-01'
    FROM seed;
"""  # noqa: S608

_PLATES: LiteralString = f"""
INSERT INTO plate_batch (county_code, id, batch_no, profile, stage, plate_count, actor_id, created_at)
    VALUES ('{COUNTY}', 'b0000000-0000-0000-0000-000000000002', '20260101-1', 'small', 'made', 2 * %(size)s,
        'a0000000-0000-0000-0000-000000000001', '2026-01-01');
INSERT INTO plate (county_code, id, address_id, batch_id, profile, token, position, stage, name_text, number_text,
        changed_at)
    SELECT '{COUNTY}', md5('plate' || key)::uuid, md5('address' || key)::uuid, 'b0000000-0000-0000-0000-000000000002',
        'small', left(md5('token' || key), 16), row_number() OVER (ORDER BY v, p, d), 'installed',
        (ARRAY['东坪村', '西坪村'])[v + 1] || name, d || '号', '2026-01-01' FROM seed;
"""  # noqa: S608

# Names that stand in both villages, and the texts that would be equal.
_PLANTED: LiteralString = """
SELECT (SELECT count(*) FROM seed_place a JOIN seed_place b ON a.v = 0 AND b.v = 1 AND a.name = b.name),
       (SELECT count(*) FROM seed a JOIN seed b ON a.v = 0 AND b.v = 1 AND a.name = b.name AND a.d = b.d)
"""

"""One address as a card: what it reads, why its number, what stands behind it; as of any day, as known at any time."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, text

from address_service.errors import NotFound

# Names are those of the day; of a place or a village that has ended by then, the last ones.
_CARD = """
SELECT a.id, a.code, v.full_text, v.stage, p.kind AS place_kind, pv.name AS place, p.id AS place_id,
       d.code_nbs AS village_code, d.name AS village, v.main, v.sub, v.building_label, v.unit_label, v.floor_label,
       v.room_label, up.code AS door_code, lower(v.valid) AS valid_from, upper(v.valid) AS valid_to,
       lower(v.recorded) AS recorded_at, v.decree_no, drafter.name AS drafted_by, approver.name AS approved_by,
       ST_X(v.position) AS lon, ST_Y(v.position) AS lat, n.side, n.offset_m, coalesce(n.reasons, '[]') AS reasons,
       n.policy, plate.stage AS plate_stage, plate.profile AS plate_profile, plate.token AS plate_token
FROM address a
JOIN address_version v ON v.county_code = a.county_code AND v.address_id = a.id
    AND v.recorded @> CAST(:known AS timestamptz) AND v.valid @> CAST(:on AS date)
JOIN place p ON p.county_code = v.county_code AND p.id = v.place_id
JOIN LATERAL (SELECT name FROM place_version x WHERE x.county_code = v.county_code AND x.place_id = v.place_id
    AND x.recorded @> CAST(:known AS timestamptz) AND lower(x.valid) <= CAST(:on AS date)
    ORDER BY x.valid DESC LIMIT 1) pv ON true
JOIN LATERAL (SELECT name, code_nbs FROM division_version x WHERE x.county_code = v.county_code
    AND x.division_id = v.division_id AND x.recorded @> CAST(:known AS timestamptz)
    AND lower(x.valid) <= CAST(:on AS date) ORDER BY x.valid DESC LIMIT 1) d ON true
JOIN account drafter ON drafter.county_code = v.county_code AND drafter.id = v.drafted_by
LEFT JOIN account approver ON approver.county_code = v.county_code AND approver.id = v.approved_by
LEFT JOIN address up ON up.county_code = a.county_code AND up.id = a.parent_id
LEFT JOIN LATERAL (
    SELECT x.side, x.offset_m, x.reasons, q.name || ' v' || q.version AS policy FROM door_number x
    LEFT JOIN numbering_policy q ON q.county_code = x.county_code AND q.id = x.policy_id
    WHERE x.county_code = a.county_code AND x.holder_id = coalesce(a.parent_id, a.id)
) n ON true
LEFT JOIN LATERAL (
    SELECT x.stage, x.profile, x.token FROM plate x WHERE x.county_code = a.county_code AND x.address_id = a.id
      AND x.stage NOT IN ('skipped', 'replaced') ORDER BY x.id DESC LIMIT 1
) plate ON true
WHERE a.county_code = :county AND a.code = :code
"""

_BUILDINGS = """
SELECT b.id, b.building_code AS code, b.use, b.name, pc.parcel_code, b.real_estate_unit_code,
       e.plate_state AS existing_plate, e.old_text
FROM address_building ab
JOIN building b ON b.county_code = ab.county_code AND b.id = ab.building_id
LEFT JOIN parcel pc ON pc.county_code = b.county_code AND pc.id = b.parcel_id
LEFT JOIN existing_address e ON e.county_code = b.county_code AND e.building_id = b.id
WHERE ab.county_code = :county AND ab.recorded @> CAST(:known AS timestamptz) AND ab.valid @> CAST(:on AS date)
  AND ab.address_id = (SELECT coalesce(parent_id, id) FROM address WHERE county_code = :county AND code = :code)
ORDER BY b.building_code
"""

_ROOMS = """
SELECT r.code, v.stage, v.building_label, v.unit_label, v.floor_label, v.room_label
FROM address r
JOIN address a ON a.county_code = r.county_code AND a.id = r.parent_id
JOIN address_version v ON v.county_code = r.county_code AND v.address_id = r.id
    AND v.recorded @> CAST(:known AS timestamptz) AND v.valid @> CAST(:on AS date)
WHERE r.county_code = :county AND a.code = :code ORDER BY r.code
"""

_ALIASES = """
SELECT l.text, l.kind, lower(l.valid) AS valid_from, upper(l.valid) AS valid_to FROM alias l
JOIN address a ON a.county_code = l.county_code AND a.id = l.address_id
WHERE l.county_code = :county AND a.code = :code AND l.recorded @> CAST(:known AS timestamptz) ORDER BY l.text
"""


def load_address_card(
    conn: Connection, county_code: str, code: str, valid_on: date, known_on: datetime
) -> dict[str, Any]:
    """An address as it was on a day, as it was known at a time; raises NotFound.

    The number's reasons, the plate and the buildings' survey are today's.
    """
    args = {"county": county_code, "code": code, "on": valid_on, "known": known_on}
    row = conn.execute(text(_CARD), args).mappings().first()
    if row is None:
        raise NotFound(f"没有地址编码 {code}，或其在所问日期无效", code="address-not-found")
    card = dict(row)
    for member, statement in (("buildings", _BUILDINGS), ("rooms", _ROOMS), ("aliases", _ALIASES)):
        card[member] = [dict(found) for found in conn.execute(text(statement), args).mappings()]
    return card

"""All that was ever known of one address: versions, events, predecessors and successors, aliases."""

from typing import Any

from sqlalchemy import Connection, text

from address_service.errors import NotFound

_IDENTITY = """
SELECT a.id, a.code, a.created_at, up.code AS door_code FROM address a
LEFT JOIN address up ON up.county_code = a.county_code AND up.id = a.parent_id
WHERE a.county_code = :county AND a.code = :code
"""

_VERSIONS = """
SELECT v.stage, v.full_text, v.main, v.sub, d.code_nbs AS village_code, d.name AS village, lower(v.valid) AS valid_from,
       upper(v.valid) AS valid_to, lower(v.recorded) AS recorded_from, upper(v.recorded) AS recorded_to, v.decree_no,
       v.event_id, ST_X(v.position) AS lon, ST_Y(v.position) AS lat
FROM address_version v
CROSS JOIN LATERAL (
    SELECT n.code_nbs, n.name FROM division_version n
    WHERE n.county_code = v.county_code AND n.division_id = v.division_id AND upper_inf(n.recorded)
    ORDER BY n.valid && v.valid DESC, upper(n.valid * v.valid) DESC NULLS FIRST, lower(n.valid) DESC LIMIT 1) d
WHERE v.county_code = :county AND v.address_id = :id
ORDER BY lower(v.recorded), lower(v.valid)
"""

_EVENTS = """
SELECT e.id, e.kind, e.decree_no, e.effective_on, e.note, e.recorded_at FROM event e
WHERE e.county_code = :county AND (
    e.id IN (SELECT v.event_id FROM address_version v WHERE v.county_code = :county AND v.address_id = :id)
    OR e.id IN (SELECT s.event_id FROM succession s WHERE s.county_code = :county AND s.subject = 'address'
                AND (s.predecessor_id = :id OR s.successor_id = :id)))
ORDER BY e.recorded_at, e.id
"""

_RELATIVES = """
SELECT a.code, s.predecessor_id = :id AS is_successor, s.share, s.note, e.kind, e.decree_no, e.effective_on,
       v.full_text
FROM succession s
JOIN event e ON e.county_code = s.county_code AND e.id = s.event_id
JOIN address a ON a.county_code = s.county_code
    AND a.id = CASE WHEN s.predecessor_id = :id THEN s.successor_id ELSE s.predecessor_id END
CROSS JOIN LATERAL (
    SELECT n.full_text FROM address_version n WHERE n.county_code = a.county_code AND n.address_id = a.id
      AND upper_inf(n.recorded) ORDER BY n.stage = 'current' DESC, lower(n.valid) DESC LIMIT 1) v
WHERE s.county_code = :county AND s.subject = 'address' AND (s.predecessor_id = :id OR s.successor_id = :id)
ORDER BY e.effective_on, a.code
"""

_ALIASES = """
SELECT l.text, l.kind, lower(l.valid) AS valid_from, upper(l.valid) AS valid_to FROM alias l
WHERE l.county_code = :county AND l.address_id = :id AND upper_inf(l.recorded) ORDER BY lower(l.valid), l.text
"""


def load_address_history(conn: Connection, county_code: str, code: str) -> dict[str, Any]:
    """Everything recorded of an address; raises NotFound `address-not-found`."""
    args: dict[str, Any] = {"county": county_code, "code": code}
    identity = conn.execute(text(_IDENTITY), args).mappings().first()
    if identity is None:
        raise NotFound(f"没有地址编码 {code}", code="address-not-found")
    history = dict(identity)
    args["id"] = history["id"]
    for member, statement in (("versions", _VERSIONS), ("events", _EVENTS), ("aliases", _ALIASES)):
        history[member] = [dict(row) for row in conn.execute(text(statement), args).mappings()]
    relatives = [dict(row) for row in conn.execute(text(_RELATIVES), args).mappings()]
    history["predecessors"] = [row for row in relatives if not row["is_successor"]]
    history["successors"] = [row for row in relatives if row["is_successor"]]
    return history

"""What a plate's token stands for: the address, and nothing about who lives there."""

import re
from dataclasses import dataclass
from datetime import date
from typing import LiteralString

from address_service.store.read_lane import ReadLane

_TOKEN = re.compile(r"[0-9a-z]{16}")


@dataclass(frozen=True, slots=True)
class PlateFound:
    """A plate and its address as of today.

    ``name_text`` and ``number_text`` as printed; ``stage`` and ``valid_from`` of the address, ``plate_stage`` of the
    plate; lon and lat in EPSG:4490; ``successor_texts`` the addresses that a retired one became, where recorded;
    ``synthetic`` marks sample data.
    """

    token: str
    name_text: str
    number_text: str
    plate_stage: str
    address_code: str
    full_text: str
    stage: str
    valid_from: date | None
    place: str
    village: str
    postcode: str
    lon: float
    lat: float
    successor_texts: list[str]
    synthetic: bool


async def find_plate(lane: ReadLane, token: str) -> PlateFound | None:
    """The plate of a token, None for one that was never issued."""
    if not _TOKEN.fullmatch(token):
        return None
    rows = await lane.rows(_PLATE, {"county": lane.county_code, "today": lane.today(), "token": token})
    return PlateFound(token, *rows[0]) if rows else None


_PLATE: LiteralString = """
SELECT p.name_text, p.number_text, p.stage, a.code::text, v.full_text, v.stage, lower(v.valid), coalesce(s.name, ''),
       coalesce(d.name, ''), c.postcode::text, ST_X(v.position), ST_Y(v.position), next.texts,
       c.is_synthetic
FROM plate p
JOIN county c ON c.county_code = p.county_code
JOIN address a ON a.county_code = p.county_code AND a.id = p.address_id
CROSS JOIN LATERAL (
    SELECT * FROM address_version n WHERE n.county_code = a.county_code AND n.address_id = a.id
       AND upper_inf(n.recorded)
    ORDER BY n.valid @> %(today)s DESC, lower(n.valid) DESC LIMIT 1) v
LEFT JOIN LATERAL (
    SELECT name FROM place_version n WHERE n.county_code = v.county_code AND n.place_id = v.place_id
       AND upper_inf(n.recorded) ORDER BY n.valid @> %(today)s DESC, lower(n.valid) DESC LIMIT 1) s ON true
LEFT JOIN LATERAL (
    SELECT name FROM division_version n WHERE n.county_code = v.county_code AND n.division_id = v.division_id
       AND upper_inf(n.recorded) ORDER BY n.valid @> %(today)s DESC, lower(n.valid) DESC LIMIT 1) d ON true
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(n.full_text ORDER BY n.full_text), '{}') AS texts FROM succession x
    JOIN address_version n ON n.county_code = x.county_code AND n.address_id = x.successor_id AND n.stage = 'current'
        AND upper_inf(n.recorded) AND n.valid @> %(today)s
    WHERE x.county_code = a.county_code AND x.predecessor_id = a.id AND x.subject = 'address') next
WHERE p.county_code = %(county)s AND p.token = %(token)s
"""

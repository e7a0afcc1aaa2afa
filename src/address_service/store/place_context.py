"""All that an address on a place needs to know of the place: names upward, code prefix, approval of the name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.errors import NotFound
from address_service.model.divisions import NameState
from address_service.model.places import PlaceKind
from address_service.store.direct import Statement, direct, first_row


@dataclass(frozen=True, slots=True)
class PlaceContext:
    """A place with the names of the divisions above it on one day; ``village_code`` has 12 digits."""

    place_id: UUID
    kind: PlaceKind
    name: str
    name_state: NameState
    code_prefix: str
    parent_name: str | None
    division_id: UUID
    village_code: str
    village: str
    town: str
    county: str
    prefecture: str
    province: str
    postcode: str

    @property
    def text_names(self) -> tuple[str, ...]:
        """The place's own part of a full text, outer place first; nothing for a whole village but its 片区."""
        outer = (self.parent_name,) if self.parent_name else ()
        return outer if self.kind is PlaceKind.VILLAGE else (*outer, self.name)


CONTEXT = """
SELECT p.id AS place_id, p.kind, v.name, v.name_state, p.code_prefix, outer_place.name AS parent_name,
       v.division_id, d.code_nbs AS village_code, d.name AS village, t.name AS town,
       c.name AS county, c.prefecture_name AS prefecture, c.province_name AS province, c.postcode
FROM place p
JOIN county c ON c.county_code = p.county_code
JOIN place_version v ON v.county_code = p.county_code AND v.place_id = p.id AND upper_inf(v.recorded)
    AND v.valid @> CAST(:on AS date)
JOIN division_version d ON d.county_code = v.county_code AND d.division_id = v.division_id AND upper_inf(d.recorded)
    AND d.valid @> CAST(:on AS date)
JOIN division_version t ON t.county_code = d.county_code AND t.division_id = d.parent_id AND upper_inf(t.recorded)
    AND t.valid @> CAST(:on AS date)
LEFT JOIN place_version outer_place ON outer_place.county_code = v.county_code
    AND outer_place.place_id = v.parent_place_id AND upper_inf(outer_place.recorded)
    AND outer_place.valid @> CAST(:on AS date)
WHERE p.county_code = :county AND p.id = :place
"""


def load_place_context(conn: Connection, county_code: str, place_id: UUID, on: date) -> PlaceContext:
    """Read the context of a place; raises NotFound when it, its village or its town is not valid on the day."""
    row = conn.execute(text(CONTEXT), {"county": county_code, "place": place_id, "on": on}).mappings().first()
    return context_of(row, place_id)


def context_of(row: Mapping[Any, Any] | None, place_id: UUID) -> PlaceContext:
    """The context from a row of `CONTEXT`; raises NotFound where there is none."""
    if row is None:
        raise NotFound(f"没有地名 {place_id}，或其所在村、镇未录入", code="place-not-found")
    return PlaceContext(
        **{**row, "kind": PlaceKind(row["kind"]), "name_state": NameState(row["name_state"])},
    )


@dataclass(frozen=True, slots=True)
class PlaceHead:
    """What must be known of a place before it is locked and read; ``srid`` is the zone in which metres are measured."""

    kind: PlaceKind
    srid: int
    division_id: UUID | None
    village_code: str | None


HEAD = """
SELECT p.kind, c.measure_srid AS srid, v.division_id, d.code_nbs AS village_code
FROM place p
JOIN county c ON c.county_code = p.county_code
LEFT JOIN place_version v ON v.county_code = p.county_code AND v.place_id = p.id AND upper_inf(v.recorded)
    AND v.valid @> CAST(:on AS date)
LEFT JOIN division_version d ON d.county_code = v.county_code AND d.division_id = v.division_id
    AND upper_inf(d.recorded) AND d.valid @> CAST(:on AS date)
WHERE p.county_code = :county AND p.id = :place
"""
_HEAD = direct(HEAD)


def load_place_head(
    conn: Connection, county_code: str, place_id: UUID, on: date, query: Statement = _HEAD, **more: Any
) -> PlaceHead:
    """Read the head of a place; raises NotFound.

    ``query`` is one that answers `HEAD` first and does something beside, ``more`` what it asks for.
    """
    row = first_row(conn, query, {"county": county_code, "place": place_id, "on": on, **more})
    if row is None:
        raise NotFound(f"没有地名 {place_id}", code="place-not-found")
    kind, srid, division_id, village_code, *_ = row
    return PlaceHead(PlaceKind(kind), srid, division_id, village_code)

"""What holds the numbers of a place in the ledger, for those who bring numbers from elsewhere."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.model.numbers import DoorNumber, NumberState


@dataclass(frozen=True, slots=True)
class NumberHolder:
    """Who has a number: ``name`` the full text of an address, or what a block is reserved for.

    ``building_ids`` are the houses whose address holds an issued number.
    """

    state: NumberState
    name: str
    building_ids: frozenset[UUID]


_HOLDERS = """
SELECT d.place_id, d.main, d.sub, d.state,
       coalesce(CASE WHEN d.state = 'reserved' THEN concat_ws('，', nullif(r.purpose, ''), nullif(r.holder, ''))
       ELSE (SELECT v.full_text FROM address_version v
             WHERE v.county_code = d.county_code AND v.address_id = coalesce(d.holder_id, d.last_holder_id)
               AND upper_inf(v.recorded) AND (v.place_id, v.main, v.sub) = (d.place_id, d.main, d.sub)
             ORDER BY v.valid DESC LIMIT 1) END, '') AS name,
       ARRAY(SELECT a.building_id FROM address_building a
             WHERE a.county_code = d.county_code AND a.address_id = d.holder_id AND upper_inf(a.recorded)
               AND upper_inf(a.valid)) AS building_ids
FROM door_number d
LEFT JOIN reservation r ON r.county_code = d.county_code AND r.id = d.reservation_id
WHERE d.county_code = :county AND d.place_id = ANY(:places) AND d.state <> 'vacant'
"""


def number_holders(
    conn: Connection, county_code: str, place_ids: Collection[UUID]
) -> dict[tuple[UUID, DoorNumber], NumberHolder]:
    """Holders of the numbers that are not free, by place and number."""
    rows = conn.execute(text(_HOLDERS), {"county": county_code, "places": list(place_ids)})
    return {
        (row.place_id, DoorNumber(row.main, row.sub)): NumberHolder(
            NumberState(row.state), row.name, frozenset(row.building_ids)
        )
        for row in rows
    }

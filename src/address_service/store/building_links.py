"""Which door a building stands behind, when a split household takes it away or gives it back."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.store.addresses import AddressRepository
from address_service.store.tables.addresses import address_building
from address_service.store.versions import Piece, rewrite, split_at

_LINK = """
SELECT id, valid FROM address_building
WHERE county_code = :county AND building_id = :building AND address_id = :address AND upper_inf(recorded)
  AND upper_inf(valid)
"""

# The link as it was before it ended, and what is left of it, if anything.
_TAKEN = """
SELECT was.valid, upper(was.recorded) AS taken_at, rest.id AS rest_id FROM address_building was
LEFT JOIN address_building rest ON rest.county_code = was.county_code AND rest.building_id = was.building_id
    AND rest.address_id = was.address_id AND upper_inf(rest.recorded) AND lower(rest.valid) = lower(was.valid)
WHERE was.county_code = :county AND was.building_id = :building AND was.address_id = :address
  AND upper(was.recorded) >= :since AND upper_inf(was.valid)
  AND NOT EXISTS (SELECT FROM address_building WHERE county_code = :county AND building_id = :building
                  AND upper_inf(recorded) AND upper_inf(valid))
ORDER BY upper(was.recorded) DESC LIMIT 1
"""


def take_from_door(
    conn: Connection, county_code: str, building_id: UUID, address_id: UUID, on: date, now: datetime
) -> datetime:
    """Let a building stand behind its door until a day; one that does not is left alone.

    Gives the moment as of which that is known: not before the link was, whatever another desk's clock said.
    """
    args = {"county": county_code, "building": building_id, "address": address_id}
    link = conn.execute(text(_LINK), args).first()
    if link is None:
        return now
    before, _ = split_at(link.valid, on)
    pieces = [Piece(before)] if before is not None else []
    return rewrite(conn, address_building, county_code, link.id, pieces, now)


def give_back_to_door(
    conn: Connection, county_code: str, building_id: UUID, address_id: UUID, since: datetime, now: datetime
) -> None:
    """Put a building behind the door again that it was taken from at or after ``since``, unless it has another.

    It then stands there as if it had never left: what it left for was turned down, so on no day it has no door.
    """
    args = {"county": county_code, "building": building_id, "address": address_id, "since": since}
    taken = conn.execute(text(_TAKEN), args).first()
    if taken is None:
        return
    if taken.rest_id is not None:
        rewrite(conn, address_building, county_code, taken.rest_id, [Piece(taken.valid)], now)
    else:
        links = [(address_id, building_id)]
        moment = max(now, taken.taken_at)
        AddressRepository(conn, county_code).link_buildings(links, taken.valid.lower, moment)

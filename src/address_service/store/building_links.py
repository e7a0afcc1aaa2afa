"""Which door a building stands behind, when a split household takes it away or gives it back."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.store.addresses import AddressRepository
from address_service.store.tables import address_building
from address_service.store.versions import Piece, rewrite, split_at

_LINK = """
SELECT id, valid FROM address_building
WHERE county_code = :county AND building_id = :building AND address_id = :address AND upper_inf(recorded)
  AND upper_inf(valid)
"""

_WAS_TAKEN = """
SELECT EXISTS (SELECT FROM address_building WHERE county_code = :county AND building_id = :building
               AND address_id = :address AND upper(recorded) >= :since)
   AND NOT EXISTS (SELECT FROM address_building WHERE county_code = :county AND building_id = :building
                   AND upper_inf(recorded) AND upper_inf(valid))
"""


def take_from_door(
    conn: Connection, county_code: str, building_id: UUID, address_id: UUID, on: date, now: datetime
) -> None:
    """Let a building stand behind its door until a day; one that does not is left alone."""
    args = {"county": county_code, "building": building_id, "address": address_id}
    link = conn.execute(text(_LINK), args).first()
    if link is not None:
        before, _ = split_at(link.valid, on)
        pieces = [Piece(before)] if before is not None else []
        rewrite(conn, address_building, county_code, link.id, pieces, now)


def give_back_to_door(
    conn: Connection,
    county_code: str,
    building_id: UUID,
    address_id: UUID,
    since: datetime,
    on: date,
    now: datetime,
) -> None:
    """Put a building behind the door again that it was taken from at or after ``since``, unless it has another."""
    args = {"county": county_code, "building": building_id, "address": address_id, "since": since}
    if conn.execute(text(_WAS_TAKEN), args).scalar_one():
        AddressRepository(conn, county_code).link_buildings([(address_id, building_id)], on, now)

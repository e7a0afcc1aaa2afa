"""Addresses as the counter meets them: by code or by house, in the version that holds now."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.errors import NotFound
from address_service.model.addresses import Stage
from address_service.model.codes import AddressCode
from address_service.model.numbers import DoorNumber


@dataclass(frozen=True, slots=True)
class KnownAddress:
    """An address in its latest version; ``parent_id`` is the door of a room."""

    id: UUID
    code: AddressCode
    parent_id: UUID | None
    stage: Stage
    full_text: str
    division_id: UUID
    village_code: str
    place_id: UUID
    number: DoorNumber
    room_label: str
    decree_no: str | None
    lon: float
    lat: float


_ADDRESS = """
SELECT a.id, a.code, a.parent_id, v.stage, v.full_text, v.division_id, d.code_nbs AS village_code, v.place_id, v.main,
       v.sub, v.room_label, v.decree_no, ST_X(v.position) AS lon, ST_Y(v.position) AS lat
FROM address a
JOIN LATERAL (
    SELECT * FROM address_version x WHERE x.county_code = a.county_code AND x.address_id = a.id
      AND upper_inf(x.recorded) ORDER BY x.valid DESC LIMIT 1
) v ON true
JOIN LATERAL (
    SELECT x.code_nbs FROM division_version x WHERE x.county_code = v.county_code AND x.division_id = v.division_id
      AND upper_inf(x.recorded) ORDER BY x.valid DESC LIMIT 1
) d ON true
WHERE a.county_code = :county AND {}
"""

_OF_BUILDING = """a.id = (
    SELECT l.address_id FROM address_building l
    WHERE l.county_code = :county AND l.building_id = :building AND upper_inf(l.recorded) AND upper_inf(l.valid))"""

# The door of another building of the same yard; where the yard has several, the least number.
_OF_YARD = """a.id IN (
    SELECT l.address_id FROM building mine
    JOIN building other ON other.county_code = mine.county_code AND other.parcel_id = mine.parcel_id
        AND other.id <> mine.id
    JOIN address_building l ON l.county_code = other.county_code AND l.building_id = other.id
        AND upper_inf(l.recorded) AND upper_inf(l.valid)
    WHERE mine.county_code = :county AND mine.id = :building)
ORDER BY v.main, v.sub LIMIT 1"""

_OTHER_BUILDINGS = """
SELECT count(*) FROM address_building l
WHERE l.county_code = :county AND l.address_id = :address AND l.building_id <> :building
  AND upper_inf(l.recorded) AND upper_inf(l.valid)
"""

_LAST_ROOM = """
SELECT coalesce(max(CAST(substr(code, 22, 4) AS integer)), 0) FROM address
WHERE county_code = :county AND parent_id = :door
"""


class KnownAddresses:
    """Reads addresses of one county; writes nothing."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def get(self, address_id: UUID) -> KnownAddress:
        """An address by its identity; raises NotFound."""
        found = self._first("a.id = :id", id=address_id)
        if found is None:
            raise NotFound(f"没有地址 {address_id}", code="address-not-found")
        return found

    def by_code(self, code: str) -> KnownAddress:
        """An address by its code; raises NotFound."""
        found = self._first("a.code = :code", code=code)
        if found is None:
            raise NotFound(f"没有地址编码 {code}", code="address-not-found")
        return found

    def of_building(self, building_id: UUID) -> KnownAddress | None:
        """The door address of a house, None when it has none."""
        return self._first(_OF_BUILDING, building=building_id)

    def of_yard(self, building_id: UUID) -> KnownAddress | None:
        """The door address of a house's neighbour in the same courtyard."""
        return self._first(_OF_YARD, building=building_id)

    def has_other_buildings(self, address_id: UUID, building_id: UUID) -> bool:
        """Whether a door would still have a house without this one."""
        args = {"county": self._county, "address": address_id, "building": building_id}
        return bool(self._conn.execute(text(_OTHER_BUILDINGS), args).scalar_one())

    def last_room_serial(self, door_id: UUID) -> int:
        """The highest room serial ever given under a door, 0 when none was; call it while the place is held."""
        args = {"county": self._county, "door": door_id}
        return int(self._conn.execute(text(_LAST_ROOM), args).scalar_one())

    def _first(self, where: str, **args: Any) -> KnownAddress | None:
        statement = text(_ADDRESS.format(where))
        row = self._conn.execute(statement, {"county": self._county, **args}).mappings().first()
        if row is None:
            return None
        facts = dict(row)
        number = DoorNumber(facts.pop("main"), facts.pop("sub"))
        code, stage = AddressCode(facts.pop("code")), Stage(facts.pop("stage"))
        return KnownAddress(code=code, stage=stage, number=number, **facts)

"""The doors of a place that hold a number, with their rooms, and what else a renumbering touches."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.coding.full_text import SubStyle, TextStyle
from address_service.model.addresses import Stage
from address_service.model.numbers import DoorNumber, Side
from address_service.store.plate_replacement import CAME_DOWN


@dataclass(frozen=True, slots=True)
class HeldRoom:
    """A live room behind a door, with the labels that its text ends in."""

    address_id: UUID
    code: str
    full_text: str
    labels: tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class HeldDoor:
    """A live door with its line in the ledger; gate as ``lon, lat`` (EPSG:4490) and ``x, y`` (metres of the zone).

    ``main_house`` is the house that lent its gate: plans know the door by it.
    """

    address_id: UUID
    main_house: UUID
    code: str
    number: DoorNumber
    stage: Stage
    full_text: str
    lon: float
    lat: float
    x: float
    y: float
    style: TextStyle
    side: Side | None
    offset_m: float | None
    policy_id: UUID | None
    reservation_id: UUID | None
    reasons: tuple[Mapping[str, str], ...]
    rooms: tuple[HeldRoom, ...]

    @property
    def dwellings(self) -> int:
        """Dwellings behind the door: its rooms, or the house itself."""
        return len(self.rooms) or 1

    @property
    def ids(self) -> tuple[UUID, ...]:
        """The door's identity and those of its rooms."""
        return (self.address_id, *(room.address_id for room in self.rooms))


@dataclass(frozen=True, slots=True)
class Homonym:
    """A live address that reads as another one would."""

    text: str
    code: str


_LIVE = "upper_inf(v.recorded) AND upper_inf(v.valid) AND v.stage IN ('draft', 'current')"

_DOORS = f"""
SELECT d.holder_id AS address_id, a.code, d.main, d.sub, v.stage, v.full_text, d.side, d.offset_m, d.policy_id,
       d.reservation_id, d.reasons, ST_X(v.position) AS lon, ST_Y(v.position) AS lat, ST_X(g.p) AS x, ST_Y(g.p) AS y,
       coalesce(q.parameters ->> 'sub_style', 'attached') AS sub_style,
       coalesce(CAST(q.parameters ->> 'zero_pad' AS integer), 0) AS zero_pad,
       (SELECT b.building_id FROM address_building b
        WHERE b.county_code = d.county_code AND b.address_id = d.holder_id AND upper_inf(b.recorded)
          AND upper_inf(b.valid) ORDER BY b.id LIMIT 1) AS main_house
FROM door_number d
JOIN address a ON a.county_code = d.county_code AND a.id = d.holder_id
JOIN address_version v ON v.county_code = d.county_code AND v.address_id = d.holder_id AND {_LIVE}
LEFT JOIN numbering_policy q ON q.county_code = d.county_code AND q.id = d.policy_id
CROSS JOIN LATERAL (SELECT ST_Transform(v.position, :srid) AS p) g
WHERE d.county_code = :county AND d.place_id = :place AND d.state = 'issued'
ORDER BY d.main, d.sub
"""  # noqa: S608

_ROOMS = f"""
SELECT a.parent_id, a.id, a.code, v.full_text, v.building_label, v.unit_label, v.floor_label, v.room_label
FROM address_version v
JOIN address a ON a.county_code = v.county_code AND a.id = v.address_id
WHERE v.county_code = :county AND v.place_id = :place AND a.parent_id IS NOT NULL AND {_LIVE}
ORDER BY a.code
"""  # noqa: S608

# Numbers that the survey found on houses which are not numbered here yet.
_SURVEYED = """
SELECT e.building_id, e.main, e.sub FROM existing_address e
WHERE e.county_code = :county AND e.place_id = :place
  AND NOT EXISTS (SELECT FROM door_number d WHERE d.county_code = e.county_code AND d.place_id = e.place_id
                  AND d.main = e.main AND d.sub = e.sub AND d.state <> 'vacant')
"""

_HOMONYMS = f"""
SELECT v.full_text AS text, a.code FROM address_version v
JOIN address a ON a.county_code = v.county_code AND a.id = v.address_id
WHERE v.county_code = :county AND v.full_text = ANY(:texts) AND NOT v.address_id = ANY(:but) AND {_LIVE}
ORDER BY v.full_text, a.code
"""  # noqa: S608

_PLATES = """
SELECT profile, count(*) AS plates FROM plate
WHERE county_code = :county AND address_id = ANY(:ids) AND stage NOT IN ('skipped', 'replaced')
GROUP BY profile ORDER BY profile
"""

# A good plate of before, which the next order would have left on the wall.
_WALL_PLATES = f"""
SELECT count(DISTINCT d.holder_id) FROM door_number d
JOIN address_building b ON b.county_code = d.county_code AND b.address_id = d.holder_id AND upper_inf(b.recorded)
    AND upper_inf(b.valid)
JOIN existing_address e ON e.county_code = b.county_code AND e.building_id = b.building_id
WHERE d.county_code = :county AND d.place_id = :place AND d.holder_id = ANY(:ids) AND e.plate_state = 'good'
  AND e.place_id = d.place_id AND e.main = d.main AND e.sub = d.sub
  AND NOT {CAME_DOWN.format(address="d.holder_id")}
"""  # noqa: S608

_UNNUMBERED = """
SELECT count(*) FROM membership m
JOIN building b ON b.county_code = m.county_code AND b.id = m.building_id AND b.use <> 'outbuilding'
WHERE m.county_code = :county AND m.place_id = :place AND upper_inf(m.recorded) AND m.valid @> CAST(:on AS date)
  AND NOT EXISTS (SELECT FROM address_building a WHERE a.county_code = b.county_code AND a.building_id = b.id
                  AND upper_inf(a.recorded) AND upper_inf(a.valid))
"""


class HeldDoors:
    """Reads for one place; writes nothing."""

    def __init__(self, conn: Connection, county_code: str, place_id: UUID, srid: int) -> None:
        """Bind to a place; metres are those of the zone ``srid``."""
        self._conn = conn
        self._args: dict[str, Any] = {"county": county_code, "place": place_id, "srid": srid}

    def doors(self) -> list[HeldDoor]:
        """Doors that hold a number, drafts included, in order of number."""
        rooms: dict[UUID, list[HeldRoom]] = {}
        for r in self._conn.execute(text(_ROOMS), self._args):
            labels = (r.building_label, r.unit_label, r.floor_label, r.room_label)
            rooms.setdefault(r.parent_id, []).append(HeldRoom(r.id, r.code, r.full_text, labels))
        rows = self._conn.execute(text(_DOORS), self._args)
        return [_door(row, rooms.get(row.address_id, ())) for row in rows]

    def surveyed(self) -> dict[UUID, DoorNumber]:
        """Numbers that the survey found on houses without an address, by building."""
        rows = self._conn.execute(text(_SURVEYED), self._args)
        return {r.building_id: DoorNumber(r.main, r.sub) for r in rows}

    def unnumbered(self, on: date) -> int:
        """Buildings of the place that have no address yet."""
        return int(self._conn.execute(text(_UNNUMBERED), {**self._args, "on": on}).scalar_one())

    def homonyms(self, texts: Collection[str], but: Collection[UUID]) -> list[Homonym]:
        """Live addresses of the county that read like one of the texts, apart from ``but``."""
        args = {**self._args, "texts": list(texts), "but": list(but)}
        return [Homonym(r.text, r.code) for r in self._conn.execute(text(_HOMONYMS), args)]

    def plates(self, address_ids: Collection[UUID]) -> dict[str, int]:
        """Plates ordered, made or on the wall, by profile."""
        rows = self._conn.execute(text(_PLATES), {**self._args, "ids": list(address_ids)})
        return {r.profile: r.plates for r in rows}

    def wall_plates(self, address_ids: Collection[UUID]) -> int:
        """Doors whose plate of before the survey found good, and which shows the number they hold."""
        args = {**self._args, "ids": list(address_ids)}
        return int(self._conn.execute(text(_WALL_PLATES), args).scalar_one())


def _door(row: Any, rooms: Sequence[HeldRoom]) -> HeldDoor:
    return HeldDoor(
        address_id=row.address_id,
        main_house=row.main_house or row.address_id,
        code=row.code,
        number=DoorNumber(row.main, row.sub),
        stage=Stage(row.stage),
        full_text=row.full_text,
        lon=row.lon,
        lat=row.lat,
        x=row.x,
        y=row.y,
        style=TextStyle(sub_style=SubStyle(row.sub_style), zero_pad=row.zero_pad),
        side=Side(row.side) if row.side else None,
        offset_m=row.offset_m,
        policy_id=row.policy_id,
        reservation_id=row.reservation_id,
        reasons=tuple(row.reasons),
        rooms=tuple(rooms),
    )

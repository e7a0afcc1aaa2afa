"""Places (街路巷, 自然村, 村民小组, 全村) over time, and the serials that their codes are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import shapely
from psycopg.types.range import DateRange, TimestamptzRange
from sqlalchemy import Connection, insert, text

from address_service.coding.address_code import place_prefix
from address_service.errors import Conflict, InvalidInput, NotFound
from address_service.model.addresses import EventKind, Subject
from address_service.model.divisions import NameState
from address_service.model.places import PLACE_CLASS, PlaceKind, StreetKind
from address_service.store.counters import take_serials
from address_service.store.events import NewEvent, record_event
from address_service.store.ids import new_id
from address_service.store.locks import hold
from address_service.store.tables.places import place, place_version
from address_service.store.versions import Piece, rewrite, split_at

MAX_SERIAL = 999
WHOLE_VILLAGE_DECREE = "以村命名"
"""A village as a whole carries the village's own approved name; no further decree exists."""


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """What a layer says of a place; ``geometry`` in EPSG:4490 or None, ``origin`` where numbers start from."""

    division_id: UUID
    kind: PlaceKind
    name: str
    name_state: NameState
    decree_no: str | None
    street_kind: StreetKind | None = None
    origin: str = ""
    geometry: shapely.Geometry | None = None


@dataclass(frozen=True, slots=True)
class PlaceRecord:
    """A place as it is on the day asked for, with the facts of that stretch of time; ``outer`` the 片区 it is in."""

    id: UUID
    version_id: UUID
    valid_from: date
    valid_to: date | None
    facts: PlaceFacts
    outer: str = ""

    @property
    def valid(self) -> DateRange:
        """The stretch of time."""
        return DateRange(self.valid_from, self.valid_to)


_SELECT = """
SELECT p.id, p.kind, v.id AS version_id, v.division_id, v.name, v.name_state, v.decree_no, v.street_kind, v.origin,
       ST_AsBinary(v.geom) AS geom, lower(v.valid) AS valid_from, upper(v.valid) AS valid_to,
       coalesce(o.name, '') AS outer_name
FROM place p
JOIN place_version v ON v.county_code = p.county_code AND v.place_id = p.id AND upper_inf(v.recorded)
    AND v.valid @> CAST(:on AS date)
LEFT JOIN place_version o ON o.county_code = v.county_code AND o.place_id = v.parent_place_id AND upper_inf(o.recorded)
    AND o.valid @> CAST(:on AS date)
WHERE p.county_code = :county
"""


class PlaceRepository:
    """The places of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def lock(self, place_id: UUID) -> None:
        """Hold a place until commit, so that two clerks cannot be given one number of it."""
        self._lock(f"place {place_id}")

    def find(self, division_id: UUID, name: str, kinds: Sequence[PlaceKind], on: date) -> list[PlaceRecord]:
        """Places of a name in a village on a day; a street and a group may share one."""
        where = "AND v.division_id = :division AND v.name = :name AND p.kind = ANY(:kinds)"
        return self._all(where, on, division=division_id, name=name, kinds=[str(k) for k in kinds])

    def list_on(self, kinds: Sequence[PlaceKind], on: date) -> list[PlaceRecord]:
        """All places of these kinds on a day, by code."""
        return self._all("AND p.kind = ANY(:kinds)", on, kinds=[str(k) for k in kinds])

    def get(self, place_id: UUID, on: date) -> PlaceRecord:
        """A place on a day; raises NotFound `place-not-found`."""
        found = self._all("AND p.id = :id", on, id=place_id)
        if not found:
            raise NotFound(f"没有地名 {place_id}（{on}）", code="place-not-found")
        return found[0]

    def create(
        self, facts: PlaceFacts, village_code: str, valid_from: date, event_id: UUID, now: datetime
    ) -> UUID:
        """A place that was not there before, with the next serial of its class under the village code's text.

        Raises Conflict `place-serials-exhausted` after 999 places of a class in a village.
        """
        code_class = PLACE_CLASS[facts.kind]
        serial = 0
        if facts.kind is not PlaceKind.VILLAGE:
            serial = take_serials(self._conn, self._county, f"{village_code}{code_class}", 1)
        if serial > MAX_SERIAL:
            raise Conflict(
                f"村 {village_code} 的该类地名已满 {MAX_SERIAL} 个", code="place-serials-exhausted"
            )
        place_id = new_id()
        self._conn.execute(
            insert(place).values(
                county_code=self._county,
                id=place_id,
                kind=facts.kind,
                serial=serial,
                code_prefix=place_prefix(village_code, code_class, serial),
                created_at=now,
            )
        )
        values = {
            "county": self._county,
            "id": new_id(),
            "place": place_id,
            "valid": DateRange(valid_from, None),
            "recorded": TimestamptzRange(now, None),
            "event": event_id,
            "division_id": facts.division_id,
            **_columns(facts),
        }
        self._conn.execute(text(_INSERT), values)
        return place_id

    def whole_village_place(self, division_id: UUID, actor_id: UUID, on: date, now: datetime) -> UUID:
        """The place that stands for a village as a whole, made when first asked for."""
        self._lock(f"village {division_id}")
        # A village that was merged into this one and kept as 片区 is no place for the whole of it.
        own = "AND v.division_id = :division AND p.kind = 'village' AND v.parent_place_id IS NULL"
        found = self._all(own, on, division=division_id)
        if found:
            return found[0].id
        village = self._conn.execute(
            text(
                """
                SELECT code_nbs, name, name_state, decree_no, lower(valid) AS valid_from FROM division_version
                WHERE county_code = :county AND division_id = :id AND upper_inf(recorded)
                  AND valid @> CAST(:on AS date)
                """
            ),
            {"county": self._county, "id": division_id, "on": on},
        ).first()
        if village is None:
            raise NotFound(f"没有区划 {division_id}（{on}）", code="division-not-found")
        event_id = self.record_event(EventKind.CREATE, actor_id, on, now, note="全村作为一个编号单元")
        decree = village.decree_no or WHOLE_VILLAGE_DECREE
        facts = PlaceFacts(
            division_id, PlaceKind.VILLAGE, village.name, NameState(village.name_state), decree
        )
        return self.create(facts, village.code_nbs, village.valid_from, event_id, now)

    def record(
        self, old: PlaceRecord, facts: PlaceFacts, changed_on: date | None, event_id: UUID, now: datetime
    ) -> None:
        """Other facts of a place: from a day on, or for its whole stretch of time where no day is given."""
        changes = {**_columns(facts), "event_id": event_id}
        before, after = (None, old.valid) if changed_on is None else split_at(old.valid, changed_on)
        pieces = [Piece(before)] if before is not None else []
        rewrite(
            self._conn, place_version, self._county, old.version_id, [*pieces, Piece(after, changes)], now
        )

    def set_name_state(
        self, place_id: UUID, state: NameState, decree_no: str, actor_id: UUID, on: date, now: datetime
    ) -> None:
        """Record that a name was approved, filed or is proposed, from a day on; raises InvalidInput without decree."""
        if state is not NameState.PROPOSED and not decree_no.strip():
            raise InvalidInput("批准或备案须有文号", code="decree-missing")
        old = self.get(place_id, on)
        event_id = self.record_event(EventKind.APPROVE, actor_id, on, now, decree_no=decree_no.strip())
        before, after = split_at(old.valid, on)
        changes = {"name_state": state, "decree_no": decree_no.strip() or None, "event_id": event_id}
        pieces = [Piece(before)] if before is not None else []
        rewrite(
            self._conn, place_version, self._county, old.version_id, [*pieces, Piece(after, changes)], now
        )

    def record_event(
        self,
        kind: EventKind,
        actor_id: UUID,
        effective_on: date,
        now: datetime,
        *,
        decree_no: str | None = None,
        note: str = "",
    ) -> UUID:
        """Write an event about places."""
        fact = NewEvent(Subject.PLACE, kind, effective_on, actor_id, now, decree_no, note)
        return record_event(self._conn, self._county, fact)

    def _lock(self, what: str) -> None:
        hold(self._conn, self._county, what)

    def _all(self, where: str, on: date, **args: Any) -> list[PlaceRecord]:
        rows = self._conn.execute(
            text(f"{_SELECT} {where} ORDER BY p.code_prefix, p.id"),
            {"county": self._county, "on": on, **args},
        )
        return [_record(row) for row in rows.mappings()]


_INSERT = """
INSERT INTO place_version (county_code, id, place_id, division_id, name, street_kind, name_state, decree_no, origin,
    geom, valid, recorded, event_id)
VALUES (:county, :id, :place, :division_id, :name, :street_kind, :name_state, :decree_no, :origin,
    CAST(CAST(:geom AS text) AS geometry(Geometry, 4490)), :valid, :recorded, :event)
"""


def _columns(facts: PlaceFacts) -> dict[str, Any]:
    geometry = facts.geometry
    return {
        "name": facts.name,
        "street_kind": facts.street_kind,
        "name_state": facts.name_state,
        "decree_no": facts.decree_no,
        "origin": facts.origin,
        "geom": None
        if geometry is None
        else shapely.to_wkb(shapely.set_srid(geometry, 4490), hex=True, include_srid=True),
    }


def _record(row: Mapping[Any, Any]) -> PlaceRecord:
    facts = PlaceFacts(
        division_id=row["division_id"],
        kind=PlaceKind(row["kind"]),
        name=row["name"],
        name_state=NameState(row["name_state"]),
        decree_no=row["decree_no"],
        street_kind=StreetKind(row["street_kind"]) if row["street_kind"] else None,
        origin=row["origin"],
        geometry=shapely.from_wkb(bytes(row["geom"])) if row["geom"] is not None else None,
    )
    return PlaceRecord(
        row["id"], row["version_id"], row["valid_from"], row["valid_to"], facts, row["outer_name"]
    )

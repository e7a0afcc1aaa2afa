"""Divisions (行政区划) over time: identity is ours; code, name, class and boundary are versions of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import shapely
from psycopg.types.range import DateRange, TimestamptzRange
from sqlalchemy import Connection, insert, text

from address_service.errors import NotFound
from address_service.model.divisions import Division, DivisionKind, DivisionLevel, NameState
from address_service.store.county import load_county
from address_service.store.ids import new_id
from address_service.store.tables.divisions import division, division_version
from address_service.store.versions import Piece, rewrite, split_at


@dataclass(frozen=True, slots=True)
class NewDivision:
    """Facts of a division that enters the register; ``code_nbs`` cut to its level (6, 9 or 12 digits)."""

    level: DivisionLevel
    kind: DivisionKind
    name: str
    code_nbs: str
    code_mca: str | None
    parent_id: UUID | None
    urban_rural_class: str | None = None
    decree_no: str | None = None


@dataclass(frozen=True, slots=True)
class Village:
    """A village on one day; ``boundary`` in EPSG:4490 lon, lat, or None where no layer gave it."""

    id: UUID
    code: str
    name: str
    boundary: shapely.Geometry | None


@dataclass(frozen=True, slots=True)
class Hangers:
    """How many things of a division there are on or after a day."""

    places: int
    addresses: int
    buildings: int
    parcels: int

    def __bool__(self) -> bool:
        return bool(self.places or self.addresses or self.buildings or self.parcels)


_HANGERS = """
SELECT (SELECT count(DISTINCT v.place_id) FROM place_version v
        WHERE v.county_code = :county AND v.division_id = :id AND upper_inf(v.recorded)
          AND v.valid && daterange(:since, NULL)) AS places,
       (SELECT count(DISTINCT v.address_id) FROM address_version v
        WHERE v.county_code = :county AND v.division_id = :id AND upper_inf(v.recorded)
          AND v.stage IN ('draft', 'current') AND v.valid && daterange(:since, NULL)) AS addresses,
       (SELECT count(*) FROM building b WHERE b.county_code = :county AND b.division_id = :id) AS buildings,
       (SELECT count(*) FROM parcel p WHERE p.county_code = :county AND p.division_id = :id) AS parcels
"""

_SELECT = """
SELECT division_id, id AS version_id, level, kind, name, code_nbs, code_mca, parent_id, urban_rural_class,
       lower(valid) AS valid_from, upper(valid) AS valid_to
FROM division_version WHERE county_code = :county AND upper_inf(recorded)
"""


class DivisionRepository:
    """The divisions of one county; reads see what we know now, on the day asked for."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def find_by_code(self, code_nbs: str, on: date) -> Division | None:
        """The division that carries a statistics code on a day."""
        return self._first("AND code_nbs = :code AND valid @> CAST(:on AS date)", code=code_nbs, on=on)

    def find_by_id(self, division_id: UUID, on: date) -> Division | None:
        """A division as it is on a day."""
        return self._first("AND division_id = :id AND valid @> CAST(:on AS date)", id=division_id, on=on)

    def list_on(self, on: date, level: DivisionLevel, within: str = "") -> list[Division]:
        """Divisions of a level on a day, by code."""
        where = "AND level = :level AND code_nbs LIKE :within || '%' AND valid @> CAST(:on AS date)"
        return self._all(where, level=level, within=within, on=on)

    def history_of_code(self, code_nbs: str) -> list[Division]:
        """Every stretch of time of which we know that a code was carried, oldest first."""
        return self._all("AND code_nbs = :code", code=code_nbs)

    def history(self, division_id: UUID) -> list[Division]:
        """A division's stretches of time, oldest first."""
        found = self._all("AND division_id = :id", id=division_id)
        return sorted(found, key=lambda stretch: stretch.valid_from or date.min)  # whatever codes it had

    def hangers(self, division_id: UUID, since: date) -> Hangers:
        """What hangs on a division from a day on; drafts of addresses count."""
        args = {"county": self._county, "id": division_id, "since": since}
        return Hangers(*self._conn.execute(text(_HANGERS), args).one())

    def id_of_code(self, code_nbs: str, on: date) -> UUID:
        """The division that carries a code; raises NotFound `division-not-found`."""
        found = self.find_by_code(code_nbs, on)
        if found is None:
            raise NotFound(f"没有区划代码 {code_nbs}（{on}）", code="division-not-found")
        return found.id

    def code_for(self, division_id: UUID, on: date) -> str:
        """The statistics code of a division on a day; raises NotFound."""
        found = self.find_by_id(division_id, on)
        if found is None:
            raise NotFound(f"没有区划 {division_id}（{on}）", code="division-not-found")
        return found.code_nbs

    def postcode(self) -> str:
        """The county's postcode."""
        return load_county(self._conn, self._county).postcode

    def villages(self, on: date) -> list[Village]:
        """Villages with their boundaries on a day, by code."""
        rows = self._conn.execute(
            text(
                """
                SELECT division_id, code_nbs, name, ST_AsBinary(boundary) AS boundary FROM division_version
                WHERE county_code = :county AND level = 'village' AND upper_inf(recorded)
                  AND valid @> CAST(:on AS date)
                ORDER BY code_nbs
                """
            ),
            {"county": self._county, "on": on},
        )
        return [
            Village(
                r.division_id, r.code_nbs, r.name, shapely.from_wkb(bytes(r.boundary)) if r.boundary else None
            )
            for r in rows
        ]

    def create(
        self,
        facts: NewDivision,
        valid_from: date,
        event_id: UUID,
        now: datetime,
        valid_to: date | None = None,
    ) -> UUID:
        """A division that was not there before; its name counts as approved."""
        division_id = new_id()
        self._conn.execute(insert(division).values(county_code=self._county, id=division_id, created_at=now))
        self._conn.execute(
            insert(division_version).values(
                county_code=self._county,
                id=new_id(),
                division_id=division_id,
                level=facts.level,
                kind=facts.kind,
                name=facts.name,
                code_nbs=facts.code_nbs,
                code_mca=facts.code_mca,
                parent_id=facts.parent_id,
                urban_rural_class=facts.urban_rural_class,
                name_state=NameState.APPROVED,
                decree_no=facts.decree_no,
                valid=DateRange(valid_from, valid_to),
                recorded=TimestamptzRange(self.moment_for(facts.code_nbs, now), None),
                event_id=event_id,
            )
        )
        return division_id

    def change(
        self, division_id: UUID, on: date, changes: Mapping[str, Any], event_id: UUID, now: datetime
    ) -> None:
        """From a day on, to the end of the stretch that holds it, a division is different."""
        version_id, valid = self._stretch(division_id, on)
        before, after = split_at(valid, on)
        pieces = [Piece(before)] if before is not None else []
        pieces.append(Piece(after, {**changes, "event_id": event_id}))
        moment = self.moment_for(changes["code_nbs"], now) if "code_nbs" in changes else now
        rewrite(self._conn, division_version, self._county, version_id, pieces, moment)

    def correct(
        self, division_id: UUID, on: date, changes: Mapping[str, Any], event_id: UUID, now: datetime
    ) -> None:
        """The whole stretch that holds a day was different from what we knew."""
        version_id, valid = self._stretch(division_id, on)
        piece = Piece(valid, {**changes, "event_id": event_id})
        rewrite(self._conn, division_version, self._county, version_id, [piece], now)

    def close(self, division_id: UUID, on: date, event_id: UUID, now: datetime) -> None:
        """A division ends: the day is the first on which it is not."""
        for old in reversed(self.history(division_id)):
            if old.valid_to is not None and old.valid_to <= on:
                break
            version_id, valid = self._stretch(division_id, old.valid_from)
            kept = DateRange(valid.lower, on) if old.valid_from < on else None
            pieces = [Piece(kept, {"event_id": event_id})] if kept is not None else []
            rewrite(self._conn, division_version, self._county, version_id, pieces, now)

    def set_boundary(
        self, division_id: UUID, boundary: shapely.Geometry, on: date, changed_on: date | None, event_id: UUID,
        now: datetime,
    ) -> None:  # fmt: skip
        """Record a boundary (MultiPolygon, EPSG:4490): from ``changed_on``, or for the stretch that holds ``on``.

        Without a day of change the surveyors have drawn what was so all along.
        """
        changes = {"boundary": shapely.to_wkb(shapely.set_srid(boundary, 4490), hex=True, include_srid=True)}
        if changed_on is not None:
            self.change(division_id, changed_on, changes, event_id, now)
        else:
            self.correct(division_id, on, changes, event_id, now)

    def _stretch(self, division_id: UUID, on: date) -> tuple[UUID, DateRange]:
        row = self._conn.execute(
            text(f"{_SELECT} AND division_id = :id AND valid @> CAST(:on AS date) FOR UPDATE"),
            {"county": self._county, "id": division_id, "on": on},
        ).first()
        if row is None:
            raise NotFound(f"没有区划 {division_id}（{on}）", code="division-not-found")
        return row.version_id, DateRange(row.valid_from, row.valid_to)

    def moment_for(self, code_nbs: str, now: datetime) -> datetime:
        """The moment, or just after what we knew of a code until the same moment or, by another clock, later."""
        query = text(
            "SELECT max(upper(recorded)) FROM division_version WHERE county_code = :county AND code_nbs = :code"
        )
        last: datetime | None = self._conn.execute(query, {"county": self._county, "code": code_nbs}).scalar()
        return now if last is None else max(now, last)

    def _all(self, where: str, **args: Any) -> list[Division]:
        rows = self._conn.execute(
            text(f"{_SELECT} {where} ORDER BY code_nbs, valid_from"), {"county": self._county, **args}
        )
        return [_division(row) for row in rows.mappings()]

    def _first(self, where: str, **args: Any) -> Division | None:
        return next(iter(self._all(where, **args)), None)


def _division(row: Mapping[Any, Any]) -> Division:
    values = {name: row[name] for name in row if name not in ("division_id", "version_id")}
    values |= {"level": DivisionLevel(row["level"]), "kind": DivisionKind(row["kind"])}
    return Division(id=row["division_id"], **values)

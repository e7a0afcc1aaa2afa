"""What an act on a single address writes: versions closed and followed, the ledger, houses, former texts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation
from psycopg.types.range import DateRange
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from address_service.errors import Conflict
from address_service.model.numbers import DoorNumber
from address_service.store.tables.addresses import address_version
from address_service.store.versions import Piece, rewrite, split_at


@dataclass(frozen=True, slots=True)
class InForce:
    """A version in force by what we know now."""

    id: UUID
    address_id: UUID
    parent_id: UUID | None
    number: DoorNumber
    full_text: str
    labels: tuple[str, str, str, str]
    valid: DateRange
    since: datetime

    def common(self, since: date | None, until: date | None) -> DateRange | None:
        """The part of its time from a day (None: ever) to before another (None: on and on), if any."""
        lower = max((day for day in (self.valid.lower, since) if day is not None), default=None)
        upper = min((day for day in (self.valid.upper, until) if day is not None), default=None)
        return DateRange(lower, upper) if lower is None or upper is None or lower < upper else None

    @property
    def is_live(self) -> bool:
        """Whether it holds on and on."""
        return self.valid.upper is None


class ActWriter:
    """Writes for one county; the places are locked by the caller, ``moment`` is that of all that is written."""

    def __init__(self, conn: Connection, county_code: str, moment: datetime) -> None:
        """Bind to a transaction, a tenant and the moment of recording."""
        self._conn = conn
        self._county = county_code
        self.moment = moment

    def close(self, version: InForce, on: date, kept: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
        """End a version on a day and let it be ``facts`` from then on; before that it stays, with ``kept`` changed."""
        before, after = split_at(version.valid, on)
        pieces = [Piece(before, kept)] if before is not None else []
        pieces.append(Piece(after, facts))
        rewrite(self._conn, address_version, self._county, version.id, pieces, self.moment)

    def correct(self, version: InForce, stretch: DateRange, facts: Mapping[str, Any]) -> None:
        """Within a stretch of a version something else was true; raises Conflict `homonym`."""
        before = DateRange(version.valid.lower, stretch.lower)
        pieces = [Piece(before)] if _reaches(version.valid.lower, stretch.lower) else []
        pieces.append(Piece(stretch, facts))
        if stretch.upper is not None and stretch.upper != version.valid.upper:
            pieces.append(Piece(DateRange(stretch.upper, version.valid.upper)))
        try:
            with self._conn.begin_nested():
                rewrite(self._conn, address_version, self._county, version.id, pieces, self.moment)
        except IntegrityError as error:
            if isinstance(error.orig, UniqueViolation):
                raise Conflict("县内已有相同全称的地址，不能执行", code="homonym") from error
            raise

    def remember(self, version: InForce, stretch: DateRange, today: date) -> None:
        """Keep the text that a correction takes back, since papers quote it, as one in use until today."""
        used = DateRange(stretch.lower, min(stretch.upper or today, today))
        if used.lower is not None and used.upper is not None and used.lower >= used.upper:
            return
        args = {
            "county": self._county,
            "address": version.address_id,
            "words": version.full_text,
            "valid": used,
            "moment": self.moment,
        }
        self._conn.execute(text(_REMEMBER), args)

    def retire_number(self, address_id: UUID) -> None:
        """Nobody has the number of a door any more."""
        args = {"county": self._county, "id": address_id, "now": self.moment}
        self._conn.execute(text(_RETIRE), args)

    def hand_over_number(self, address_id: UUID, heir_id: UUID) -> None:
        """Let another address hold the number of a door."""
        args = {"county": self._county, "id": address_id, "heir": heir_id, "now": self.moment}
        self._conn.execute(text(_HAND_OVER), args)

    def give_again(self, place_id: UUID, number: DoorNumber, holder_id: UUID, why: str) -> None:
        """Issue a retired number once more; raises Conflict `number-not-retired`."""
        args = {
            "county": self._county,
            "place": place_id,
            "main": number.main,
            "sub": number.sub,
            "holder": holder_id,
            "now": self.moment,
            "why": why,
        }
        if self._conn.execute(text(_GIVE_AGAIN), args).rowcount != 1:
            raise Conflict(f"{number}不是已注销的号", code="number-not-retired")

    def buildings_of(self, address_id: UUID) -> list[UUID]:
        """The houses behind a door."""
        args = {"county": self._county, "id": address_id}
        return list(self._conn.execute(text(_BUILDINGS), args).scalars())


def versions_in_force(conn: Connection, county_code: str, address_id: UUID) -> list[InForce]:
    """The versions in force of an address and of its rooms, by what we know now; held until commit."""
    args = {"county": county_code, "id": address_id}
    return [
        InForce(
            row.id,
            row.address_id,
            row.parent_id,
            DoorNumber(row.main, row.sub),
            row.full_text,
            (row.building_label, row.unit_label, row.floor_label, row.room_label),
            row.valid,
            row.since,
        )
        for row in conn.execute(text(_IN_FORCE), args)
    ]


def has_draft_rooms(conn: Connection, county_code: str, address_id: UUID) -> bool:
    """Whether rooms of a door wait for approval."""
    return bool(conn.execute(text(_DRAFT_ROOMS), {"county": county_code, "id": address_id}).scalar_one())


def moment_after(versions: Collection[InForce], now: datetime) -> datetime:
    """One moment for all that is written, after everything that it follows."""
    return max([now, *(version.since + timedelta(microseconds=1) for version in versions)])


def point_of(conn: Connection, county_code: str, building_id: UUID) -> tuple[float, float]:
    """The gate of a house, or a point on it (EPSG:4490)."""
    row = conn.execute(text(_POINT), {"county": county_code, "id": building_id}).one()
    return float(row.lon), float(row.lat)


def houses_without_door(conn: Connection, county_code: str, place_id: UUID, on: date) -> set[UUID]:
    """Houses of a place that have no address."""
    return set(conn.execute(text(_DOORLESS), {"county": county_code, "place": place_id, "on": on}).scalars())


def refuse_overlapping_texts(
    conn: Connection,
    county_code: str,
    texts: Sequence[str],
    ours: Collection[UUID],
    days: tuple[date | None, date | None],
) -> None:
    """Raise Conflict `homonym` where one of the texts was another address' from a day to before another."""
    args = {"county": county_code, "texts": list(texts), "ours": list(ours), "valid": DateRange(*days)}
    found = conn.execute(text(_OVERLAPPING), args).first()
    if found is not None:
        raise Conflict(f"“{found.full_text}”同时是地址 {found.code} 的全称", code="homonym")


def _reaches(start: date | None, day: date | None) -> bool:
    return day is not None and (start is None or start < day)


_IN_FORCE = """
SELECT v.id, v.address_id, a.parent_id, v.main, v.sub, v.full_text, v.building_label, v.unit_label, v.floor_label,
       v.room_label, v.valid, lower(v.recorded) AS since
FROM address_version v JOIN address a ON a.county_code = v.county_code AND a.id = v.address_id
WHERE v.county_code = :county AND upper_inf(v.recorded) AND v.stage = 'current'
  AND v.address_id IN (SELECT id FROM address WHERE county_code = :county AND (id = :id OR parent_id = :id))
ORDER BY v.address_id, lower(v.valid) FOR UPDATE OF v
"""

_DRAFT_ROOMS = """
SELECT EXISTS (SELECT FROM address a
    JOIN address_version v ON v.county_code = a.county_code AND v.address_id = a.id AND upper_inf(v.recorded)
        AND upper_inf(v.valid) AND v.stage = 'draft'
    WHERE a.county_code = :county AND a.parent_id = :id)
"""

_REMEMBER = """
INSERT INTO alias (county_code, id, address_id, text, kind, valid, recorded)
VALUES (:county, gen_random_uuid(), :address, :words, 'former', CAST(:valid AS daterange), tstzrange(:moment, NULL))
"""

_RETIRE = """
UPDATE door_number SET state = 'retired', last_holder_id = holder_id, holder_id = NULL, reservation_id = NULL,
    changed_at = :now
WHERE county_code = :county AND holder_id = :id AND state = 'issued'
"""

_HAND_OVER = """
UPDATE door_number SET last_holder_id = holder_id, holder_id = :heir, changed_at = :now
WHERE county_code = :county AND holder_id = :id
"""

_GIVE_AGAIN = """
UPDATE door_number SET state = 'issued', holder_id = :holder, changed_at = :now,
    reasons = reasons || jsonb_build_array(jsonb_build_object('code', 'reassigned', 'text', CAST(:why AS text)))
WHERE county_code = :county AND place_id = :place AND main = :main AND sub = :sub AND state = 'retired'
"""

_BUILDINGS = """
SELECT building_id FROM address_building
WHERE county_code = :county AND address_id = :id AND upper_inf(recorded) AND upper_inf(valid) ORDER BY building_id
"""

_POINT = """
SELECT ST_X(p) AS lon, ST_Y(p) AS lat
FROM (SELECT coalesce(gate, ST_PointOnSurface(geom)) AS p FROM building WHERE county_code = :county AND id = :id) _
"""

_DOORLESS = """
SELECT m.building_id FROM membership m
WHERE m.county_code = :county AND m.place_id = :place AND upper_inf(m.recorded) AND m.valid @> CAST(:on AS date)
  AND NOT EXISTS (SELECT FROM address_building l WHERE l.county_code = m.county_code AND l.building_id = m.building_id
                  AND upper_inf(l.recorded) AND upper_inf(l.valid))
"""

_OVERLAPPING = """
SELECT v.full_text, a.code FROM address_version v
JOIN address a ON a.county_code = v.county_code AND a.id = v.address_id
WHERE v.county_code = :county AND v.full_text = ANY(CAST(:texts AS text[])) AND upper_inf(v.recorded)
  AND text_tail(v.full_text) COLLATE "C" = ANY (ARRAY(SELECT text_tail(t) FROM unnest(CAST(:texts AS text[])) t))
  AND v.stage = 'current' AND v.valid && CAST(:valid AS daterange)
  AND v.address_id <> ALL(CAST(:ours AS uuid[]))
ORDER BY a.code LIMIT 1
"""

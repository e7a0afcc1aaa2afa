"""Addresses under names that change: the names over time, the versions concerned, and what they read from then on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from address_service.errors import Conflict, FieldError
from address_service.model.addresses import Stage
from address_service.model.places import PlaceKind

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Names:
    """All that stands above a number, in a stretch of time."""

    division_id: UUID
    place_id: UUID
    kind: PlaceKind
    begin: date | None
    end: date | None
    province: str
    prefecture: str
    county: str
    town: str
    village: str
    outer: str | None
    place: str

    @property
    def text_names(self) -> tuple[str, ...]:
        """The place's own part of a full text, outer place first; nothing for a whole village."""
        if self.kind is PlaceKind.VILLAGE:
            return ()
        return (self.outer, self.place) if self.outer else (self.place,)


@dataclass(frozen=True, slots=True)
class TextVersion:
    """A version of an address as it is known now."""

    id: UUID
    address_id: UUID
    stage: Stage
    division_id: UUID
    place_id: UUID
    full_text: str
    begin: date | None
    end: date | None
    since: datetime


@dataclass(frozen=True, slots=True)
class NewText:
    """A piece of a version's time with what is read in it; ``is_new`` where that differs from the version."""

    version_id: UUID
    begin: date | None
    end: date | None
    full_text: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Ground:
    """Which addresses: those of divisions, or of places."""

    division_ids: tuple[UUID, ...] = ()
    place_ids: tuple[UUID, ...] = ()


_OF_GROUND = "(v.division_id = ANY(CAST(:divisions AS uuid[])) OR v.place_id = ANY(CAST(:places AS uuid[])))"

_NAMES = f"""
WITH pairs AS (
    SELECT DISTINCT v.county_code, v.division_id, v.place_id FROM address_version v
    WHERE v.county_code = :county AND upper_inf(v.recorded) AND {_OF_GROUND}
)
SELECT k.division_id, k.place_id, p.kind, lower(x.valid) AS begin, upper(x.valid) AS end, c.province_name AS province,
       c.prefecture_name AS prefecture, c.name AS county, t.name AS town, d.name AS village, o.name AS outer,
       v.name AS place
FROM pairs k
JOIN county c ON c.county_code = k.county_code
JOIN place p ON p.county_code = k.county_code AND p.id = k.place_id
JOIN place_version v ON v.county_code = k.county_code AND v.place_id = k.place_id AND upper_inf(v.recorded)
JOIN division_version d ON d.county_code = k.county_code AND d.division_id = k.division_id AND upper_inf(d.recorded)
    AND d.valid && v.valid
JOIN division_version t ON t.county_code = d.county_code AND t.division_id = d.parent_id AND upper_inf(t.recorded)
    AND t.valid && d.valid
LEFT JOIN place_version o ON o.county_code = v.county_code AND o.place_id = v.parent_place_id
    AND upper_inf(o.recorded) AND o.valid && v.valid
CROSS JOIN LATERAL (SELECT d.valid * t.valid * v.valid * coalesce(o.valid, daterange(NULL, NULL)) AS valid) x
WHERE NOT isempty(x.valid)
ORDER BY k.division_id, k.place_id, lower(x.valid) NULLS FIRST
"""  # noqa: S608

_VERSIONS = f"""
SELECT v.id, v.address_id, v.stage, v.division_id, v.place_id, v.full_text, lower(v.valid) AS begin,
       upper(v.valid) AS end, lower(v.recorded) AS since
FROM address_version v
WHERE v.county_code = :county AND upper_inf(v.recorded) AND v.stage IN ('draft', 'current', 'retired')
  AND v.valid && daterange(CAST(:on AS date), NULL) AND {_OF_GROUND}
ORDER BY v.id FOR UPDATE
"""  # noqa: S608

_CLOSE = """
UPDATE address_version SET recorded = tstzrange(lower(recorded), :moment)
WHERE county_code = :county AND id = ANY(:versions)
"""

_CARRIED = """place_id, main, sub, building_label, unit_label, floor_label, room_label, position, drafted_by,
    approved_by"""

_WRITE = f"""
INSERT INTO address_version (county_code, id, address_id, stage, division_id, {_CARRIED}, full_text, decree_no,
    event_id, valid, recorded)
SELECT v.county_code, gen_random_uuid(), v.address_id, v.stage, v.division_id, {_CARRIED}, n.full_text,
    CASE WHEN n.is_new AND v.stage = 'current' THEN coalesce(:decree, v.decree_no) ELSE v.decree_no END,
    CASE WHEN n.is_new THEN CAST(:event AS uuid) ELSE v.event_id END,
    daterange(n.begin_on, n.end_on), tstzrange(:moment, NULL)
FROM address_version v
JOIN unnest(CAST(:ids AS uuid[]), CAST(:begins AS date[]), CAST(:ends AS date[]), CAST(:texts AS text[]),
    CAST(:news AS boolean[])) AS n (id, begin_on, end_on, full_text, is_new) ON n.id = v.id
WHERE v.county_code = :county
"""  # noqa: S608

# A text that turns out never to have been true was on paper all the same, up to the day on which that is known.
_ALIAS = """
INSERT INTO alias (county_code, id, address_id, text, kind, valid, recorded)
SELECT v.county_code, gen_random_uuid(), v.address_id, v.full_text, 'former',
       daterange(lower(v.valid), CASE WHEN lower_inf(v.valid) OR lower(v.valid) < n.begin_on THEN n.begin_on
           ELSE greatest(CAST(:today AS date), lower(v.valid) + 1) END), tstzrange(:moment, NULL)
FROM address_version v
JOIN (SELECT id, min(begin_on) AS begin_on
      FROM unnest(CAST(:ids AS uuid[]), CAST(:begins AS date[]), CAST(:news AS boolean[])) AS x (id, begin_on, is_new)
      WHERE is_new GROUP BY id) n ON n.id = v.id
WHERE v.county_code = :county AND v.stage = 'current'
  AND NOT EXISTS (SELECT FROM alias l WHERE l.county_code = v.county_code AND l.address_id = v.address_id
                  AND l.text = v.full_text AND l.kind = 'former' AND upper_inf(l.recorded))
"""

# In two halves, each with the words of the index that finds a text of today, or of a time that is over.
_OTHERS = """
SELECT n.full_text, a.code FROM address_version n
JOIN address_version o ON o.county_code = n.county_code AND o.full_text = n.full_text AND upper_inf(o.recorded)
    AND {which} AND o.address_id <> n.address_id AND o.valid && n.valid AND o.stage = 'current'
JOIN address a ON a.county_code = o.county_code AND a.id = o.address_id
WHERE n.county_code = :county AND n.address_id = ANY(:addresses) AND upper_inf(n.recorded) AND n.stage = 'current'
  AND n.valid && daterange(CAST(:on AS date), NULL)
LIMIT 20
"""
_TODAY = "upper_inf(o.valid) AND o.stage IN ('draft', 'current')"
_OVER = "NOT upper_inf(o.valid) AND o.stage = 'current'"


class RereadingWriter:
    """Reads and writes for one county; divisions and places are locked by the caller."""

    def __init__(self, conn: Connection, county_code: str, ground: Ground) -> None:
        """Bind to a transaction, a tenant and the addresses concerned."""
        self._conn = conn
        self._args: dict[str, Any] = {
            "county": county_code,
            "divisions": list(ground.division_ids),
            "places": list(ground.place_ids),
        }

    def names(self) -> dict[tuple[UUID, UUID], list[Names]]:
        """The names above the addresses by division and place, the oldest first."""
        found: dict[tuple[UUID, UUID], list[Names]] = {}
        for row in self._conn.execute(text(_NAMES), self._args).mappings():
            names = Names(**{**row, "kind": PlaceKind(row["kind"])})
            found.setdefault((names.division_id, names.place_id), []).append(names)
        return found

    def versions(self, since: date) -> list[TextVersion]:
        """What the addresses read on a day and later; nobody else writes them until commit.

        Asked again until nothing is new: an approval that was waited for has put versions in the place of those found.
        """
        found: list[TextVersion] | None = None
        while True:
            rows = self._conn.execute(text(_VERSIONS), {**self._args, "on": since}).mappings()
            versions = [TextVersion(**{**row, "stage": Stage(row["stage"])}) for row in rows]
            if versions == found:
                return versions
            found = versions

    def write(
        self,
        versions: Mapping[UUID, TextVersion],
        pieces: Sequence[NewText],
        *,
        decree_no: str | None,
        event_id: UUID,
        on: date,
        today: date,
        now: datetime,
    ) -> None:
        """Close versions and write their pieces; raises Conflict `homonym` when a text is another address' then."""
        # One moment for all, so that at no moment known two of them read the same.
        moment = max([now, *(version.since + _TICK for version in versions.values())])
        args = {
            **self._args,
            "versions": list(versions),
            "moment": moment,
            "ids": [piece.version_id for piece in pieces],
            "begins": [piece.begin for piece in pieces],
            "ends": [piece.end for piece in pieces],
            "texts": [piece.full_text for piece in pieces],
            "news": [piece.is_new for piece in pieces],
            "decree": decree_no,
            "event": event_id,
            "today": today,
            "on": on,
        }
        self._conn.execute(text(_CLOSE), args)
        self._write(args)
        self._conn.execute(text(_ALIAS), args)
        self._refuse_homonyms({version.address_id for version in versions.values()}, on)

    def _write(self, args: Mapping[str, Any]) -> None:
        try:
            with self._conn.begin_nested():
                self._conn.execute(text(_WRITE), args)
        except IntegrityError as error:
            name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
            if name != "address_version_text_once":
                raise
            raise Conflict("改名后与县内另一地址全称相同，不能执行", code="homonym") from error

    def _refuse_homonyms(self, address_ids: Collection[UUID], on: date) -> None:
        args = {"county": self._args["county"], "addresses": list(address_ids), "on": on}
        for which in (_TODAY, _OVER):
            found = self._conn.execute(text(_OTHERS.format(which=which)), args).all()
            if found:
                errors = [
                    FieldError("homonym", f"“{r.full_text}”同时是地址 {r.code} 的全称", r.code) for r in found
                ]
                raise Conflict("改名后与县内另一地址全称相同，不能执行", code="homonym", errors=errors)

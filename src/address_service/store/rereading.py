"""Addresses under names that change: the versions concerned, and what they read from then on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from address_service.errors import Conflict, FieldError
from address_service.model.addresses import Stage
from address_service.store.names_above import OF_GROUND, Ground

_TICK = timedelta(microseconds=1)
_HOMONYMS_SHOWN = 20


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


_VERSIONS = f"""
SELECT v.id, v.address_id, v.stage, v.division_id, v.place_id, v.full_text, lower(v.valid) AS begin,
       upper(v.valid) AS end, lower(v.recorded) AS since
FROM address_version v
WHERE v.county_code = :county AND upper_inf(v.recorded) AND v.stage IN ('draft', 'current', 'retired')
  AND v.valid && daterange(CAST(:on AS date), NULL) AND {OF_GROUND}
ORDER BY v.id FOR UPDATE
"""  # noqa: S608

_CLOSE = """
UPDATE address_version SET recorded = tstzrange(lower(recorded), :moment)
WHERE county_code = :county AND id = ANY(:versions)
"""

_CARRIED = "place_id, main, sub, building_label, unit_label, floor_label, room_label, position"

_DECIDED = "n.is_new AND v.stage = 'current'"

_WRITE = f"""
INSERT INTO address_version (county_code, id, address_id, stage, division_id, {_CARRIED}, full_text, decree_no,
    drafted_by, approved_by, event_id, valid, recorded)
SELECT v.county_code, gen_random_uuid(), v.address_id, v.stage, v.division_id, {_CARRIED}, n.full_text,
    CASE WHEN {_DECIDED} THEN coalesce(:decree, v.decree_no) ELSE v.decree_no END,
    CASE WHEN {_DECIDED} THEN coalesce(CAST(:drafter AS uuid), v.drafted_by) ELSE v.drafted_by END,
    CASE WHEN {_DECIDED} THEN coalesce(CAST(:approver AS uuid), v.approved_by) ELSE v.approved_by END,
    CASE WHEN n.is_new THEN CAST(:event AS uuid) ELSE v.event_id END,
    daterange(n.begin_on, n.end_on), tstzrange(:moment, NULL)
FROM address_version v
JOIN unnest(CAST(:ids AS uuid[]), CAST(:begins AS date[]), CAST(:ends AS date[]), CAST(:texts AS text[]),
    CAST(:news AS boolean[])) AS n (id, begin_on, end_on, full_text, is_new) ON n.id = v.id
WHERE v.county_code = :county
"""  # noqa: S608

_FORMER = """
SELECT address_id, text FROM alias
WHERE county_code = :county AND address_id = ANY(:addresses) AND kind = 'former' AND upper_inf(recorded)
"""

_ALIAS = """
INSERT INTO alias (county_code, id, address_id, text, kind, valid, recorded)
SELECT :county, gen_random_uuid(), n.address_id, n.text, 'former', daterange(n.begin_on, n.end_on),
       tstzrange(:moment, NULL)
FROM unnest(CAST(:ids AS uuid[]), CAST(:texts AS text[]), CAST(:begins AS date[]), CAST(:ends AS date[]))
    AS n (address_id, text, begin_on, end_on)
"""

# In two halves, each with the words of the index that finds a text of today, or of a time that is over. Who reads the
# same is looked for by the texts themselves: as a join it would be at the mercy of statistics from before the act.
_READERS = """
SELECT v.address_id, a.code, v.full_text, lower(v.valid) AS begin, upper(v.valid) AS end FROM address_version v
JOIN address a ON a.county_code = v.county_code AND a.id = v.address_id
WHERE v.county_code = :county AND v.full_text = ANY(:texts) AND upper_inf(v.recorded) AND {which}
  AND v.stage = 'current' AND v.valid && daterange(CAST(:on AS date), NULL)
"""
_TODAY = "upper_inf(v.valid) AND v.stage IN ('draft', 'current')"
_OVER = "NOT upper_inf(v.valid) AND v.stage = 'current'"


class RereadingWriter:
    """Reads and writes for one county; divisions and places are locked by the caller."""

    def __init__(self, conn: Connection, county_code: str, ground: Ground) -> None:
        """Bind to a transaction, a tenant and the addresses concerned."""
        self._conn = conn
        self._args = {"county": county_code, **ground.arguments}

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
        approval: tuple[UUID, UUID] | None,
        event_id: UUID,
        on: date,
        today: date,
        now: datetime,
    ) -> None:
        """Close versions and write their pieces; raises Conflict `homonym` when a text is another address' then.

        ``approval`` is who asked for the act and who decided it; without it the earlier ones stay on the versions.
        """
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
            "drafter": approval and approval[0],
            "approver": approval and approval[1],
        }
        self._conn.execute(text(_CLOSE), args)
        self._write(args)
        self._keep_aliases(versions, pieces, today, moment)
        self._refuse_homonyms({piece.full_text for piece in pieces if piece.is_new}, on)

    def _write(self, args: Mapping[str, Any]) -> None:
        try:
            with self._conn.begin_nested():
                self._conn.execute(text(_WRITE), args)
        except IntegrityError as error:
            name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
            if name != "address_version_text_once":
                raise
            raise Conflict("改名后与县内另一地址全称相同，不能执行", code="homonym") from error

    def _keep_aliases(
        self,
        versions: Mapping[UUID, TextVersion],
        pieces: Sequence[NewText],
        today: date,
        moment: datetime,
    ) -> None:
        """Keep what current addresses read until now as what they once read, each text once."""
        first_new: dict[UUID, date | None] = {}
        for piece in pieces:
            if piece.is_new:
                first_new.setdefault(piece.version_id, piece.begin)
        current = [versions[key] for key in first_new if versions[key].stage is Stage.CURRENT]
        args = {"county": self._args["county"], "addresses": [version.address_id for version in current]}
        known = {(row.address_id, row.text) for row in self._conn.execute(text(_FORMER), args)}
        fresh = {(v.address_id, v.full_text): v for v in current if (v.address_id, v.full_text) not in known}
        ends = [_until(version, first_new[version.id], today) for version in fresh.values()]
        rows = {
            "ids": [version.address_id for version in fresh.values()],
            "texts": [version.full_text for version in fresh.values()],
            "begins": [version.begin for version in fresh.values()],
            "ends": ends,
        }
        self._conn.execute(text(_ALIAS), {**args, **rows, "moment": moment})

    def _refuse_homonyms(self, texts: Collection[str], on: date) -> None:
        args = {"county": self._args["county"], "texts": list(texts), "on": on}
        readers: dict[str, list[Any]] = {}
        for which in (_TODAY, _OVER):
            for row in self._conn.execute(text(_READERS.format(which=which)), args):
                readers.setdefault(row.full_text, []).append(row)
        found = [pair for rows in readers.values() for pair in combinations(rows, 2) if _at_once(*pair)]
        if found:
            errors = [
                FieldError(
                    "homonym", f"“{one.full_text}”将同时是 {one.code} 和 {other.code} 的全称", one.code
                )
                for one, other in found[:_HOMONYMS_SHOWN]
            ]
            raise Conflict("改名后有地址全称相同，不能执行", code="homonym", errors=errors)


def _until(version: TextVersion, first_new: date | None, today: date) -> date | None:
    """How long a text was true; one that turns out never to have been was on paper until that became known."""
    if first_new is not None and (version.begin is None or version.begin < first_new):
        return first_new
    return today if version.begin is None else max(today, version.begin + timedelta(days=1))


def _at_once(one: Any, other: Any) -> bool:
    """Whether two addresses read the same on some day."""
    begins = max(one.begin or date.min, other.begin or date.min)
    return bool(
        one.address_id != other.address_id and begins < min(one.end or date.max, other.end or date.max)
    )

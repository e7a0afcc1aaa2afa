"""What a committed renumbering writes: the ledger permuted at once, versions closed and followed, aliases, plates."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from address_service.errors import Conflict
from address_service.model.addresses import Stage
from address_service.model.numbers import DoorNumber, NumberState, Side
from address_service.store.addresses import refuse_texts_in_force
from address_service.store.bulk import copy_rows
from address_service.store.numbers import LedgerRow
from address_service.store.tables.numbering import door_number

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Taking:
    """A number about to be taken: by whom (``row.holder_id``), and who holds it until then, None for nobody."""

    row: LedgerRow
    policy_id: UUID | None
    was: UUID | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A number that nobody takes up again, and who had it; ``was_in_force`` unless only a draft did."""

    number: DoorNumber
    was: UUID
    was_in_force: bool


@dataclass(frozen=True, slots=True)
class Standpoint:
    """Where a door that keeps its number stands by the rules from now on."""

    number: DoorNumber
    side: Side | None
    offset_m: float | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What an address will read, and its number; in another division or place where named, else in its own."""

    address_id: UUID
    number: DoorNumber
    full_text: str
    division_id: UUID | None = None
    place_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """By whom and by what a renumbering was decided."""

    decree_no: str
    effective_on: date
    drawn_by: UUID
    decided_by: UUID
    event_id: UUID
    learnt_on: date | None = None
    """Where an act is dated back: the day until which texts that came into force after the effective day were written.

    They are rewritten for all their time; None refuses them.
    """


def outdated() -> Conflict:
    """Somebody was there since the plan was drawn."""
    return Conflict("方案拟定之后，该地的号码或地址已有变化，请重新拟定", code="plan-outdated")


class RenumberingWriter:
    """Writes for one county; the place is locked by the caller."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def permute(
        self, place_id: UUID, taken: Sequence[Taking], given_up: Sequence[GivenUp], now: datetime
    ) -> None:
        """Let all holders change their numbers in one statement; numbers that nobody takes are retired.

        What only a draft had falls vacant: no paper ever quoted it.

        Raises Conflict `plan-outdated` when a number is not where it was.
        """
        rows = [_taken_row(one) for one in taken if not one.is_new]
        rows += [_given_up_row(one) for one in given_up]
        args = {"county": self._county, "place": place_id, "now": now, "rows": Jsonb(rows)}
        if self._conn.execute(text(_PERMUTE), args).rowcount != len(rows):
            raise outdated()
        try:
            with self._conn.begin_nested():
                fresh = (self._fresh_row(place_id, one, now) for one in taken if one.is_new)
                copy_rows(self._conn, door_number, _LEDGER_COLUMNS, fresh)
        except UniqueViolation as error:
            raise outdated() from error

    def _fresh_row(self, place_id: UUID, one: Taking, now: datetime) -> tuple[object, ...]:
        row = one.row
        return (
            self._county,
            place_id,
            row.number.main,
            row.number.sub,
            NumberState.ISSUED,
            row.reservation_id,
            row.holder_id,
            row.side,
            row.offset_m,
            one.policy_id,
            Jsonb(list(row.reasons)),
            now,
        )

    def rewrite(self, readings: Sequence[Reading], terms: Terms, now: datetime) -> list[UUID]:
        """Close what the addresses read and write what they read from the effective day on; gives the current ones.

        Of a current address the stretch before that day stays as it was, its text becomes a dated alias; a draft
        stays a draft. Raises Conflict `plan-outdated` when one of them is no longer live, `homonym` when a text is
        taken, `effective-on-too-early` when one of them came into force after that day.
        """
        found = self._live([reading.address_id for reading in readings])
        if len(found) != len(readings):
            raise outdated()
        current = [row for row in found if row.stage == Stage.CURRENT]
        is_strict = terms.learnt_on is None
        if is_strict and any(row.valid_from and row.valid_from > terms.effective_on for row in current):
            raise Conflict("生效日期早于部分地址的现行版本，请改用较晚的日期", code="effective-on-too-early")
        moving = {row.address_id for row in current}
        texts = [reading.full_text for reading in readings if reading.address_id in moving]
        refuse_texts_in_force(self._conn, self._county, texts, terms.effective_on)
        # One moment for all, so that at no moment known two of them read the same.
        moment = max([now, *(row.since + _TICK for row in found)])
        args = self._version_args(found, readings, terms, moment)
        self._conn.execute(text(_CLOSE), args)
        self._conn.execute(text(_KEEP_BEFORE), args)
        self._write_after(args)
        self._conn.execute(text(_ALIAS), args)
        return [row.address_id for row in current]

    def _live(self, address_ids: Sequence[UUID]) -> list[Any]:
        args = {"county": self._county, "ids": list(address_ids)}
        return list(self._conn.execute(text(_LOCK_LIVE), args))

    def _version_args(
        self, found: Sequence[Any], readings: Sequence[Reading], terms: Terms, moment: datetime
    ) -> dict[str, Any]:
        wanted = {reading.address_id: reading for reading in readings}
        return {
            "county": self._county,
            "versions": [row.id for row in found],
            "mains": [wanted[row.address_id].number.main for row in found],
            "subs": [wanted[row.address_id].number.sub for row in found],
            "texts": [wanted[row.address_id].full_text for row in found],
            "divisions": [wanted[row.address_id].division_id for row in found],
            "places": [wanted[row.address_id].place_id for row in found],
            "moment": moment,
            "on": terms.effective_on,
            "learnt": terms.learnt_on or terms.effective_on,
            "decree": terms.decree_no,
            "drafter": terms.drawn_by,
            "approver": terms.decided_by,
            "event": terms.event_id,
        }

    def _write_after(self, args: dict[str, Any]) -> None:
        try:
            with self._conn.begin_nested():
                self._conn.execute(text(_WRITE_AFTER), args)
        except IntegrityError as error:
            name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
            if name != "address_version_text_once":
                raise
            raise Conflict("县内已有相同全称的地址，不能执行", code="homonym") from error

    def restation(self, place_id: UUID, doors: Sequence[Standpoint], policy_id: UUID | None) -> None:
        """Write where doors stand by another policy or another line; their numbers stay."""
        rows = [
            {"main": d.number.main, "sub": d.number.sub, "side": d.side, "offset_m": d.offset_m}
            for d in doors
        ]
        args = {"county": self._county, "place": place_id, "policy": policy_id, "rows": Jsonb(rows)}
        self._conn.execute(text(_RESTATION), args)

    def replace_plates(self, address_ids: Collection[UUID], now: datetime) -> int:
        """Mark the plates of doors as replaced, so that the next order makes them anew; gives how many."""
        args = {"county": self._county, "ids": list(address_ids), "now": now}
        return self._conn.execute(text(_REPLACE_PLATES), args).rowcount


def _taken_row(one: Taking) -> dict[str, Any]:
    row = one.row
    return {
        "main": row.number.main,
        "sub": row.number.sub,
        "state": NumberState.ISSUED,
        "was": _text(one.was),
        "holder": _text(row.holder_id),
        "reservation": _text(row.reservation_id),
        "side": row.side,
        "offset_m": row.offset_m,
        "policy": _text(one.policy_id),
        "reasons": list(row.reasons),
    }


def _given_up_row(one: GivenUp) -> dict[str, Any]:
    state = NumberState.RETIRED if one.was_in_force else NumberState.VACANT
    return {"main": one.number.main, "sub": one.number.sub, "state": state, "was": str(one.was)}


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None


_LEDGER_COLUMNS = (
    "county_code",
    "place_id",
    "main",
    "sub",
    "state",
    "reservation_id",
    "holder_id",
    "side",
    "offset_m",
    "policy_id",
    "reasons",
    "changed_at",
)

# One statement: that a holder has one number is checked when all have theirs. A retired number keeps its why.
_PERMUTE = """
UPDATE door_number d SET state = n.state, holder_id = n.holder, reservation_id = n.reservation,
    last_holder_id = coalesce(d.holder_id, d.last_holder_id), changed_at = :now,
    side = CASE WHEN n.state = 'issued' THEN n.side ELSE d.side END,
    offset_m = CASE WHEN n.state = 'issued' THEN n.offset_m ELSE d.offset_m END,
    policy_id = CASE WHEN n.state = 'issued' THEN n.policy ELSE d.policy_id END,
    reasons = CASE WHEN n.state = 'issued' THEN n.reasons ELSE d.reasons END
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS n (main integer, sub integer, state text, was uuid, holder uuid,
    reservation uuid, side text, offset_m real, policy uuid, reasons jsonb)
WHERE d.county_code = :county AND d.place_id = :place AND d.main = n.main AND d.sub = n.sub
  AND d.holder_id IS NOT DISTINCT FROM n.was
  AND (d.state <> 'reserved' OR NOT EXISTS (
       SELECT FROM reservation r WHERE r.county_code = d.county_code AND r.id = d.reservation_id
         AND r.construction_plan_id IS NOT NULL))
"""

_RESTATION = """
UPDATE door_number d SET side = n.side, offset_m = n.offset_m, policy_id = :policy
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS n (main integer, sub integer, side text, offset_m real)
WHERE d.county_code = :county AND d.place_id = :place AND d.main = n.main AND d.sub = n.sub AND d.state = 'issued'
"""

_LOCK_LIVE = """
SELECT v.id, v.address_id, v.stage, lower(v.valid) AS valid_from, lower(v.recorded) AS since
FROM address_version v
WHERE v.county_code = :county AND v.address_id = ANY(:ids) AND upper_inf(v.recorded) AND upper_inf(v.valid)
  AND v.stage IN ('draft', 'current')
ORDER BY v.id FOR UPDATE
"""

_CLOSE = """
UPDATE address_version SET recorded = tstzrange(lower(recorded), :moment)
WHERE county_code = :county AND id = ANY(:versions)
"""

_LABELS = "building_label, unit_label, floor_label, room_label, position"
_CARRIED = f"division_id, place_id, {_LABELS}"

_KEEP_BEFORE = f"""
INSERT INTO address_version (county_code, id, address_id, stage, {_CARRIED}, main, sub, full_text, decree_no,
    drafted_by, approved_by, event_id, valid, recorded)
SELECT county_code, gen_random_uuid(), address_id, stage, {_CARRIED}, main, sub, full_text, decree_no,
    drafted_by, approved_by, event_id, daterange(lower(valid), CAST(:on AS date)), tstzrange(:moment, NULL)
FROM address_version
WHERE county_code = :county AND id = ANY(:versions) AND stage = 'current'
  AND (lower_inf(valid) OR lower(valid) < CAST(:on AS date))
"""  # noqa: S608

# Separate from the closing, because a text given up must be free before another address takes it.
_WRITE_AFTER = f"""
INSERT INTO address_version (county_code, id, address_id, stage, {_CARRIED}, main, sub, full_text, decree_no,
    drafted_by, approved_by, event_id, valid, recorded)
SELECT v.county_code, gen_random_uuid(), v.address_id, v.stage, coalesce(n.division, v.division_id),
    coalesce(n.place, v.place_id), {_LABELS}, n.main, n.sub, n.full_text,
    CASE WHEN v.stage = 'current' THEN :decree END,
    CASE WHEN v.stage = 'current' THEN CAST(:drafter AS uuid) ELSE v.drafted_by END,
    CASE WHEN v.stage = 'current' THEN CAST(:approver AS uuid) END, :event,
    CASE WHEN v.stage = 'current' THEN daterange(greatest(CAST(:on AS date), lower(v.valid)), NULL) ELSE v.valid END,
    tstzrange(:moment, NULL)
FROM address_version v
JOIN unnest(CAST(:versions AS uuid[]), CAST(:mains AS int[]), CAST(:subs AS int[]), CAST(:texts AS text[]),
    CAST(:divisions AS uuid[]), CAST(:places AS uuid[])) AS n (id, main, sub, full_text, division, place) ON n.id = v.id
WHERE v.county_code = :county
"""  # noqa: S608

_ALIAS = """
INSERT INTO alias (county_code, id, address_id, text, kind, valid, recorded)
SELECT county_code, gen_random_uuid(), address_id, full_text, 'former', daterange(lower(valid), until),
       tstzrange(:moment, NULL)
FROM address_version, LATERAL (
    SELECT CASE WHEN lower_inf(valid) OR lower(valid) < CAST(:on AS date) THEN CAST(:on AS date)
                ELSE CAST(:learnt AS date) END AS until) _
WHERE county_code = :county AND id = ANY(:versions) AND stage = 'current' AND (lower_inf(valid) OR lower(valid) < until)
"""

_REPLACE_PLATES = """
UPDATE plate SET stage = 'replaced', changed_at = :now
WHERE county_code = :county AND address_id = ANY(:ids) AND stage NOT IN ('skipped', 'replaced')
"""

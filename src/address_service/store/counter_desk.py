"""All that one house at the counter depends on, read as of one moment in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy import Connection

from address_service.model.houses import House, PlannedSite
from address_service.model.numbers import DoorNumber, NumberState
from address_service.store.direct import direct
from address_service.store.numbering_inputs import (
    CENTRELINE,
    CLAIMS,
    ENTRANCES,
    ONE_HOUSE,
    house_of,
    place_arguments,
    site_of,
)
from address_service.store.place_context import (
    CONTEXT,
    HEAD,
    PlaceContext,
    PlaceHead,
    context_of,
    load_place_head,
)
from address_service.store.standing_doors import (
    DOORS,
    LEDGER,
    NEIGHBOUR_IN_COURTYARD,
    POLICY,
    LedgerLine,
    StandingDoor,
)
from address_service.store.together import Rows, as_uuid, from_hex, only, read_together, together


@dataclass(frozen=True, slots=True)
class CounterDesk:
    """A place as the counter sees it, and the house that stands before it, if it belongs here.

    ``policy`` is the id and the parameters of the one under which the place was last numbered, else of the latest of
    the name asked for. ``yard_address`` is the full text that the house's courtyard has already. Metres are those of
    the county's zone. ``serial`` is the next one of the place's codes, where it was taken.
    """

    context: PlaceContext
    house: House | None
    policy: tuple[UUID, Mapping[str, Any]] | None
    yard_address: str | None
    doors: Sequence[StandingDoor]
    ledger: Mapping[DoorNumber, LedgerLine]
    sites: Sequence[PlannedSite]
    centreline: shapely.MultiLineString | None
    entrances: Sequence[shapely.Point]
    serial: int | None


_PARTS = {
    "context": CONTEXT,
    "house": ONE_HOUSE,
    "policy": POLICY,
    "yard": NEIGHBOUR_IN_COURTYARD,
    "doors": DOORS,
    "ledger": LEDGER,
    "sites": CLAIMS,
    "centreline": CENTRELINE,
    "entrances": ENTRANCES,
}
_LOOK = together(_PARTS)

# Serials are counted by the text of the head of the code; see store/counters.py.
_TAKE_SERIAL = """
WITH taken AS (
    INSERT INTO code_counter (county_code, prefix_key, last_serial)
    SELECT county_code, CAST(code_prefix AS bigint), 1 FROM place WHERE county_code = :county AND id = :place
    ON CONFLICT (county_code, prefix_key) DO UPDATE SET last_serial = code_counter.last_serial + 1
    RETURNING last_serial
)"""
_SERVE = together({**_PARTS, "serial": "SELECT last_serial FROM taken"}, _TAKE_SERIAL)

# The desk's statement takes longer to plan than to run, so this transaction settles for plans made once. A village that
# is numbered as a whole is locked with its division, first that one: see PlaceRepository.lock. Who may not number here
# gets no lock that others would wait for.
_APPROACH = direct(
    f"""
    SELECT h.*, set_config('plan_cache_mode', 'force_generic_plan', true),
           CASE WHEN is_in_scope THEN
               pg_advisory_xact_lock(hashtextextended(:county || ' place ' || CAST(:place AS text), 0)) END
    FROM (SELECT head.*, starts_with(village_code, :scope) AS is_in_scope,
              CASE WHEN kind = 'village' AND starts_with(village_code, :scope) THEN
              pg_advisory_xact_lock(hashtextextended(:county || ' place ' || CAST(division_id AS text), 0)) END
          FROM ({HEAD}) head OFFSET 0) h
    """  # noqa: S608
)


def lock_place(conn: Connection, county_code: str, place_id: UUID, on: date, scope: str) -> PlaceHead:
    """Hold the place whose desk is read next until commit, and give its head; raises NotFound.

    A place in no division whose code starts with ``scope`` is not held.
    """
    return load_place_head(conn, county_code, place_id, on, _APPROACH, scope=scope)


def load_desk(
    conn: Connection,
    county_code: str,
    place_id: UUID,
    head: PlaceHead,
    on: date,
    *,
    building_id: UUID,
    otherwise: str,
    take_serial: bool = False,
) -> CounterDesk:
    """Read the desk; ``otherwise`` is the policy's name where the place was never numbered. Raises NotFound.

    ``take_serial``: the place is locked and a door will be drafted, so the next serial of its codes is taken, too.
    """
    arguments = place_arguments(county_code, place_id, on, head)
    statement = _SERVE if take_serial else _LOOK
    rows = read_together(conn, statement, {**arguments, "building": building_id, "otherwise": otherwise})
    policy, yard = only(rows["policy"]), only(rows["yard"])
    serial = only(rows.get("serial", []))
    return CounterDesk(
        context=context_of(_with_ids(only(rows["context"]), "place_id", "division_id"), place_id),
        house=_house(only(rows["house"])),
        policy=(UUID(policy["id"]), policy["parameters"]) if policy else None,
        yard_address=yard["full_text"] if yard else None,
        doors=[StandingDoor(UUID(r["id"]), r["x"], r["y"], _number(r)) for r in rows["doors"]],
        ledger={_number(r): _line(r) for r in rows["ledger"]},
        sites=[_site(r) for r in rows["sites"]],
        centreline=_centreline(rows),
        entrances=[shapely.Point(r["x"], r["y"]) for r in rows["entrances"]],
        serial=serial["last_serial"] if serial else None,
    )


def _number(row: Mapping[str, Any]) -> DoorNumber:
    return DoorNumber(row["main"], row["sub"])


def _line(row: Mapping[str, Any]) -> LedgerLine:
    reservation_id, plan_id = as_uuid(row["reservation_id"]), as_uuid(row["construction_plan_id"])
    return LedgerLine(NumberState(row["state"]), reservation_id, plan_id, row["is_entered"])


def _with_ids(row: dict[str, Any] | None, *columns: str) -> dict[str, Any] | None:
    return {**row, **{name: as_uuid(row[name]) for name in columns}} if row else None


def _house(row: dict[str, Any] | None) -> House | None:
    known = _with_ids(row, "id", "parcel_id", "address_id")
    return house_of({**known, "valid_from": _day(known["valid_from"])}) if known else None


def _site(row: dict[str, Any]) -> PlannedSite:
    known = _with_ids(row, "id", "reservation_id") or {}
    return site_of({**known, "expires_on": _day(row["expires_on"]), "geom": from_hex(row["geom"])})


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _centreline(rows: Rows) -> shapely.MultiLineString | None:
    row = only(rows["centreline"])
    line = shapely.from_wkb(from_hex(row["line"])) if row else None
    return line if isinstance(line, shapely.MultiLineString) else None

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
from address_service.store.numbering_inputs import (
    CENTRELINE,
    CLAIMS,
    ENTRANCES,
    ONE_HOUSE,
    house_of,
    place_arguments,
    site_of,
)
from address_service.store.place_context import CONTEXT, PlaceContext, PlaceHead, context_of
from address_service.store.standing_doors import (
    DOORS,
    LEDGER,
    NEIGHBOUR_IN_COURTYARD,
    POLICY,
    LedgerLine,
    StandingDoor,
)
from address_service.store.together import Rows, as_uuid, first, from_hex, read_together, together


@dataclass(frozen=True, slots=True)
class CounterDesk:
    """A place as the counter sees it, and the house that stands before it, if it belongs here.

    ``policy`` is the id and the parameters of the one under which the place was last numbered, else of the latest of
    the name asked for. ``yard_address`` is the full text that the house's courtyard has already. Metres are those of
    the county's zone.
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


_DESK = together(
    {
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
)


def load_desk(
    conn: Connection,
    county_code: str,
    place_id: UUID,
    head: PlaceHead,
    on: date,
    *,
    building_id: UUID,
    otherwise: str,
) -> CounterDesk:
    """Read the desk; ``otherwise`` is the policy's name where the place was never numbered. Raises NotFound."""
    arguments = place_arguments(county_code, place_id, on, head)
    rows = read_together(conn, _DESK, {**arguments, "building": building_id, "otherwise": otherwise})
    policy, yard = first(rows["policy"]), first(rows["yard"])
    return CounterDesk(
        context=context_of(_with_ids(first(rows["context"]), "place_id", "division_id"), place_id),
        house=_house(first(rows["house"])),
        policy=(UUID(policy["id"]), policy["parameters"]) if policy else None,
        yard_address=yard["full_text"] if yard else None,
        doors=[StandingDoor(UUID(r["id"]), r["x"], r["y"], _number(r)) for r in rows["doors"]],
        ledger={_number(r): _line(r) for r in rows["ledger"]},
        sites=[_site(r) for r in rows["sites"]],
        centreline=_centreline(rows),
        entrances=[shapely.Point(r["x"], r["y"]) for r in rows["entrances"]],
    )


def _number(row: Mapping[str, Any]) -> DoorNumber:
    return DoorNumber(row["main"], row["sub"])


def _line(row: Mapping[str, Any]) -> LedgerLine:
    reservation_id, plan_id = as_uuid(row["reservation_id"]), as_uuid(row["construction_plan_id"])
    return LedgerLine(NumberState(row["state"]), reservation_id, plan_id)


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
    row = first(rows["centreline"])
    line = shapely.from_wkb(from_hex(row["line"])) if row else None
    return line if isinstance(line, shapely.MultiLineString) else None

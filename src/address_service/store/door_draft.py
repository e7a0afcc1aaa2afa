"""One door drafted at the counter: address, houses, event and number in a single statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from psycopg.errors import UniqueViolation
from sqlalchemy import Connection

from address_service.errors import Conflict
from address_service.model.addresses import EventKind
from address_service.model.numbers import NumberState
from address_service.store.addresses import NewAddress, former_valid, what_is_taken
from address_service.store.direct import direct, first_row
from address_service.store.ids import new_id
from address_service.store.numbers import LedgerRow
from address_service.store.overview import CHANNEL


@dataclass(frozen=True, slots=True)
class Drafting:
    """Who drafts a door, when, under what policy, and the event that tells of it."""

    event_id: UUID
    kind: EventKind
    note: str
    details: Mapping[str, Any]
    actor_id: UUID
    valid_from: date
    now: datetime
    policy_id: UUID | None


def write_draft(
    conn: Connection,
    county_code: str,
    door: NewAddress,
    row: LedgerRow,
    was: NumberState | None,
    drafting: Drafting,
) -> bool:
    """Draft a door and issue its number; False when the number is not as it ``was``.

    ``was`` is the state of the number's row in the ledger, None where it has none: what a house takes becomes
    issued, a reserved one keeps its reservation. Announces the change of the map, too. After False, and after the
    Conflict of a text or a house that has an address already, the transaction must not be committed.
    """
    values = {
        "county": county_code,
        **_door_values(door),
        **_number_values(row, was),
        **_drafting_values(drafting),
        "former_valid": former_valid(door, drafting.valid_from),
        "channel": CHANNEL,
    }
    try:
        answer = first_row(conn, _WRITE, values)
    except UniqueViolation as error:
        raise Conflict(*what_is_taken(error)) from error
    return answer is not None and bool(answer[0])


def _door_values(door: NewAddress) -> dict[str, Any]:
    return {
        "id": door.id,
        "version": new_id(),
        "code": door.code.text,
        "scheme": door.scheme,
        "division": door.division_id,
        "place": door.place_id,
        "main": door.number.main,
        "sub": door.number.sub,
        "full_text": door.full_text,
        "lon": door.lon,
        "lat": door.lat,
        "building_ids": list(door.building_ids),
        "former": door.former_text,
    }


def _number_values(row: LedgerRow, was: NumberState | None) -> dict[str, Any]:
    reasons = orjson.dumps([dict(reason) for reason in row.reasons]).decode()
    return {"side": row.side, "offset_m": row.offset_m, "reasons": reasons, "was": was}


def _drafting_values(drafting: Drafting) -> dict[str, Any]:
    return {
        "event": drafting.event_id,
        "kind": drafting.kind,
        "note": drafting.note,
        "details": orjson.dumps(drafting.details).decode(),
        "actor": drafting.actor_id,
        "now": drafting.now,
        "on": drafting.valid_from,
        "policy": drafting.policy_id,
    }


_WRITE = direct(
    """
    WITH happened AS (
        INSERT INTO event (county_code, id, subject, kind, effective_on, note, details, actor_id, recorded_at)
        VALUES (:county, :event, 'address', :kind, :on, :note, CAST(:details AS jsonb), :actor, :now)
    ), identity AS (
        INSERT INTO address (county_code, id, code, scheme, created_at) VALUES (:county, :id, :code, :scheme, :now)
    ), version AS (
        INSERT INTO address_version (county_code, id, address_id, stage, division_id, place_id, main, sub, full_text,
            position, drafted_by, event_id, valid, recorded)
        VALUES (:county, :version, :id, 'draft', :division, :place, :main, :sub, :full_text,
            ST_SetSRID(ST_MakePoint(:lon, :lat), 4490), :actor, :event, daterange(CAST(:on AS date), NULL),
            tstzrange(CAST(:now AS timestamptz), NULL))
    ), linked AS (
        INSERT INTO address_building (county_code, id, address_id, building_id, valid, recorded)
        SELECT :county, gen_random_uuid(), :id, b, daterange(CAST(:on AS date), NULL),
            tstzrange(CAST(:now AS timestamptz), NULL) FROM unnest(CAST(:building_ids AS uuid[])) AS b
    ), remembered AS (
        INSERT INTO alias (county_code, id, address_id, text, kind, valid, recorded)
        SELECT :county, gen_random_uuid(), :id, CAST(:former AS text), 'former', CAST(:former_valid AS daterange),
            tstzrange(CAST(:now AS timestamptz), NULL) WHERE CAST(:former AS text) <> ''
    ), entered AS (
        INSERT INTO door_number AS d (county_code, place_id, main, sub, state, holder_id, side, offset_m, policy_id,
            reasons, changed_at)
        VALUES (:county, :place, :main, :sub, 'issued', :id, :side, :offset_m, :policy, CAST(:reasons AS jsonb), :now)
        ON CONFLICT (county_code, place_id, main, sub) DO UPDATE SET state = 'issued', holder_id = excluded.holder_id,
            side = excluded.side, offset_m = excluded.offset_m, policy_id = excluded.policy_id,
            reasons = excluded.reasons, changed_at = excluded.changed_at
            WHERE d.state = CAST(:was AS text)
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM entered) AS is_entered, pg_notify(:channel, :county)
    """
)

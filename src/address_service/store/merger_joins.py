"""Places that are joined in a merger, numbers and all that hangs on them, and the way back of their doors."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from address_service.store.layers import EXISTING, PLANS
from address_service.store.merger_writer import Act, keep_rows


class PlaceJoiner:
    """Writes for one county; villages and places are locked by `hold_all`."""

    def __init__(self, conn: Connection, county_code: str, act: Act) -> None:
        """Bind to a transaction, a tenant and an act."""
        self._conn = conn
        self._args = act.args(county_code)

    def _run(self, statement: str, **args: Any) -> None:
        self._conn.execute(text(statement), {**self._args, **args})

    def join_place(self, place_id: UUID, into: UUID, offset: int, why: str) -> None:
        """Let the numbers of a place follow those of another, with all that hangs on it; the old ledger retires."""
        args = {
            "place": place_id,
            "into": into,
            "offset": offset,
            "why": Jsonb([{"code": "joined", "text": why}]),
        }
        self._run(_JOIN_NUMBERS, **args)
        self._run(
            "UPDATE reservation SET place_id = :into WHERE county_code = :county AND place_id = :place",
            **args,
        )
        keep_rows(self._conn, self._args, PLANS, "t.place_id = :place", **args)
        self._run(
            "UPDATE construction_plan SET place_id = :into WHERE county_code = :county AND place_id = :place",
            **args,
        )
        keep_rows(self._conn, self._args, EXISTING, "t.place_id = :place", **args)
        self._run(_JOIN_SURVEYED, **args)
        self._run(_CLOSE_MEMBERS, **args)
        self._run(_JOIN_MEMBERS, **args)
        self._run(
            "UPDATE application SET place_id = :into WHERE county_code = :county AND place_id = :place"
            " AND stage IN ('received', 'accepted')",
            **args,
        )

    def keep_houses(self, place_id: UUID, division_id: UUID) -> None:
        """Houses that belonged to a whole village by their village alone belong to its place from the day on."""
        self._run(_KEEP_HOUSES, place=place_id, division=division_id)

    def revive_numbers(
        self, place_id: UUID, joined_to: UUID, doors: Mapping[UUID, tuple[int, int]], why: str
    ) -> None:
        """Doors that were joined to another place have numbers of a place of their own again, by holder."""
        args = {
            "place": place_id,
            "joined": joined_to,
            "holders": list(doors),
            "mains": [main for main, _ in doors.values()],
            "subs": [sub for _, sub in doors.values()],
            "why": Jsonb([{"code": "split", "text": why}]),
        }
        self._run(_REVIVE_NUMBERS, **args)
        self._run(_CLOSE_HOLDERS_MEMBERS, **args)
        self._run(_REVIVE_MEMBERS, **args)


# One statement, for that a holder has one number is checked at its end. What only a draft had falls vacant.
_JOIN_NUMBERS = """
WITH old AS (
    SELECT d.*, EXISTS (SELECT FROM address_version v WHERE v.county_code = d.county_code AND v.address_id = d.holder_id
        AND v.stage IN ('current', 'retired') AND upper_inf(v.recorded)) AS was_in_force
    FROM door_number d WHERE d.county_code = :county AND d.place_id = :place AND d.state IN ('issued', 'reserved')
    FOR UPDATE
), given_up AS (
    UPDATE door_number d SET holder_id = NULL, reservation_id = NULL, changed_at = :now,
        state = CASE WHEN o.was_in_force THEN 'retired' ELSE 'vacant' END,
        last_holder_id = coalesce(o.holder_id, d.last_holder_id)
    FROM old o WHERE d.county_code = o.county_code AND d.place_id = o.place_id AND d.main = o.main AND d.sub = o.sub
    RETURNING d.main
)
INSERT INTO door_number (county_code, place_id, main, sub, state, reservation_id, holder_id, side, offset_m, policy_id,
    reasons, changed_at)
SELECT o.county_code, :into, o.main + :offset, o.sub, o.state, o.reservation_id, o.holder_id, o.side, o.offset_m,
    o.policy_id, o.reasons || CAST(:why AS jsonb), :now
FROM old o, (SELECT count(*) FROM given_up) done
"""

_REVIVE_NUMBERS = """
WITH old AS (
    SELECT d.*, n.main AS new_main, n.sub AS new_sub FROM door_number d
    JOIN unnest(CAST(:holders AS uuid[]), CAST(:mains AS int[]), CAST(:subs AS int[])) AS n (holder_id, main, sub)
        ON n.holder_id = d.holder_id
    WHERE d.county_code = :county AND d.place_id = :joined AND d.state = 'issued'
    FOR UPDATE OF d
), given_up AS (
    UPDATE door_number d SET holder_id = NULL, reservation_id = NULL, changed_at = :now, state = 'retired',
        last_holder_id = o.holder_id
    FROM old o WHERE d.county_code = o.county_code AND d.place_id = o.place_id AND d.main = o.main AND d.sub = o.sub
    RETURNING d.main
)
INSERT INTO door_number (county_code, place_id, main, sub, state, holder_id, side, offset_m, policy_id, reasons,
    changed_at)
SELECT o.county_code, :place, o.new_main, o.new_sub, 'issued', o.holder_id, o.side, o.offset_m, o.policy_id,
    o.reasons || CAST(:why AS jsonb), :now
FROM old o, (SELECT count(*) FROM given_up) done
"""

_JOIN_SURVEYED = """
UPDATE existing_address SET place_id = :into, main = main + :offset WHERE county_code = :county AND place_id = :place
"""

_CLOSE_MEMBERS = """
UPDATE membership m SET recorded = tstzrange(lower(m.recorded), greatest(:now, lower(m.recorded) + :tick))
WHERE m.county_code = :county AND m.place_id = :place AND upper_inf(m.recorded)
  AND m.valid && daterange(CAST(:on AS date), NULL)
"""

_KEEP_HOUSES = """
INSERT INTO membership (county_code, id, building_id, place_id, source, actor_id, valid, recorded)
SELECT b.county_code, gen_random_uuid(), b.id, :place, 'column', :actor, daterange(CAST(:on AS date), NULL),
    tstzrange(greatest(:now, (SELECT max(upper(x.recorded)) FROM membership x WHERE x.county_code = b.county_code
        AND x.building_id = b.id AND NOT upper_inf(x.recorded))), NULL)
FROM building b
WHERE b.county_code = :county AND b.division_id = :division AND b.use <> 'outbuilding'
  AND NOT EXISTS (SELECT FROM membership m WHERE m.county_code = b.county_code AND m.building_id = b.id
                  AND upper_inf(m.recorded) AND m.valid && daterange(CAST(:on AS date), NULL))
"""

_JOIN_MEMBERS = """
WITH closed AS (
    SELECT m.* FROM membership m
    WHERE m.county_code = :county AND m.place_id = :place AND upper(m.recorded) >= :now AND NOT upper_inf(m.recorded)
      AND m.valid && daterange(CAST(:on AS date), NULL)
)
INSERT INTO membership (county_code, id, building_id, place_id, source, actor_id, valid, recorded)
SELECT county_code, gen_random_uuid(), building_id, place_id, source, actor_id,
    daterange(lower(valid), CAST(:on AS date)), tstzrange(upper(recorded), NULL)
FROM closed WHERE lower(valid) < CAST(:on AS date)
UNION ALL
SELECT county_code, gen_random_uuid(), building_id, :into, source, :actor,
    daterange(greatest(lower(valid), CAST(:on AS date)), upper(valid)), tstzrange(upper(recorded), NULL)
FROM closed
"""

_CLOSE_HOLDERS_MEMBERS = """
UPDATE membership m SET recorded = tstzrange(lower(m.recorded), greatest(:now, lower(m.recorded) + :tick))
FROM address_building b
WHERE m.county_code = :county AND m.place_id = :joined AND upper_inf(m.recorded) AND upper_inf(m.valid)
  AND b.county_code = m.county_code AND b.building_id = m.building_id AND b.address_id = ANY(:holders)
  AND upper_inf(b.recorded) AND upper_inf(b.valid)
"""

_REVIVE_MEMBERS = """
WITH closed AS (
    SELECT m.* FROM membership m
    JOIN address_building b ON b.county_code = m.county_code AND b.building_id = m.building_id
        AND b.address_id = ANY(:holders) AND upper_inf(b.recorded) AND upper_inf(b.valid)
    WHERE m.county_code = :county AND m.place_id = :joined AND upper(m.recorded) >= :now AND NOT upper_inf(m.recorded)
      AND upper_inf(m.valid)
)
INSERT INTO membership (county_code, id, building_id, place_id, source, actor_id, valid, recorded)
SELECT county_code, gen_random_uuid(), building_id, place_id, source, actor_id,
    daterange(lower(valid), CAST(:on AS date)), tstzrange(upper(recorded), NULL)
FROM closed WHERE lower(valid) < CAST(:on AS date)
UNION ALL
SELECT county_code, gen_random_uuid(), building_id, :place, source, :actor,
    daterange(greatest(lower(valid), CAST(:on AS date)), NULL), tstzrange(upper(recorded), NULL)
FROM closed
"""

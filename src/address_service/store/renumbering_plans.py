"""Renumbering plans (改号方案) with their changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, func, insert, select, text, update

from address_service.errors import NotFound
from address_service.model.numbers import DoorNumber, Side
from address_service.store.bulk import copy_rows
from address_service.store.ids import new_id
from address_service.store.locks import hold
from address_service.store.tables.addresses import address
from address_service.store.tables.numbering import renumbering_change, renumbering_plan


@dataclass(frozen=True, slots=True)
class NewText:
    """What a room read and what it will read."""

    address_id: UUID
    code: str
    old_text: str
    new_text: str


@dataclass(frozen=True, slots=True)
class RenumberingChange:
    """One door that moves to another number, its rooms with it.

    ``before_line`` is what the ledger said of the door until then (side, metres, policy, reasons), so that an undo can
    give it back; ``reclaims`` marks a retired number that nobody of the plan gives up.
    """

    position: int
    address_id: UUID
    code: str
    before: DoorNumber
    after: DoorNumber
    old_text: str
    new_text: str
    rooms: tuple[NewText, ...]
    reclaims: bool
    before_line: Mapping[str, Any]
    side: Side | None
    offset_m: float | None
    policy_id: UUID | None
    lon: float
    lat: float
    reasons: tuple[Mapping[str, str], ...]

    @property
    def texts(self) -> tuple[NewText, ...]:
        """The door's text and those of its rooms."""
        return (NewText(self.address_id, self.code, self.old_text, self.new_text), *self.rooms)


@dataclass(frozen=True, slots=True)
class NewRenumbering:
    """A renumbering plan about to be kept."""

    place_id: UUID
    title: str
    policy_id: UUID | None
    before_policy_id: UUID | None
    reassign_decree_no: str | None
    undoes: UUID | None
    ledger_digest: UUID
    summary: Mapping[str, Any]
    changes: Sequence[RenumberingChange]


@dataclass(frozen=True, slots=True)
class RenumberingHead:
    """A renumbering plan without its changes."""

    id: UUID
    place_id: UUID
    place: str
    village: str
    village_code: str
    stage: str
    title: str
    policy_id: UUID | None
    before_policy_id: UUID | None
    reassign_decree_no: str | None
    undoes: UUID | None
    undone_by: UUID | None
    ledger_digest: UUID
    summary: Mapping[str, Any]
    actor_id: UUID
    drawn_by: str
    created_at: datetime
    decree_no: str | None
    effective_on: date | None
    event_id: UUID | None
    decided_by: str | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a plan was decided; decree, day and event where it was committed."""

    stage: str
    decided_by: UUID
    decree_no: str | None = None
    effective_on: date | None = None
    event_id: UUID | None = None


_HEADS = """
SELECT p.id, p.place_id, v.name AS place, d.name AS village, d.code_nbs AS village_code, p.stage, p.title, p.policy_id,
       p.before_policy_id, p.reassign_decree_no, p.undoes, u.id AS undone_by, p.ledger_digest, p.summary, p.actor_id,
       drawer.name AS drawn_by, p.created_at, p.decree_no, p.effective_on, p.event_id, decider.name AS decided_by,
       p.decided_at
FROM renumbering_plan p
JOIN LATERAL (
    SELECT x.county_code, x.name, x.division_id FROM place_version x WHERE x.county_code = p.county_code
      AND x.place_id = p.place_id AND upper_inf(x.recorded) ORDER BY x.valid DESC LIMIT 1
) v ON true
JOIN LATERAL (
    SELECT x.name, x.code_nbs FROM division_version x WHERE x.county_code = v.county_code
      AND x.division_id = v.division_id AND upper_inf(x.recorded) ORDER BY x.valid DESC LIMIT 1
) d ON true
JOIN account drawer ON drawer.county_code = p.county_code AND drawer.id = p.actor_id
LEFT JOIN account decider ON decider.county_code = p.county_code AND decider.id = p.decided_by
LEFT JOIN LATERAL (SELECT x.id FROM renumbering_plan x WHERE x.county_code = p.county_code AND x.undoes = p.id
    AND x.stage = 'committed' ORDER BY x.id DESC LIMIT 1) u ON true
WHERE p.county_code = :county AND (CAST(:plan AS uuid) IS NULL OR p.id = :plan)
  AND (CAST(:after AS uuid) IS NULL OR p.id > :after)
  AND (CAST(:place AS uuid) IS NULL OR p.place_id = :place)
  AND (CAST(:scope AS text) IS NULL OR d.code_nbs LIKE :scope || '%')
  AND (CAST(:stage AS text) IS NULL OR p.stage = :stage)
ORDER BY p.id LIMIT :limit
"""


class RenumberingPlanRepository:
    """Renumbering plans of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def add(self, plan: NewRenumbering, actor_id: UUID, now: datetime) -> UUID:
        """Keep a draft."""
        plan_id = new_id()
        self._conn.execute(
            insert(renumbering_plan).values(
                county_code=self._county,
                id=plan_id,
                place_id=plan.place_id,
                policy_id=plan.policy_id,
                before_policy_id=plan.before_policy_id,
                stage="draft",
                title=plan.title,
                reassign_decree_no=plan.reassign_decree_no,
                undoes=plan.undoes,
                ledger_digest=plan.ledger_digest,
                summary=dict(plan.summary),
                actor_id=actor_id,
                created_at=now,
            )
        )
        rows = (self._change_row(plan_id, change) for change in plan.changes)
        copy_rows(self._conn, renumbering_change, _COLUMNS, rows)
        return plan_id

    def _change_row(self, plan_id: UUID, change: RenumberingChange) -> tuple[object, ...]:
        rooms = [
            {
                "address_id": str(room.address_id),
                "code": room.code,
                "old_text": room.old_text,
                "new_text": room.new_text,
            }
            for room in change.rooms
        ]
        return (
            self._county,
            plan_id,
            change.position,
            change.address_id,
            change.before.main,
            change.before.sub,
            change.after.main,
            change.after.sub,
            change.old_text,
            change.new_text,
            Jsonb(rooms),
            change.reclaims,
            Jsonb(dict(change.before_line)),
            change.side,
            change.offset_m,
            change.policy_id,
            f"SRID=4490;POINT({change.lon!r} {change.lat!r})",
            Jsonb([dict(reason) for reason in change.reasons]),
        )

    def head(self, plan_id: UUID, *, lock: bool = False) -> RenumberingHead:
        """A plan without its changes; raises NotFound. With ``lock``, nobody else decides on it meanwhile."""
        if lock:
            hold(self._conn, self._county, f"renumbering-plan {plan_id}")
        found = self._heads(plan=plan_id)
        if not found:
            raise NotFound(f"没有改号方案 {plan_id}", code="renumbering-plan-not-found")
        return found[0]

    def heads(
        self,
        after: UUID | None,
        limit: int,
        place_id: UUID | None = None,
        scope: str | None = None,
        stage: str | None = None,
    ) -> list[RenumberingHead]:
        """Plans by id, oldest first; only those of places in a division whose code starts with ``scope``."""
        return self._heads(after=after, limit=limit, place=place_id, scope=scope, stage=stage)

    def _heads(self, **given: Any) -> list[RenumberingHead]:
        absent = dict.fromkeys(("plan", "after", "place", "scope", "stage"))
        args = {"county": self._county, **absent, "limit": 1}
        rows = self._conn.execute(text(_HEADS), {**args, **given}).mappings()
        return [RenumberingHead(**row) for row in rows]

    def changes(self, plan_id: UUID) -> list[RenumberingChange]:
        """The changes of a plan in order of the number given up."""
        c = renumbering_change.c
        named = (c[name] for name in _COLUMNS[2:] if name != "gate")
        query = (
            select(*named, address.c.code, func.ST_X(c.gate).label("lon"), func.ST_Y(c.gate).label("lat"))
            .join(address, (address.c.county_code == c.county_code) & (address.c.id == c.address_id))
            .where(c.county_code == self._county, c.plan_id == plan_id)
            .order_by(c.position)
        )
        return [_change(row) for row in self._conn.execute(query)]

    def decide(self, plan_id: UUID, verdict: Verdict, now: datetime) -> None:
        """Record that a plan was committed or dropped, and by whom."""
        self._conn.execute(
            update(renumbering_plan)
            .where(renumbering_plan.c.county_code == self._county, renumbering_plan.c.id == plan_id)
            .values(
                stage=verdict.stage,
                decree_no=verdict.decree_no,
                effective_on=verdict.effective_on,
                event_id=verdict.event_id,
                decided_by=verdict.decided_by,
                decided_at=now,
            )
        )


_COLUMNS = (
    "county_code",
    "plan_id",
    "position",
    "address_id",
    "before_main",
    "before_sub",
    "after_main",
    "after_sub",
    "old_text",
    "new_text",
    "rooms",
    "reclaims",
    "before_line",
    "side",
    "offset_m",
    "policy_id",
    "gate",
    "reasons",
)


def _change(row: Any) -> RenumberingChange:
    return RenumberingChange(
        position=row.position,
        address_id=row.address_id,
        code=row.code,
        before=DoorNumber(row.before_main, row.before_sub),
        after=DoorNumber(row.after_main, row.after_sub),
        old_text=row.old_text,
        new_text=row.new_text,
        rooms=tuple(NewText(**{**room, "address_id": UUID(room["address_id"])}) for room in row.rooms),
        reclaims=row.reclaims,
        before_line=row.before_line,
        side=Side(row.side) if row.side else None,
        offset_m=row.offset_m,
        policy_id=row.policy_id,
        lon=row.lon,
        lat=row.lat,
        reasons=tuple(row.reasons),
    )

"""Numbering policies by version, and numbering plans with their items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, func, insert, select, text, update

from address_service.errors import NotFound
from address_service.model.numbers import DoorNumber, Side
from address_service.store.bulk import copy_rows, json_text
from address_service.store.ids import new_id
from address_service.store.locks import hold
from address_service.store.tables.divisions import division_version
from address_service.store.tables.numbering import numbering_plan, numbering_plan_item, numbering_policy
from address_service.store.tables.places import place_version


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One line of a plan: a door with its houses, or a number to reserve.

    ``lon, lat`` is the gate in EPSG:4490; ``reasons`` are JSON objects with ``code`` and Chinese ``text``.
    """

    position: int
    kind: str
    building_ids: tuple[UUID, ...]
    construction_plan_id: UUID | None
    number: DoorNumber
    kept: bool
    side: Side | None
    offset_m: float | None
    lon: float | None
    lat: float | None
    reasons: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class PlanHead:
    """A plan without its items."""

    id: UUID
    place_id: UUID
    place: str
    policy_id: UUID
    policy_name: str
    policy_version: int
    parameters: Mapping[str, Any]
    stage: str
    ledger_digest: UUID
    summary: Mapping[str, Any]
    actor_id: UUID
    created_at: datetime
    decided_at: datetime | None


def _latest(table: Table, key: str, wanted: Any) -> Any:
    """The id of the last version of a place or a division; of one that has ended, the one that it ended with."""
    x = table.alias().c
    found = select(x.id).where(
        x.county_code == table.c.county_code, x[key] == wanted, func.upper_inf(x.recorded)
    )
    return found.order_by(x.valid.desc()).limit(1).scalar_subquery()


class NumberingPlanRepository:
    """Policies and plans of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def policy_version(self, name: str, parameters: Mapping[str, Any], actor_id: UUID) -> UUID:
        """The id of a policy with just these parameters: the latest version if they are unchanged, else a new one."""
        latest = self._latest(name)
        if latest is None or latest.parameters != dict(parameters):
            hold(self._conn, self._county, f"policy {name}")
            latest = self._latest(name)
        if latest is not None and latest.parameters == dict(parameters):
            return UUID(str(latest.id))
        policy_id = new_id()
        self._conn.execute(
            insert(numbering_policy).values(
                county_code=self._county,
                id=policy_id,
                name=name,
                version=latest.version + 1 if latest else 1,
                parameters=dict(parameters),
                actor_id=actor_id,
            )
        )
        return policy_id

    def latest_parameters(self, name: str) -> Mapping[str, Any] | None:
        """Parameters of the latest version of a policy."""
        latest = self._latest(name)
        return dict(latest.parameters) if latest is not None else None

    def _latest(self, name: str) -> Any:
        return self._conn.execute(_LATEST_POLICY, {"county": self._county, "name": name}).first()

    def parameters(self, policy_id: UUID) -> Mapping[str, Any]:
        """Parameters of one version of a policy."""
        c = numbering_policy.c
        query = select(c.parameters).where(c.county_code == self._county, c.id == policy_id)
        return dict(self._conn.execute(query).scalar_one())

    def add(
        self,
        place_id: UUID,
        policy_id: UUID,
        ledger_digest: UUID,
        summary: Mapping[str, Any],
        items: Sequence[PlanItem],
        actor_id: UUID,
    ) -> UUID:
        """Store a dry run."""
        plan_id = new_id()
        self._conn.execute(
            insert(numbering_plan).values(
                county_code=self._county,
                id=plan_id,
                place_id=place_id,
                policy_id=policy_id,
                stage="draft",
                ledger_digest=ledger_digest,
                summary=dict(summary),
                actor_id=actor_id,
            )
        )
        rows = (self._item_row(str(plan_id), item) for item in items)
        copy_rows(self._conn, numbering_plan_item, _ITEM_COLUMNS, rows)
        return plan_id

    def _item_row(self, plan_id: str, item: PlanItem) -> tuple[object, ...]:
        gate = f"SRID=4490;POINT({item.lon!r} {item.lat!r})" if item.lon is not None else None
        return (
            self._county,
            plan_id,
            item.position,
            item.kind,
            list(item.building_ids),
            item.construction_plan_id,
            item.number.main,
            item.number.sub,
            item.kept,
            item.side,
            item.offset_m,
            gate,
            json_text(item.reasons),
        )

    def head(self, plan_id: UUID, *, lock: bool = False) -> PlanHead:
        """A plan without its items; raises NotFound. With ``lock``, nobody else decides on it meanwhile."""
        if lock:
            hold(self._conn, self._county, f"numbering-plan {plan_id}")
        row = self._conn.execute(self._heads().where(numbering_plan.c.id == plan_id)).mappings().first()
        if row is None:
            raise NotFound(f"没有编号方案 {plan_id}", code="numbering-plan-not-found")
        return PlanHead(**row)

    def heads(
        self, after: UUID | None, limit: int, place_id: UUID | None = None, scope: str | None = None
    ) -> list[PlanHead]:
        """Plans by id, newest last; only those of places in a division whose code starts with ``scope``."""
        query = self._heads().order_by(numbering_plan.c.id).limit(limit)
        if after:
            query = query.where(numbering_plan.c.id > after)
        if place_id:
            query = query.where(numbering_plan.c.place_id == place_id)
        if scope is not None:
            d, v = division_version.c, place_version.c
            within = (d.county_code == v.county_code) & (d.division_id == v.division_id)
            latest = _latest(division_version, "division_id", v.division_id)
            query = query.join(division_version, within).where(d.id == latest, d.code_nbs.startswith(scope))
        return [PlanHead(**row) for row in self._conn.execute(query).mappings()]

    def _heads(self) -> Any:
        p, q, v = numbering_plan.c, numbering_policy.c, place_version.c
        return (
            select(
                p.id,
                p.place_id,
                v.name.label("place"),
                p.policy_id,
                q.name.label("policy_name"),
                q.version.label("policy_version"),
                q.parameters,
                p.stage,
                p.ledger_digest,
                p.summary,
                p.actor_id,
                p.created_at,
                p.decided_at,
            )
            .join(numbering_policy, (q.county_code == p.county_code) & (q.id == p.policy_id))
            .join(place_version, (v.county_code == p.county_code) & (v.place_id == p.place_id))
            .where(p.county_code == self._county, v.id == _latest(place_version, "place_id", p.place_id))
        )

    def items(self, plan_id: UUID) -> list[PlanItem]:
        """The lines of a plan in walking order."""
        c = numbering_plan_item.c
        query = (
            select(
                *(c[name] for name in _ITEM_COLUMNS[2:] if name != "gate"),
                func.ST_X(c.gate).label("lon"),
                func.ST_Y(c.gate).label("lat"),
            )
            .where(c.county_code == self._county, c.plan_id == plan_id)
            .order_by(c.position)
        )
        return [_item(row) for row in self._conn.execute(query)]

    def decide(self, plan_id: UUID, stage: str, now: datetime) -> None:
        """Mark a plan as committed or dropped."""
        self._conn.execute(
            update(numbering_plan)
            .where(numbering_plan.c.county_code == self._county, numbering_plan.c.id == plan_id)
            .values(stage=stage, decided_at=now)
        )


_LATEST_POLICY = text(
    """
    SELECT id, version, parameters FROM numbering_policy WHERE county_code = :county AND name = :name
    ORDER BY version DESC LIMIT 1
    """
)

_ITEM_COLUMNS = (
    "county_code",
    "plan_id",
    "position",
    "kind",
    "building_ids",
    "construction_plan_id",
    "main",
    "sub",
    "kept",
    "side",
    "offset_m",
    "gate",
    "reasons",
)


def _item(row: Any) -> PlanItem:
    return PlanItem(
        position=row.position,
        kind=row.kind,
        building_ids=tuple(row.building_ids),
        construction_plan_id=row.construction_plan_id,
        number=DoorNumber(row.main, row.sub),
        kept=row.kept,
        side=Side(row.side) if row.side else None,
        offset_m=row.offset_m,
        lon=row.lon,
        lat=row.lat,
        reasons=tuple(row.reasons),
    )

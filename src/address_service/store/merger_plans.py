"""Plans of mergers and splits (区划变更方案) with the decisions made on their collisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, text, update

from address_service.coding.merger.collisions import Choice, ChoiceKind
from address_service.errors import NotFound
from address_service.store.ids import new_id
from address_service.store.locks import hold
from address_service.store.tables.mergers import (
    division_change_choice,
    division_change_party,
    division_change_plan,
)


@dataclass(frozen=True, slots=True)
class NewDivisionChange:
    """A plan about to be kept; ``parties`` are the villages by what becomes of them: ends, absorbs, is_split."""

    kind: str
    title: str
    effective_on: date
    asked: Mapping[str, Any]
    undoes: UUID | None
    seen_digest: UUID
    summary: Mapping[str, Any]
    parties: Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class DivisionChangeHead:
    """A plan with its dry run; ``village_codes`` are those of the villages concerned when it was drawn."""

    id: UUID
    kind: str
    stage: str
    title: str
    effective_on: date
    asked: Mapping[str, Any]
    undoes: UUID | None
    undone_by: tuple[UUID, ...]
    seen_digest: UUID
    summary: Mapping[str, Any]
    village_codes: tuple[str, ...]
    actor_id: UUID
    drawn_by: str
    created_at: datetime
    decree_no: str | None
    event_id: UUID | None
    successor_id: UUID | None
    decided_by: str | None
    decided_at: datetime | None


_HEADS = """
SELECT p.id, p.kind, p.stage, p.title, p.effective_on, p.asked, p.undoes, p.seen_digest, p.summary, p.actor_id,
       drawer.name AS drawn_by, p.created_at, p.decree_no, p.event_id, p.successor_id, decider.name AS decided_by,
       p.decided_at, c.codes AS village_codes,
       ARRAY(SELECT x.id FROM division_change_plan x WHERE x.county_code = p.county_code AND x.undoes = p.id
             AND x.stage = 'committed' ORDER BY x.id) AS undone_by
FROM division_change_plan p
JOIN account drawer ON drawer.county_code = p.county_code AND drawer.id = p.actor_id
LEFT JOIN account decider ON decider.county_code = p.county_code AND decider.id = p.decided_by
CROSS JOIN LATERAL (
    SELECT array_agg(DISTINCT v.code_nbs ORDER BY v.code_nbs) AS codes FROM division_change_party y
    JOIN division_version v ON v.county_code = y.county_code AND v.division_id = y.division_id AND upper_inf(v.recorded)
    WHERE y.county_code = p.county_code AND y.plan_id = p.id) c
WHERE p.county_code = :county AND (CAST(:plan AS uuid) IS NULL OR p.id = :plan)
  AND (CAST(:after AS uuid) IS NULL OR p.id > :after)
  AND (CAST(:stage AS text) IS NULL OR p.stage = :stage)
  AND (CAST(:scope AS text) IS NULL
       OR NOT EXISTS (SELECT FROM unnest(c.codes) code WHERE NOT starts_with(code, :scope)))
ORDER BY p.id LIMIT :limit
"""

_CHOICES = """
SELECT DISTINCT ON (subject_id) subject_id, kind, name, into_id, actor_id FROM division_change_choice
WHERE county_code = :county AND plan_id = :plan ORDER BY subject_id, position DESC
"""


class DivisionChangeRepository:
    """Plans of mergers and splits of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def add(self, plan: NewDivisionChange, actor_id: UUID, now: datetime) -> UUID:
        """Keep a draft."""
        plan_id = new_id()
        self._conn.execute(
            insert(division_change_plan).values(
                county_code=self._county,
                id=plan_id,
                kind=plan.kind,
                stage="draft",
                title=plan.title,
                effective_on=plan.effective_on,
                asked=dict(plan.asked),
                undoes=plan.undoes,
                seen_digest=plan.seen_digest,
                summary=dict(plan.summary),
                actor_id=actor_id,
                created_at=now,
            )
        )
        rows = [
            {"county_code": self._county, "plan_id": plan_id, "division_id": key, "part": part}
            for key, part in plan.parties.items()
        ]
        self._conn.execute(insert(division_change_party), rows)
        return plan_id

    def head(self, plan_id: UUID, *, lock: bool = False) -> DivisionChangeHead:
        """A plan; raises NotFound. With ``lock``, nobody else decides on it meanwhile."""
        if lock:
            hold(self._conn, self._county, f"division-change {plan_id}")
        found = self._heads(plan=plan_id)
        if not found:
            raise NotFound(f"没有区划变更方案 {plan_id}", code="division-change-not-found")
        return found[0]

    def heads(
        self, after: UUID | None, limit: int, stage: str | None = None, scope: str | None = None
    ) -> list[DivisionChangeHead]:
        """Plans by id, oldest first; only those whose villages all have codes that start with ``scope``."""
        return self._heads(after=after, limit=limit, stage=stage, scope=scope)

    def _heads(self, **given: Any) -> list[DivisionChangeHead]:
        args = {"county": self._county, "plan": None, "after": None, "stage": None, "scope": None, "limit": 1}
        rows = self._conn.execute(text(_HEADS), {**args, **given}).mappings()
        return [
            DivisionChangeHead(
                **{
                    **row,
                    "undone_by": tuple(row["undone_by"]),
                    "village_codes": tuple(row["village_codes"] or ()),
                }
            )
            for row in rows
        ]

    def choices(self, plan_id: UUID) -> dict[UUID, Choice]:
        """What was decided last of each subject."""
        rows = self._conn.execute(text(_CHOICES), {"county": self._county, "plan": plan_id})
        return {r.subject_id: Choice(r.subject_id, ChoiceKind(r.kind), r.name, r.into_id) for r in rows}

    def deciders(self, plan_id: UUID) -> set[UUID]:
        """The accounts whose decisions are in force."""
        rows = self._conn.execute(text(_CHOICES), {"county": self._county, "plan": plan_id})
        return {row.actor_id for row in rows}

    def choose(self, plan_id: UUID, choices: Sequence[Choice], actor_id: UUID, now: datetime) -> None:
        """Record decisions; earlier ones stay on record, and one that is in force already remains whose it was."""
        known = self.choices(plan_id)
        choices = [choice for choice in choices if known.get(choice.subject_id) != choice]
        query = text(
            "SELECT coalesce(max(position), 0) FROM division_change_choice"
            " WHERE county_code = :county AND plan_id = :plan"
        )
        last = int(self._conn.execute(query, {"county": self._county, "plan": plan_id}).scalar_one())
        rows = [
            {
                "county_code": self._county,
                "plan_id": plan_id,
                "position": position,
                "subject_id": choice.subject_id,
                "kind": choice.kind,
                "name": choice.name,
                "into_id": choice.into,
                "actor_id": actor_id,
                "recorded_at": now,
            }
            for position, choice in enumerate(choices, start=last + 1)
        ]
        if rows:
            self._conn.execute(insert(division_change_choice), rows)

    def redraw(self, plan_id: UUID, digest: UUID, summary: Mapping[str, Any]) -> None:
        """Keep the dry run by the choices made since."""
        self._update(plan_id, {"seen_digest": digest, "summary": dict(summary)})

    def commit(self, plan_id: UUID, verdict: Mapping[str, Any]) -> None:
        """Record that a plan was committed, by which decree and what came of it."""
        self._update(plan_id, {"stage": "committed", **verdict})

    def drop(self, plan_id: UUID, actor_id: UUID, now: datetime) -> None:
        """Record that a plan was put aside."""
        self._update(plan_id, {"stage": "dropped", "decided_by": actor_id, "decided_at": now})

    def _update(self, plan_id: UUID, values: Mapping[str, Any]) -> None:
        c = division_change_plan.c
        where = (c.county_code == self._county, c.id == plan_id)
        self._conn.execute(update(division_change_plan).where(*where).values(dict(values)))

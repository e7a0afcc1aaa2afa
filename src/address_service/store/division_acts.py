"""Acts on single divisions and names: asked for by one, decided by another."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, text, update

from address_service.errors import NotFound
from address_service.store.ids import new_id
from address_service.store.locks import hold
from address_service.store.tables.divisions import division_act


@dataclass(frozen=True, slots=True)
class NewDivisionAct:
    """An act to be kept as a plan; ``codes`` are the divisions concerned."""

    kind: str
    division_id: UUID | None
    place_id: UUID | None
    proposal_id: UUID | None
    codes: Sequence[str]
    request: Mapping[str, Any]
    effective_on: date
    note: str
    seen_digest: UUID
    summary: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DivisionActHead:
    """An act asked for, and how it was decided."""

    id: UUID
    kind: str
    stage: str
    division_id: UUID | None
    place_id: UUID | None
    proposal_id: UUID | None
    codes: tuple[str, ...]
    request: Mapping[str, Any]
    effective_on: date
    note: str
    seen_digest: UUID
    summary: Mapping[str, Any]
    actor_id: UUID
    drawn_by: str
    created_at: datetime
    decree_no: str | None
    event_id: UUID | None
    decided_by: str | None
    decided_at: datetime | None


class DivisionActRepository:
    """Acts of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def add(self, act: NewDivisionAct, actor_id: UUID, now: datetime) -> UUID:
        """Keep what is asked for."""
        act_id = new_id()
        self._conn.execute(
            insert(division_act).values(
                county_code=self._county,
                id=act_id,
                kind=act.kind,
                stage="planned",
                division_id=act.division_id,
                place_id=act.place_id,
                proposal_id=act.proposal_id,
                codes=list(act.codes),
                request=dict(act.request),
                effective_on=act.effective_on,
                note=act.note,
                seen_digest=act.seen_digest,
                summary=dict(act.summary),
                actor_id=actor_id,
                created_at=now,
            )
        )
        return act_id

    def decide(self, act_id: UUID, stage: str, decided_by: UUID, now: datetime, **terms: Any) -> None:
        """Write how it was decided; ``terms`` are decree, event and the division made of a commit."""
        c = division_act.c
        self._conn.execute(
            update(division_act)
            .where(c.county_code == self._county, c.id == act_id)
            .values(stage=stage, decided_by=decided_by, decided_at=now, **terms)
        )

    def head(self, act_id: UUID, *, lock: bool = False) -> DivisionActHead:
        """One act; raises NotFound `division-act-not-found`. With ``lock``, nobody else decides on it meanwhile."""
        if lock:
            hold(self._conn, self._county, f"division-act {act_id}")
        found = self._heads(only=act_id)
        if not found:
            raise NotFound(f"没有区划地名变更 {act_id}", code="division-act-not-found")
        return found[0]

    def heads(
        self, after: UUID | None, limit: int, stage: str | None = None, scope: str | None = None
    ) -> list[DivisionActHead]:
        """Acts by age; only those that concern a division whose code starts with ``scope``."""
        return self._heads(after=after, limit=limit, stage=stage, scope=scope)

    def of_proposal(self, proposal_id: UUID) -> DivisionActHead | None:
        """The act that carries a proposal out, planned or committed; nobody else draws one until commit."""
        hold(self._conn, self._county, f"division-proposal {proposal_id}")
        found = self._heads(proposal=proposal_id)
        return found[0] if found else None

    def digest(
        self, division_ids: Collection[UUID], within: UUID | None, place_ids: Collection[UUID]
    ) -> UUID:
        """Changes whenever one of the divisions, one within ``within`` or one of the places does."""
        args = {
            "county": self._county,
            "ids": list(division_ids),
            "within": within,
            "places": list(place_ids),
        }
        seen = [str(key) for key in sorted(division_ids)]
        seen += [str(key) for key in self._conn.execute(text(_SEEN), args).scalars()]
        return UUID(bytes=blake2b("\n".join(seen).encode(), digest_size=16).digest())

    def _heads(self, **given: Any) -> list[DivisionActHead]:
        absent = dict.fromkeys(("only", "after", "stage", "scope", "proposal"))
        args = {"county": self._county, **absent, "limit": 1}
        rows = self._conn.execute(text(_HEADS), {**args, **given}).mappings()
        return [DivisionActHead(**{**row, "codes": tuple(row["codes"])}) for row in rows]


_HEADS = """
SELECT a.id, a.kind, a.stage, a.division_id, a.place_id, a.proposal_id, a.codes, a.request, a.effective_on, a.note,
       a.seen_digest, a.summary, a.actor_id, drawer.name AS drawn_by, a.created_at, a.decree_no, a.event_id,
       decider.name AS decided_by, a.decided_at
FROM division_act a
JOIN account drawer ON drawer.county_code = a.county_code AND drawer.id = a.actor_id
LEFT JOIN account decider ON decider.county_code = a.county_code AND decider.id = a.decided_by
WHERE a.county_code = :county AND (CAST(:only AS uuid) IS NULL OR a.id = :only)
  AND (CAST(:after AS uuid) IS NULL OR a.id > :after)
  AND (CAST(:stage AS text) IS NULL OR a.stage = :stage)
  AND (CAST(:proposal AS uuid) IS NULL OR (a.proposal_id = :proposal AND a.stage <> 'dropped'))
  AND (CAST(:scope AS text) IS NULL OR EXISTS (SELECT FROM unnest(a.codes) code WHERE starts_with(code, :scope)))
ORDER BY a.id LIMIT :limit
"""

_SEEN = """
SELECT id FROM division_version WHERE county_code = :county AND upper_inf(recorded)
  AND (division_id = ANY(CAST(:ids AS uuid[])) OR parent_id = CAST(:within AS uuid))
UNION ALL
SELECT id FROM place_version
WHERE county_code = :county AND upper_inf(recorded) AND place_id = ANY(CAST(:places AS uuid[]))
ORDER BY id
"""

"""Acts on single addresses: asked for by one, decided by another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, text, update

from address_service.errors import NotFound
from address_service.model.numbers import DoorNumber
from address_service.store.ids import new_id
from address_service.store.tables.addresses import address_change


@dataclass(frozen=True, slots=True)
class AddressChangeHead:
    """An act asked for, and how it was decided."""

    id: UUID
    kind: str
    stage: str
    place_id: UUID
    village_code: str
    address_id: UUID | None
    code: str | None
    full_text: str | None
    details: Mapping[str, Any]
    seen_digest: UUID
    note: str
    actor_id: UUID
    drawn_by: str
    created_at: datetime
    decree_no: str | None
    effective_on: date | None
    event_id: UUID | None
    decided_by: str | None
    decided_at: datetime | None


class AddressChangeRepository:
    """Acts of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def add(
        self,
        kind: str,
        place_id: UUID,
        address_id: UUID | None,
        details: Mapping[str, Any],
        digest: UUID,
        note: str,
        actor_id: UUID,
        now: datetime,
    ) -> UUID:
        """Keep what is asked for."""
        change_id = new_id()
        self._conn.execute(
            insert(address_change).values(
                county_code=self._county,
                id=change_id,
                kind=kind,
                stage="draft",
                place_id=place_id,
                address_id=address_id,
                details=dict(details),
                seen_digest=digest,
                note=note,
                actor_id=actor_id,
                created_at=now,
            )
        )
        return change_id

    def decide(self, change_id: UUID, stage: str, decided_by: UUID, now: datetime, **terms: Any) -> None:
        """Write how it was decided; ``terms`` are decree, day and event of a commit."""
        c = address_change.c
        self._conn.execute(
            update(address_change)
            .where(c.county_code == self._county, c.id == change_id)
            .values(stage=stage, decided_by=decided_by, decided_at=now, **terms)
        )

    def head(self, change_id: UUID, *, lock: bool = False) -> AddressChangeHead:
        """One act; raises NotFound. ``lock`` holds it until commit."""
        if lock:
            c = address_change.c
            held = address_change.select().where(c.county_code == self._county, c.id == change_id)
            self._conn.execute(held.with_for_update(key_share=False))
        found = self.heads(None, 1, None, change_id)
        if not found:
            raise NotFound(f"没有地址变更 {change_id}", code="address-change-not-found")
        return found[0]

    def heads(
        self,
        after: UUID | None,
        limit: int,
        scope: str | None,
        only: UUID | None = None,
        stage: str | None = None,
    ) -> list[AddressChangeHead]:
        """Acts by age, of divisions whose codes start with ``scope``."""
        args = {"county": self._county, "after": after, "limit": limit, "scope": scope, "only": only}
        args["stage"] = stage
        return [AddressChangeHead(**row) for row in self._conn.execute(text(_HEADS), args).mappings()]

    def digest(
        self,
        address_ids: Sequence[UUID],
        place_id: UUID,
        numbers: Sequence[DoorNumber],
        building_ids: Sequence[UUID],
    ) -> UUID:
        """Changes whenever one of the addresses, its rooms or houses, one of the numbers or of the houses does."""
        args = {"county": self._county, "ids": list(address_ids), "place": place_id}
        seen = [str(row.id) for row in self._conn.execute(text(_VERSIONS), args)]
        args |= {"mains": [n.main for n in numbers], "subs": [n.sub for n in numbers]}
        seen += [f"{r.main}-{r.sub} {r.state} {r.holder_id}" for r in self._conn.execute(text(_LEDGER), args)]
        args["houses"] = list(building_ids)
        seen += [f"{r.address_id} {r.building_id}" for r in self._conn.execute(text(_BEHIND), args)]
        return UUID(bytes=blake2b("\n".join(seen).encode(), digest_size=16).digest())


_HEADS = """
SELECT c.id, c.kind, c.stage, c.place_id, d.code_nbs AS village_code, c.address_id, a.code, v.full_text, c.details,
       c.seen_digest, c.note, c.actor_id, drawer.name AS drawn_by, c.created_at, c.decree_no, c.effective_on,
       c.event_id, decider.name AS decided_by, c.decided_at
FROM address_change c
JOIN LATERAL (SELECT n.division_id FROM place_version n WHERE n.county_code = c.county_code AND n.place_id = c.place_id
    AND upper_inf(n.recorded) ORDER BY lower(n.valid) DESC LIMIT 1) p ON true
JOIN LATERAL (SELECT n.code_nbs FROM division_version n WHERE n.county_code = c.county_code
    AND n.division_id = p.division_id AND upper_inf(n.recorded) ORDER BY lower(n.valid) DESC LIMIT 1) d ON true
JOIN account drawer ON drawer.county_code = c.county_code AND drawer.id = c.actor_id
LEFT JOIN account decider ON decider.county_code = c.county_code AND decider.id = c.decided_by
LEFT JOIN address a ON a.county_code = c.county_code AND a.id = c.address_id
LEFT JOIN LATERAL (SELECT n.full_text FROM address_version n WHERE n.county_code = c.county_code
    AND n.address_id = c.address_id AND upper_inf(n.recorded) ORDER BY lower(n.valid) DESC LIMIT 1) v ON true
WHERE c.county_code = :county AND (CAST(:only AS uuid) IS NULL OR c.id = :only)
  AND (CAST(:after AS uuid) IS NULL OR c.id > :after)
  AND (CAST(:stage AS text) IS NULL OR c.stage = :stage)
  AND (CAST(:scope AS text) IS NULL OR d.code_nbs LIKE :scope || '%')
ORDER BY c.id LIMIT :limit
"""

_VERSIONS = """
SELECT v.id FROM address a
JOIN address_version v ON v.county_code = a.county_code AND v.address_id = a.id AND upper_inf(v.recorded)
WHERE a.county_code = :county AND (a.id = ANY(CAST(:ids AS uuid[])) OR a.parent_id = ANY(CAST(:ids AS uuid[])))
ORDER BY v.id
"""

_BEHIND = """
SELECT address_id, building_id FROM address_building
WHERE county_code = :county AND upper_inf(recorded) AND upper_inf(valid)
  AND (address_id = ANY(CAST(:ids AS uuid[])) OR building_id = ANY(CAST(:houses AS uuid[])))
ORDER BY address_id, building_id
"""

_LEDGER = """
SELECT d.main, d.sub, d.state, d.holder_id FROM door_number d
JOIN unnest(CAST(:mains AS int[]), CAST(:subs AS int[])) AS n (main, sub) ON n.main = d.main AND n.sub = d.sub
WHERE d.county_code = :county AND d.place_id = :place ORDER BY d.main, d.sub
"""

"""Batches of plates and the plates in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy import ColumnElement, Connection, func, insert, select, text, update

from address_service.errors import Conflict, NotFound
from address_service.model.plates import BatchStage, PlateStage
from address_service.store.bulk import copy_rows
from address_service.store.ids import new_id
from address_service.store.locks import hold
from address_service.store.plate_replacement import CAME_DOWN
from address_service.store.tables.divisions import division_version
from address_service.store.tables.plates import plate, plate_batch


@dataclass(frozen=True, slots=True)
class Door:
    """A current address that wants a plate, with the words that go on it; ``inside`` is empty but for rooms."""

    address_id: UUID
    code: str
    full_text: str
    place_kind: str
    place: str
    village: str
    main: int
    sub: int
    sub_style: str
    zero_pad: int
    inside: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class NewPlate:
    """A plate to be ordered; ``position`` is its place in walking order and its page."""

    address_id: UUID
    token: str
    position: int
    name_text: str
    number_text: str


@dataclass(frozen=True, slots=True)
class PrintedPlate:
    """A plate of a batch as the print needs it."""

    position: int
    token: str
    name_text: str
    number_text: str
    code: str
    full_text: str
    stage: str
    lon: float
    lat: float


def _ordered_within(scope: str) -> ColumnElement[bool]:
    """A batch without a division was ordered for the whole county, and lies within no part of it."""
    d = division_version.c
    return (
        select(d.id)
        .where(
            d.county_code == plate_batch.c.county_code,
            d.division_id == plate_batch.c.division_id,
            func.upper_inf(d.recorded),
            d.code_nbs.startswith(scope),
        )
        .exists()
    )


class PlateRepository:
    """Plates of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def doors_without_plate(
        self,
        profile: str,
        village_code: str | None,
        place_id: UUID | None,
        codes: Sequence[str] | None = None,
    ) -> list[Door]:
        """Current doors that have neither a good plate on the wall nor one on order, in walking order.

        Of addresses listed by ``codes`` all that have none on order, rooms and what the survey found good included.
        Streets go along one side, then along the other; areas as they are walked, which kept numbers need not follow.
        """
        args: dict[str, Any] = {"profile": profile, "village": village_code, "place": place_id}
        args |= {"county": self._county, "codes": list(codes) if codes is not None else None}
        return [Door(**row) for row in self._conn.execute(text(_DOORS), args).mappings()]

    def lock_ordering(self) -> None:
        """Let one order at a time choose its doors and its batch number."""
        hold(self._conn, self._county, "plate-order")

    def next_batch_no(self, day: str) -> str:
        """The next batch number of a day, ``20260302-01``; call under `lock_ordering`."""
        count = text("SELECT count(*) FROM plate_batch WHERE county_code = :c AND batch_no LIKE :day || '-%'")
        number = int(self._conn.execute(count, {"c": self._county, "day": day}).scalar_one()) + 1
        return f"{day}-{number:02d}"

    def add_batch(
        self,
        *,
        batch_no: str,
        division_id: UUID | None,
        place_id: UUID | None,
        profile: str,
        plates: Sequence[NewPlate],
        actor_id: UUID,
        now: datetime,
    ) -> UUID:
        """Store an order with its plates; raises Conflict when a door has a plate of this profile already."""
        batch_id = new_id()
        self._conn.execute(
            insert(plate_batch).values(
                county_code=self._county,
                id=batch_id,
                batch_no=batch_no,
                division_id=division_id,
                place_id=place_id,
                profile=profile,
                stage="ordered",
                plate_count=len(plates),
                actor_id=actor_id,
                created_at=now,
            )
        )
        columns = (
            "county_code",
            "id",
            "address_id",
            "batch_id",
            "profile",
            "token",
            "position",
            "stage",
            "name_text",
            "number_text",
            "changed_at",
        )
        values = (
            (
                self._county,
                new_id(),
                p.address_id,
                batch_id,
                profile,
                p.token,
                p.position,
                PlateStage.ORDERED,
                p.name_text,
                p.number_text,
                now,
            )
            for p in plates
        )
        try:
            with self._conn.begin_nested():
                copy_rows(self._conn, plate, columns, values)
        except UniqueViolation as error:
            raise Conflict("部分门户已在其他批次中订制门牌", code="plate-already-ordered") from error
        return batch_id

    def batch(self, batch_id: UUID) -> dict[str, Any]:
        """A batch as plain values; raises NotFound."""
        row = self._conn.execute(
            select(plate_batch).where(plate_batch.c.county_code == self._county, plate_batch.c.id == batch_id)
        ).mappings()
        found = row.first()
        if found is None:
            raise NotFound(f"没有门牌批次 {batch_id}", code="plate-batch-not-found")
        return dict(found)

    def batch_by_no(self, batch_no: str) -> dict[str, Any]:
        """A batch by the number people use; raises NotFound."""
        query = select(plate_batch.c.id).where(
            plate_batch.c.county_code == self._county, plate_batch.c.batch_no == batch_no
        )
        found = self._conn.execute(query).scalar()
        if found is None:
            raise NotFound(f"没有门牌批次 {batch_no}", code="plate-batch-not-found")
        return self.batch(found)

    def is_within(self, batch_id: UUID, scope: str) -> bool:
        """Whether a batch was ordered for a division whose code starts so."""
        query = select(plate_batch.c.id).where(
            plate_batch.c.county_code == self._county, plate_batch.c.id == batch_id, _ordered_within(scope)
        )
        return self._conn.execute(query).first() is not None

    def batches(self, after: UUID | None, limit: int, scope: str | None = None) -> list[dict[str, Any]]:
        """Batches by id, oldest first; only those ordered for a division whose code starts with ``scope``."""
        query = (
            select(plate_batch).where(plate_batch.c.county_code == self._county).order_by(plate_batch.c.id)
        )
        if after:
            query = query.where(plate_batch.c.id > after)
        if scope is not None:
            query = query.where(_ordered_within(scope))
        return [dict(row) for row in self._conn.execute(query.limit(limit)).mappings()]

    def printed(self, batch_id: UUID) -> list[PrintedPlate]:
        """The plates of a batch in walking order."""
        args = {"county": self._county, "batch": batch_id}
        return [PrintedPlate(**row) for row in self._conn.execute(text(_PRINTED), args).mappings()]

    def page(
        self, after: UUID | None, limit: int, batch_id: UUID | None, village: str | None
    ) -> list[dict[str, Any]]:
        """Plates by id with the address behind each."""
        args = {"county": self._county, "after": after, "limit": limit, "batch": batch_id, "village": village}
        return [dict(row) for row in self._conn.execute(text(_PAGE), args).mappings()]

    def finish_batch(
        self, batch_id: UUID, stage: str, preflight: Sequence[Mapping[str, Any]], files: Mapping[str, Any]
    ) -> None:
        """Record how the print went; the plates of a failed batch are not made, so that they can be ordered anew."""
        self._conn.execute(
            update(plate_batch)
            .where(plate_batch.c.county_code == self._county, plate_batch.c.id == batch_id)
            .values(stage=stage, preflight=[dict(p) for p in preflight], files=dict(files))
        )
        if stage == BatchStage.FAILED:
            self._conn.execute(
                update(plate)
                .where(plate.c.county_code == self._county, plate.c.batch_id == batch_id)
                .values(stage=PlateStage.SKIPPED)
            )


_DOORS = f"""
SELECT a.id AS address_id, a.code, v.full_text, p.kind AS place_kind, dv.name AS village,
       coalesce(outer_place.name, '') || CASE p.kind WHEN 'village' THEN '' ELSE pv.name END AS place,
       v.main, v.sub, coalesce(q.parameters ->> 'sub_style', 'attached') AS sub_style,
       coalesce(CAST(q.parameters ->> 'zero_pad' AS integer), 0) AS zero_pad,
       v.building_label || v.unit_label || v.floor_label || v.room_label AS inside,
       ST_X(v.position) AS lon, ST_Y(v.position) AS lat
FROM address_version v
JOIN address a ON a.county_code = v.county_code AND a.id = v.address_id
JOIN place p ON p.county_code = v.county_code AND p.id = v.place_id
JOIN place_version pv ON pv.county_code = v.county_code AND pv.place_id = v.place_id
    AND upper_inf(pv.recorded) AND upper_inf(pv.valid)
LEFT JOIN place_version outer_place ON outer_place.county_code = pv.county_code
    AND outer_place.place_id = pv.parent_place_id AND upper_inf(outer_place.recorded) AND upper_inf(outer_place.valid)
JOIN division_version dv ON dv.county_code = v.county_code AND dv.division_id = v.division_id
    AND upper_inf(dv.recorded) AND upper_inf(dv.valid)
LEFT JOIN door_number d ON d.county_code = v.county_code AND d.place_id = v.place_id
    AND d.holder_id = coalesce(a.parent_id, a.id)
LEFT JOIN numbering_policy q ON q.county_code = d.county_code AND q.id = d.policy_id
WHERE v.county_code = :county AND v.stage = 'current' AND upper_inf(v.recorded) AND upper_inf(v.valid)
  AND CASE WHEN CAST(:codes AS text[]) IS NULL THEN a.parent_id IS NULL ELSE a.code = ANY(CAST(:codes AS text[])) END
  AND (CAST(:village AS text) IS NULL OR dv.code_nbs LIKE :village || '%')
  AND (CAST(:place AS uuid) IS NULL OR v.place_id = :place)
  AND NOT EXISTS (SELECT FROM plate o WHERE o.county_code = a.county_code AND o.address_id = a.id
                  AND o.profile = :profile AND o.stage NOT IN ('skipped', 'replaced'))
  AND (CAST(:codes AS text[]) IS NOT NULL OR NOT EXISTS (
                  SELECT FROM address_building ab
                  JOIN existing_address e ON e.county_code = ab.county_code AND e.building_id = ab.building_id
                  WHERE ab.county_code = a.county_code AND ab.address_id = a.id AND upper_inf(ab.recorded)
                    AND e.plate_state = 'good' AND e.place_id = v.place_id AND e.main = v.main AND e.sub = v.sub
                    AND NOT {CAME_DOWN.format(address="a.id")}))
ORDER BY dv.code_nbs, p.code_prefix, d.side NULLS FIRST, d.offset_m NULLS LAST, v.main, v.sub, a.code
"""  # noqa: S608

_PRINTED = """
SELECT p.position, p.token, p.name_text, p.number_text, a.code, v.full_text, p.stage,
       ST_X(v.position) AS lon, ST_Y(v.position) AS lat
FROM plate p
JOIN address a ON a.county_code = p.county_code AND a.id = p.address_id
JOIN address_version v ON v.county_code = a.county_code AND v.address_id = a.id AND upper_inf(v.recorded)
    AND upper_inf(v.valid)
WHERE p.county_code = :county AND p.batch_id = :batch
ORDER BY p.position
"""

_PAGE = """
SELECT p.id, p.token, p.profile, p.stage, p.position, p.name_text, p.number_text, p.batch_id, b.batch_no,
       a.code AS address_code, v.full_text, ST_X(v.position) AS lon, ST_Y(v.position) AS lat
FROM plate p
JOIN plate_batch b ON b.county_code = p.county_code AND b.id = p.batch_id
JOIN address a ON a.county_code = p.county_code AND a.id = p.address_id
JOIN address_version v ON v.county_code = a.county_code AND v.address_id = a.id AND upper_inf(v.recorded)
    AND upper_inf(v.valid)
JOIN LATERAL (
    SELECT x.code_nbs FROM division_version x WHERE x.county_code = v.county_code AND x.division_id = v.division_id
      AND upper_inf(x.recorded) ORDER BY x.valid DESC LIMIT 1
) dv ON true
WHERE p.county_code = :county AND (CAST(:after AS uuid) IS NULL OR p.id > :after)
  AND (CAST(:batch AS uuid) IS NULL OR p.batch_id = :batch)
  AND (CAST(:village AS text) IS NULL OR dv.code_nbs LIKE :village || '%')
ORDER BY p.id LIMIT :limit
"""

"""The sample plans lived through by the real services on the loaded town: built upon, issued, released by decree."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

import numpy as np
import pytest
import shapely
from shapely.geometry import Point
from sqlalchemy import text

from address_service.coding.numbering.infill import Takes
from address_service.model.buildings import PlanKind
from address_service.model.houses import PlannedSite
from address_service.model.numbers import DoorNumber
from address_service.services.issue_number import issue_number
from address_service.services.manage_reservation import release_reservation
from address_service.services.plan_numbering import plan_numbering
from address_service.store import schema
from address_service.store.accounts import AccountRepository
from address_service.store.cluster import Cluster
from address_service.store.engine import make_engine
from address_service.store.ids import new_id
from address_service.store.numbering_inputs import NumberingInputs
from address_service.store.work import Work

pytestmark = pytest.mark.demo

PLANS = [f"TSJH2026-{n:03d}" for n in range(1, 9)]


@pytest.fixture
def work(demo_server: Any) -> Iterator[Work]:
    """The loaded town in a transaction that is rolled back."""
    engine = make_engine(Cluster(demo_server.data_dir).url(schema.APP))
    with engine.connect() as conn, conn.begin() as transaction:
        conn.execute(text("SET LOCAL idle_in_transaction_session_timeout = '5min'"))
        clerk = AccountRepository(conn, "430626").find_by_name("示例民政办")
        assert clerk is not None
        yield Work(conn, clerk, datetime.now(UTC))
        transaction.rollback()
    engine.dispose()


def plan_of(work: Work, plan_no: str) -> tuple[UUID, PlannedSite]:
    row = work.conn.execute(
        text("SELECT id, place_id FROM construction_plan WHERE plan_no = :no"), {"no": plan_no}
    ).one()
    sites = NumberingInputs(work.conn, work.county_code, row.place_id, work.today).planned_sites()
    return row.place_id, next(site for site in sites if site.id == row.id)


def ledger(work: Work, place_id: UUID) -> dict[DoorNumber, tuple[str, UUID | None]]:
    return {
        DoorNumber(r["main"], r["sub"]): (r["state"], r["reservation_id"])
        for r in work.numbers.of_place(place_id)
    }


def spot(site: PlannedSite, chance: Random) -> Point:
    """Some place on the field, or 9 m beside the stretch of street on a side that the plan may build on."""
    if site.kind is PlanKind.AREA:
        corners = shapely.get_coordinates(site.geometry)[:4]
        u, v = chance.random(), chance.random()
        return Point(corners[0] + u * (corners[1] - corners[0]) + v * (corners[3] - corners[0]))
    line = shapely.line_merge(site.geometry)
    metres = chance.uniform(1, line.length - 1)
    a, b = (np.array(line.interpolate(metres + step).coords[0]) for step in (-0.5, 0.5))
    across = np.array((b[1] - a[1], a[0] - b[0]))  # to the right, and the sample draws along the numbers
    if site.side is None and chance.random() < 0.5:
        across = -across
    return Point((a + b) / 2 + 9 * across)


def build(work: Work, place_id: UUID, at: Point, serial: int) -> UUID:
    """A house with its gate there, a member of the place."""
    building_id = new_id()
    values = {
        "c": work.county_code,
        "id": building_id,
        "code": f"新建-{serial}",
        "place": place_id,
        "x": at.x,
        "y": at.y,
        "member": new_id(),
        "actor": work.actor.account_id,
    }
    work.conn.execute(
        text(
            """INSERT INTO building (county_code, id, building_code, division_id, use, floors, units, rooms_per_floor,
                 geom, gate, row_digest, import_id)
               SELECT :c, :id, :code, division_id, 'dwelling', 2, 0, 0,
                 ST_Multi(ST_Transform(ST_Buffer(ST_SetSRID(ST_Point(:x, :y), 4547), 4), 4490)),
                 ST_Transform(ST_SetSRID(ST_Point(:x, :y), 4547), 4490), :id,
                 (SELECT id FROM import_run WHERE county_code = :c LIMIT 1)
               FROM place_version WHERE county_code = :c AND place_id = :place AND upper_inf(recorded)
                 AND upper_inf(valid)"""
        ),
        values,
    )
    work.conn.execute(
        text(
            """INSERT INTO membership (county_code, id, building_id, place_id, source, actor_id, valid, recorded)
               VALUES (:c, :member, :id, :place, 'list', :actor, '[2026-01-01,)', '[2026-01-01,)')"""
        ),
        values,
    )
    return building_id


@pytest.mark.parametrize("plan_no", PLANS)
@pytest.mark.parametrize(("seed", "share"), [(1, 0.6), (2, 1.0), (3, 1.4)])
def test_a_sample_plan_is_built_upon_and_released(work: Work, plan_no: str, seed: int, share: float) -> None:
    place_id, site = plan_of(work, plan_no)
    before, chance = ledger(work, place_id), Random(seed)
    block = {number for number, (_, held) in before.items() if held == site.reservation_id}
    houses = [spot(site, chance) for _ in range(math.ceil(site.doors * share))]

    done = [issue_number(work, place_id, build(work, place_id, at, i)) for i, at in enumerate(houses)]

    after = ledger(work, place_id)
    from_block = {one.address.number for one in done if one.candidate.takes is Takes.PLAN_RESERVED}
    extra = [one for one in done if one.candidate.takes is not Takes.PLAN_RESERVED]
    assert site.reservation_id is not None
    assert len(block) == site.doors
    assert from_block <= block
    assert {after[number] for number in from_block} == {("issued", site.reservation_id)}
    assert {after[number] for number in block - from_block} <= {("reserved", site.reservation_id)}
    assert all(one.candidate.takes is Takes.SUB and one.candidate.overflow for one in extra)
    assert {n: line for n, line in after.items() if n in before and n not in from_block} == {
        n: line for n, line in before.items() if n not in from_block
    }
    assert plan_numbering(work, place_id).summary["reserved"] == 0

    release_reservation(work, site.reservation_id, "示例〔2026〕99号", "工程竣工")

    freed = ledger(work, place_id)
    assert {freed[number] for number in block - from_block} <= {("vacant", None)}
    assert {n: line for n, line in freed.items() if n not in block} == {
        n: line for n, line in after.items() if n not in block
    }

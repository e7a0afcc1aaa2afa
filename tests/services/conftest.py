"""A hand-made village to number: houses at chosen metres, so that a test can say what must come out."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from address_service.errors import ServiceError
from address_service.model.accounts import Actor, Role
from address_service.store.engine import Database
from address_service.store.ids import new_id
from address_service.store.work import Work, unit_of_work

ORIGIN = (480_000.0, 3_180_000.0)
"""Where the village lies, in metres of EPSG:4547."""


@dataclass
class Town:
    """One town with one village; coordinates are metres east and north of `ORIGIN`."""

    conn: Connection
    actor: Actor
    village_id: UUID
    import_id: UUID

    def line(self, points: list[tuple[float, float]]) -> str:
        """WKT in EPSG:4547."""
        return "LINESTRING(" + ",".join(f"{ORIGIN[0] + x} {ORIGIN[1] + y}" for x, y in points) + ")"

    def box(self, x: float, y: float, size: float = 8) -> str:
        """WKT of a square around a point."""
        corners = [(x - size / 2, y - size / 2), (x + size / 2, y - size / 2), (x + size / 2, y + size / 2)]
        corners += [(x - size / 2, y + size / 2), (x - size / 2, y - size / 2)]
        return "MULTIPOLYGON(((" + ",".join(f"{ORIGIN[0] + a} {ORIGIN[1] + b}" for a, b in corners) + ")))"

    def run(self, statement: str, **values: Any) -> None:
        """Execute one statement with the county at hand."""
        self.conn.execute(text(statement), {"c": self.actor.county_code, **values})

    def place(
        self, kind: str, name: str, serial: int, points: list[tuple[float, float]] | None = None
    ) -> UUID:
        """A street along points, or a group without geometry; its name is filed."""
        place_id = new_id()
        cls = {"street": "1", "hamlet": "4", "group": "5", "village": "0"}[kind]
        self.run(
            "INSERT INTO place (county_code, id, kind, serial, code_prefix) VALUES (:c, :id, :kind, :serial, :prefix)",
            id=place_id, kind=kind, serial=serial, prefix=f"430626113208{cls}{serial:03d}",
        )  # fmt: skip
        self.run(
            """INSERT INTO place_version (county_code, id, place_id, division_id, name, name_state, decree_no, geom,
                 valid, recorded, event_id)
               VALUES (:c, :vid, :id, :village, :name, 'filed', '示例', ST_Transform(ST_SetSRID(
                 ST_GeomFromText(:wkt), 4547), 4490), '[2016-01-01,)', '[2016-01-01,)',
                 (SELECT id FROM event WHERE county_code = :c LIMIT 1))""",
            vid=new_id(), id=place_id, village=self.village_id, name=name,
            wkt=self.line(points) if points else None,
        )  # fmt: skip
        return place_id

    def lane(self, points: list[tuple[float, float]]) -> None:
        """A lane along points."""
        self.run(
            """INSERT INTO lane (county_code, id, division_id, geom, feature_key, import_id)
               VALUES (:c, :id, :village, ST_Transform(ST_SetSRID(ST_GeomFromText(:wkt), 4547), 4490), :id, :run)""",
            id=new_id(), village=self.village_id, wkt=self.line(points), run=self.import_id,
        )  # fmt: skip

    def house(
        self, code: str, x: float, y: float, place: UUID | None, *, use: str = "dwelling", parcel: str | None = None,
        floors: int = 1, units: int = 0, rooms: int = 0,
    ) -> UUID:  # fmt: skip
        """A building of 8 m by 8 m, on a parcel of its own unless one is named, in a place or in none."""
        building_id, parcel_code = new_id(), f"430626113208JC{int(parcel or code):05d}"
        self.run(
            """INSERT INTO parcel (county_code, id, parcel_code, division_id, geom, row_digest, import_id)
               VALUES (:c, :id, :code, :village, ST_Transform(ST_SetSRID(ST_GeomFromText(:wkt), 4547), 4490), :id, :run)
               ON CONFLICT DO NOTHING""",
            id=new_id(), code=parcel_code, village=self.village_id, wkt=self.box(x, y, 20), run=self.import_id,
        )  # fmt: skip
        self.run(
            """INSERT INTO building (county_code, id, building_code, parcel_id, division_id, use, floors, units,
                 rooms_per_floor, geom, row_digest, import_id)
               VALUES (:c, :id, :code, (SELECT id FROM parcel WHERE county_code = :c AND parcel_code = :parcel),
                 :village, :use, :floors, :units, :rooms,
                 ST_Transform(ST_SetSRID(ST_GeomFromText(:wkt), 4547), 4490), :id, :run)""",
            id=building_id, code=code, parcel=parcel_code, village=self.village_id, use=use, floors=floors,
            units=units, rooms=rooms, wkt=self.box(x, y), run=self.import_id,
        )  # fmt: skip
        if place is not None:
            self.join(building_id, place)
        return building_id

    def join(self, building_id: UUID, place: UUID) -> None:
        """Make a building a member of a place."""
        self.run(
            """INSERT INTO membership (county_code, id, building_id, place_id, source, actor_id, valid, recorded)
               VALUES (:c, :id, :building, :place, 'list', :actor, '[2016-01-01,)', '[2016-01-01,)')""",
            id=new_id(), building=building_id, place=place, actor=self.actor.account_id,
        )  # fmt: skip

    def existing(
        self,
        building_id: UUID,
        place: UUID,
        main: int,
        state: str = "good",
        text_: str = "",
        kept: bool = True,
    ) -> None:
        """A number that the survey found on a house."""
        self.run(
            """INSERT INTO existing_address (county_code, id, building_id, place_id, main, old_text, valid_from,
                 plate_state, row_digest, import_id, kept)
               VALUES (:c, :id, :building, :place, :main, :text, '2009-05-01', :state, :id, :run, :kept)""",
            id=new_id(), building=building_id, place=place, main=main, text=text_, state=state, run=self.import_id,
            kept=kept,
        )  # fmt: skip

    def site(
        self, place: UUID, doors: int, x: float, y: float, wkt: str | None = None, kind: str = "area"
    ) -> UUID:
        """A construction plan: an area around a point, or the line given."""
        plan_id = new_id()
        self.run(
            """INSERT INTO construction_plan (county_code, id, plan_no, name, kind, place_id, planned_doors, holder,
                 decree_no, expires_on, geom, row_digest, import_id)
               VALUES (:c, :id, :no, '示例安置点', :kind, :place, :doors, '示例村委会', '示例〔2026〕1号', '2030-12-31',
                 ST_Transform(ST_SetSRID(ST_GeomFromText(:wkt), 4547), 4490), :id, :run)""",
            id=plan_id, no=str(plan_id), kind=kind, place=place, doors=doors, wkt=wkt or self.box(x, y, 40),
            run=self.import_id,
        )  # fmt: skip
        return plan_id


def add_town(work: Work) -> Town:
    """平江县, 童市镇 and 烟舟村, as rows."""
    actor, conn = work.actor, work.conn
    town = Town(conn, actor, new_id(), new_id())
    event_id, county_id, town_id = new_id(), new_id(), new_id()
    town.run(
        """INSERT INTO event (county_code, id, subject, kind, effective_on, actor_id, recorded_at)
           VALUES (:c, :id, 'division', 'create', '2016-01-01', :actor, '2016-01-01')""",
        id=event_id, actor=actor.account_id,
    )  # fmt: skip
    rows = (
        (county_id, "county", "county", "平江县", "430626", None),
        (town_id, "township", "town", "童市镇", "430626113", county_id),
        (town.village_id, "village", "administrative_village", "烟舟村", "430626113208", town_id),
    )
    for division_id, level, kind, name, code, parent in rows:
        town.run("INSERT INTO division (county_code, id) VALUES (:c, :id)", id=division_id)
        town.run(
            """INSERT INTO division_version (county_code, id, division_id, level, kind, name, code_nbs, parent_id,
                 name_state, valid, recorded, event_id)
               VALUES (:c, :vid, :id, :level, :kind, :name, :code, :parent, 'approved', '[2016-01-01,)',
                 '[2016-01-01,)', :event)""",
            vid=new_id(), id=division_id, level=level, kind=kind, name=name, code=code, parent=parent, event=event_id,
        )  # fmt: skip
    town.run(
        """INSERT INTO import_run (county_code, id, layer, filename, file_digest, dry_run, stage, actor_id)
           VALUES (:c, :id, 'buildings', '示例', '\\x00', false, 'done', :actor)""",
        id=town.import_id, actor=actor.account_id,
    )  # fmt: skip
    return town


@pytest.fixture
def town(work: Work) -> Town:
    """A village in the unit of work."""
    return add_town(work)


def as_approver(work: Work) -> Work:
    """The same transaction a minute later, by somebody of the county office."""
    later: datetime = work.now.astimezone(UTC) + timedelta(minutes=1)
    found = work.accounts.find_by_name("示例县民政局")
    return Work(
        work.conn, found or work.accounts.create("示例县民政局", Role.COUNTY, "430626"), later, work.keys
    )


@pytest.fixture
def approver(work: Work) -> Work:
    """The unit of work as the county's approver has it."""
    return as_approver(work)


@pytest.fixture
def make_town() -> Callable[[Work], Town]:
    """Write the village into some other transaction."""
    return add_town


@pytest.fixture
def at_once() -> Callable[..., list[str]]:
    """Run acts in parallel, each in a transaction of one account; each tells "done" or the code of its refusal."""

    def run(database: Database, actor: Actor, *acts: Callable[[Work], object]) -> list[str]:
        start, outcomes = threading.Barrier(len(acts)), ["" for _ in acts]

        def one(position: int, act: Callable[[Work], object]) -> None:
            start.wait()
            try:
                with unit_of_work(database.engine, actor, datetime.now(UTC)) as work:
                    act(work)
                outcomes[position] = "done"
            except ServiceError as error:
                outcomes[position] = error.code

        threads = [threading.Thread(target=one, args=pair) for pair in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return outcomes

    return run

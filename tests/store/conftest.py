"""A small committed world for the read lane, which reads on connections of its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
import pytest

from address_service.coding.address_code import make_code
from address_service.store.engine import Database
from address_service.store.ids import new_id

COUNTY = "430626"
ORIGIN = (480_000.0, 3_180_000.0)
"""The world's origin in EPSG:4547, metres; all coordinates below are metres east and north of it."""

_VALID = "[2026-01-01,)"


@dataclass
class MapWorld:
    """A county with one town and one village, 2 km square, and what a test adds to it; every row is committed."""

    conn: "psycopg.Connection[Any]"
    drafter: UUID
    approver: UUID
    event: UUID
    run: UUID
    village: UUID
    county: str = COUNTY

    def do(self, statement: str, **values: Any) -> None:
        """Execute with county, event, run, drafter, approver at hand."""
        base = {"c": self.county, "event": self.event, "run": self.run, "drafter": self.drafter}
        self.conn.execute(statement, {**base, "approver": self.approver, "valid": _VALID, **values})

    def wkt(self, kind: str, points: list[tuple[float, float]]) -> str:
        """A WKT shape; areas are closed here."""
        if kind != "LINESTRING":
            points = [*points, points[0]]
        ring = ",".join(f"{ORIGIN[0] + x} {ORIGIN[1] + y}" for x, y in points)
        return {"LINESTRING": f"LINESTRING({ring})", "POLYGON": f"POLYGON(({ring}))"}.get(
            kind, f"MULTIPOLYGON((({ring})))"
        )

    def square(self, x: float, y: float, size: float, kind: str = "MULTIPOLYGON") -> str:
        """A square by its south-west corner."""
        return self.wkt(kind, [(x, y), (x + size, y), (x + size, y + size), (x, y + size)])

    def division(self, level: str, name: str, code: str, shape: str | None = None) -> UUID:
        """A town or village."""
        made = new_id()
        kind = {"township": "town", "village": "administrative_village"}[level]
        self.do("INSERT INTO division (county_code, id) VALUES (%(c)s, %(id)s)", id=made)
        self.do(
            f"""INSERT INTO division_version (county_code, id, division_id, level, kind, name, code_nbs, name_state,
                  boundary, valid, recorded, event_id)
                VALUES (%(c)s, gen_random_uuid(), %(id)s, %(level)s, %(kind)s, %(name)s, %(code)s, 'approved',
                  {_SHAPE}, %(valid)s, '[2026-01-01,)', %(event)s)""",
            id=made, level=level, kind=kind, name=name, code=code, shape=shape,
        )  # fmt: skip
        return made

    def place(
        self, kind: str, name: str, serial: int, shape: str | None = None, village: UUID | None = None
    ) -> UUID:
        """A street or group of a village."""
        made = new_id()
        cls = {"street": 1, "hamlet": 4, "group": 5}[kind]
        prefix = f"{self.code_of(village)}{cls}{serial:03d}"
        self.do(
            """INSERT INTO place (county_code, id, kind, serial, code_prefix)
               VALUES (%(c)s, %(id)s, %(kind)s, %(serial)s, %(prefix)s)""",
            id=made, kind=kind, serial=serial, prefix=prefix,
        )  # fmt: skip
        self.do(
            f"""INSERT INTO place_version (county_code, id, place_id, division_id, name, name_state, decree_no, geom,
                  valid, recorded, event_id)
                VALUES (%(c)s, gen_random_uuid(), %(id)s, %(village)s, %(name)s, 'filed', '示例', {_SHAPE}, %(valid)s,
                  '[2026-01-01,)', %(event)s)""",
            id=made, village=village or self.village, name=name, shape=shape,
        )  # fmt: skip
        return made

    def code_of(self, village: UUID | None = None) -> str:
        """NBS code of a village."""
        query = "SELECT code_nbs FROM division_version WHERE division_id = %s"
        ((code,),) = self.conn.execute(query, (village or self.village,)).fetchall()
        return str(code)

    def building(
        self, code: str, x: float, y: float, use: str = "dwelling", parcel: UUID | None = None
    ) -> UUID:
        """A house 10 m square."""
        made = new_id()
        self.do(
            f"""INSERT INTO building (county_code, id, building_code, parcel_id, use, geom, row_digest, import_id)
                VALUES (%(c)s, %(id)s, %(code)s, %(parcel)s, %(use)s, {_SHAPE}, %(id)s, %(run)s)""",
            id=made, code=code, parcel=parcel, use=use, shape=self.square(x, y, 10),
        )  # fmt: skip
        return made

    def parcel(self, code: str, x: float, y: float) -> UUID:
        """A parcel 20 m square."""
        made = new_id()
        self.do(
            f"""INSERT INTO parcel (county_code, id, parcel_code, use, geom, row_digest, import_id)
                VALUES (%(c)s, %(id)s, %(code)s, '宅基地', {_SHAPE}, %(id)s, %(run)s)""",
            id=made, code=code, shape=self.square(x, y, 20),
        )  # fmt: skip
        return made

    def join(self, building: UUID, place: UUID, valid: str = _VALID) -> None:
        """Make a building a member of a place."""
        self.do(
            """INSERT INTO membership (county_code, id, building_id, place_id, source, actor_id, valid, recorded)
               VALUES (%(c)s, gen_random_uuid(), %(b)s, %(p)s, 'person', %(drafter)s, %(valid)s, '[2026-01-01,)')""",
            b=building, p=place, valid=valid,
        )  # fmt: skip

    def address(
        self, place: UUID, serial: int, text: str, x: float, y: float, *, main: int | None = None, sub: int = 0,
        stage: str = "current", valid: str = _VALID, recorded: str = "[2026-01-01,)", building: UUID | None = None,
        room_of: UUID | None = None,
    ) -> UUID:  # fmt: skip
        """An address in one version; a room has serial 1 behind its door."""
        made = new_id()
        ((prefix,),) = self.conn.execute("SELECT code_prefix FROM place WHERE id = %s", (place,)).fetchall()
        code = make_code(prefix[:12], int(prefix[12]), int(prefix[13:]), serial, 1 if room_of else 0).text
        self.do(
            """INSERT INTO address (county_code, id, code, scheme, parent_id, created_at)
               VALUES (%(c)s, %(id)s, %(code)s, 'TS-2026', %(parent)s, now())""",
            id=made, code=code, parent=room_of,
        )  # fmt: skip
        self.do(
            """INSERT INTO address_version (county_code, id, address_id, stage, division_id, place_id, main, sub,
                 room_label, full_text, position, decree_no, drafted_by, approved_by, event_id, valid, recorded)
               SELECT %(c)s, gen_random_uuid(), %(id)s, %(stage)s, division_id, place_id, %(main)s, %(sub)s, %(room)s,
                 %(text)s, ST_Transform(ST_SetSRID(ST_Point(%(x)s, %(y)s), 4547), 4490), '示例', %(drafter)s,
                 %(approver)s, %(event)s, %(valid)s, %(recorded)s
               FROM place_version WHERE place_id = %(place)s""",
            id=made, stage=stage, main=main or serial, sub=sub, room="302室" if room_of else "", text=text,
            x=ORIGIN[0] + x, y=ORIGIN[1] + y, valid=valid, recorded=recorded, place=place,
        )  # fmt: skip
        if building:
            self.do(
                """INSERT INTO address_building (county_code, id, address_id, building_id, valid, recorded)
                   VALUES (%(c)s, gen_random_uuid(), %(id)s, %(b)s, %(valid)s, '[2026-01-01,)')""",
                id=made, b=building,
            )  # fmt: skip
        return made

    def reserve(self, place: UUID, numbers: list[int], plan: UUID | None = None) -> None:
        """Hold numbers back."""
        made = new_id()
        self.do(
            """INSERT INTO reservation (county_code, id, place_id, construction_plan_id, purpose, stage, actor_id,
                 created_at)
               VALUES (%(c)s, %(id)s, %(place)s, %(plan)s, '安置', 'active', %(drafter)s, now())""",
            id=made, place=place, plan=plan,
        )  # fmt: skip
        for main in numbers:
            self.do(
                """INSERT INTO door_number (county_code, place_id, main, state, reservation_id, changed_at)
                   VALUES (%(c)s, %(place)s, %(main)s, 'reserved', %(id)s, now())""",
                place=place, main=main, id=made,
            )  # fmt: skip

    def plan(self, place: UUID, number: str, name: str, doors: int, shape: str) -> UUID:
        """A construction plan that expires at the end of 2027."""
        made = new_id()
        self.do(
            f"""INSERT INTO construction_plan (county_code, id, plan_no, name, kind, place_id, planned_doors, holder,
                  decree_no, expires_on, geom, row_digest, import_id)
                VALUES (%(c)s, %(id)s, %(no)s, %(name)s, 'area', %(place)s, %(doors)s, '示例', '示例', '2027-12-31',
                  {_SHAPE}, %(id)s, %(run)s)""",
            id=made, no=number, name=name, place=place, doors=doors, shape=shape,
        )  # fmt: skip
        return made


_SHAPE = "ST_Transform(ST_SetSRID(ST_GeomFromText(%(shape)s), 4547), 4490)"


def settle(conn: "psycopg.Connection[Any]", county: str) -> MapWorld:
    """A county with one town, 童市镇, and one village, 烟舟村."""
    world = MapWorld(conn, new_id(), new_id(), new_id(), new_id(), new_id(), county)
    world.do(
        "INSERT INTO county (county_code, name, prefecture_name, province_name, postcode)"
        " VALUES (%(c)s, '平江县', '岳阳市', '湖南省', '414500')"
    )
    world.do(
        """INSERT INTO account (county_code, id, name, role, division_code)
           VALUES (%(c)s, %(drafter)s, '起草人', 'civil_affairs', %(c)s),
                  (%(c)s, %(approver)s, '审批人', 'county', %(c)s)"""
    )
    world.do(
        """INSERT INTO event (county_code, id, subject, kind, effective_on, actor_id, recorded_at)
           VALUES (%(c)s, %(event)s, 'address', 'approve', '2026-01-01', %(approver)s, '2026-01-01')"""
    )
    world.do(
        """INSERT INTO import_run (county_code, id, layer, filename, file_digest, dry_run, stage, actor_id)
           VALUES (%(c)s, %(run)s, 'buildings', '示例', '', false, 'done', %(drafter)s)"""
    )
    world.division("township", "童市镇", f"{county}113")
    world.village = world.division("village", "烟舟村", f"{county}113208", world.square(-1000, -1000, 2000))
    return world


@pytest.fixture
def world(database: Database) -> Iterator[MapWorld]:
    """The county 430626 on a database of its own."""
    with psycopg.connect(database.app_url, autocommit=True, cursor_factory=psycopg.ClientCursor) as conn:
        yield settle(conn, COUNTY)


@pytest.fixture
def neighbour(world: MapWorld) -> MapWorld:
    """Another county in the same database and on the same ground."""
    return settle(world.conn, "430624")


@pytest.fixture(scope="session")
def settle_county() -> Callable[["psycopg.Connection[Any]", str], MapWorld]:
    """Write a county with its town and village over some connection."""
    return settle

"""Two villages side by side with groups of approved doors, for mergers."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy import text

from address_service.model.addresses import EventKind
from address_service.services.approve_addresses import approve_addresses
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.draw_merger import Terms
from address_service.services.merger_request import DivisionChange
from address_service.services.plan_numbering import plan_numbering
from address_service.store.addresses import Scope
from address_service.store.ids import new_id
from address_service.store.work import Work

DECREE = "示例〔2026〕21号"
TERMS = Terms({}, 1.0)
HEAD = "湖南省岳阳市平江县童市镇"
ON = date(2026, 3, 2)


def bound(
    work: Work, village_id: UUID, west: float, east: float, south: float = -500, north: float = 500
) -> None:
    """Give a village a rectangle, in metres east and north of the tests' origin."""
    query = """SELECT ST_AsBinary(ST_Multi(ST_Transform(ST_MakeEnvelope(480000 + :w, 3180000 + :s, 480000 + :e,
                 3180000 + :n, 4547), 4490)))"""
    values = {"w": west, "e": east, "s": south, "n": north}
    shape = shapely.from_wkb(bytes(work.conn.execute(text(query), values).scalar_one()))
    event_id = work.places.record_event(EventKind.BOUNDARY, work.actor.account_id, date(2016, 1, 1), work.now)
    work.divisions.set_boundary(village_id, shape, date(2016, 1, 1), None, event_id, work.now)


def neighbour(work: Work, town: Any, name: str, code: str) -> Any:
    """Another village of the town."""
    village_id = new_id()
    town.run("INSERT INTO division (county_code, id) VALUES (:c, :id)", id=village_id)
    town.run(
        """INSERT INTO division_version (county_code, id, division_id, level, kind, name, code_nbs, parent_id,
             name_state, valid, recorded, event_id)
           SELECT county_code, :vid, :id, level, kind, :name, :code, parent_id, name_state, '[2016-01-01,)',
             '[2016-01-01,)', event_id
           FROM division_version WHERE division_id = :like LIMIT 1""",
        vid=new_id(), id=village_id, name=name, code=code, like=town.village_id,
    )  # fmt: skip
    return replace(town, village_id=village_id)


@dataclass
class Villages:
    """烟舟村 takes in 沙坪村: both have a 3组 and a 新屋组, each has a group of its own."""

    work: Work
    approver: Work
    town: Any
    other: Any
    places: dict[str, UUID]

    @property
    def absorber(self) -> UUID:
        return UUID(str(self.town.village_id))

    @property
    def ends(self) -> UUID:
        return UUID(str(self.other.village_id))

    def merger(self, on: date = ON, **more: Any) -> DivisionChange:
        values: dict[str, Any] = {"ends": (self.ends,), "absorber": self.absorber, **more}
        return DivisionChange("merge", on, **values)

    def texts(self) -> dict[str, str]:
        """What every live address reads, by code."""
        query = """SELECT a.code, v.full_text FROM address_version v JOIN address a ON a.id = v.address_id
                   WHERE upper_inf(v.recorded) AND upper_inf(v.valid) AND v.stage IN ('draft', 'current')"""
        return {row.code: row.full_text for row in self.work.conn.execute(text(query))}

    def homes(self) -> dict[str, UUID]:
        """The village of every live address, by code."""
        query = """SELECT a.code, v.division_id FROM address_version v JOIN address a ON a.id = v.address_id
                   WHERE upper_inf(v.recorded) AND upper_inf(v.valid) AND v.stage IN ('draft', 'current')"""
        return {row.code: row.division_id for row in self.work.conn.execute(text(query))}

    def one(self, query: str, **values: Any) -> Any:
        return self.work.conn.execute(text(query), values).scalar()


def two_villages(work: Work, approver: Work, town: Any, *, doors: int = 3) -> Villages:
    """Groups of ``doors`` doors each, numbered and approved, in two villages whose boundaries touch."""
    other = neighbour(work, town, "沙坪村", "430626113210")
    bound(work, town.village_id, -500, 500)
    bound(work, other.village_id, 500, 1500)
    places = {
        "烟舟3组": _group(work, town, "group", "3组", 3, 0, 0, doors),
        "烟舟新屋组": _group(work, town, "hamlet", "新屋组", 4, 0, 100, doors),
        "烟舟8组": _group(work, town, "group", "8组", 8, 0, 200, doors),
        "沙坪3组": _group(work, other, "group", "3组", 13, 600, 0, doors),
        "沙坪新屋组": _group(work, other, "hamlet", "新屋组", 14, 600, 100, doors),
        "沙坪5组": _group(work, other, "group", "5组", 15, 600, 200, doors),
    }
    approve_addresses(approver, Scope(village_code="430626113208"), "示例〔2026〕5号", date(2026, 1, 5))
    approve_addresses(approver, Scope(village_code="430626113210"), "示例〔2026〕5号", date(2026, 1, 5))
    return Villages(work, approver, town, other, places)


def _group(work: Work, town: Any, kind: str, name: str, serial: int, x: float, y: float, doors: int) -> UUID:
    place = UUID(str(town.place(kind, name, serial)))
    for n in range(doors):
        town.house(str(serial * 100 + n), x + n * 25, y, place)
    commit_numbering_plan(work, plan_numbering(work, place).id)
    return place

"""Buildings (建筑物): by code, on their parcel, in the village they name or lie in, members of what their row names."""

from uuid import UUID

import numpy as np
import shapely

from address_service.gis.layer_read import BoolArray, IntArray, ObjectArray, object_array
from address_service.model.places import PlaceKind
from address_service.services.assign_by_polygon import assign_by_polygon, report_stayed
from address_service.services.import_task import ImportTask
from address_service.services.place_book import PlaceBook
from address_service.services.refuse_foreign import refuse_foreign
from address_service.services.village_index import VillageIndex, ids_of
from address_service.store.layer_upsert import Features, Upserted
from address_service.store.layers import BUILDINGS
from address_service.store.memberships import MemberSource

_PLAIN = ("real_estate_unit_code", "use", "floors", "units", "rooms_per_floor", "name")
_GATE_REACH_DEGREES = 0.002
"""A gate further than about 200 m from its house is a slip of the pen."""


def import_buildings(task: ImportTask) -> None:
    """Write buildings and what they belong to; a missing parcel or village is reported, not refused."""
    index = VillageIndex.of(task.work)
    villages = _villages(task, index)
    places = _places(task, villages)
    divisions = _divisions(task, villages)
    rows = task.good()
    features = Features(
        task.column("building_code")[rows],
        {
            **{name: task.column(name)[rows] for name in _PLAIN},
            "gate": _gates(task)[rows],
            "geom": task.geometry[rows],
        },
        {"parcel_id": _parcels(task)[rows], "division_id": divisions[rows]},
    )
    done = task.work.layers.upsert(
        BUILDINGS,
        features,
        task.run_id,
        task.work.now,
        lambda n, total: task.progress("写入建筑物", n, total),
    )
    task.written[rows] = done.new | done.changed
    _join(task, done, rows, places)
    touched = {UUID(division) for division in divisions[rows] if division is not None}
    assign_by_polygon(task, sorted(touched))


def _villages(task: ImportTask, index: VillageIndex) -> ObjectArray:
    """The village that a row names, else the one it lies in."""
    claimed = index.claimed(task)
    unclaimed = np.flatnonzero([village is None for village in claimed])
    points = shapely.point_on_surface(task.geometry[unclaimed])
    claimed[unclaimed] = index.locate(points)
    refuse_foreign(task, BUILDINGS, task.column("building_code"), claimed)
    if index.has_boundaries:
        for row in task.good():
            if claimed[row] is None:
                text = f"建筑{task.column('building_code')[row]}不在任何村内"
                task.find("outside-villages", text, int(row))
    return claimed


def _divisions(task: ImportTask, villages: ObjectArray) -> ObjectArray:
    """Ids of the villages, as text; a house with an address stays in the one it is recorded in."""
    ids, codes = ids_of(villages), task.column("building_code")
    settled = task.work.layers.addressed_divisions(set(codes))
    for row in task.good():
        old = settled.get(codes[row])
        if old is not None and old != ids[row]:
            ids[row] = old
            text = f"建筑{codes[row]}已有地址，图形或村代码改到了别处，所属村未改"
            task.find("has-address", text, int(row))
    return ids


def _places(task: ImportTask, villages: ObjectArray) -> ObjectArray:
    """Ids of the places that rows name: a street must be there, a group is made; a street goes first."""
    streets, groups = task.column("street_name"), task.column("group_name")
    found = np.full(len(task.read), None, dtype=object)
    named = [row for row in task.good() if streets[row] or groups[row]]
    if not named:
        return found
    book = PlaceBook(task)
    for row in named:
        column = "street_name" if streets[row] else "group_name"
        name, village = task.column(column)[row], villages[row]
        if village is None:
            task.refuse(row, column, "village-unknown", "有街路或组名而不知在哪个村", name)
        elif streets[row]:
            street = book.find(village, name, (PlaceKind.STREET,))
            if street:
                found[row] = street[0].id
            else:
                task.refuse(
                    row, column, "street-unknown", f"{village.name}没有街路“{name}”，请先导入街路", name
                )
        else:
            found[row] = book.group(village, name)
    if book.created:
        task.note(f"按“村民小组”列新建了{book.created}个组（没有图形）")
    return found


def _parcels(task: ImportTask) -> ObjectArray:
    codes = task.column("parcel_code")
    known = task.work.layers.parcel_ids({code for code in codes if code})
    missing = [row for row in task.good() if codes[row] and codes[row] not in known]
    for row in missing:
        task.find("parcel-unknown", f"没有宗地{codes[row]}，建筑物照收", row)
    return object_array([known.get(code) for code in codes])


def _gates(task: ImportTask) -> ObjectArray:
    """Surveyed main entrances as points; one far from its house is left out and reported."""
    lon, lat = task.column("gate_lon"), task.column("gate_lat")
    gates = np.full(len(task.read), None, dtype=object)
    given = np.flatnonzero([a is not None and b is not None for a, b in zip(lon, lat, strict=True)])
    if not len(given):
        return gates
    points: ObjectArray = np.asarray(shapely.points(lon[given].astype(float), lat[given].astype(float)))
    near: BoolArray = shapely.dwithin(points, task.geometry[given], _GATE_REACH_DEGREES)
    gates[given[near]] = points[near]
    for row in given[~near]:
        task.find("gate-off-building", "大门坐标离房屋200米以上，未采用", int(row))
    return gates


def _join(task: ImportTask, done: Upserted, rows: IntArray, places: ObjectArray) -> None:
    named = {
        UUID(building): int(row)
        for building, row in zip(done.ids, rows, strict=True)
        if places[row] is not None
    }
    if not named:
        return
    task.progress("归组", 0, len(named))
    pairs = [(building, places[row]) for building, row in named.items()]
    change = task.work.memberships.record(pairs, MemberSource.COLUMN, task.day)
    report_stayed(task, change, named)
    task.note(f"按列归入：新归{change.opened}座，改归{change.moved}座")
    if change.kept:
        task.note(f"{change.kept}座另有名单或人工归属，未改")

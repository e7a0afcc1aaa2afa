"""Villager groups and hamlets (村民小组、自然村): as polygons, or as a list of the parcels that belong to them."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from address_service.gis.layer_read import ObjectArray
from address_service.model.places import PlaceKind
from address_service.services.assign_by_polygon import assign_by_polygon, report_stayed
from address_service.services.import_task import ImportTask
from address_service.services.place_book import PlaceBook, area_name_state
from address_service.services.record_places import DrawnPlace, record_drawn
from address_service.services.village_index import VillageIndex
from address_service.store.layers import BuildingRef
from address_service.store.memberships import MemberSource
from address_service.store.places import PlaceFacts


def import_groups(task: ImportTask) -> None:
    """Write groups drawn as polygons and assign the houses that lie in exactly one of them."""
    villages = VillageIndex.of(task.work).claimed(task)
    kinds, names = task.column("place_kind"), task.column("name")
    drawn = []
    for row in task.good():
        kind = PlaceKind(kinds[row] or PlaceKind.GROUP)
        state, decree = area_name_state(kind, task.decree_no)
        facts = PlaceFacts(villages[row].id, kind, names[row], state, decree, geometry=task.geometry[row])
        drawn.append(DrawnPlace(int(row), villages[row], facts))
    record_drawn(task, PlaceBook(task), drawn)
    assign_by_polygon(task, sorted({place.village.id for place in drawn}))


def import_group_members(task: ImportTask) -> None:
    """Assign the houses on listed parcels; a group that is not on record is made without a polygon."""
    villages = VillageIndex.of(task.work).claimed(task)
    codes = task.column("parcel_code")
    parcels = task.work.layers.parcel_villages(set(codes))
    houses = task.work.layers.buildings_by_parcel(set(codes), task.work.today)
    for row in task.good():
        _check_member(task, int(row), parcels, villages)
    book = PlaceBook(task)
    days, names = task.column("valid_from"), task.column("place_name")
    by_day: dict[date, dict[UUID, tuple[UUID, int]]] = {}
    for row in task.good():
        place_id = book.group(villages[row], names[row], days[row])
        for house in houses.get(codes[row], []):
            if house.division_id not in (None, villages[row].id):
                text = f"建筑{house.building_code}不在{villages[row].name}，未归组"
                task.find("building-in-other-village", text, int(row))
                continue
            by_day.setdefault(days[row] or task.day, {})[house.id] = (place_id, int(row))
            if house.place_id != place_id:
                task.written[row] = True
        if codes[row] not in houses:
            task.find("parcel-empty", f"宗地{codes[row]}上没有建筑物", int(row))
    if book.created:
        task.note(f"新建了{book.created}个组（没有图形）")
    for day, members in sorted(by_day.items()):
        _record(task, day, members, houses)


def _check_member(
    task: ImportTask, row: int, parcels: Mapping[str, UUID | None], villages: ObjectArray
) -> None:
    code, day = task.column("parcel_code")[row], task.column("valid_from")[row]
    if day is not None and day > task.work.today:
        task.refuse(row, "valid_from", "valid-from-future", "生效日期还没有到，请到当日再导入", day)
    elif code not in parcels:
        task.refuse(row, "parcel_code", "parcel-unknown", "没有这个宗地，请先导入宗地", code)
    elif parcels[code] not in (None, villages[row].id):
        task.refuse(row, "parcel_code", "parcel-in-other-village", f"宗地不在{villages[row].name}", code)


def _record(
    task: ImportTask,
    day: date,
    members: dict[UUID, tuple[UUID, int]],
    houses: dict[str, list[BuildingRef]],
) -> None:
    pairs = [(building, place) for building, (place, _) in members.items()]
    change = task.work.memberships.record(pairs, MemberSource.LIST, day)
    task.note(f"按名单归入（{day}起）：新归{change.opened}座，改归{change.moved}座")
    report_stayed(task, change, {building: row for building, (_, row) in members.items()})
    task.written[[members[building][1] for building in change.addressed]] = False
    if not change.kept:
        return
    kept = {
        ref.id: ref
        for ref in task.work.layers.buildings_by_id(list(members), task.work.today)
        if ref.place_id != members[ref.id][0] and ref.id not in change.addressed
    }
    for building, ref in kept.items():
        row = members[building][1]
        task.written[row] = False
        task.find("kept-by-person", f"建筑{ref.building_code}由人工归属，名单未改", row)

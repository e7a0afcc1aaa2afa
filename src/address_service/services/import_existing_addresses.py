"""Existing addresses (已有门牌): numbers found on the wall or in old registers, kept by the numbering plan."""

from uuid import UUID

import numpy as np

from address_service.gis.layer_read import ObjectArray, object_array
from address_service.model.buildings import BuildingUse
from address_service.model.numbers import DoorNumber, NumberState
from address_service.services.import_task import ImportTask
from address_service.services.place_book import NAMED_KINDS, PlaceBook
from address_service.services.village_index import VillageIndex
from address_service.store.divisions import Village
from address_service.store.layer_upsert import Features
from address_service.store.layers import BuildingRef
from address_service.store.number_holders import number_holders
from address_service.store.survey_decisions import apply_decisions

_HELD = {
    NumberState.RESERVED: "{number}已预留：{name}",
    NumberState.ISSUED: "{number}已发给{name}",
    NumberState.RETIRED: "{number}已停用，不再使用；原为{name}",
}


def import_existing_addresses(task: ImportTask) -> None:
    """Write the numbers that houses carry; addresses are made of them by numbering.

    The place is the one the row names, else what the house belongs to, else the village as a whole.
    """
    _Reader(task).run()


class _Reader:
    """Finds building, village and place of each row."""

    def __init__(self, task: ImportTask) -> None:
        self.task = task
        self.index = VillageIndex.of(task.work)
        self.book = PlaceBook(task)
        self.houses = np.full(len(task.read), None, dtype=object)
        self.places = np.full(len(task.read), None, dtype=object)

    def run(self) -> None:
        task = self.task
        self._find_houses()
        for row in task.good():
            self._find_place(int(row))
        self._refuse_held_numbers()
        self._refuse_taken_numbers()
        rows = task.good()
        numbers: list[DoorNumber] = task.column("number")[rows].tolist()
        features = Features(
            object_array([str(house.id) for house in self.houses[rows]]),
            {
                "main": object_array([number.main for number in numbers]),
                "sub": object_array([number.sub for number in numbers]),
                **{name: task.column(name)[rows] for name in ("old_text", "valid_from", "plate_state")},
            },
            {"place_id": object_array([str(place_id) for place_id in self.places[rows]])},
        )
        done = task.work.layers.upsert_existing(features, task.run_id, task.work.now)
        apply_decisions(task.work.conn, task.work.county_code, task.run_id)
        task.written[rows] = done.new | done.changed

    def _find_houses(self) -> None:
        task, on = self.task, self.task.work.today
        codes, parcels = task.column("building_code"), task.column("parcel_code")
        by_code = task.work.layers.buildings_by_code({c for c in codes if c}, on)
        by_parcel = task.work.layers.buildings_by_parcel({p for p in parcels if p}, on)
        seen: dict[UUID, int] = {}
        for row in task.good():
            if codes[row]:
                house = by_code.get(codes[row])
                if house is None:
                    task.refuse(row, "building_code", "building-unknown", "没有这个建筑物", codes[row])
            else:
                house = self._on_parcel(int(row), by_parcel.get(parcels[row], []))
            if house is not None and house.id in seen:
                message = f"与第{seen[house.id]}行是同一建筑物{house.building_code}"
                task.refuse(row, None, "building-twice", message, house.building_code)
            elif house is not None:
                seen[house.id] = int(task.read.row_no[row])
                self.houses[row] = house

    def _on_parcel(self, row: int, houses: list[BuildingRef]) -> BuildingRef | None:
        """The sole building of a parcel, outbuildings aside, or its sole dwelling; several are never guessed at."""
        main = [house for house in houses if house.use is not BuildingUse.OUTBUILDING] or houses
        dwellings = [house for house in main if house.use is BuildingUse.DWELLING]
        for choice in (main, dwellings):
            if len(choice) == 1:
                return choice[0]
        code = self.task.column("parcel_code")[row]
        message = f"宗地上有{len(main)}座房屋，请填建筑编号" if main else "宗地上没有建筑物"
        self.task.refuse(
            row, "parcel_code", "building-ambiguous" if main else "building-unknown", message, code
        )
        return None

    def _find_place(self, row: int) -> None:
        task, house = self.task, self.houses[row]
        village = self._village(row)
        if village is None:
            return
        if house.division_id not in (None, village.id):
            task.refuse(row, "building_code", "building-in-other-village", f"建筑物不在{village.name}")
            return
        name = task.column("place_name")[row]
        if not name:
            self.places[row] = house.place_id or self._whole(village)
            return
        found = self.book.find(village, name, NAMED_KINDS)
        ids = [place.id for place in found]
        if not found:
            task.refuse(row, "place_name", "place-unknown", f"{village.name}没有组或街路“{name}”", name)
        elif house.place_id is not None and house.place_id not in ids:
            task.refuse(row, "place_name", "place-differs", "建筑物归属的不是这个组或街路", name)
        elif house.place_id is None and len(ids) > 1:
            task.refuse(row, "place_name", "place-ambiguous", f"{village.name}有几处叫“{name}”", name)
        else:
            self.places[row] = house.place_id or ids[0]

    def _village(self, row: int) -> Village | None:
        task = self.task
        code, name = task.column("village_code")[row], task.column("village_name")[row]
        village = self.index.by_code(code)
        if code is None:
            named = self.index.by_name(name)
            here = [v for v in named if v.id == self.houses[row].division_id]
            village = here[0] if here else named[0] if len(named) == 1 else None
        column = "village_code" if code else "village_name"
        if village is None:
            task.refuse(row, column, "village-unknown", "没有这个村，或不止一个村叫这个名", code or name)
        elif not task.work.actor.covers(village.code):
            task.refuse_out_of_scope(row, column, village.code)
            return None
        return village

    def _whole(self, village: Village) -> UUID:
        work = self.task.work
        return work.places.whole_village_place(village.id, work.actor.account_id, work.today, work.now)

    def _refuse_held_numbers(self) -> None:
        """Refuse numbers that the ledger has for anything but the house's own address.

        What the survey said of a house before may be said again, though the house was renumbered since.
        """
        task, numbers = self.task, self.task.column("number")
        rows = task.good()
        work = task.work
        places = {self.places[row] for row in rows}
        holders = number_holders(work.conn, work.county_code, places)
        said_before = work.layers.existing_numbers(places)
        for row in rows.tolist():
            place, number, house = self.places[row], numbers[row], self.houses[row].id
            holder = holders.get((place, number))
            if holder is None or house in holder.building_ids:
                continue
            if said_before.get((place, number.main, number.sub)) == house:
                continue
            message = _HELD[holder.state].format(number=numbers[row], name=holder.name)
            task.refuse(row, "number", "number-taken", message, numbers[row])

    def _refuse_taken_numbers(self) -> None:
        """Refuse the second house under one number, of the file or of the register."""
        task = self.task
        rows = task.good()
        numbers: ObjectArray = task.column("number")
        kept = {self.houses[row].id for row in rows}
        taken = task.work.layers.existing_numbers({self.places[row] for row in rows})
        holders = {key: holder for key, holder in taken.items() if holder not in kept}
        for row in rows:
            number = numbers[row]
            key = (self.places[row], number.main, number.sub)
            if holders.setdefault(key, self.houses[row].id) != self.houses[row].id:
                task.refuse(row, "number", "number-taken", f"{number}已是同一地名另一建筑物的门牌", number)

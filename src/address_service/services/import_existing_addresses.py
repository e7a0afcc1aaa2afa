"""Existing addresses (已有门牌): numbers found on the wall or in old registers, kept by the numbering plan."""

from collections.abc import Mapping
from uuid import UUID

import numpy as np

from address_service.gis.layer_read import object_array
from address_service.model.buildings import BuildingUse
from address_service.model.numbers import DoorNumber, NumberState
from address_service.services.import_task import ImportTask
from address_service.services.place_book import NAMED_KINDS, PlaceBook
from address_service.services.surveyed_twice import Contest
from address_service.services.village_index import VillageIndex
from address_service.store.divisions import Village
from address_service.store.layer_upsert import Features
from address_service.store.layers import BuildingRef
from address_service.store.number_holders import NumberHolder, number_holders
from address_service.store.surveyed_numbers import HouseNumber, PlaceNumber, hold_survey

_HELD = {
    NumberState.RESERVED: "{number}已预留：{name}",
    NumberState.RETIRED: "{number}已停用，不再使用；原为{name}",
}
_UNDECIDED = "本行已记录，暂不沿用，请在编号审查中决定由哪一处沿用"
_ADDRESSED = "本行已记录；此房屋已有标准地址，门牌不因此变动"


def import_existing_addresses(task: ImportTask) -> None:
    """Write the numbers that houses carry; addresses are made of them by numbering.

    The place is the one the row names, else what the house belongs to, else the village as a whole. The second house
    under one number is written too, but does not keep it until somebody decides so.
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
        kept = self._settle_numbers()
        rows = task.good()
        numbers: list[DoorNumber] = task.column("number")[rows].tolist()
        features = Features(
            object_array([str(house.id) for house in self.houses[rows]]),
            {
                "main": object_array([number.main for number in numbers]),
                "sub": object_array([number.sub for number in numbers]),
                **{name: task.column(name)[rows] for name in ("old_text", "valid_from", "plate_state")},
            },
            {
                "place_id": object_array([str(place_id) for place_id in self.places[rows]]),
                "kept": object_array(["true" if kept[row] else "false" for row in rows.tolist()]),
            },
        )
        done = task.work.layers.upsert_existing(features, task.run_id, task.work.now)
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

    def _settle_numbers(self) -> dict[int, bool]:
        """Whether each row's house keeps its number; rows that the ledger leaves no room for are refused."""
        task, work, rows = self.task, self.task.work, self.task.good()
        places = {self.places[row] for row in rows}
        houses = {self.houses[row].id for row in rows}
        survey = hold_survey(work.conn, work.county_code, places, houses)
        holders = number_holders(work.conn, work.county_code, places)
        self._refuse_held_numbers(holders, Contest(survey, holders, houses))
        good = task.good().tolist()
        contest = Contest(survey, holders, {self.houses[row].id for row in good})
        reasons = contest.settle([self._said(row) for row in good])
        for row, reason in zip(good, reasons, strict=True):
            if reason:
                what = _ADDRESSED if self.houses[row].is_addressed else _UNDECIDED
                text = f"重号：{task.column('number')[row]}{reason}；{what}"
                task.find("number-duplicate", text, row)
        return {row: reason is None for row, reason in zip(good, reasons, strict=True)}

    def _said(self, row: int) -> HouseNumber:
        house = self.houses[row]
        return HouseNumber(
            house.id, house.building_code, self.places[row], self.task.column("number")[row], kept=True
        )

    def _refuse_held_numbers(self, holders: Mapping[PlaceNumber, NumberHolder], contest: Contest) -> None:
        """Refuse numbers that are reserved or retired, though not what the survey said of a house before."""
        for row in self.task.good().tolist():
            said = self._said(row)
            holder = holders.get(said.key)
            if (
                holder is None
                or holder.state is NumberState.ISSUED
                or contest.stands(said.building_id, said.key)
            ):
                continue
            message = _HELD[holder.state].format(number=said.number, name=holder.name)
            self.task.refuse(row, "number", "number-taken", message, said.number)

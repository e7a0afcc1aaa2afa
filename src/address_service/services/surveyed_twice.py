"""Which house keeps a number that the survey found on several (重号): one at most, the others wait for a decision."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from address_service.model.numbers import NumberState
from address_service.store.number_holders import NumberHolder
from address_service.store.surveyed_numbers import HouseNumber, PlaceNumber, Survey

_HELD = {
    NumberState.RESERVED: "已预留：{name}",
    NumberState.ISSUED: "已发给{name}",
    NumberState.RETIRED: "已停用，原为{name}",
}
_HAS = "已是建筑{code}的旧号"
_DENIED = "曾调查在建筑{code}上，已决定不沿用"


class Contest:
    """The rows of one file beside what stands: who keeps its number, and why another one does not.

    A house that keeps its number already goes on keeping it; then come those that it was decided for, then the rows in
    the order of the file. Against a decision nothing is kept, and nobody is given what another house was denied.
    """

    def __init__(
        self, survey: Survey, holders: Mapping[PlaceNumber, NumberHolder], houses: Collection[UUID]
    ) -> None:
        """``houses`` are those that the file says something new of."""
        self._before = {one.building_id: one for one in survey.standing}
        self._decided = {(one.building_id, one.key): one.kept for one in survey.decided}
        self._holders = holders
        self._rivals: dict[PlaceNumber, list[tuple[UUID, str]]] = defaultdict(list)
        others = [one for one in survey.standing if one.building_id not in houses]
        denied = [one for one in survey.decided if not one.kept]
        for one in [one for one in others if one.kept]:
            self._rivals[one.key].append((one.building_id, _HAS.format(code=one.building_code)))
        for one in denied:
            self._rivals[one.key].append((one.building_id, _DENIED.format(code=one.building_code)))
        for one in [one for one in others if not one.kept]:
            self._rivals[one.key].append((one.building_id, _HAS.format(code=one.building_code)))

    def stands(self, house: UUID, key: PlaceNumber) -> bool:
        """Whether the survey said this number of the house before."""
        before = self._before.get(house)
        return before is not None and before.key == key

    def settle(self, rows: Sequence[HouseNumber]) -> list[str | None]:
        """Row by row, None where the number is kept, else why not; empty where that was decided already."""
        reasons: list[str | None] = [None] * len(rows)
        for i in sorted(range(len(rows)), key=lambda i: (self._rank(rows[i]), i)):
            row = rows[i]
            reasons[i] = self._against(row)
            if reasons[i] is None:
                self._rivals[row.key].insert(0, (row.building_id, _HAS.format(code=row.building_code)))
        return reasons

    def _keeps(self, row: HouseNumber) -> bool:
        return self.stands(row.building_id, row.key) and self._before[row.building_id].kept

    def _rank(self, row: HouseNumber) -> int:
        if self._keeps(row):
            return 0
        return 1 if self._decided.get((row.building_id, row.key)) else 2

    def _against(self, row: HouseNumber) -> str | None:
        if self._decided.get((row.building_id, row.key)) is False:
            return ""
        if self._keeps(row):
            return None
        holder = self._holders.get(row.key)
        if holder is not None and row.building_id not in holder.building_ids:
            return _HELD[holder.state].format(name=holder.name)
        return next((text for house, text in self._rivals[row.key] if house != row.building_id), None)

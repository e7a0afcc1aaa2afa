"""Places by village and name while a file is read, and the ones it brings."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from address_service.model.addresses import EventKind
from address_service.model.divisions import NameState
from address_service.model.places import PlaceKind
from address_service.services.import_task import ImportTask
from address_service.store.divisions import Village
from address_service.store.places import PlaceFacts, PlaceRecord

AREA_KINDS = (PlaceKind.GROUP, PlaceKind.HAMLET)
NAMED_KINDS = (PlaceKind.STREET, *AREA_KINDS)

GROUP_DECREE = "村民小组沿用"
"""Stands for a decree where a villager group has none.

A group (村民小组) is a unit of the village's self-government (村民委员会组织法 Art 3), not a place name that needs
approval (地名管理条例 Art 9, 12), so its name counts as filed. A 自然村 is a place name: without a decree it is only
proposed.
"""


def area_name_state(kind: PlaceKind, decree_no: str | None) -> tuple[NameState, str | None]:
    """The state of a group's or hamlet's name that comes with a decree, or with none."""
    if decree_no:
        return NameState.APPROVED, decree_no
    if kind is PlaceKind.GROUP:
        return NameState.FILED, GROUP_DECREE
    return NameState.PROPOSED, None


def report_unapproved(task: ImportTask, name: str, decree_no: str | None, row: int | None = None) -> None:
    """Say that a name is taken without the approval that the file claims for it."""
    text = f"账户“{task.work.actor.name}”无权批准地名，“{name}”未按“{decree_no}”记为已批准或备案"
    task.find("name-not-approved", text, row)


class PlaceBook:
    """Places of a county by (village, name); those that a row brings are written at once."""

    def __init__(self, task: ImportTask) -> None:
        """Read the places that there are today."""
        self._task = task
        self._places: dict[tuple[UUID, str], list[PlaceRecord]] = {}
        for record in task.work.places.list_on(NAMED_KINDS, task.work.today):
            self._keep(record)
        self._event: UUID | None = None
        self.created = 0

    def find(self, village: Village, name: str, kinds: Collection[PlaceKind]) -> list[PlaceRecord]:
        """Places of that name in a village."""
        return [p for p in self._places.get((village.id, name), []) if p.facts.kind in kinds]

    def group(self, village: Village, name: str, day: date | None = None) -> UUID:
        """The group or hamlet of that name; a group without a polygon is made where there is none, from the day on."""
        found = self.find(village, name, AREA_KINDS)
        if found:
            return found[0].id
        state, decree = area_name_state(PlaceKind.GROUP, self._decree_for(name))
        return self.create(village, PlaceFacts(village.id, PlaceKind.GROUP, name, state, decree), day)

    def create(self, village: Village, facts: PlaceFacts, day: date | None = None) -> UUID:
        """Write a place that there was not."""
        task = self._task
        since = day or task.day
        place_id = task.work.places.create(facts, village.code, since, self._creation(), task.work.now)
        self._keep(PlaceRecord(place_id, place_id, since, None, facts))
        self.created += 1
        return place_id

    def _decree_for(self, name: str) -> str | None:
        """The file's decree, where the actor may say that a name is approved by it."""
        task = self._task
        if task.decree_no and not task.may_approve_names:
            report_unapproved(task, name, task.decree_no)
            return None
        return task.decree_no

    def _creation(self) -> UUID:
        """The event under which this file's places are made."""
        if self._event is None:
            work = self._task.work
            self._event = work.places.record_event(
                EventKind.CREATE,
                work.actor.account_id,
                self._task.day,
                work.now,
                decree_no=self._task.decree_no,
                note=f"导入 {self._task.run_id}",
            )
        return self._event

    def _keep(self, record: PlaceRecord) -> None:
        name = f"{record.outer}{record.facts.name}"  # a 3组 of a 片区 is not the village's own 3组
        self._places.setdefault((record.facts.division_id, name), []).append(record)

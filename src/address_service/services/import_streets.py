"""Streets (街路巷): places along a centreline, one for each name in a village."""

from address_service.gis.layer_read import ObjectArray
from address_service.model.divisions import NameState
from address_service.model.places import PlaceKind, StreetKind
from address_service.services.import_task import ImportTask
from address_service.services.place_book import PlaceBook
from address_service.services.record_places import DrawnPlace, record_drawn
from address_service.services.village_index import VillageIndex
from address_service.store.places import PlaceFacts

_KIND_OF_LAST = {
    "街": StreetKind.STREET,
    "路": StreetKind.ROAD,
    "巷": StreetKind.LANE,
    "弄": StreetKind.ALLEY,
}


def import_streets(task: ImportTask) -> None:
    """Write streets; rows of one name in one village are branches of one street.

    A name that the register knows as approved is not made less by a file.
    """
    villages = VillageIndex.of(task.work).claimed(task)
    book = PlaceBook(task)
    drawn = [
        DrawnPlace(int(row), villages[row], facts)
        for row in task.good()
        if (facts := _facts(task, int(row), villages)) is not None
    ]
    record_drawn(task, book, drawn)


def _facts(task: ImportTask, row: int, villages: ObjectArray) -> PlaceFacts | None:
    name = task.column("name")[row]
    state = NameState(task.column("name_state")[row] or NameState.PROPOSED)
    decree = task.column("decree_no")[row] or task.decree_no
    if state is not NameState.PROPOSED and not decree:
        task.refuse(row, "decree_no", "decree-missing", f"“{name}”已批准或备案，应填批准文号")
        return None
    kind = task.column("street_kind")[row]
    return PlaceFacts(
        division_id=villages[row].id,
        kind=PlaceKind.STREET,
        name=name,
        name_state=state,
        decree_no=decree or None,
        street_kind=StreetKind(kind) if kind else _KIND_OF_LAST.get(name[-1]),
        origin=task.column("origin")[row] or "",
        geometry=task.geometry[row],
    )

"""The act by which a street, hamlet or group gets another name; its addresses read it from the day on."""

from uuid import UUID

from address_service.errors import Conflict, InvalidInput
from address_service.model.addresses import EventKind, Subject
from address_service.model.divisions import NameState
from address_service.model.places import PlaceKind
from address_service.services.division_act import Act, record_act
from address_service.services.reread_addresses import Reread, reread_addresses
from address_service.store.division_changes import PLACE, change_onwards, places_under
from address_service.store.names_above import Ground
from address_service.store.place_context import load_place_context
from address_service.store.work import Work


def rename_place(work: Work, place_id: UUID, name: str, act: Act) -> tuple[UUID, Reread]:
    """Give a place another name; numbers, codes and identities stay. Gives the event too.

    Raises NotFound `place-not-found`, InvalidInput `decree-missing`, Conflict `name-unchanged`, `place-name-taken`,
    and as `reread_addresses` does.
    """
    work.places.lock(place_id)
    context = load_place_context(work.conn, work.county_code, place_id, act.effective_on)
    name = name.strip()
    if not act.decree_no:
        raise InvalidInput("地名更名须有批准文号", code="decree-missing")
    if context.kind is PlaceKind.VILLAGE:
        raise InvalidInput("全村随村名更名，请办理村的更名", code="place-is-a-village")
    if name == context.name:
        raise Conflict(f"“{name}”已是该地名", code="name-unchanged")
    if work.places.find(context.division_id, name, [context.kind], act.effective_on):
        raise Conflict(f"{context.village}已有“{name}”", code="place-name-taken")
    event_id = record_act(work, act, EventKind.RENAME, Subject.PLACE)
    facts = {"name": name, "name_state": NameState.APPROVED, "decree_no": act.decree_no}

    def write() -> None:
        change_onwards(
            work.conn, work.county_code, PLACE, place_id, act.effective_on, facts, event_id, work.now
        )

    ground = Ground(place_ids=tuple(places_under(work.conn, work.county_code, place_id)))
    return event_id, reread_addresses(work, ground, act, event_id, write)

"""The acts on single addresses: what each writes when it is committed."""

from collections.abc import Callable
from uuid import UUID

from address_service.errors import Conflict
from address_service.model.address_changes import AddressAct
from address_service.model.addresses import EventKind
from address_service.services.address_change_correction import correct
from address_service.services.address_change_doors import bring_in, heirs_of, new_door
from address_service.services.address_change_facts import last_versions, number_of
from address_service.services.address_change_tools import (
    Act,
    Done,
    end,
    free_houses,
    index,
    refuse_earlier,
    tell,
    writer_of,
)
from address_service.services.renumbering_situation import load_standing
from address_service.store.addresses import refuse_texts_in_force
from address_service.store.events import Successor
from address_service.store.numbers import LedgerRow


def retire(act: Act) -> Done:
    """The house is gone: the address ends with its rooms, its number is retired, its plate no longer in force."""
    versions = last_versions(act.work, act.subject_id, act.terms.on)
    writer = writer_of(act, versions)
    event_id = tell(act, EventKind.RETIRE, act.terms.on)
    end(act, writer, versions, event_id)
    writer.retire_number(act.subject_id)
    free_houses(act, writer)
    return Done(event_id, act.terms.on)


def merge(act: Act) -> Done:
    """Two doors become one: the houses of the first stand behind the other from the day on."""
    into = UUID(act.details["into_id"])
    versions = last_versions(act.work, act.subject_id, act.terms.on)
    others = last_versions(act.work, into, act.terms.on)
    refuse_earlier(act, into)
    writer = writer_of(act, [*versions, *others])
    event_id = tell(act, EventKind.MERGE, act.terms.on, [Successor(act.subject_id, into)])
    end(act, writer, versions, event_id)
    writer.retire_number(act.subject_id)
    houses = free_houses(act, writer)
    act.work.addresses.link_buildings([(into, house) for house in houses], act.terms.on, writer.moment)
    index(act, [into])
    return Done(event_id, act.terms.on)


def split(act: Act) -> Done:
    """One door becomes several: the new ones are current at once; the old one stays, or ends in them."""
    versions = last_versions(act.work, act.subject_id, act.terms.on)
    writer, standing = writer_of(act, versions), load_standing(act.work, act.head.place_id)
    doors = [new_door(act, standing, part) for part in act.details["parts"]]
    lines = [Successor(act.subject_id, door.id, "part") for door in doors]
    event_id = tell(act, EventKind.SPLIT, act.terms.on, lines)
    if act.details["stays"]:
        free_houses(act, writer, {house for door in doors for house in door.building_ids})
    else:
        end(act, writer, versions, event_id)
        writer.retire_number(act.subject_id)
        free_houses(act, writer)
    bring_in(act, writer, doors, event_id)
    why = f"由 {act.head.code} 分出，文号{act.terms.decree_no}"
    rows = [
        LedgerRow(door.number, None, None, ({"code": "split", "text": why},), holder_id=door.id)
        for door in doors
    ]
    act.work.numbers.enter(act.head.place_id, rows, standing.policy_id, writer.moment)
    return Done(event_id, act.terms.on)


def replace(act: Act) -> Done:
    """An authority demands a new code: the same door and rooms under new codes, the old ones end in them."""
    versions = last_versions(act.work, act.subject_id, act.terms.on)
    writer = writer_of(act, versions)
    heirs = heirs_of(act, versions)
    lines = [Successor(old, heir.id) for old, heir in heirs.items()]
    event_id = tell(act, EventKind.RECODE, act.terms.on, lines)
    end(act, writer, versions, event_id)
    free_houses(act, writer)
    bring_in(act, writer, list(heirs.values()), event_id)
    writer.hand_over_number(act.subject_id, heirs[act.subject_id].id)
    return Done(event_id, act.terms.on)


def reassign(act: Act) -> Done:
    """A retired number is given to another house, by decree."""
    standing, number = load_standing(act.work, act.head.place_id), number_of(act.details)
    if number is None:
        raise Conflict("变更没有号码", code="number-not-retired")
    part = {**act.details, "building_ids": [act.details["building_id"]]}
    door = new_door(act, standing, part)
    refuse_texts_in_force(act.work.conn, act.work.county_code, [door.full_text], act.terms.on)
    writer = writer_of(act, [])
    event_id = tell(act, EventKind.REASSIGN, act.terms.on)
    bring_in(act, writer, [door], event_id)
    why = f"重新启用已注销的号，依据{act.terms.decree_no}"
    writer.give_again(act.head.place_id, number, door.id, why)
    return Done(event_id, act.terms.on)


ACTS: dict[AddressAct, Callable[[Act], Done]] = {
    AddressAct.RETIRE: retire,
    AddressAct.MERGE: merge,
    AddressAct.SPLIT: split,
    AddressAct.REPLACE: replace,
    AddressAct.REASSIGN: reassign,
    AddressAct.CORRECT: correct,
}

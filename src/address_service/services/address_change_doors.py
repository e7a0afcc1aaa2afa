"""New doors of acts on single addresses: under a number of their own, or as the heirs of old codes."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from address_service.coding.address_code import SCHEME_TS_2026, make_code
from address_service.coding.full_text import TextStyle
from address_service.errors import Conflict
from address_service.model.codes import AddressCode
from address_service.model.numbers import DoorNumber
from address_service.services.address_change_tools import Act, index
from address_service.services.draft_doors import text_of
from address_service.services.renumbering_situation import Standing
from address_service.store.address_acts import ActWriter, InForce, point_of
from address_service.store.addresses import NewAddress, Scope, refuse_texts_in_force
from address_service.store.counters import take_serials
from address_service.store.ids import new_id
from address_service.store.known_addresses import KnownAddress, KnownAddresses


def door_text(standing: Standing, number: DoorNumber, labels: tuple[str, str, str, str]) -> str:
    """What a door or room of the place reads."""
    style: TextStyle = standing.policy.text_style
    return text_of(standing.context, style, number, labels)


def new_door(act: Act, standing: Standing, part: Mapping[str, Any]) -> NewAddress:
    """A door about to be brought in, under the next serial of its place."""
    work, context = act.work, standing.context
    number = DoorNumber(part["main"], part["sub"])
    houses = tuple(UUID(house) for house in part["building_ids"])
    lon, lat = point_of(work.conn, work.county_code, houses[0])
    return NewAddress(
        id=new_id(),
        code=_door_code(act, context.code_prefix),
        scheme=SCHEME_TS_2026.id,
        parent_id=None,
        division_id=context.division_id,
        place_id=context.place_id,
        number=number,
        full_text=door_text(standing, number, ("", "", "", "")),
        lon=lon,
        lat=lat,
        building_ids=houses,
    )


def _door_code(act: Act, prefix: str) -> AddressCode:
    serial = take_serials(act.work.conn, act.work.county_code, prefix, 1)
    return make_code(prefix[:12], int(prefix[12]), int(prefix[13:]), serial, 0)


def heirs_of(act: Act, versions: Sequence[InForce]) -> dict[UUID, NewAddress]:
    """The same door and rooms under new codes, by the old identity."""
    known = KnownAddresses(act.work.conn, act.work.county_code)
    old = known.get(act.subject_id)
    code = _door_code(act, old.code.prefix)
    houses = tuple(ActWriter(act.work.conn, act.work.county_code, act.work.now).buildings_of(old.id))
    door = _heir(old, versions, code, None, houses)
    heirs = {old.id: door}
    prefix = code.prefix
    for version in versions:
        if version.address_id != old.id:
            room = known.get(version.address_id)
            fresh = make_code(
                prefix[:12], int(prefix[12]), int(prefix[13:]), code.door_serial, room.code.room_serial
            )
            heirs[room.id] = _heir(room, versions, fresh, door.id, ())
    return heirs


def _heir(
    old: KnownAddress,
    versions: Sequence[InForce],
    code: AddressCode,
    parent_id: UUID | None,
    houses: tuple[UUID, ...],
) -> NewAddress:
    building, unit, floor, room = next(v.labels for v in versions if v.address_id == old.id)
    return NewAddress(
        id=new_id(),
        code=code,
        scheme=SCHEME_TS_2026.id,
        parent_id=parent_id,
        division_id=old.division_id,
        place_id=old.place_id,
        number=old.number,
        full_text=old.full_text,
        lon=old.lon,
        lat=old.lat,
        building_label=building,
        unit_label=unit,
        floor_label=floor,
        room_label=room,
        building_ids=houses,
    )


def bring_in(act: Act, writer: ActWriter, doors: Sequence[NewAddress], event_id: UUID) -> None:
    """Draft by who asked, approve by who decides: the two stay two in every version."""
    work, terms = act.work, act.terms
    refuse_texts_in_force(work.conn, work.county_code, [door.full_text for door in doors], terms.on)
    work.addresses.draft(doors, event_id, terms.drawn_by, terms.on, writer.moment)
    scope = Scope(codes=tuple(door.code.text for door in doors))
    done = work.addresses.approve(scope, terms.decided_by, terms.decree_no, terms.on, event_id, writer.moment)
    if len(done) != len(doors):
        raise Conflict("所在地名尚未批准，不能执行", code="approval-obstacles")
    index(act, [door.id for door in doors])

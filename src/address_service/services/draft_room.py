"""A room (户室) drafted under a standing door, with the next room serial of the door's code."""

from address_service.coding.address_code import SCHEME_TS_2026, make_code
from address_service.coding.rooms import MAX_ROOMS
from address_service.errors import Conflict
from address_service.model.addresses import EventKind, Stage
from address_service.store.addresses import NewAddress
from address_service.store.ids import new_id
from address_service.store.known_addresses import KnownAddress, KnownAddresses
from address_service.store.overview import announce_change
from address_service.store.work import Work


def draft_room(work: Work, door: KnownAddress, room_label: str, note: str) -> NewAddress:
    """Draft a room under a current door, whose place is held; serials of rejected rooms are not given again.

    Raises Conflict `door-not-current`, `rooms-exhausted`.
    """
    if door.stage is not Stage.CURRENT:
        raise Conflict(f"“{door.full_text}”不是现行门牌，不能在其下编户室", code="door-not-current")
    serial = KnownAddresses(work.conn, work.county_code).last_room_serial(door.id) + 1
    if serial > MAX_ROOMS:
        raise Conflict(f"“{door.full_text}”的户室序号已用尽", code="rooms-exhausted")
    prefix = door.code.prefix
    code = make_code(prefix[:12], int(prefix[12]), int(prefix[13:]), door.code.door_serial, serial)
    room = NewAddress(
        id=new_id(),
        code=code,
        scheme=SCHEME_TS_2026.id,
        parent_id=door.id,
        division_id=door.division_id,
        place_id=door.place_id,
        number=door.number,
        full_text=door.full_text + room_label,
        lon=door.lon,
        lat=door.lat,
        room_label=room_label,
    )
    event_id = work.addresses.record_event(
        EventKind.SPLIT,
        work.actor.account_id,
        work.today,
        work.now,
        note=note,
        details={"door": door.code.text},
    )
    work.addresses.draft([room], event_id, work.actor.account_id, work.today, work.now)
    announce_change(work.conn, work.county_code)
    return room

"""Doors and rooms about to become draft addresses: codes, full texts, buildings behind them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from address_service.coding.address_code import SCHEME_TS_2026, make_code
from address_service.coding.full_text import AddressParts, TextStyle, compose
from address_service.coding.rooms import Room, building_labels, rooms_of
from address_service.model.houses import House
from address_service.model.numbers import DoorNumber
from address_service.store.addresses import NewAddress
from address_service.store.ids import new_id
from address_service.store.numbering_plans import PlanItem
from address_service.store.numbers import LedgerRow
from address_service.store.place_context import PlaceContext


@dataclass(slots=True)
class Outcome:
    """What a commit writes, gathered before it is written."""

    addresses: list[NewAddress] = field(default_factory=list)
    numbers: list[LedgerRow] = field(default_factory=list)
    links: list[tuple[UUID, UUID]] = field(default_factory=list)
    reserved: list[PlanItem] = field(default_factory=list)


def draft_door(
    outcome: Outcome, writer: "Writer", item: PlanItem, members: Sequence[House], serial: int
) -> NewAddress:
    """Gather a new door with its rooms under a serial of its place; the first member lends its gate."""
    former = next((h for h in members if h.old_text), None)
    door = writer.address(
        item,
        members[0],
        serial,
        building_ids=tuple(h.id for h in members),
        former_text=former.old_text if former else "",
        former_from=former.existing_from if former else None,
    )
    outcome.addresses.append(door)
    outcome.numbers.append(LedgerRow(item.number, item.side, item.offset_m, item.reasons, holder_id=door.id))
    outcome.addresses.extend(_rooms(writer, item, members, door))
    return door


def _rooms(
    writer: "Writer", item: PlanItem, members: Sequence[House], door: NewAddress
) -> Iterable[NewAddress]:
    serial = 0
    for building, house in zip(building_labels(len(members)), members, strict=True):
        if not house.is_multi_dwelling:
            continue
        for room in rooms_of(house.floors, house.units, house.rooms_per_floor):
            serial += 1
            yield writer.address(item, house, door.code.door_serial, _Inside(door, serial, building, room))


@dataclass(frozen=True, slots=True)
class _Inside:
    """Where in a door's building a room is."""

    door: NewAddress
    serial: int
    building: str
    room: Room


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes addresses of one place in one style."""

    context: PlaceContext
    style: TextStyle

    def address(
        self, item: PlanItem, house: House, door_serial: int, inside: _Inside | None = None, **more: Any
    ) -> NewAddress:
        """The draft of a door, or of a room inside it; ``more`` are further members."""
        prefix, room = self.context.code_prefix, inside.room if inside else None
        return NewAddress(
            id=new_id(),
            code=make_code(
                prefix[:12], int(prefix[12]), int(prefix[13:]), door_serial, inside.serial if inside else 0
            ),
            scheme=SCHEME_TS_2026.id,
            parent_id=inside.door.id if inside else None,
            division_id=self.context.division_id,
            place_id=self.context.place_id,
            number=item.number,
            full_text=self.full_text(item.number, inside),
            lon=house.lon,
            lat=house.lat,
            building_label=inside.building if inside else "",
            unit_label=room.unit if room else "",
            floor_label=room.floor if room else "",
            room_label=room.room if room else "",
            **more,
        )

    def full_text(self, number: DoorNumber, inside: _Inside | None) -> str:
        """The full text, by the components of GB/T 35639-2017."""
        room = inside.room if inside else None
        labels = (inside.building, room.unit, room.floor, room.room) if inside and room else ("", "", "", "")
        return text_of(self.context, self.style, number, labels)


def text_of(
    context: PlaceContext, style: TextStyle, number: DoorNumber, labels: tuple[str, str, str, str]
) -> str:
    """The full text of a door, or of a room by its labels (building, unit, floor, room)."""
    building, unit, floor, room = labels
    parts = AddressParts(
        province=context.province,
        prefecture=context.prefecture,
        county=context.county,
        town=context.town,
        village=context.village,
        places=context.text_names,
        number=number,
        building=building,
        unit=unit,
        floor=floor,
        room=room,
    )
    return compose(parts, style)

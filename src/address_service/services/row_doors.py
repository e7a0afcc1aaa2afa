"""The one door that a row of a list names by code, by plate, by text or by several of them that must agree."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from address_service.coding.door_reference import DoorReference, read_door_reference
from address_service.errors import InvalidInput
from address_service.gis.resident_lists import ListedPerson
from address_service.model.residents import LinkWay
from address_service.services.resident_doors import DoorFinder, Meant
from address_service.store.resident_doors import KnownDoor

HOME = {"address_code": LinkWay.CODE, "plate": LinkWay.PLATE, "address": LinkWay.TEXT}
"""Columns that name the door of a household, the strongest first."""
DWELLING = {"lives_at": LinkWay.TEXT}
"""The column that names where a person lives."""
_NAMES = {LinkWay.CODE: "地址编码", LinkWay.PLATE: "二维码", LinkWay.TEXT: "地址文字"}
_MISSING = "地址编码、门牌二维码、地址文字至少要填一项"
_DOOR_DIGITS = 21
"""Digits of a code up to the door: rooms of one door have them in common."""


@dataclass(frozen=True, slots=True)
class RowDoor:
    """A row's door, by what it is named first, and whether a text beside it was not understood."""

    door: KnownDoor
    way: LinkWay
    text_unread: bool = False


@dataclass(frozen=True, slots=True)
class DoorRefusal:
    """Why a row has no door: the field, a stable code, a sentence, and the addresses that it may mean."""

    field: str
    code: str
    message: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class _Named:
    field: str
    way: LinkWay
    meant: Meant


def references(rows: Iterable[ListedPerson]) -> set[DoorReference]:
    """All doors that a list names, as far as they can be read."""
    found = set()
    for row in rows:
        for field, way in (HOME | DWELLING).items():
            if field in row.values:
                try:
                    found.add(read_door_reference(row.values[field], way))
                except InvalidInput:
                    continue  # refused with its row
    return found


def door_of_row(
    row: ListedPerson, columns: Mapping[str, LinkWay], finder: DoorFinder
) -> RowDoor | DoorRefusal:
    """The door that the columns of a row name together; two that differ are refused and both named."""
    named = []
    for field, way in columns.items():
        if field not in row.values:
            continue
        try:
            reference = read_door_reference(row.values[field], way)
        except InvalidInput as error:
            return DoorRefusal(field, error.code, error.message)
        named.append(_Named(field, reference.way, finder.meaning(reference)))
    if not named:
        return DoorRefusal(list(columns)[-1], "address-missing", _MISSING)
    strong = [one for one in named if one.way is not LinkWay.TEXT]
    return _agreed(strong or named[:1], [one for one in named if one.way is LinkWay.TEXT], finder)


def _agreed(deciding: list[_Named], texts: list[_Named], finder: DoorFinder) -> RowDoor | DoorRefusal:
    best: tuple[_Named, KnownDoor] | None = None
    for one in deciding:
        door = finder.door(one.meant.address_id) if one.meant.address_id else None
        if door is None:
            return _unknown(one, finder)
        if best is None:
            best = one, door
        elif not _same_door(door, best[1]):
            return _differ(best[0], best[1], one, [door], finder)
        elif door.code > best[1].code:
            best = best[0], door  # the room says more than its door
    assert best is not None  # noqa: S101 - there is one that decides
    return _beside(best, [one for one in texts if one is not best[0]], finder)


def _beside(
    best: tuple[_Named, KnownDoor], texts: Iterable[_Named], finder: DoorFinder
) -> RowDoor | DoorRefusal:
    """Hold a text against the door that a code or plate has decided; one that names no door at all does no harm."""
    first, door = best
    unread = False
    for one in texts:
        ids: tuple[UUID, ...] = (one.meant.address_id,) if one.meant.address_id else one.meant.candidates
        others = [found for found in map(finder.door, ids) if found is not None]
        if others and not any(_same_door(found, door) for found in others):
            return _differ(first, door, one, others, finder)
        unread = unread or not others
        if one.meant.address_id and others[:1] and others[0].code > door.code:
            door = others[0]
    return RowDoor(door, first.way, unread)


def _same_door(one: KnownDoor, other: KnownDoor) -> bool:
    """Whether two addresses are one, or one is a room of the other."""
    if one.code[:_DOOR_DIGITS] != other.code[:_DOOR_DIGITS]:
        return False
    rooms = {door.code[_DOOR_DIGITS:-1] for door in (one, other)}
    return len(rooms) == 1 or "0000" in rooms


def _unknown(one: _Named, finder: DoorFinder) -> DoorRefusal:
    if one.meant.address_id is not None:
        return DoorRefusal(one.field, "address-unknown", "这个地址刚刚有变动，请重新导入这份名册")
    value = finder.shown(one.meant.candidates)
    message = one.meant.message + (f"；可能是：{value}" if value else "")
    return DoorRefusal(one.field, one.meant.code, message, value)


def _differ(
    one: _Named, door: KnownDoor, other: _Named, others: list[KnownDoor], finder: DoorFinder
) -> DoorRefusal:
    verb = "指" if other.meant.address_id else "像是"
    message = (
        f"{_NAMES[one.way]}指“{finder.words(door)}”，{_NAMES[other.way]}{verb}“{finder.words(others[0])}”，"
        "两处不是同一个门牌"
    )
    shown = finder.shown([found.address.id for found in (door, *others)])
    return DoorRefusal(other.field, "address-ways-differ", message, shown)

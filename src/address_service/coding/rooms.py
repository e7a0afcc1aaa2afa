"""Rooms of a building (单元、楼层、户室) from its floors, units and rooms per floor."""

from dataclasses import dataclass

from address_service.errors import InvalidInput

MAX_ROOMS = 9_999
"""Four digits of the address code (positions 22-25)."""


@dataclass(frozen=True, slots=True)
class Room:
    """One dwelling inside a door: labels with suffix, empty where there is none; ``serial`` counts from 1."""

    serial: int
    unit: str
    floor: str
    room: str


def rooms_of(floors: int, units: int, rooms_per_floor: int) -> tuple[Room, ...]:
    """The dwellings of one building, unit by unit, from the ground up.

    ``rooms_per_floor`` is per unit; ``units`` 0 means that stairwells are not told apart, and gives no unit
    label. A building of one dwelling has no rooms: the door is its address. Raises `InvalidInput` beyond
    9,999 rooms.
    """
    total = floors * max(units, 1) * rooms_per_floor
    if total > MAX_ROOMS:
        raise InvalidInput(f"户室数{total}超过编码容量{MAX_ROOMS}", code="too-many-rooms")
    if total <= 1:
        return ()
    places = (
        (f"{unit}单元" if units else "", floor, index)
        for unit in range(1, max(units, 1) + 1)
        for floor in range(1, floors + 1)
        for index in range(1, rooms_per_floor + 1)
    )
    return tuple(
        Room(serial, unit, f"{floor}层", f"{floor}{index:02d}室")
        for serial, (unit, floor, index) in enumerate(places, start=1)
    )


def building_labels(count: int) -> tuple[str, ...]:
    """Labels of the buildings behind one door number: 1栋, 2栋 … as given; a single one has none."""
    return ("",) if count == 1 else tuple(f"{n}栋" for n in range(1, count + 1))

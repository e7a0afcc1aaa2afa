"""Rooms of a building: labels, order, serials."""

import pytest

from address_service.coding.rooms import Room, building_labels, rooms_of
from address_service.errors import InvalidInput


def test_rooms_go_unit_by_unit_from_the_ground_up() -> None:
    rooms = rooms_of(floors=2, units=2, rooms_per_floor=2)

    assert [room.serial for room in rooms] == list(range(1, 9))
    assert rooms[0] == Room(1, "1单元", "1层", "101室")
    assert rooms[3] == Room(4, "1单元", "2层", "202室")
    assert rooms[4] == Room(5, "2单元", "1层", "101室")


def test_without_units_there_is_no_unit_label() -> None:
    assert [room.unit for room in rooms_of(2, 0, 1)] == ["", ""]


@pytest.mark.parametrize(("floors", "units", "per_floor"), [(3, 0, 0), (1, 0, 1), (1, 1, 1)])
def test_a_single_dwelling_has_no_rooms(floors: int, units: int, per_floor: int) -> None:
    assert rooms_of(floors, units, per_floor) == ()


def test_more_rooms_than_the_code_holds_are_refused() -> None:
    with pytest.raises(InvalidInput):
        rooms_of(99, 99, 99)


def test_buildings_are_labelled_only_where_there_are_several() -> None:
    assert building_labels(1) == ("",)
    assert building_labels(3) == ("1栋", "2栋", "3栋")

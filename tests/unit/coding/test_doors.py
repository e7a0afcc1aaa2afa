"""Which houses share a door number."""

from uuid import UUID

from address_service.coding.numbering.doors import group_doors
from address_service.coding.numbering.policy import Subject
from address_service.model.buildings import BuildingUse
from address_service.model.houses import House
from address_service.model.numbers import DoorNumber

PARCEL = UUID(int=900)


def house(n: int, parcel: UUID | None = PARCEL, **more: object) -> House:
    values: dict[str, object] = {
        "id": UUID(int=n), "building_code": f"B{n}", "parcel_id": parcel, "use": BuildingUse.DWELLING, "floors": 1,
        "units": 0, "rooms_per_floor": 0, "area_m2": 100.0, "x": float(n), "y": 0.0, "lon": 113.0, "lat": 28.0,
    }  # fmt: skip
    return House(**{**values, **more})  # type: ignore[arg-type]


def test_a_courtyard_is_one_door() -> None:
    doors = group_doors([house(1), house(2)], Subject.COURTYARD)

    assert [[h.building_code for h in door.houses] for door in doors] == [["B1", "B2"]]


def test_each_building_is_a_door_when_the_policy_says_so() -> None:
    assert len(group_doors([house(1), house(2)], Subject.BUILDING)) == 2


def test_a_house_without_a_parcel_is_a_courtyard_by_itself() -> None:
    assert len(group_doors([house(1, None), house(2, None)], Subject.COURTYARD)) == 2


def test_the_larger_dwelling_lends_its_gate() -> None:
    small, large = house(1, area_m2=60.0), house(2, area_m2=120.0)

    (door,) = group_doors([small, large], Subject.COURTYARD)

    assert door.main_house is large


def test_two_surveyed_numbers_in_one_courtyard_are_both_kept() -> None:
    houses = [house(1, existing=DoorNumber(3)), house(2, existing=DoorNumber(8)), house(3)]

    doors = group_doors(houses, Subject.COURTYARD)

    assert sorted(door.kept for door in doors if door.kept) == [DoorNumber(3), DoorNumber(8)]
    assert sum(len(door.houses) for door in doors) == 3


def test_a_new_house_joins_the_address_of_its_courtyard() -> None:
    address = UUID(int=77)
    old = house(2, address_id=address, held=DoorNumber(5))

    (door,) = group_doors([house(1), old], Subject.COURTYARD)

    assert door.main_house is old
    assert (door.address_id, door.kept) == (address, DoorNumber(5))
    assert len(door.houses) == 2


def test_a_number_held_counts_more_than_the_surveyed_one() -> None:
    held = house(1, existing=DoorNumber(3), held=DoorNumber(4), address_id=UUID(int=7))

    (door,) = group_doors([held], Subject.COURTYARD)

    assert door.kept == DoorNumber(4)

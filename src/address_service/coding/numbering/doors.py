"""Which houses share one door number: courtyard (一院一号), building, or household."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from address_service.coding.numbering.policy import Subject
from address_service.model.buildings import BuildingUse
from address_service.model.houses import House
from address_service.model.numbers import DoorNumber


@dataclass(frozen=True, slots=True)
class DoorGroup:
    """Houses behind one door; the first one is the main house and lends its gate and its id.

    ``address_id`` is the address that the door has already; ``kept`` the number it keeps, its own or the surveyed.
    """

    houses: tuple[House, ...]
    kept: DoorNumber | None
    address_id: UUID | None

    @property
    def key(self) -> UUID:
        """Identity within one plan."""
        return self.houses[0].id

    @property
    def main_house(self) -> House:
        """The house whose gate is the door."""
        return self.houses[0]


_USE_RANK = {BuildingUse.ORGAN: 0, BuildingUse.DWELLING: 1, BuildingUse.MIXED: 1, BuildingUse.SHOP: 2}


def _rank(house: House) -> tuple[bool, bool, int, float, str]:
    return (
        house.held is None,
        house.existing is None,
        _USE_RANK.get(house.use, 3),
        -round(house.area_m2, 1),
        house.building_code,
    )


def group_doors(houses: Iterable[House], subject: Subject) -> list[DoorGroup]:
    """Join houses to doors, in order of building code.

    In a courtyard (one parcel) every house that already has a number of its own keeps it and is a door; the rest
    join the main house. A house without a parcel is a courtyard by itself.
    """
    if subject is not Subject.COURTYARD:
        return [_door([house]) for house in houses]
    by_parcel = sorted(houses, key=lambda h: (str(h.parcel_id or h.id), *_rank(h)))
    doors = []
    for _, courtyard in groupby(by_parcel, key=lambda h: h.parcel_id or h.id):
        doors.extend(_doors_of_courtyard(list(courtyard)))
    return sorted(doors, key=lambda d: d.main_house.building_code)


def _doors_of_courtyard(houses: Sequence[House]) -> list[DoorGroup]:
    first, *others = houses
    shared: list[House] = [first]
    own: list[House] = []
    for house in others:
        same_address = house.address_id is not None and house.address_id == first.address_id
        has_own = house.existing is not None or (house.address_id is not None and not same_address)
        (own if has_own and not same_address else shared).append(house)
    return [_door(shared), *(_door([house]) for house in own)]


def _door(houses: Sequence[House]) -> DoorGroup:
    first = houses[0]
    return DoorGroup(tuple(houses), first.held or first.existing, first.address_id)

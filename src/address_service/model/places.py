"""Places (街路巷, 片区): what numbers are counted along or within."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from address_service.model.divisions import NameState


class PlaceKind(StrEnum):
    """Kind of place; ``VILLAGE`` is a whole village numbered as one area."""

    STREET = "street"
    COMPOUND = "compound"
    INSTITUTION = "institution"
    HAMLET = "hamlet"
    GROUP = "group"
    VILLAGE = "village"


PLACE_CLASS: dict[PlaceKind, int] = {
    PlaceKind.STREET: 1,
    PlaceKind.COMPOUND: 2,
    PlaceKind.INSTITUTION: 3,
    PlaceKind.HAMLET: 4,
    PlaceKind.GROUP: 5,
    PlaceKind.VILLAGE: 0,
}
"""Position 13 of the address code: last digit of GA/T 2000.32 41-44, local 5 for groups, 0 for none."""


class StreetKind(StrEnum):
    """Generic term of a street's name."""

    STREET = "street"
    ROAD = "road"
    LANE = "lane"
    ALLEY = "alley"


@dataclass(frozen=True, slots=True)
class Place:
    """One version of a place.

    ``serial`` is 1-999 within (village, class), 0 for a whole village; ``code_prefix`` the 16 digits under
    which its doors are counted.
    """

    id: UUID
    kind: PlaceKind
    name: str
    name_state: NameState
    division_id: UUID
    division_name: str
    serial: int
    code_prefix: str

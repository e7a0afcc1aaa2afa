"""Houses that ask for numbers, and planned sites that will."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shapely.geometry.base import BaseGeometry

from address_service.model.buildings import BuildingUse, PlanKind
from address_service.model.numbers import DoorNumber, Side


@dataclass(frozen=True, slots=True)
class House:
    """A building that may ask for a number, with what is known of its address.

    ``x, y`` is the gate in metres of the county's 3-degree zone, ``lon, lat`` the same in EPSG:4490; ``existing``
    the number found by the survey; ``address_id`` and ``held`` the address and number it has already.
    """

    id: UUID
    building_code: str
    parcel_id: UUID | None
    use: BuildingUse
    floors: int
    units: int
    rooms_per_floor: int
    area_m2: float
    x: float
    y: float
    lon: float
    lat: float
    existing: DoorNumber | None = None
    old_text: str = ""
    existing_from: date | None = None
    address_id: UUID | None = None
    held: DoorNumber | None = None

    @property
    def dwellings(self) -> int:
        """Dwellings by stairwells (单元), floors and rooms per floor."""
        return self.floors * self.units * self.rooms_per_floor

    @property
    def is_multi_dwelling(self) -> bool:
        """Whether rooms get addresses of their own: only where stairwells are told apart, never in a farmhouse."""
        return self.units >= 1 and self.dwellings > 1


@dataclass(frozen=True, slots=True)
class PlannedSite:
    """A construction plan whose numbers are not released; geometry in metres of the county's zone.

    ``reservation_id`` is the active reservation that it has already.
    """

    id: UUID
    name: str
    kind: PlanKind
    side: Side | None
    doors: int
    purpose: str
    holder: str
    decree_no: str
    expires_on: date
    geometry: BaseGeometry
    reservation_id: UUID | None = None

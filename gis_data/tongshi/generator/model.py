"""The town in memory: villages, places, parcels and buildings, all in EPSG:4547 metres."""

from dataclasses import dataclass, field

from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

TOWN = "430626113"
NOTE = "合成示例数据"


@dataclass(slots=True, eq=False)
class Village:
    suffix: str
    name: str
    shape: Polygon
    hub: Point
    ring: int

    @property
    def code(self) -> str:
        return TOWN + self.suffix


@dataclass(slots=True, eq=False)
class Group:
    """A villager group or hamlet; `kind` is 组, 自然村, or 村 for a village numbered as a whole."""

    village: Village
    kind: str
    centre: Point
    target: int
    name: str = ""
    shape: BaseGeometry | None = None


@dataclass(slots=True, eq=False)
class Building:
    shape: Polygon
    use: str
    floors: int
    units: int | None = None
    per_floor: int | None = None
    name: str = ""
    code: str = ""

    @property
    def rooms(self) -> int:
        """Room addresses expected: none for a house of one dwelling."""
        if not self.units or not self.per_floor:
            return 0
        total = self.units * self.floors * self.per_floor
        return total if total > 1 else 0


@dataclass(slots=True, eq=False)
class Parcel:
    """A courtyard; `group` is None for street parcels and for the ungrouped dwellings."""

    village: Village
    shape: Polygon
    buildings: list[Building]
    group: Group | None = None
    street: str = ""
    side: str = ""
    order: int = 0
    measure: float = 0.0
    part: int = 0
    gate: Point | None = None
    code: str = ""

    @property
    def main(self) -> Building:
        return self.buildings[0]


@dataclass(slots=True, eq=False)
class Lane:
    line: LineString
    village: Village
    name: str
    trunk: bool


@dataclass(slots=True, eq=False)
class Street:
    """`parts` run in numbering direction, the trunk first; `drawn_reversed` is how the office digitised it."""

    name: str
    category: str
    parts: list[LineString]
    drawn_reversed: bool = False
    origin: str = ""
    status: str = "已批准"
    decree: str = ""
    gaps: list[tuple[float, float, str]] = field(default_factory=list)
    fill: float = 0.8


@dataclass(slots=True, eq=False)
class Plan:
    code: str
    name: str
    kind: str
    village: Village
    place: str
    doors: int
    shape: BaseGeometry
    builder: str
    use: str
    decree: str
    expires: str
    side: str = ""


@dataclass(slots=True, eq=False)
class Existing:
    """One line of the old plate register."""

    parcel: Parcel
    place: str
    number: str
    shown: str
    old_text: str
    since: str
    state: str


@dataclass(slots=True, eq=False)
class Town:
    villages: list[Village]
    streets: list[Street]
    lanes: list[Lane]
    groups: list[Group]
    parcels: list[Parcel]
    plans: list[Plan]
    existing: list[Existing]
    former_villages: list[Village] = field(default_factory=list)

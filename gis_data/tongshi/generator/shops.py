"""Houses along the streets: two rows of shops, with gaps, and the order in which they are numbered."""

from dataclasses import dataclass
from random import Random

from shapely import LineString, MultiLineString

from gis_data.tongshi.generator.courtyards import Frame, Ground, frame, gate_of
from gis_data.tongshi.generator.model import Building, Parcel, Street, Village

FRONT = 7.2  # metres from the centreline to the parcels
STEP_APART = 2.0  # metres between two gates of a side, so that their order is never in doubt
BLOCKS_PER_STREET = {"童兴街": 4, "文昌路": 2, "石桥巷": 1, "古井街": 2, "河堤路": 2, "供销路": 1}
ORGAN = ("文昌路", "童市镇人民政府")
FIRMS = {
    "童兴街": "童市镇兴农农资有限公司", "文昌路": "平江县童市供销合作社有限公司", "石桥巷": "平江县石桥豆制品厂",
    "古井街": "平江县古井酱干食品厂", "河堤路": "平江县童市竹木加工厂", "供销路": "平江县供销路粮油加工厂",
}  # fmt: skip


@dataclass(slots=True)
class Side:
    street: Street
    part: int
    line: LineString
    sign: int  # 1 left, -1 right, walking in numbering direction

    @property
    def label(self) -> str:
        return "left" if self.sign == 1 else "right"

    def skips(self, metres: float, width: float) -> float | None:
        """Where the gap ends that this frontage would stand in, if any."""
        if self.part:
            return None
        for start, end, sides in self.street.gaps:
            if sides in ("both", self.label) and start - width / 2 < metres < end + width / 2:
                return end + width / 2 + 0.1
        return None


def build(rng: Random, village: Village, streets: list[Street], ground: Ground) -> list[Parcel]:
    parcels: list[Parcel] = []
    for street in streets:
        if street.status != "已批准":
            continue
        own: list[Parcel] = []
        for part, line in enumerate(street.parts):
            for sign in (-1, 1):
                own += _row(rng, village, Side(street, part, line, sign), streets, ground)
        _assign_special(rng, street, own)
        parcels += own
    return parcels


def _row(rng: Random, village: Village, side: Side, streets: list[Street], ground: Ground) -> list[Parcel]:
    row: list[Parcel] = []
    quota = (BLOCKS_PER_STREET[side.street.name] + (side.sign < 0)) // 2 if side.part == 0 else 0
    metres = rng.uniform(8, 14)
    while metres < side.line.length - 6:
        blocks = sum(p.main.rooms > 0 for p in row)
        wide = blocks < quota and len(row) >= 5 + 9 * blocks
        width = rng.uniform(24, 29) if wide else rng.uniform(8.8, 13.6)
        metres += width / 2
        resume = side.skips(metres, width)
        if resume is not None:
            metres = resume
            continue
        axes = frame(side.line, metres, side.sign)
        parcel = _shop(rng, village, side, axes, metres, width)
        if _fits(parcel, side, streets, ground):
            ground.add(parcel.shape, parcel.street)
            row.append(parcel)
        metres += width / 2 + (
            rng.uniform(0.7, 1.6) if rng.random() < side.street.fill else rng.uniform(6, 24)
        )
    return row


def _fits(parcel: Parcel, side: Side, streets: list[Street], ground: Ground) -> bool:
    gate = parcel.gate
    if gate is None or not ground.is_free(parcel.shape, parcel.street, apart=0.25, road_gap=6.0):
        return False
    if not 4 < side.line.project(gate) < side.line.length - 4:
        return False
    own = side.line.distance(gate)
    return all(
        line.distance(gate) > own + 2 for street in streets for line in street.parts if line is not side.line
    )


def _shop(rng: Random, village: Village, side: Side, axes: Frame, metres: float, width: float) -> Parcel:
    depth = rng.uniform(10, 12) if width < 20 else rng.uniform(11.5, 13)
    back = rng.uniform(1.5, 5.5)
    shape = axes.box(-width / 2, FRONT, width / 2, FRONT + 1 + depth + back)
    margin = 0.35
    house = axes.box(-width / 2 + margin, FRONT + 0.8, width / 2 - margin, FRONT + 0.8 + depth)
    use = rng.choices(["商铺", "混合", "住宅"], [4, 5, 2])[0]
    buildings = [Building(house, use, rng.choice([2, 2, 3, 3, 4]))]
    if width > 20:
        buildings = [Building(house, "混合", 5, units=2, per_floor=2)]
    elif back > 4.9:
        shed = axes.box(-width / 2 + 0.6, FRONT + depth + 1.4, 1, FRONT + depth + back + 0.6)
        buildings.append(Building(shed, "附属", 1))
    gate = gate_of(axes, FRONT, rng.uniform(-width / 5, width / 5))
    parcel = Parcel(village, shape, buildings, street=side.street.name, side=side.label, gate=gate)
    parcel.part, parcel.measure = side.part, side.line.project(gate)
    return parcel


def _assign_special(rng: Random, street: Street, own: list[Parcel]) -> None:
    """Vary the blocks of flats; name the organ and the firm of the street."""
    blocks = [p for p in own if p.main.units]
    for i, parcel in enumerate(blocks):
        if i % 3 == 1:
            parcel.main.units, parcel.main.floors, parcel.main.per_floor = 1, 6, 2
    plain = [p for p in own if not p.main.units and len(p.buildings) == 1 and p.part == 0]
    chosen = rng.sample(plain, 2)
    chosen[0].main.use, chosen[0].main.name = "企业", FIRMS[street.name]
    if street.name == ORGAN[0]:
        chosen[1].main.use, chosen[1].main.name = "机关", ORGAN[1]


def number_sides(streets: list[Street], parcels: list[Parcel]) -> list[Parcel]:
    """Order along each side by metres of the gate, the branch after its trunk; drops doors in a tie."""
    kept = [p for p in parcels if not p.street]
    for street in streets:
        for side in ("right", "left"):
            row = [p for p in parcels if p.street == street.name and p.side == side]
            row.sort(key=lambda p: (p.part, p.measure))
            order, last = 0, (-1, -STEP_APART)
            for parcel in row:
                if parcel.part == last[0] and parcel.measure - last[1] < STEP_APART:
                    continue
                order += 1
                parcel.order, last = order, (parcel.part, parcel.measure)
                kept.append(parcel)
    return kept


def geometry(street: Street) -> LineString | MultiLineString:
    """The street as the office drew it."""
    parts = [line.reverse() for line in street.parts] if street.drawn_reversed else street.parts
    return parts[0] if len(parts) == 1 else MultiLineString(parts)

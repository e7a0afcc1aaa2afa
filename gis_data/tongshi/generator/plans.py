"""Construction plans: new rows of houses on fields beside hamlets, and empty stretches of street."""

import math
from random import Random

from shapely import Point, Polygon, box
from shapely.affinity import rotate

from gis_data.tongshi.generator.courtyards import Ground
from gis_data.tongshi.generator.model import Group, Parcel, Plan, Town
from gis_data.tongshi.generator.streets import stretch

SITES = [("200", 18), ("205", 12), ("208", 20), ("217", 6), ("224", 9)]
STRETCHES = [
    ("童兴街", 0, "两侧", 8, "童兴街东段临街商住楼", "平江县童市镇集镇建设指挥部"),
    ("文昌路", 0, "右", 4, "文昌路南段安置房", "童市镇村镇建设服务中心"),
    ("供销路", 0, "", 10, "供销路北段商铺", "平江县供销路置业有限公司"),
]


def fields(rng: Random, groups: list[Group], parcels: list[Parcel], ground: Ground) -> dict[Group, Polygon]:
    """One empty field for each site, beside a courtyard of its group and clear of everything else."""
    found: dict[Group, Polygon] = {}
    for suffix, doors in SITES:
        candidates = [g for g in groups if g.village.suffix == suffix]
        rng.shuffle(candidates)
        for group in candidates:
            own = [p.shape for p in parcels if p.group is group]
            field = _field_beside(rng, group, own, doors, ground)
            if field is not None:
                ground.add(field, group)
                found[group] = field
                break
    return found


def _field_beside(
    rng: Random, group: Group, own: list[Polygon], doors: int, ground: Ground
) -> Polygon | None:
    area = doors * 230.0
    for _ in range(300):
        near = rng.choice(own).centroid
        long = math.sqrt(area * rng.uniform(1.4, 2.2))
        angle, away = rng.uniform(0, math.tau), rng.uniform(30, 75)
        spot = Point(near.x + away * math.cos(angle), near.y + away * math.sin(angle))
        field = rotate(box(spot.x - long / 2, spot.y - area / long / 2, spot.x + long / 2, spot.y + area / long / 2),
                       rng.uniform(0, 180))  # fmt: skip
        field = Polygon([(round(x, 3), round(y, 3)) for x, y in field.exterior.coords])
        if not group.village.shape.buffer(-15).contains(field) or not ground.is_free(field, group, 4.0, 4.5):
            continue
        if ground.clearance(field, 5) and min(s.distance(field) for s in own) < 25:
            return field
    return None


def make(sites: dict[Group, Polygon], town: Town) -> list[Plan]:
    plans = []
    doors = dict(SITES)
    for i, (group, field) in enumerate(sites.items()):
        village = group.village
        name = f"{village.name}{group.name}集中建房点"
        plans.append(Plan(f"TSJH2026-{i + 1:03d}", name, "片区", village, group.name, doors[village.suffix], field,
                          f"{village.name}村民委员会", "住宅", f"示例建字〔2026〕{i + 1}号", "2029-12-31"))  # fmt: skip
    core = next(v for v in town.villages if v.suffix == "001")
    for place, gap, side, count, name, builder in STRETCHES:
        street = next(s for s in town.streets if s.name == place)
        start, end, _ = street.gaps[gap]
        i = len(plans) + 1
        plans.append(Plan(f"TSJH2026-{i:03d}", name, "街段", core, place, count,
                          stretch(street.parts[0], start + 4, end - 4), builder, "混合",
                          f"示例建字〔2026〕{i}号", "2030-06-30", side))  # fmt: skip
    return plans

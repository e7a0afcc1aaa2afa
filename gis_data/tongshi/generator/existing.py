"""The old plate register: 540 plates in groups, hamlets and villages, 60 along the streets."""

import math
from collections import defaultdict
from random import Random

from gis_data.tongshi.generator.divisions import INVENTED_ABSORBER, NAMES_2009
from gis_data.tongshi.generator.model import Existing, Group, Parcel, Street, Town

IN_AREAS, ON_STREETS, WITH_SUFFIX = 540, 60, 6
STATES = (["完好", "损坏", "无", "无法辨认"], [70, 13, 9, 8])
WIDE_GAP = 34.0
METRES_PER_NUMBER = 8.0  # of one side, left free in a wide gap
TO_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
ORIGINS = ["湖南省平江县童市乡", "湖南省平江县童市镇", "平江县童市乡", "平江县童市镇"]


def make(rng: Random, town: Town) -> list[Existing]:
    rows = _in_areas(rng, town) + _on_streets(rng, town)
    return sorted(rows, key=lambda r: r.parcel.main.code)


def dwellings(parcel: Parcel) -> int:
    return sum(b.use != "附属" for b in parcel.buildings)


def _in_areas(rng: Random, town: Town) -> list[Existing]:
    members: dict[Group, list[Parcel]] = defaultdict(list)
    for parcel in town.parcels:
        if parcel.group:
            members[parcel.group].append(parcel)
    whole_village = [p for g in members for p in members[g] if g.kind == "村"]
    hamlets = [members[g] for g in town.groups if g.kind == "自然村"]
    groups = [members[g] for g in town.groups if g.kind == "组"]
    rows = _place(rng, whole_village, 36)
    for own in rng.sample(hamlets, 3):
        rows += _place(rng, own, 12)
    for own in rng.sample(groups, len(groups)):
        room = IN_AREAS - WITH_SUFFIX - len(rows)
        rows += _place(rng, own, min(room, round(len(own) * rng.uniform(0.25, 0.7))))
    return rows + _suffixed(rng, rows, members)


def _place(rng: Random, parcels: list[Parcel], count: int) -> list[Existing]:
    """Distinct numbers in one place, mostly rising along the lanes, some out of turn."""
    single = [p for p in parcels if dwellings(p) == 1]
    count = min(count, len(single))
    chosen = sorted(rng.sample(single, count), key=parcels.index)
    numbers = sorted(rng.sample(range(1, max(count, math.ceil(1.3 * len(parcels))) + 1), count))
    for i in range(count - 1):
        if rng.random() < 0.15:
            numbers[i], numbers[i + 1] = numbers[i + 1], numbers[i]
    return [_row(rng, p, str(n)) for p, n in zip(chosen, numbers, strict=True)]


def _suffixed(rng: Random, rows: list[Existing], members: dict[Group, list[Parcel]]) -> list[Existing]:
    """Plates such as 18号附1, each in a courtyard beside the holder of 18."""
    taken = {r.parcel for r in rows}
    out: list[Existing] = []
    for row in rng.sample(rows, len(rows)):
        group = row.parcel.group
        if group is None or group.kind != "组" or any(r.parcel.group is group for r in out):
            continue
        free = [p for p in members[group] if p not in taken and dwellings(p) == 1]
        if free and len(out) < WITH_SUFFIX:
            nearest = min(free, key=lambda p: p.shape.distance(row.parcel.shape))
            out.append(_row(rng, nearest, f"{row.number}附1"))
    return out


def _on_streets(rng: Random, town: Town) -> list[Existing]:
    rows: list[Existing] = []
    streets = [s for s in town.streets if s.status == "已批准"]
    for i, street in enumerate(streets):
        slots = street_slots(street, town.parcels)
        single = [p for p in slots if dwellings(p) == 1]
        chosen = rng.sample(single, ON_STREETS // len(streets) + (i < ON_STREETS % len(streets)))
        rows += _numbered(rng, chosen, slots)
    return rows


def street_slots(street: Street, parcels: list[Parcel]) -> dict[Parcel, int]:
    """A slot on its side for each courtyard: exact in closed rows, with room at wide gaps and in the branch."""
    slots: dict[Parcel, int] = {}
    own = [p for p in parcels if p.street == street.name]
    base = 0
    for part in range(len(street.parts)):
        highest = base
        for side in ("right", "left"):
            slot, last = base, 0.0
            for parcel in sorted((p for p in own if (p.part, p.side) == (part, side)), key=lambda p: p.order):
                gap = parcel.measure - last
                slot += 1 + (math.ceil(gap / METRES_PER_NUMBER) if gap > WIDE_GAP else 0)
                slots[parcel], last = slot, parcel.measure
            highest = max(highest, slot + math.ceil((street.parts[part].length - last) / METRES_PER_NUMBER))
        base = highest + 4
    return slots


def _numbered(rng: Random, chosen: list[Parcel], slots: dict[Parcel, int]) -> list[Existing]:
    rows = []
    for side in ("right", "left"):
        extra = 0
        for parcel in sorted((p for p in chosen if p.side == side), key=lambda p: slots[p]):
            extra += rng.choice([0, 0, 0, 1, 2]) if not parcel.part else 0
            slot = slots[parcel] + (extra if not parcel.part else 0)
            number = 2 * slot - (1 if side == "right" else 0)
            rows.append(_row(rng, parcel, str(number)))
    return rows


def _row(rng: Random, parcel: Parcel, number: str) -> Existing:
    place = parcel.street or (parcel.group.name if parcel.group else "")
    state = rng.choices(STATES[0], STATES[1])[0]
    return Existing(parcel, place, number, _shown(rng, number), _old_text(rng, parcel, place, number),
                    _since(rng), state)  # fmt: skip


def _shown(rng: Random, number: str) -> str:
    if "附" in number:
        main, sub = number.split("附")
        return f"{main}号附{sub}"
    return rng.choice([f"{number}号"] * 7 + [number] * 2 + [f"{number}号".translate(TO_FULL_WIDTH)] * 2)


def _old_text(rng: Random, parcel: Parcel, place: str, number: str) -> str:
    suffix = parcel.village.suffix
    main, _, sub = number.partition("附")
    door = rng.choice([main.zfill(3), main]) + "号" + (f"附{sub}" if sub else "")
    if parcel.street:
        return rng.choice(ORIGINS) + rng.choice(["", parcel.village.name]) + place + door
    village = parcel.village.name
    absorbed = [NAMES_2009[old] + "村" for old, new in sorted(INVENTED_ABSORBER.items()) if new == suffix]
    if absorbed and rng.random() < 0.4:
        village = rng.choice(absorbed)
    elif suffix in NAMES_2009 and suffix != "001" and rng.random() < 0.5:
        village = NAMES_2009[suffix] + "村"
    return rng.choice(ORIGINS) + village + _group_text(rng, place) + door


def _group_text(rng: Random, place: str) -> str:
    digits = place.removesuffix("组")
    if not digits.isdecimal() or rng.random() < 0.75:
        return place
    return f"第{_numeral(int(digits))}村民小组" if rng.random() < 0.3 else f"{_numeral(int(digits))}组"


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    ten = "" if tens == 0 else "十" if tens == 1 else "一二三四五六七八九"[tens - 1] + "十"
    return ten + ("" if ones == 0 else "一二三四五六七八九"[ones - 1])


def _since(rng: Random) -> str:
    year, month, day = rng.randint(2003, 2015), rng.randint(1, 12), rng.randint(1, 28)
    spelled = [f"{year}-{month:02d}-{day:02d}", f"{year}/{month}/{day}", f"{year}年{month}月{day}日",
               f"{year}{month:02d}{day:02d}"]  # fmt: skip
    return rng.choice(spelled)

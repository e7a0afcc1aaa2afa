"""Parcel codes after GB/T 37346-2019 (serials invented) and building codes of the survey."""

from collections import Counter
from random import Random

from gis_data.tongshi.generator.model import Parcel, Town

DIVISION_OF_LAND = "430626113"  # county and cadastral district


def assign(town: Town) -> None:
    order = {v.suffix: i for i, v in enumerate(town.villages)}
    town.parcels.sort(key=lambda p: (order[p.village.suffix], not p.street, _place_rank(town, p)))
    parcels: Counter[str] = Counter()
    buildings: Counter[str] = Counter()
    for parcel in town.parcels:
        suffix = parcel.village.suffix
        parcels[suffix] += 1
        parcel.code = f"{DIVISION_OF_LAND}{suffix}{_right(parcel)}{parcels[suffix]:05d}"
        for building in parcel.buildings:
            buildings[suffix] += 1
            building.code = f"TS{suffix}-{buildings[suffix]:05d}"


def _place_rank(town: Town, parcel: Parcel) -> int:
    return town.groups.index(parcel.group) if parcel.group else len(town.groups)


def _right(parcel: Parcel) -> str:
    if parcel.street:
        return "GB"
    return "JB" if parcel.main.use == "企业" else "JC"


def unit(parcel: Parcel, index: int) -> str:
    """The real-estate unit of the whole house: building `index` of the parcel."""
    return f"{parcel.code}F{index + 1:04d}0001"


SURNAMES = "李王张刘陈杨黄吴周徐何罗余单毛方钟凌喻"
GIVEN = "明德秋春兰英华建国平安玉梅桂林树生新文武志强海波云光辉红霞金银福寿康宁长根水元"


def invented_person(rng: Random) -> str:
    return rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, rng.choice([1, 2, 2])))

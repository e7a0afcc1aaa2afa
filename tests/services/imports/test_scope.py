"""An account touches its own villages: neither where a row lies nor what it overwrites may be another's."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
import shapely

from address_service.gis.layer_read import LayerRead
from tests.services.imports.conftest import (
    EAST,
    TOWN,
    WEST,
    Register,
    box,
    buildings,
    degrees,
    groups,
    layer,
    parcels,
)


def parcel(x: float) -> LayerRead:
    """A parcel under one code, wherever it is drawn."""
    return parcels(("00001", x, 100))


def building(x: float) -> LayerRead:
    """A house under one code, wherever it is drawn."""
    return buildings(("F1", x, 100))


def lane(village: str | None) -> LayerRead:
    """A lane that reaches half its way in the eastern village, while its centre lies in the western one."""
    course = degrees(shapely.LineString([(10, 10), (1005, 10), (1005, 980), (1009, 980), (1009, 500)]))
    return layer([course], name=["村道"], village_code=[village])


def plan(village: str) -> LayerRead:
    """A construction plan under one number, in the group of either village."""
    west = 0 if village == WEST else 1000
    return layer(
        [box(west + 50, 50, west + 100, 100)],
        plan_no=["P1"],
        name=["集中建房点"],
        plan_kind=["area"],
        village_code=[village],
        place_name=["1组"],
        planned_doors=[12],
        holder=["村委会"],
        purpose=["住宅"],
        decree_no=["示例〔2026〕1号"],
        expires_on=[date(2029, 12, 31)],
        side=[None],
    )


@pytest.fixture
def grouped(town: Register) -> Register:
    """A town with a group in each village."""
    town.bring("groups", groups(("1组", box(0, 0, 300, 300)), village=WEST))
    town.bring("groups", groups(("1组", box(1000, 0, 1300, 300)), village=EAST))
    return town


def confine(register: Register, code: str) -> None:
    """Act for an account of one village or town."""
    register.work.actor = replace(register.work.actor, division_code=code)


@pytest.mark.parametrize(
    ("name", "theirs", "ours"),
    [
        ("parcels", parcel(1500), parcel(100)),
        ("buildings", building(1500), building(100)),
        ("lanes", lane(None), lane(WEST)),
        ("plans", plan(EAST), plan(WEST)),
    ],
    ids=["parcels", "buildings", "lanes", "plans"],
)
def test_what_another_village_has_is_not_taken_over(
    grouped: Register, name: str, theirs: LayerRead, ours: LayerRead
) -> None:
    grouped.bring(name, theirs)
    before = grouped.content()
    confine(grouped, WEST)

    report = grouped.bring(name, ours)

    assert [(r.row_no, r.code, r.value) for r in report.rejects] == [(1, "out-of-scope", EAST)]
    assert grouped.content() == before


@pytest.mark.parametrize(
    ("name", "read"),
    [("parcels", parcel(100)), ("buildings", building(100)), ("lanes", lane(WEST)), ("plans", plan(WEST))],
    ids=["parcels", "buildings", "lanes", "plans"],
)
def test_an_account_changes_what_its_own_village_has(grouped: Register, name: str, read: LayerRead) -> None:
    confine(grouped, WEST)
    grouped.bring(name, read)

    assert grouped.bring(name, read).counts.unchanged == 1


@pytest.mark.parametrize("make", [parcel, building])
def test_what_lies_in_no_village_is_for_the_county(
    town: Register, make: Callable[[float], LayerRead]
) -> None:
    name = "parcels" if make is parcel else "buildings"
    confine(town, TOWN)

    assert [r.code for r in town.bring(name, make(5000)).rejects] == ["out-of-scope"]

    confine(town, TOWN[:6])
    assert town.bring(name, make(5000)).counts.accepted == 1


def test_a_list_assigns_no_house_of_another_village(town: Register) -> None:
    town.bring("parcels", parcel(100))
    town.bring("buildings", buildings(("F1", 1500, 100), parcel_code=[f"{WEST}JC00001"]))
    confine(town, WEST)
    read = layer(parcel_code=[f"{WEST}JC00001"], village_code=[WEST], place_name=["3组"], valid_from=[None])

    report = town.bring("groups", read, spec="group-members")

    assert town.members() == {}
    assert report.finding_counts == {"building-in-other-village": 1}

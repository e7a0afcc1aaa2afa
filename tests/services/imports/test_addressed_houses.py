"""A house with an address stays where its address is, whichever layer says otherwise, and the report says so."""

from collections.abc import Callable
from datetime import date

import pytest

from address_service.services.import_layer import ImportReport
from tests.services.imports.conftest import WEST, Register, box, buildings, groups, layer, parcels

FIRST, SECOND = box(0, 0, 300, 300), box(300, 0, 600, 300)
HOUSE = ("F1", 100.0, 100.0)
PARCEL = f"{WEST}JC00001"


def by_polygon(register: Register) -> ImportReport:
    """The second group drawn over the house."""
    return register.bring("groups", groups(("1组", box(0, 400, 300, 600)), ("2组", box(0, 0, 600, 300))))


def by_column(register: Register) -> ImportReport:
    """The house's own row says the second group."""
    return register.houses(HOUSE, parcel_code=[PARCEL], group_name=["2组"])


def by_list(register: Register) -> ImportReport:
    """A list of parcels says the second group."""
    read = layer(parcel_code=[PARCEL], village_code=[WEST], place_name=["2组"], valid_from=[date(2016, 1, 1)])
    return register.bring("groups", read, spec="group-members")


Source = Callable[[Register], ImportReport]
SOURCES = pytest.mark.parametrize("source", [by_polygon, by_column, by_list])


@pytest.fixture
def settled(town: Register) -> Register:
    """A house in no group, on a parcel."""
    town.bring("parcels", parcels(("00001", 100, 100)))
    town.houses(HOUSE, parcel_code=[PARCEL])
    return town


def texts(report: ImportReport) -> list[str]:
    """What is said of houses with an address."""
    return [finding.text for finding in report.findings if finding.code == "has-address"]


@SOURCES
def test_a_house_with_an_address_in_a_group_stays_in_it(settled: Register, source: Source) -> None:
    settled.bring("groups", groups(("1组", FIRST), ("2组", SECOND)))
    settled.number(settled.place_id("1组"))

    report = source(settled)

    assert settled.members() == {"F1": ("1组", "polygon")}
    assert texts(report) == ["建筑F1已有地址，改归须先改号"]


@SOURCES
def test_a_house_with_an_address_of_the_whole_village_joins_no_group(
    settled: Register, source: Source
) -> None:
    settled.number_village()

    report = source(settled)

    assert settled.members() == {}
    assert texts(report) == ["建筑F1已有地址，改归须先改号"]


@SOURCES
def test_a_house_without_an_address_moves(settled: Register, source: Source) -> None:
    settled.bring("groups", groups(("1组", FIRST), ("2组", SECOND)))

    report = source(settled)

    assert settled.members()["F1"][0] == "2组"
    assert texts(report) == []


def test_a_better_source_may_say_the_place_that_the_address_is_on(settled: Register) -> None:
    settled.bring("groups", groups(("2组", FIRST)))
    settled.number(settled.place_id("2组"))

    report = by_list(settled)

    assert settled.members() == {"F1": ("2组", "list")}
    assert texts(report) == []


def test_what_a_list_could_not_move_counts_as_unchanged(settled: Register) -> None:
    settled.number_village()

    assert by_list(settled).counts.unchanged == 1


@pytest.mark.parametrize("claimed", [None, f"{WEST[:9]}212"])
def test_a_house_with_an_address_stays_in_its_village(settled: Register, claimed: str | None) -> None:
    settled.number_village()

    report = settled.bring("buildings", buildings(("F1", 1500.0, 100.0), village_code=[claimed]))

    query = "SELECT v.code_nbs FROM building b JOIN division_version v USING (division_id)"
    assert {code for (code,) in settled.rows(query)} == {WEST}
    assert texts(report) == ["建筑F1已有地址，图形或村代码改到了别处，所属村未改"]


def test_a_house_without_an_address_goes_to_the_village_it_lies_in(settled: Register) -> None:
    settled.bring("buildings", buildings(("F1", 1500.0, 100.0)))

    query = "SELECT v.code_nbs FROM building b JOIN division_version v USING (division_id)"
    assert {code for (code,) in settled.rows(query)} == {f"{WEST[:9]}212"}

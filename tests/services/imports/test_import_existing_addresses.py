"""Existing numbers: each on one house of one place, kept as found."""

from collections.abc import Sequence
from typing import Any

import pytest

from address_service.model.numbers import DoorNumber
from address_service.services.import_layer import ImportReport
from tests.services.imports.conftest import WEST, Register, box, buildings, groups, layer, parcels


def bring(register: Register, *lines: tuple[str, str | None, int], **columns: Sequence[Any]) -> ImportReport:
    """Lines of building, place, number."""
    count = len(lines)
    plain: dict[str, Sequence[Any]] = {
        "building_code": [code for code, _, _ in lines],
        "place_name": [place for _, place, _ in lines],
        "number": [DoorNumber(number) for _, _, number in lines],
        "village_name": ["烟舟村"] * count,
        "old_text": [""] * count,
        "plate_state": ["good"] * count,
    }
    return register.bring("addresses", layer(**{**plain, **columns}))


@pytest.fixture
def settled(town: Register) -> Register:
    """Two houses in group 1, one in group 2, one in none."""
    town.bring("groups", groups(("1组", box(0, 0, 300, 300)), ("2组", box(300, 0, 600, 300))))
    town.houses(("F1", 100, 100), ("F2", 200, 100), ("F3", 400, 100), ("F4", 800, 800))
    return town


def numbers(register: Register) -> dict[str, tuple[str, int]]:
    """Place and number by building code."""
    query = """
        SELECT b.building_code, v.name, e.main FROM existing_address e JOIN building b ON b.id = e.building_id
        JOIN place_version v ON v.place_id = e.place_id AND upper_inf(v.recorded)
    """
    return {code: (place, main) for code, place, main in register.rows(query)}


def test_the_same_numbers_twice_change_nothing(settled: Register) -> None:
    bring(settled, ("F1", "1组", 18), ("F2", "1组", 20))
    before = settled.content()

    assert bring(settled, ("F1", "1组", 18), ("F2", "1组", 20)).counts.unchanged == 2
    assert settled.content() == before


def test_a_number_on_another_place_than_the_house_is_refused(settled: Register) -> None:
    report = bring(settled, ("F1", "2组", 18))

    assert [(r.code, r.field) for r in report.rejects] == [("place-differs", "place_name")]


def test_the_second_house_under_one_number_is_refused(settled: Register) -> None:
    report = bring(settled, ("F1", "1组", 18), ("F2", "1组", 18), ("F3", "2组", 18))

    assert [(r.row_no, r.code) for r in report.rejects] == [(2, "number-taken")]
    assert numbers(settled) == {"F1": ("1组", 18), "F3": ("2组", 18)}


def test_a_number_that_the_register_has_on_another_house_is_refused(settled: Register) -> None:
    bring(settled, ("F1", "1组", 18))

    assert [r.code for r in bring(settled, ("F2", "1组", 18)).rejects] == ["number-taken"]


def test_houses_hand_their_numbers_round_in_one_file(settled: Register) -> None:
    bring(settled, ("F1", "1组", 18), ("F2", "1组", 20))

    report = bring(settled, ("F1", "1组", 20), ("F2", "1组", 18))

    assert report.counts.accepted == 2
    assert numbers(settled) == {"F1": ("1组", 20), "F2": ("1组", 18)}


def test_without_a_name_the_place_is_the_house_s_own_or_the_whole_village(settled: Register) -> None:
    bring(settled, ("F1", None, 18), ("F4", None, 5))

    assert numbers(settled) == {"F1": ("1组", 18), "F4": ("烟舟村", 5)}


def test_a_named_place_takes_no_house_in(settled: Register) -> None:
    bring(settled, ("F4", "1组", 5))

    assert numbers(settled) == {"F4": ("1组", 5)}
    assert "F4" not in settled.members()


@pytest.mark.parametrize(
    ("line", "columns", "code"),
    [
        (("F9", "1组", 1), {}, "building-unknown"),
        (("F1", "9组", 1), {}, "place-unknown"),
        (("F1", "1组", 1), {"village_name": ["无村"]}, "village-unknown"),
        (("F1", "1组", 1), {"village_name": ["义字村"]}, "building-in-other-village"),
    ],
)
def test_what_is_not_on_record_is_refused(settled: Register, line: Any, columns: Any, code: str) -> None:
    assert [r.code for r in bring(settled, line, **columns).rejects] == [code]


def test_a_house_named_twice_is_refused_once(settled: Register) -> None:
    report = bring(settled, ("F1", "1组", 18), ("F1", "1组", 20))

    assert [(r.row_no, r.code) for r in report.rejects] == [(2, "building-twice")]


def test_a_parcel_stands_for_its_only_house_and_is_never_guessed_at(town: Register) -> None:
    town.bring("parcels", parcels(("00001", 100, 100), ("00002", 400, 100)))
    codes = [f"{WEST}JC00001", f"{WEST}JC00001", f"{WEST}JC00002", f"{WEST}JC00002"]
    spots = (("F1", 100, 100), ("F2", 105, 100), ("F3", 400, 100), ("F4", 405, 100))
    town.bring(
        "buildings",
        buildings(*spots, parcel_code=codes, use=["dwelling", "outbuilding", "dwelling", "dwelling"]),
    )

    report = bring(
        town, ("", None, 1), ("", None, 2), parcel_code=[codes[0], codes[2]], building_code=[None, None]
    )

    assert numbers(town) == {"F1": ("烟舟村", 1)}
    assert [(r.row_no, r.code) for r in report.rejects] == [(2, "building-ambiguous")]

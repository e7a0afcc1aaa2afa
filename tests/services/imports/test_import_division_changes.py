"""Division changes by decree: who went into whom is told, never derived, and told once."""

from datetime import date
from typing import Any

import pytest

from address_service.services.import_layer import ImportReport
from tests.services.imports.conftest import EAST, TOWN, WEST, Register, box, groups, layer, parcels

SPRING = date(2016, 1, 1)
EVE = date(2015, 12, 31)
THIRD = f"{TOWN}227"


def change(
    register: Register, *lines: tuple[str | None, str | None, str | None, str | None, str]
) -> ImportReport:
    """Lines of old code, old name, new code, new name, kind; all on one day under one decree."""
    count = len(lines)
    return register.bring(
        "division-changes",
        layer(
            old_code=[o for o, _, _, _, _ in lines],
            old_name=[o for _, o, _, _, _ in lines],
            new_code=[n for _, _, n, _, _ in lines],
            new_name=[n for _, _, _, n, _ in lines],
            kind=[k for *_, k in lines],
            effective_on=[SPRING] * count,
            decree_no=["示例批〔2016〕1号"] * count,
            note=["示例虚构"] * count,
        ),
    )


MERGER = (EAST, "义字村", WEST, "烟舟村", "merge")


@pytest.fixture
def divided(register: Register) -> Register:
    """The town and its villages since 2009."""
    register.divisions()
    return register


def test_a_merged_village_ends_on_the_day_and_names_its_successor(divided: Register) -> None:
    change(divided, MERGER)

    divisions = divided.work.divisions
    assert divisions.find_by_code(EAST, EVE) is not None
    assert divisions.find_by_code(EAST, SPRING) is None
    query = "SELECT e.kind, e.decree_no, e.note, s.share FROM succession s JOIN event e ON e.id = s.event_id"
    assert divided.rows(query) == [("merge", "示例批〔2016〕1号", "示例虚构", "whole")]


def test_what_was_known_before_a_merger_stays_on_record(divided: Register) -> None:
    change(divided, MERGER)

    query = (
        "SELECT upper_inf(valid), upper_inf(recorded) FROM division_version WHERE code_nbs = :c ORDER BY 2"
    )
    assert divided.rows(query, c=EAST) == [(True, False), (False, True)]


@pytest.mark.parametrize(
    "lines",
    [
        (MERGER,),
        ((WEST, "烟舟村", WEST, "烟洲村", "rename"),),
        ((None, None, THIRD, "合旺村", "create"), (EAST, "义字村", THIRD, "合旺村", "merge")),
        ((EAST, "义字村", THIRD, "合旺村", "split"),),
        ((EAST, "义字村", None, None, "abolish"),),
        ((EAST, "义字村", THIRD, "义字村", "recode"),),
        ((WEST, "烟舟村", WEST, "烟洲村", "respell"),),
        ((EAST, "义字村", EAST, "义字社区", "change_kind"),),
        (
            (None, None, "430626200", "三阳乡", "create"),
            (EAST, "义字村", "430626200212", "义字村", "transfer"),
        ),
    ],
    ids=[
        "merge",
        "rename",
        "create-and-merge",
        "split",
        "abolish",
        "recode",
        "respell",
        "change-kind",
        "create-and-transfer",
    ],
)
def test_the_same_decree_twice_changes_nothing(divided: Register, lines: tuple[Any, ...]) -> None:
    first = change(divided, *lines)
    before = divided.content()

    second = change(divided, *lines)

    assert (first.counts.accepted, first.rejects) == (len(lines), [])
    assert (second.counts.accepted, second.rejects) == (0, [])
    assert divided.content() == before


def test_a_renamed_village_keeps_its_identity_and_its_name_of_before(divided: Register) -> None:
    change(divided, (WEST, "烟舟村", WEST, "烟洲村", "rename"))

    old, new = (divided.work.divisions.find_by_code(WEST, day) for day in (EVE, SPRING))
    assert old is not None
    assert new is not None
    assert (old.name, new.name, old.id == new.id) == ("烟舟村", "烟洲村", True)


def test_a_village_is_there_before_others_go_into_it_whatever_the_order_of_lines(divided: Register) -> None:
    report = change(
        divided, (EAST, "义字村", THIRD, "合旺村", "merge"), (None, None, THIRD, "合旺村", "create")
    )

    assert report.rejects == []


def test_a_code_used_again_is_another_village(divided: Register) -> None:
    change(divided, (EAST, "义字村", None, None, "abolish"))
    old = divided.work.divisions.find_by_code(EAST, EVE)

    change(divided, (None, None, EAST, "更新村", "create"))

    new = divided.work.divisions.find_by_code(EAST, date(2019, 1, 1))
    assert old is not None
    assert new is not None
    assert old.id != new.id


def test_a_line_with_a_name_that_is_not_on_record_is_refused(divided: Register) -> None:
    before = divided.content()

    report = change(divided, (EAST, "义宇村", WEST, "烟舟村", "merge"))

    assert [r.code for r in report.rejects] == ["division-name-differs"]
    assert divided.content() == before


def test_a_merger_into_a_village_that_is_not_there_is_refused(divided: Register) -> None:
    report = change(divided, (EAST, "义字村", THIRD, "合旺村", "merge"))

    assert [r.code for r in report.rejects] == ["division-unknown"]


def test_a_village_that_went_elsewhere_does_not_go_again(divided: Register) -> None:
    change(divided, (EAST, "义字村", None, None, "abolish"))

    report = change(divided, MERGER)

    assert [r.code for r in report.rejects] == ["division-ended"]


@pytest.mark.parametrize("line", [MERGER, (EAST, "义字村", None, None, "abolish")], ids=["merge", "abolish"])
def test_a_village_on_which_something_hangs_does_not_end(town: Register, line: Any) -> None:
    town.bring("groups", groups(("1组", box(1000, 0, 1300, 300)), village=EAST))
    town.houses(("F1", 1100.0, 100.0), ("F2", 1200.0, 100.0))
    town.number(town.place_id("1组"))
    before = town.content()

    report = change(town, line)

    assert [(r.row_no, r.field, r.code) for r in report.rejects] == [(1, "old_code", "division-in-use")]
    assert "地名1处、地址2条、建筑物2座、宗地0宗" in report.rejects[0].message
    assert town.content() == before


def test_a_village_with_nothing_but_a_parcel_does_not_end(town: Register) -> None:
    town.bring("parcels", parcels(("00001", 1100, 100)))

    assert [r.code for r in change(town, MERGER).rejects] == ["division-in-use"]


def test_what_hangs_on_its_neighbour_keeps_no_village_from_ending(town: Register) -> None:
    town.houses(("F1", 100.0, 100.0))

    assert change(town, MERGER).rejects == []


def test_addresses_of_a_renamed_village_read_its_new_name(town: Register) -> None:
    town.bring("groups", groups(("1组", box(0, 0, 300, 300))))
    town.houses(("F1", 100.0, 100.0), ("F2", 200.0, 100.0))
    town.number(town.place_id("1组"))

    report = change(town, (WEST, "烟舟村", WEST, "烟洲村", "rename"))

    texts = town.rows("SELECT full_text FROM address_version WHERE upper_inf(recorded) ORDER BY 1")
    assert report.counts.accepted == 1
    assert [text.partition("童市镇")[2] for (text,) in texts] == ["烟洲村1组1号", "烟洲村1组2号"]


def test_a_line_that_fails_half_way_leaves_nothing_behind(town: Register) -> None:
    """Two villages of one town would be called the same: the line is refused, and its event is not written."""
    before = town.content()

    report = change(town, (WEST, "烟舟村", WEST, "义字村", "rename"))

    assert [r.code for r in report.rejects] == ["division-name-taken"]
    assert town.content() == before

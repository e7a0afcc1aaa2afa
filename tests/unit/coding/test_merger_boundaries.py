"""Boundaries of villages that merge or are split: union, overlaps, gaps, and lines that were drawn twice."""

import pytest
import shapely
from shapely import box

from address_service.coding.merger.boundaries import (
    GAPS_TOLD,
    MOST_POINTS,
    Invariants,
    check_merger,
    check_split,
)

WEST, EAST = box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000)


def codes(found: Invariants) -> list[str]:
    return [finding.code for finding in found.findings]


def test_two_neighbours_become_the_one_area_of_both() -> None:
    found = check_merger({"甲村": WEST, "乙村": EAST}, "甲村", 1.0)

    assert found.hold
    assert codes(found) == []
    assert found.areas_before == {"甲村": 1e6, "乙村": 1e6}
    assert found.areas_after == {"甲村": 2e6}
    after = found.after["甲村"]
    assert after is not None
    assert shapely.equals(shapely.normalize(after), shapely.MultiPolygon([box(0, 0, 2000, 1000)]))


def test_a_crack_narrower_than_the_tolerance_is_closed() -> None:
    found = check_merger({"甲村": WEST, "乙村": box(1000.6, 0, 2000, 1000)}, "甲村", 1.0)

    assert found.hold
    after = found.after["甲村"]
    assert after is not None
    assert len(shapely.get_parts(after)) == 1


def test_a_line_drawn_over_the_neighbour_by_less_than_the_tolerance_is_no_overlap() -> None:
    assert codes(check_merger({"甲村": WEST, "乙村": box(999.5, 0, 2000, 1000)}, "甲村", 1.0)) == []


def test_an_overlap_is_an_error_with_its_square_metres() -> None:
    found = check_merger({"甲村": WEST, "乙村": box(990, 0, 2000, 1000)}, "甲村", 1.0)

    assert not found.hold
    assert [(f.code, f.severity, f.area_m2) for f in found.findings] == [("overlap", "error", 10_000.0)]
    where = found.findings[0].where
    assert where is not None
    assert shapely.equals(where, box(990, 0, 1000, 1000))


def test_many_gaps_and_a_line_of_many_points_are_told_and_drawn_within_bounds() -> None:
    holes = [box(990, y, 1010 + y / 100, y + 5) for y in range(0, 1000, 10)]
    ring = shapely.difference(box(-100, -100, 2100, 1100), shapely.union_all(holes))
    west, east = (
        shapely.intersection(ring, box(*bounds))
        for bounds in ((-100, -100, 1000, 1100), (1000, -100, 2100, 1100))
    )
    wave = shapely.Polygon([*((i / 3, 900 + 50 * (i % 2)) for i in range(3001)), (1000, 0), (0, 0)])

    gaps = check_merger({"甲村": west, "乙村": east}, "甲村", 1.0).findings
    (overlap,) = check_merger({"甲村": wave, "乙村": WEST}, "甲村", 1.0).findings

    assert [f.code for f in gaps] == ["gap"] * (GAPS_TOLD + 1)
    assert gaps[-1].text.startswith("另有 50 处")
    assert sum(f.area_m2 or 0 for f in gaps) == pytest.approx(sum(hole.area for hole in holes), abs=5)
    assert overlap.where is not None
    assert 0 < shapely.get_num_coordinates(overlap.where) <= MOST_POINTS


def test_land_between_the_villages_that_is_nobodys_is_a_gap() -> None:
    ring = shapely.difference(box(0, 0, 3000, 1000), box(1400, 400, 1600, 600))
    halves = {"甲村": shapely.intersection(ring, box(0, 0, 1500, 1000)), "乙村": shapely.intersection(
        ring, box(1500, 0, 3000, 1000))}  # fmt: skip

    found = check_merger(halves, "甲村", 1.0)

    assert [(f.code, f.severity, f.area_m2) for f in found.findings] == [("gap", "error", 40_000.0)]
    assert found.findings[0].where is not None
    assert shapely.equals(found.findings[0].where, box(1400, 400, 1600, 600))
    # The same hole is none where another village lies in it.
    assert check_merger(halves, "甲村", 1.0, [box(1400, 400, 1600, 600)]).hold


def test_a_hole_that_a_village_had_already_is_no_gap() -> None:
    holed = shapely.difference(WEST, box(400, 400, 600, 600))

    assert check_merger({"甲村": holed, "乙村": EAST}, "甲村", 1.0).hold


def test_a_village_that_touches_none_of_the_others_is_said_to_lie_apart() -> None:
    found = check_merger({"甲村": WEST, "乙村": box(3000, 0, 4000, 1000)}, "甲村", 1.0)

    assert found.hold
    assert codes(found) == ["apart", "apart"]


def test_without_a_boundary_nothing_is_claimed() -> None:
    found = check_merger({"甲村": WEST, "乙村": None}, "甲村", 1.0)

    assert found.hold
    assert codes(found) == ["boundary-missing"]
    assert found.after == {"甲村": None}


def test_a_part_taken_out_leaves_the_rest() -> None:
    found = check_split(("甲村", box(0, 0, 2000, 1000)), ("乙村", EAST), 1.0)

    assert found.hold
    assert found.areas_after == {"甲村": 1e6, "乙村": 1e6}


def test_a_part_beyond_the_village_is_an_error() -> None:
    found = check_split(("甲村", WEST), ("乙村", box(500, 0, 1500, 1000)), 1.0)

    assert [(f.code, f.area_m2) for f in found.findings] == [("part-outside", 500_000.0)]
    assert found.findings[0].where is not None
    assert shapely.equals(found.findings[0].where, box(1000, 0, 1500, 1000))


def test_a_part_that_leaves_nothing_is_an_error() -> None:
    assert codes(check_split(("甲村", WEST), ("乙村", WEST), 1.0)) == ["nothing-left"]


def test_a_part_that_tears_the_village_in_two_is_said_and_stops_nothing() -> None:
    found = check_split(("甲村", box(0, 0, 3000, 1000)), ("乙村", box(1000, 0, 1500, 1000)), 1.0)

    assert found.hold
    assert [(f.code, f.severity) for f in found.findings] == [("in-pieces", "warning")]
    assert found.findings[0].text == "划出之后“甲村”分成互不相连的 2 块（1500000、1000000 平方米）"


def test_a_part_that_is_itself_of_two_pieces_is_said() -> None:
    corners = shapely.union_all([box(0, 0, 500, 500), box(2500, 0, 3000, 500)])

    found = check_split(("甲村", box(0, 0, 3000, 1000)), ("乙村", corners), 1.0)

    assert codes(found) == ["in-pieces"]
    assert "“乙村”" in found.findings[0].text


def test_land_that_lay_apart_before_and_slivers_of_a_line_are_no_pieces() -> None:
    exclave = shapely.union_all([box(0, 0, 2000, 1000), box(5000, 0, 5500, 500)])

    found = check_split(("甲村", exclave), ("乙村", box(1000, 0, 1999.6, 1000)), 1.0)

    assert codes(found) == []


def test_a_split_without_a_drawn_part_keeps_what_is_known() -> None:
    found = check_split(("甲村", WEST), ("乙村", None), 1.0)

    assert found.hold
    assert codes(found) == ["boundary-missing"]

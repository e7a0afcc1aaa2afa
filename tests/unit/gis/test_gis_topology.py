"""Villages against each other, parcels and houses against the villages."""

from typing import Any

import numpy as np
import pytest
import shapely

from address_service.gis.coordinates import to_zone
from address_service.gis.topology import Features, TopologyFinding, TopologyKind, topology_report

E, N = 460_000.0, 3_172_000.0


def _features(**boxes: tuple[float, float, float, float]) -> Features:
    shapes = np.array(
        [shapely.box(E + a, N + b, E + c, N + d) for a, b, c, d in boxes.values()], dtype=object
    )
    return Features(list(boxes), to_zone(shapes, 4547, back=True))


def _of(kind: TopologyKind, report: Any) -> list[TopologyFinding]:
    return [finding for finding in report.findings if finding.kind is kind]


SOUND = {"west": (0.0, 0.0, 1000.0, 1000.0), "east": (1000.0, 0.0, 2000.0, 1000.0)}


def test_sound_villages_give_areas_and_no_finding() -> None:
    report = topology_report(_features(**SOUND))

    assert report.findings == ()
    assert report.hectares["west"] == pytest.approx(100)
    assert report.total_hectares == pytest.approx(200)


def test_an_overlap_names_both_villages_with_area_and_place() -> None:
    report = topology_report(_features(west=(0, 0, 1010, 1000), east=(1000, 0, 2000, 1000)))

    (overlap,) = report.findings
    assert overlap.kind is TopologyKind.VILLAGE_OVERLAP
    assert overlap.keys == ("west", "east")
    assert overlap.measure == pytest.approx(10_000, rel=1e-3)
    x, y = shapely.get_coordinates(to_zone(shapely.Point(overlap.lon, overlap.lat), 4547))[0]
    assert 1000 < x - E < 1010
    assert 0 < y - N < 1000


@pytest.mark.parametrize("width", [1.0, 3.0])
def test_a_slit_between_villages_is_a_gap(width: float) -> None:
    report = topology_report(_features(west=(0, 0, 1000, 1000), east=(1000 + width, 0, 2000, 1000)))

    (gap,) = report.findings
    assert gap.kind is TopologyKind.VILLAGE_GAP
    assert gap.measure == pytest.approx(1000 * width, rel=0.01)


def test_a_hole_among_villages_is_a_gap_that_names_its_neighbours() -> None:
    report = topology_report(
        _features(
            south=(0, 0, 1000, 400),
            north=(0, 600, 1000, 1000),
            west=(0, 400, 400, 600),
            east=(600, 400, 1000, 600),
        )
    )

    (gap,) = report.findings
    assert gap.kind is TopologyKind.VILLAGE_GAP
    assert gap.keys == ("south", "north", "west", "east")
    assert gap.measure == pytest.approx(40_000, rel=1e-3)


def test_parcels_across_a_boundary_and_outside_are_told_apart() -> None:
    parcels = _features(
        inside=(100, 100, 110, 110),
        across=(994, 100, 1004, 110),
        rim=(1990, 200, 2005, 210),
        off=(3000, 0, 3010, 10),
    )

    report = topology_report(_features(**SOUND), parcels)

    (across,) = _of(TopologyKind.PARCEL_CROSSES_BOUNDARY, report)
    assert across.keys == ("across", "west", "east")
    assert across.measure == pytest.approx(40, rel=0.01)
    assert [(f.keys, round(f.measure)) for f in _of(TopologyKind.PARCEL_OUTSIDE, report)] == [
        (("off",), 100), (("rim", "east"), 50),
    ]  # fmt: skip


def test_overlapping_parcels_are_found_and_neighbours_are_not() -> None:
    parcels = _features(a=(0, 0, 10, 10), b=(10, 0, 20, 10), c=(18, 0, 28, 10), twin=(0, 0, 10, 10))

    report = topology_report(_features(**SOUND), parcels)

    assert [(f.keys, round(f.measure)) for f in _of(TopologyKind.PARCEL_OVERLAP, report)] == [
        (("a", "twin"), 100), (("b", "c"), 20),
    ]  # fmt: skip


def test_a_building_in_no_village_names_the_nearest_and_how_far() -> None:
    buildings = _features(home=(10, 10, 20, 20), astray=(2095, 500, 2105, 510))

    report = topology_report(_features(**SOUND), buildings=buildings)

    (astray,) = report.findings
    assert astray.kind is TopologyKind.BUILDING_OUTSIDE
    assert astray.keys == ("astray", "east")
    assert astray.measure == pytest.approx(100, abs=0.5)
    assert astray.unit == "m"

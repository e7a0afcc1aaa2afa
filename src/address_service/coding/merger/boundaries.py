"""What holds of boundaries when villages merge or one is split: union of old = new, no overlap, no gap.

Geometry is in metres of the county's zone; lines that were drawn twice differ by up to the tolerance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import shapely
from shapely import MultiPolygon, Polygon

GAPS_TOLD = 50
"""So many gaps, the largest, are told one by one."""
MOST_DRAWN = 100
MOST_POINTS = 2000
"""So many areas of a finding, the largest, are drawn, by about so many points in all."""


@dataclass(frozen=True, slots=True)
class BoundaryFinding:
    """Something that is not so, and where; an ``error`` stops the change, a ``warning`` does not."""

    code: Literal[
        "overlap",
        "gap",
        "union-differs",
        "part-outside",
        "nothing-left",
        "boundary-missing",
        "apart",
        "in-pieces",
    ]
    severity: Literal["error", "warning"]
    text: str
    area_m2: float | None = None
    where: shapely.Geometry | None = None


@dataclass(frozen=True, slots=True)
class Invariants:
    """The boundaries after a change, by name, with the areas before and after and what was found."""

    after: Mapping[str, shapely.Geometry | None]
    areas_before: Mapping[str, float | None]
    areas_after: Mapping[str, float | None]
    findings: tuple[BoundaryFinding, ...]

    @property
    def hold(self) -> bool:
        """Whether nothing found stops the change."""
        return not any(finding.severity == "error" for finding in self.findings)


def check_merger(
    old: Mapping[str, shapely.Geometry | None],
    name: str,
    tolerance_m: float,
    others: Sequence[shapely.Geometry] = (),
) -> Invariants:
    """Unite the boundaries of villages, each by its name, into one; ``others`` are those of the villages around.

    A crack between two villages that is nowhere wider than the tolerance is closed; a hole that is wider and no
    other village's is a gap.
    """
    known = {village: shape for village, shape in old.items() if shape is not None}
    findings = [_missing(village) for village, shape in old.items() if shape is None]
    findings += _overlaps(known, tolerance_m)
    united = unite(list(known.values()), tolerance_m) if known and not findings_missing(findings) else None
    if united is not None:
        findings += _gaps(united, list(known.values()), tolerance_m, others)
        findings += _apart(united, known, tolerance_m)
    return Invariants({name: united}, _areas(old), {name: _area(united)}, tuple(findings))


def check_split(
    whole: tuple[str, shapely.Geometry | None],
    part: tuple[str, shapely.Geometry | None],
    tolerance_m: float,
) -> Invariants:
    """Take a part out of a village; what is left and the part are the village, and nothing of the part lies outside."""
    village, shape = whole
    name, piece = part
    if shape is None or piece is None:
        missing = village if shape is None else name
        areas = {village: _area(shape)}
        return Invariants(
            {village: shape, name: piece}, areas, {**areas, name: _area(piece)}, (_missing(missing),)
        )
    inside = polygonal(shapely.intersection(piece, shape))
    left = polygonal(shapely.difference(shape, piece))
    findings = []
    if outside := _thick(shapely.difference(piece, shape), tolerance_m):
        text = f"划出的范围有一块不在“{village}”界内"
        findings.append(BoundaryFinding("part-outside", "error", text, _sum(outside), drawn(outside)))
    if not _thick(left, tolerance_m):
        findings.append(BoundaryFinding("nothing-left", "error", f"划出之后“{village}”不剩下任何范围"))
    differing = shapely.symmetric_difference(shape, shapely.union_all([left, inside]))
    if parts := _thick(differing, tolerance_m):
        text = f"“{village}”与“{name}”合起来与原来的“{village}”不一致"
        findings.append(BoundaryFinding("union-differs", "error", text, _sum(parts), drawn(parts)))
    after = {village: left, name: inside}
    for torn, land in after.items():
        findings += _torn(torn, land, shape, tolerance_m)
    return Invariants(after, {village: _area(shape)}, _areas(after), tuple(findings))


def _torn(
    name: str, land: MultiPolygon, before: shapely.Geometry, tolerance_m: float
) -> list[BoundaryFinding]:
    """Land of one piece that is of several now; pieces that lay apart before are no news."""
    found = []
    for one in polygonal(before).geoms:
        pieces = _thick(shapely.intersection(land, one), tolerance_m)
        if len(pieces) > 1:
            pieces.sort(key=lambda piece: -piece.area)
            areas = "、".join(f"{p.area:.0f}" for p in pieces[:3]) + ("……" if len(pieces) > 3 else "")
            text = f"划出之后“{name}”分成互不相连的 {len(pieces)} 块（{areas} 平方米）"
            found.append(BoundaryFinding("in-pieces", "warning", text, where=drawn(pieces[1:])))
    return found


def unite(shapes: Sequence[shapely.Geometry], tolerance_m: float) -> MultiPolygon:
    """One area of all, cracks up to the tolerance closed and single drawn-over points left as they are."""
    united = polygonal(shapely.union_all(list(shapes)))
    closed = shapely.buffer(
        shapely.buffer(united, tolerance_m / 2, join_style="mitre"), -tolerance_m / 2, join_style="mitre"
    )
    cracks = polygonal(shapely.difference(closed, united))
    inner = [crack for crack in cracks.geoms if _joins_two(crack, shapes, tolerance_m)]
    return polygonal(shapely.union_all([united, *inner])) if inner else united


def _joins_two(crack: Polygon, shapes: Sequence[shapely.Geometry], tolerance_m: float) -> bool:
    """Whether a crack lies between two villages; a narrow bay of one village's own boundary stays what it is."""
    return sum(1 for shape in shapes if shapely.dwithin(crack, shape, tolerance_m / 10)) > 1


def polygonal(shape: shapely.Geometry) -> MultiPolygon:
    """The areas of a geometry; lines and points that an intersection leaves are dropped."""
    areas: list[Polygon] = []
    for part in shapely.get_parts(shapely.make_valid(shape)).tolist():
        areas += [p for p in shapely.get_parts(part).tolist() if isinstance(p, Polygon) and not p.is_empty]
    return MultiPolygon(areas)


def findings_missing(findings: Sequence[BoundaryFinding]) -> bool:
    """Whether a boundary is not known, so that no union can be told."""
    return any(finding.code == "boundary-missing" for finding in findings)


def _missing(village: str) -> BoundaryFinding:
    return BoundaryFinding(
        "boundary-missing", "warning", f"“{village}”没有界线，不能核对范围；请导入界线图层"
    )


def _overlaps(known: Mapping[str, shapely.Geometry], tolerance_m: float) -> list[BoundaryFinding]:
    found = []
    for (one, shape), (other, second) in combinations(known.items(), 2):
        if parts := _thick(shapely.intersection(shape, second), tolerance_m):
            area = _sum(parts)
            text = f"“{one}”与“{other}”的界线重叠 {area:.0f} 平方米，请先更正界线图层"
            found.append(BoundaryFinding("overlap", "error", text, area, drawn(parts)))
    return found


def _gaps(
    united: MultiPolygon,
    old: Sequence[shapely.Geometry],
    tolerance_m: float,
    others: Sequence[shapely.Geometry],
) -> list[BoundaryFinding]:
    """Holes that the union has and none of the old villages had, unless another village fills them."""
    holes = [Polygon(ring) for part in united.geoms for ring in part.interiors]
    known = [Polygon(ring) for shape in old for part in polygonal(shape).geoms for ring in part.interiors]
    filled = shapely.union_all([*others, *known]) if others or known else None
    left = (shapely.difference(hole, filled) if filled is not None else hole for hole in holes)
    gaps = sorted((parts for one in left if (parts := _thick(one, tolerance_m))), key=_sum, reverse=True)
    found = [_gap("几个村之间有", parts) for parts in gaps[:GAPS_TOLD]]
    if rest := gaps[GAPS_TOLD:]:
        found.append(_gap(f"另有 {len(rest)} 处，共", [part for parts in rest for part in parts]))
    return found


def _gap(words: str, parts: Sequence[Polygon]) -> BoundaryFinding:
    area = _sum(parts)
    return BoundaryFinding("gap", "error", f"{words} {area:.0f} 平方米不属于任何村", area, drawn(parts))


def _apart(
    united: MultiPolygon, known: Mapping[str, shapely.Geometry], tolerance_m: float
) -> list[BoundaryFinding]:
    found = []
    for village, shape in known.items():
        others = [other for name, other in known.items() if name != village]
        if others and not any(shapely.dwithin(shape, other, tolerance_m) for other in others):
            found.append(BoundaryFinding("apart", "warning", f"“{village}”与其余各村不相邻，合并后成为飞地"))
    return found


def drawn(parts: Sequence[Polygon]) -> MultiPolygon:
    """Areas as they are drawn on a map: the largest, by few points."""
    largest = sorted(parts, key=lambda part: part.area, reverse=True)[:MOST_DRAWN]
    shape, step = MultiPolygon(largest), 0.5
    while shapely.get_num_coordinates(shape) > MOST_POINTS and step < 1000:
        shape, step = polygonal(shapely.simplify(MultiPolygon(largest), step)), step * 2
    return shape


def _sum(parts: Sequence[Polygon]) -> float:
    return round(float(sum(part.area for part in parts)), 1)


def _thick(shape: shapely.Geometry, tolerance_m: float) -> list[Polygon]:
    """The areas that are somewhere wider than the tolerance."""
    return [p for p in polygonal(shape).geoms if not shapely.buffer(p, -tolerance_m / 2).is_empty]


def _areas(shapes: Mapping[str, shapely.Geometry | None]) -> dict[str, float | None]:
    return {name: _area(shape) for name, shape in shapes.items()}


def _area(shape: shapely.Geometry | None) -> float | None:
    return None if shape is None else round(float(shapely.area(shape)), 1)

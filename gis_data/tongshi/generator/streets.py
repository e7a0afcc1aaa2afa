"""The six streets of the town centre and the proposed seventh, laid out by hand around the market."""

import math
from itertools import pairwise

from shapely import LineString, Point
from shapely.ops import substring

from gis_data.tongshi.generator.model import Street

XY = tuple[float, float]


def smooth(points: list[XY], step: float = 14.0) -> list[XY]:
    """Catmull-Rom through the points, about `step` metres apart."""
    padded = [points[0], *points, points[-1]]
    out: list[XY] = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        n = max(2, round(math.dist(p1, p2) / step))
        for k in range(n):
            t = k / n
            out.append((_spline(p0[0], p1[0], p2[0], p3[0], t), _spline(p0[1], p1[1], p2[1], p3[1], t)))
    return [*out, points[-1]]


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)


def with_vertex(line: LineString, at: Point) -> LineString:
    """The line with `at`, which lies on it, as one of its vertices."""
    coords = [(x, y) for x, y in line.coords]
    if (at.x, at.y) in coords:
        return line
    metres = line.project(at)
    walked = 0.0
    for i, (a, b) in enumerate(pairwise(coords)):
        walked += math.dist(a, b)
        if walked > metres:
            return LineString([*coords[: i + 1], (at.x, at.y), *coords[i + 1 :]])
    return line


def _crossing(a: LineString, b: LineString) -> tuple[LineString, LineString]:
    """Both lines with a common vertex where they cross."""
    hit = a.intersection(b)
    if not isinstance(hit, Point):
        return a, b
    at = Point(round(hit.x, 3), round(hit.y, 3))
    return with_vertex(a, at), with_vertex(b, at)


def lay_out(centre: Point) -> list[Street]:
    def line(*points: XY) -> LineString:
        moved = [(centre.x + x, centre.y + y) for x, y in points]
        return LineString([(round(x, 3), round(y, 3)) for x, y in smooth(moved)])

    def local(p: Point) -> XY:
        return (p.x - centre.x, p.y - centre.y)

    long = line((470, 95), (340, 42), (190, -14), (60, 2), (-60, 34), (-210, 74), (-340, 60), (-470, -15))
    north_south = line((-25, 500), (-52, 260), (-60, 34), (-38, -170), (-52, -340), (-5, -500))
    diagonal = line((480, 440), (330, 255), (190, 95), (60, 2), (-90, -150), (-250, -330), (-330, -380))
    bank = line((560, 318), (410, 285), (220, 318), (20, 342), (-140, 322), (-300, 298), (-430, 322))
    for _ in range(2):
        long, north_south = _crossing(long, north_south)
        long, diagonal = _crossing(long, diagonal)
        north_south, diagonal = _crossing(north_south, diagonal)
        north_south, bank = _crossing(north_south, bank)
        diagonal, bank = _crossing(diagonal, bank)

    west = _vertex_near(long, Point(centre.x - 385, centre.y + 45))
    south = _vertex_near(north_south, Point(centre.x - 30, centre.y - 400))
    trunk = line(local(west), (-330, -70), (-235, -165), (-150, -285), local(south))
    trunk, diagonal = _crossing(trunk, diagonal)
    mouth = _vertex_near(trunk, Point(centre.x - 318, centre.y - 85))
    branch = line(local(mouth), (-400, -115), (-490, -175), (-575, -190))

    entrance = _vertex_near(long, Point(centre.x + 318, centre.y + 35))
    dead_end = line(local(entrance), (325, -70), (362, -170), (340, -270), (365, -355))
    foot = _vertex_near(north_south, Point(centre.x - 40, centre.y - 330))
    proposed = line(local(foot), (90, -350), (240, -420))
    return [
        Street("童兴街", "街", [long], origin="东", fill=0.86, gaps=[(560, 628, "both"), (160, 205, "left")]),
        Street("文昌路", "路", [north_south], drawn_reversed=True, fill=0.72, gaps=[(640, 705, "right")]),
        Street(
            "石桥巷",
            "巷",
            [dead_end],
            drawn_reversed=True,
            origin="入口",
            fill=0.95,
            gaps=[(200, 246, "left")],
        ),
        Street("古井街", "街", [trunk, branch], fill=0.9, gaps=[(300, 352, "right")]),
        Street("河堤路", "路", [bank], fill=0.75, gaps=[(0, 400, "left"), (700, 752, "right")]),
        Street("供销路", "路", [diagonal], fill=0.62, gaps=[(150, 232, "both"), (930, 985, "left")]),
        Street("新园路", "路", [proposed], status="拟定"),
    ]


def gateways(streets: list[Street]) -> list[tuple[Point, XY]]:
    """Open street ends where country roads begin, each with its outward direction."""
    found = []
    for name in ("童兴街", "文昌路", "河堤路", "供销路"):
        trunk = next(s for s in streets if s.name == name).parts[0]
        for end, inner in ((0.0, 30.0), (trunk.length, trunk.length - 30)):
            a, b = trunk.interpolate(end), trunk.interpolate(inner)
            found.append((Point(trunk.coords[0 if end == 0 else -1]), (a.x - b.x, a.y - b.y)))
    return found


def stretch(line: LineString, start: float, end: float) -> LineString:
    piece = substring(line, start, end)
    if not isinstance(piece, LineString):
        raise ValueError(f"no stretch between {start} and {end} m")
    return piece


def _vertex_near(line: LineString, at: Point) -> Point:
    return min((Point(c) for c in line.coords), key=lambda p: p.distance(at))

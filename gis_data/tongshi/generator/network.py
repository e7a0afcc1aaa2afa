"""Country lanes: cheapest paths along the valley floors, each joining what is already there."""

import heapq
import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import pairwise
from random import Random

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import split, unary_union

from gis_data.tongshi.generator.divisions import NAMES_2016
from gis_data.tongshi.generator.model import Lane, Village

STEP = 40.0
Cell = tuple[int, int]
Edge = tuple[Cell, Cell]
XY = tuple[float, float]
MOVES = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy]


class Valleys:
    """An invented relief: the closer to zero the nearer to a valley floor."""

    def __init__(self, rng: Random, centre: Point) -> None:
        self.centre = centre
        self.waves = []
        for _ in range(20):
            length, angle = rng.uniform(1300, 4600), rng.uniform(0, math.tau)
            k = math.tau / length
            wave = (k * math.cos(angle), k * math.sin(angle), rng.uniform(0, math.tau), length**0.5)
            self.waves.append(wave)
        self.norm = math.sqrt(sum(a * a for *_, a in self.waves) / 2)

    def height(self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        dx, dy = x - self.centre.x, y - self.centre.y
        total = np.zeros_like(dx)
        for kx, ky, phase, amplitude in self.waves:
            total += amplitude * np.sin(kx * dx + ky * dy + phase)
        plain = 1 - np.exp(-(dx * dx + dy * dy) / (2 * 900.0**2))
        height: npt.NDArray[np.float64] = np.abs(total / self.norm) * plain
        return height


class Network:
    """A growing road graph on a jittered grid; paths stop where they meet it."""

    def __init__(self, rng: Random, villages: list[Village], relief: Valleys, blocked: BaseGeometry) -> None:
        town = unary_union([v.shape for v in villages])
        x0, y0, x1, y1 = town.bounds
        self.nx, self.ny = int((x1 - x0) / STEP) + 1, int((y1 - y0) / STEP) + 1
        jitter = np.random.default_rng(rng.randrange(2**32)).uniform(-0.36, 0.36, (2, self.nx, self.ny))
        gx, gy = np.meshgrid(np.arange(self.nx), np.arange(self.ny), indexing="ij")
        self.x = np.round(x0 + (gx + jitter[0]) * STEP, 3)
        self.y = np.round(y0 + (gy + jitter[1]) * STEP, 3)
        self.height = relief.height(self.x, self.y)
        self.cost = 1 + 7 * np.minimum(1.0, self.height / 0.9) ** 1.5
        self.owner = np.full((self.nx, self.ny), -1)
        for i, village in enumerate(villages):
            self.owner[shapely.contains_xy(village.shape.buffer(-25), self.x, self.y)] = i
        inside = shapely.contains_xy(town.buffer(-30), self.x, self.y)
        self.free = inside & ~shapely.contains_xy(blocked, self.x, self.y)
        self.links: dict[Cell, set[Cell]] = defaultdict(set)
        self.trunk: set[Edge] = set()
        self.stubs: dict[Cell, Point] = {}

    def at(self, cell: Cell) -> XY:
        return float(self.x[cell]), float(self.y[cell])

    def nearest(self, x: float, y: float, allowed: Callable[[Cell], bool] | None = None) -> Cell:
        reach = 2
        while reach < 60:
            best = self._nearest_within(x, y, reach, allowed)
            if best is not None:
                return best
            reach += 3
        raise ValueError(f"no free ground near {x:.0f}, {y:.0f}")

    def _nearest_within(
        self, x: float, y: float, reach: int, allowed: Callable[[Cell], bool] | None
    ) -> Cell | None:
        i0, j0 = round((x - self.x[0, 0]) / STEP), round((y - self.y[0, 0]) / STEP)
        best, distance = None, math.inf
        for i in range(max(0, i0 - reach), min(self.nx, i0 + reach + 1)):
            for j in range(max(0, j0 - reach), min(self.ny, j0 + reach + 1)):
                away = math.dist((x, y), self.at((i, j)))
                if away < distance and self.free[i, j] and (allowed is None or allowed((i, j))):
                    best, distance = (i, j), away
        return best

    def join(self, start: Cell, goals: set[Cell] | None = None, trunk: bool = False) -> None:
        """Lay the cheapest path from `start` to the network, or to one of `goals`."""
        if goals is None and start in self.links:
            return
        came: dict[Cell, Cell] = {}
        best = {start: 0.0}
        queue = [(0.0, start)]
        while queue:
            spent, here = heapq.heappop(queue)
            if spent > best[here]:
                continue
            if here != start and (here in goals if goals is not None else here in self.links):
                self._lay(here, came, trunk)
                return
            for there, price in self._moves(here):
                if spent + price < best.get(there, math.inf):
                    best[there], came[there] = spent + price, here
                    heapq.heappush(queue, (spent + price, there))

    def _moves(self, here: Cell) -> Iterable[tuple[Cell, float]]:
        i, j = here
        for dx, dy in MOVES:
            there = (i + dx, j + dy)
            if not (0 <= there[0] < self.nx and 0 <= there[1] < self.ny) or not self.free[there]:
                continue
            if dx and dy and (i, j + dy) in self.links.get((i + dx, j), ()):
                continue
            price = math.dist(self.at(here), self.at(there)) * float(self.cost[here] + self.cost[there]) / 2
            if there in self.links.get(here, ()):
                price *= 0.3
            elif there in self.links:
                price *= 0.9
            if self.owner[here] != self.owner[there] and self.owner[there] >= 0:
                price += 400
            yield there, price

    def _lay(self, end: Cell, came: dict[Cell, Cell], trunk: bool) -> None:
        while end in came:
            back = came[end]
            self.links[end].add(back)
            self.links[back].add(end)
            if trunk:
                self.trunk |= {(end, back), (back, end)}
            end = back

    def chains(self) -> list[tuple[LineString, bool]]:
        """Smoothed lines between junctions, each with whether it is a main road."""
        done: set[Edge] = set()
        out = []
        for start in sorted(self.links):
            if not self._is_end(start):
                continue
            for first in sorted(self.links[start]):
                if (start, first) in done:
                    continue
                path = self._walk(start, first)
                done |= {e for a, b in pairwise(path) for e in ((a, b), (b, a))}
                out.append((self._line(path), (path[0], path[1]) in self.trunk))
        return out

    def _is_end(self, cell: Cell) -> bool:
        kinds = {(cell, n) in self.trunk for n in self.links[cell]}
        return len(self.links[cell]) != 2 or len(kinds) > 1 or cell in self.stubs

    def _walk(self, start: Cell, first: Cell) -> list[Cell]:
        path = [start, first]
        while not self._is_end(path[-1]):
            path.append(next(n for n in self.links[path[-1]] if n != path[-2]))
        return path

    def leads_to_street(self, cell: Cell) -> bool:
        """A single lane leaves the street's end here, so that both are drawn as one curve."""
        return cell in self.stubs and len(self.links[cell]) == 1

    def _line(self, path: list[Cell]) -> LineString:
        points = [self.at(c) for c in path]
        if self.leads_to_street(path[0]):
            points = [_xy(self.stubs[path[0]]), *points]
        if self.leads_to_street(path[-1]):
            points = [*points, _xy(self.stubs[path[-1]])]
        for _ in range(3):
            points = _cut_corners(points)
        return LineString([(round(x, 3), round(y, 3)) for x, y in points])


def _xy(point: Point) -> XY:
    return point.x, point.y


def _cut_corners(points: list[XY]) -> list[XY]:
    if len(points) < 3:
        return points
    out = [points[0]]
    for a, b in pairwise(points):
        out.append((0.75 * a[0] + 0.25 * b[0], 0.75 * a[1] + 0.25 * b[1]))
        out.append((0.25 * a[0] + 0.75 * b[0], 0.25 * a[1] + 0.75 * b[1]))
    return [*out, points[-1]]


def lanes(net: Network, villages: list[Village]) -> list[Lane]:
    """The network as noded lanes, cut at village borders."""
    tree = shapely.STRtree([v.shape for v in villages])
    borders = unary_union([v.shape.boundary for v in villages])
    lines = net.chains()
    lines += [
        (LineString([p.coords[0], net.at(cell)]), True)
        for cell, p in net.stubs.items()
        if not net.leads_to_street(cell)
    ]
    trunks = unary_union([line for line, trunk in lines if trunk]).buffer(0.5)
    out: list[Lane] = []
    for line in _pieces(unary_union([line for line, _ in lines])):
        for piece in split(line, borders).geoms:
            if not isinstance(piece, LineString) or piece.length < 0.01:
                continue
            middle = piece.interpolate(0.5, normalized=True)
            village = villages[int(tree.query_nearest(middle)[0])]
            trunk = bool(trunks.contains(middle))
            rounded = shapely.transform(piece, lambda xy: xy.round(3))
            out.append(Lane(rounded, village, _name(village, trunk, len(out)), trunk))
    return out


def _pieces(geometry: BaseGeometry) -> list[LineString]:
    merged = shapely.line_merge(geometry)
    return [g for g in getattr(merged, "geoms", [merged]) if isinstance(g, LineString)]


def _name(village: Village, trunk: bool, serial: int) -> str:
    short = NAMES_2016[village.suffix]
    if trunk:
        return "" if village.suffix == "001" else f"童{short.removeprefix('童')[0]}公路"
    return f"{short}村道" if serial % 9 == 0 and village.suffix != "001" else ""

"""The way numbers run along a street: origin, trunk and branches, and where gates lie on it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations

import numpy as np
import shapely
from shapely.geometry import MultiLineString, Point
from shapely.ops import substring

from address_service.coding.numbering.carriageways import single
from address_service.coding.numbering.network import FloatArray, Network, build_network
from address_service.coding.numbering.plan import Reason
from address_service.coding.numbering.policy import DeadEnd, Origin, Policy
from address_service.coding.numbering.stations import Path, Segments, Station, measured
from address_service.errors import InvalidInput

_ENTRANCE_M = 10.0
"""An end of the street counts as open when another way comes this near."""
_TIE_M = 1e-6

_AZIMUTH = {
    Origin.FROM_NORTH: 0,
    Origin.FROM_NORTHEAST: 45,
    Origin.FROM_EAST: 90,
    Origin.FROM_SOUTHEAST: 135,
    Origin.FROM_SOUTH: 180,
    Origin.FROM_SOUTHWEST: 225,
    Origin.FROM_WEST: 270,
    Origin.FROM_NORTHWEST: 315,
}
_COMPASS = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")


@dataclass(frozen=True, slots=True)
class Route:
    """Trunk and branches in the order of numbering, and why they run this way."""

    paths: tuple[Path, ...]
    direction: Reason
    _segments: Segments = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_segments", Segments(self.paths))

    def locate(self, points: FloatArray) -> list[Station]:
        """Stations of points (n, 2) on the route."""
        return self._segments.locate(points)


def build_route(centreline: MultiLineString, policy: Policy, entrances: Sequence[Point] = ()) -> Route:
    """Order a centreline for numbering: trunk from the origin to the far end, then the branches.

    Parts may be drawn in any order and direction, apart from each other or in rings. ``entrances`` are points
    where the street touches other ways. Raises `InvalidInput` (``street-without-line``). A route that was asked for
    lately is given again: at the counter house after house asks for that of one street.
    """
    return _route(centreline, policy, tuple(entrances))


@lru_cache(maxsize=1024)
def _route(centreline: MultiLineString, policy: Policy, entrances: tuple[Point, ...]) -> Route:
    network = single(build_network(centreline, bridged=True))
    if not network.edges:
        raise InvalidInput("街道没有中心线，不能沿街编号", code="street-without-line")
    if len(network.edges) == 1 and network.edges[0].tail == network.edges[0].head:
        return _ring_route(network.edges[0].coords, entrances)
    origin, direction = _choose_origin(network, centreline, policy, entrances)
    return Route(tuple(_chained(_walks(network, origin))), direction)


def _chained(lines: Iterator[FloatArray]) -> Iterator[Path]:
    before = 0.0
    for coords in lines:
        yield (path := measured(coords, before))
        before += path.length


def _ring_route(coords: FloatArray, entrances: Sequence[Point]) -> Route:
    """A ring from its entrance, else from its northernmost point, clockwise."""
    line = shapely.LineString(coords if shapely.LinearRing(coords).is_ccw is False else coords[::-1])
    ring = shapely.get_coordinates(line)
    if entrances:
        gate = min(entrances, key=lambda p: (line.distance(p), p.x, p.y))
        at = line.project(gate)
        reason = Reason("direction", "环形街，自入口顺时针编号")
    else:
        top = int(np.lexsort((-ring[:-1, 0], -ring[:-1, 1]))[0])
        at = float(np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(ring, axis=0).T))))[top])
        reason = Reason("direction", "环形街，自最北端顺时针编号")
    rest = shapely.get_coordinates(substring(line, at, line.length))
    head = shapely.get_coordinates(substring(line, 0.0, at))
    whole = np.vstack((rest, head))
    moved = np.concatenate(([True], np.hypot(*np.diff(whole, axis=0).T) > _TIE_M))
    return Route(tuple(_chained(iter([whole[moved]]))), reason)


def _choose_origin(
    network: Network, drawn: MultiLineString, policy: Policy, entrances: Sequence[Point]
) -> tuple[int, Reason]:
    if policy.origin in (Origin.START, Origin.END):
        drawn_ends = shapely.get_coordinates(drawn)[[0, -1]]
        wanted = drawn_ends[0 if policy.origin is Origin.START else 1]
        gaps = np.hypot(*(network.nodes - wanted).T)
        name = "起点" if policy.origin is Origin.START else "终点"
        return int(np.argmin(gaps)), Reason("direction", f"自中心线所绘{name}编号")
    ends = network.ends or list(range(len(network.nodes)))
    opened = [end for end in ends if any(_near(network.nodes[end], gate) for gate in entrances)]
    if policy.dead_end is DeadEnd.ENTRANCE and len(opened) == 1 and len(ends) > 1:
        return opened[0], Reason("dead-end", "断头街巷，自入口向内编号（参照 GB/T 35639 附录B）")
    if policy.origin is Origin.FROM_CENTRE and policy.centre is not None:
        return _nearest_end(network, ends, policy.centre)
    pool = opened if len(opened) > 1 else ends
    return _by_bearing(network, *_farthest_pair(network, pool), policy.origin)


def _nearest_end(network: Network, ends: Sequence[int], centre: tuple[float, float]) -> tuple[int, Reason]:
    gaps = np.hypot(*(network.nodes[ends] - centre).T).round(3)
    return ends[int(np.argmin(gaps))], Reason("direction", "自中心向外编号")


def _near(node: FloatArray, gate: Point) -> bool:
    return float(np.hypot(node[0] - gate.x, node[1] - gate.y)) <= _ENTRANCE_M


def _farthest_pair(network: Network, pool: Sequence[int]) -> tuple[int, int]:
    if len(pool) == 1:
        return pool[0], pool[0]
    reach = {node: network.distances(node) for node in pool}
    return max(combinations(pool, 2), key=lambda pair: reach[pair[0]].get(pair[1], (0.0, -1))[0])


def _by_bearing(network: Network, a: int, b: int, origin: Origin) -> tuple[int, Reason]:
    """The end that the rule starts from; by Annex B the heading lies from southeast round to west."""
    east, north = network.nodes[b] - network.nodes[a]
    azimuth = float(np.degrees(np.arctan2(east, north))) % 360.0
    if origin is Origin.BEARING:
        forward = 112.5 <= azimuth < 292.5
    else:
        towards = np.radians(_AZIMUTH[origin])
        forward = float(east * np.sin(towards) + north * np.cos(towards)) < 0
    heading = azimuth if forward else (azimuth + 180.0) % 360.0
    text = f"自{_compass(heading + 180.0)}向{_compass(heading)}编号"
    if origin is Origin.BEARING:
        text += "（参照 GB/T 35639 附录B）"
    return (a if forward else b), Reason("direction", text)


def _compass(azimuth: float) -> str:
    return _COMPASS[int((azimuth % 360.0 + 22.5) // 45.0) % 8]


def _walks(network: Network, origin: int) -> Iterator[FloatArray]:
    """Trunk first, then branch by branch in the order of their mouths, each with its own after it."""
    unused = set(range(len(network.edges)))
    visited = {origin}
    mouths = [origin]
    while unused:
        while mouths and not any(edge in unused for edge in network.incident[mouths[-1]]):
            mouths.pop()
        mouths = mouths or [network.edges[min(unused)].tail]
        nodes, edges = _longest_walk(network, mouths[-1], unused, visited)
        unused.difference_update(edges)
        visited.update(nodes)
        mouths.extend(reversed(nodes[1:]))
        yield _joined(network, nodes, edges)


def _longest_walk(
    network: Network, start: int, unused: set[int], visited: set[int]
) -> tuple[list[int], list[int]]:
    """From a mouth to the farthest node over unused edges; a loop at the mouth where nothing else is left."""
    reached = network.distances(start, unused, visited)
    far = max(reached, key=lambda node: (reached[node][0], -node))
    if far == start:
        loop = max((e for e in network.incident[start] if e in unused), key=lambda e: network.edges[e].length)
        return [start, start], [loop]
    nodes, edges = [far], []
    while nodes[-1] != start:
        edge = reached[nodes[-1]][1]
        edges.append(edge)
        nodes.append(network.other(edge, nodes[-1]))
    return nodes[::-1], edges[::-1]


def _joined(network: Network, nodes: list[int], edges: list[int]) -> FloatArray:
    pieces: list[FloatArray] = []
    for node, number in zip(nodes, edges, strict=False):
        edge = network.edges[number]
        coords = edge.coords if edge.tail == node else edge.coords[::-1]
        pieces.append(coords if not pieces else coords[1:])
    return np.vstack(pieces)

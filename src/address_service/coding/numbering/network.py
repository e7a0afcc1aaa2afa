"""Lines as a graph: noded, merged between junctions, the same however they were drawn."""

import heapq
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

FloatArray = NDArray[np.float64]

_GRID_M = 0.001
"""Lines are noded on a millimetre grid, so that what touches on paper touches in the graph."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A stretch of line between two nodes; ``coords`` (n, 2) run from ``tail`` to ``head``."""

    tail: int
    head: int
    coords: FloatArray
    length: float


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes (n, 2) in metres and the edges between them, both sorted by coordinates.

    ``incident`` lists the edges at each node; a loop stands there twice.
    """

    nodes: FloatArray
    edges: tuple[Edge, ...]
    incident: tuple[tuple[int, ...], ...]

    @property
    def ends(self) -> list[int]:
        """Nodes where one edge only comes in."""
        return [node for node, edges in enumerate(self.incident) if len(edges) == 1]

    def other(self, edge: int, node: int) -> int:
        """The node at the other end of an edge."""
        tail, head = self.edges[edge].tail, self.edges[edge].head
        return head if node == tail else tail

    def distances(
        self, start: int, edges: Collection[int] | None = None, closed: Collection[int] = ()
    ) -> dict[int, tuple[float, int]]:
        """Metres from a node to every node it reaches, and the edge it is reached by (-1 at the start).

        Only ``edges`` are walked (None: all); nodes in ``closed`` may be reached but not passed.
        """
        best: dict[int, tuple[float, int]] = {}
        queue: list[tuple[float, int, int]] = [(0.0, start, -1)]
        while queue:
            metres, node, via = heapq.heappop(queue)
            if node in best:
                continue
            best[node] = (metres, via)
            if node in closed and node != start:
                continue
            for edge in self.incident[node]:
                if (edges is None or edge in edges) and self.other(edge, node) not in best:
                    heapq.heappush(queue, (metres + self.edges[edge].length, self.other(edge, node), edge))
        return best


def build_network(lines: BaseGeometry, *, bridged: bool = False) -> Network:
    """Node and merge lines into a graph; ``bridged`` joins separate pieces by their shortest connectors.

    Empty or pointlike lines give a network without edges.
    """
    merged = _merged(lines)
    network = assemble(merged)
    if bridged and len(pieces := _pieces(network)) > 1:
        network = assemble(_merged(_bridge(pieces)))
    return network


def _merged(lines: BaseGeometry) -> list[FloatArray]:
    noded = shapely.union_all(shapely.get_parts(shapely.force_2d(lines)), grid_size=_GRID_M)
    parts = shapely.get_parts(shapely.line_merge(noded))
    return [np.asarray(shapely.get_coordinates(part)) for part in parts if part.length > 0]


def _oriented(coords: FloatArray) -> FloatArray:
    """The same line in the one of its two directions that sorts first; a ring by its second vertex."""
    a, b = (coords[0], coords[-1]) if not np.array_equal(coords[0], coords[-1]) else (coords[1], coords[-2])
    return coords if (a[0], a[1]) <= (b[0], b[1]) else coords[::-1]


def _unrolled(coords: FloatArray, free: bool) -> FloatArray:
    """A ring that touches nothing begins at its least vertex, wherever it was drawn from."""
    if not free or not np.array_equal(coords[0], coords[-1]):
        return coords
    ring = coords[:-1]
    first = int(np.lexsort((ring[:, 1], ring[:, 0]))[0])
    rolled = np.roll(ring, -first, axis=0)
    return np.vstack((rolled, rolled[:1]))


def assemble(lines: list[FloatArray]) -> Network:
    """A graph of lines that meet at their ends alone."""
    touching: dict[tuple[float, ...], int] = {}
    for coords in lines:
        for end in (coords[0], coords[-1]):
            touching[tuple(end)] = touching.get(tuple(end), 0) + 1
    lines = [_oriented(_unrolled(coords, touching[tuple(coords[0])] == 2)) for coords in lines]
    lines.sort(key=lambda coords: coords.tolist())
    keys = sorted({tuple(end.tolist()) for coords in lines for end in (coords[0], coords[-1])})
    index = {key: node for node, key in enumerate(keys)}
    edges: list[Edge] = []
    incident: list[list[int]] = [[] for _ in keys]
    for coords in lines:
        tail, head = index[tuple(coords[0].tolist())], index[tuple(coords[-1].tolist())]
        length = float(np.hypot(*np.diff(coords, axis=0).T).sum())
        incident[tail].append(len(edges))
        incident[head].append(len(edges))
        edges.append(Edge(tail, head, coords, length))
    nodes = np.array(keys, dtype=np.float64).reshape(-1, 2)
    return Network(nodes, tuple(edges), tuple(tuple(at) for at in incident))


def _pieces(network: Network) -> list[BaseGeometry]:
    """The connected pieces of a network as geometries, longest first."""
    left, pieces = set(range(len(network.edges))), []
    while left:
        reached = network.distances(network.edges[min(left)].tail)
        mine = {edge for node in reached for edge in network.incident[node]}
        left -= mine
        pieces.append(shapely.MultiLineString([network.edges[edge].coords for edge in sorted(mine)]))
    return sorted(pieces, key=lambda piece: -piece.length)


def _bridge(pieces: list[BaseGeometry]) -> BaseGeometry:
    """Join pieces to the first one, always the nearest next."""
    joined, *waiting = pieces
    while waiting:
        nearest = min(range(len(waiting)), key=lambda i: (joined.distance(waiting[i]), i))
        piece = waiting.pop(nearest)
        lines = [*shapely.get_parts(joined), *shapely.get_parts(piece), shapely.shortest_line(joined, piece)]
        joined = shapely.MultiLineString([line for line in lines if line.length > 0])
    return joined

"""A street drawn as two carriageways (双幅路) is one street: the second carriageway is left out of the route."""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from address_service.coding.numbering.network import FloatArray, Network, assemble, build_network

_APART_M = 25.0
"""Carriageways of one street lie no farther apart; between lanes farther apart there may be houses."""
_PIECE_M = 10.0
_PARALLEL = 0.85
_ABREAST = 0.5
_LEAST_M = 1.0
_MOSTLY = 0.35
_DOUBLE = 2.6
_TWIN_M = 30.0
"""What runs beside itself for less than this is a bend or a mouth, no carriageway."""


def single(network: Network) -> Network:
    """The network with one carriageway of each pair: those that the way between its ends takes.

    The second ones fall out, and what joins the two. A street without carriageways is left as it is.
    """
    if not network.edges or _is_straight(network):
        return network
    pieces = _cut(network)
    if not _is_double(network, pieces):
        return network
    graph = assemble(list(pieces.coords))
    trunk = _way_through(graph)
    order = np.array([edge in trunk for edge in range(len(graph.edges))])
    whole = _Pieces(np.array([edge.coords for edge in graph.edges]))
    way = shapely.union_all(whole.lines[order]).buffer(_APART_M)
    out = whole.beside(order) | shapely.contains(way, whole.lines)
    return build_network(shapely.MultiLineString(list(whole.lines[order | ~out])), bridged=True)


def _is_double(network: Network, pieces: "_Pieces") -> bool:
    """Whether there are carriageways, not merely a road that turns back on itself on its way up a hill.

    Carriageways that meet at both ends of a stretch make a ring. Those that meet at one end, or nowhere, look like a
    hairpin; then a good part of the street must be double, and nowhere more than double.
    """
    twins, whole = float(pieces.lengths[pieces.beside()].sum()), float(pieces.lengths.sum())
    if twins < _TWIN_M:
        return False
    has_ring = len(network.edges) >= len(network.nodes)
    reach = float(np.hypot(*np.ptp(pieces.coords.reshape(-1, 2), axis=0)))
    return has_ring or (twins >= _MOSTLY * whole and whole <= _DOUBLE * reach)


def _is_straight(network: Network) -> bool:
    """Hardly longer than it reaches, so that no part of it can lie beside another."""
    coords = np.vstack([edge.coords for edge in network.edges])
    reach = float(np.hypot(*np.ptp(coords, axis=0)))
    return sum(edge.length for edge in network.edges) < reach + _TWIN_M / 2


class _Pieces:
    """Short straight pieces of line (n, 2, 2), for one vectorised comparison of all with all."""

    def __init__(self, coords: FloatArray) -> None:
        self.coords = coords
        self.lines: NDArray[Any] = np.asarray(shapely.linestrings(coords))
        self.vectors = coords[:, 1] - coords[:, 0]
        self.lengths = np.hypot(*self.vectors.T)

    def beside(self, others: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
        """Which pieces have a parallel one (of ``others``) abreast of their middle, not merely ahead or behind."""
        mine, theirs = shapely.STRtree(self.lines).query(self.lines, predicate="dwithin", distance=_APART_M)
        pairs = mine != theirs if others is None else (mine != theirs) & others[theirs]
        mine, theirs = mine[pairs], theirs[pairs]
        middle = self.coords[mine].mean(axis=1)
        start, vector = self.coords[theirs, 0], self.vectors[theirs]
        share = np.clip(((middle - start) * vector).sum(axis=1) / self.lengths[theirs] ** 2, 0.0, 1.0)
        off = start + share[:, None] * vector - middle
        metres = np.hypot(*off.T)
        along = np.abs((vector * self.vectors[mine]).sum(axis=1)) / (
            self.lengths[mine] * self.lengths[theirs]
        )
        ahead = np.abs((off * self.vectors[mine]).sum(axis=1)) / self.lengths[mine]
        twin = (
            (along >= _PARALLEL) & (ahead <= _ABREAST * metres) & (metres > _LEAST_M) & (metres <= _APART_M)
        )
        found = np.zeros(len(self.lines), dtype=np.bool_)
        found[mine[twin]] = True
        return found


def _cut(network: Network) -> _Pieces:
    """The same lines in short pieces, since one line may lead up one carriageway and down the other."""
    lines = [shapely.segmentize(shapely.LineString(edge.coords), _PIECE_M) for edge in network.edges]
    parts = [shapely.get_coordinates(line) for line in lines]
    return _Pieces(np.vstack([np.stack((part[:-1], part[1:]), axis=1) for part in parts]))


def _way_through(network: Network) -> set[int]:
    """The shortest way between the two nodes that lie farthest apart as the crow flies."""
    gaps = np.hypot(*(network.nodes[:, None] - network.nodes[None]).transpose(2, 0, 1)).round(3)
    a, b = (int(i) for i in np.unravel_index(int(np.argmax(gaps)), gaps.shape))
    reached, way = network.distances(a), set()
    while b != a:
        edge = reached[b][1]
        way.add(edge)
        b = network.other(edge, b)
    return way

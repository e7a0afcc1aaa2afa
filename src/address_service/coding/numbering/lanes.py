"""Walking metres between doors: along the lanes, or straight across where the way round is much longer."""

import numpy as np
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import MultiLineString, Point

from address_service.coding.numbering.network import FloatArray, Network, build_network
from address_service.coding.numbering.stations import Station, locate, measured

_ACROSS = 1.5
"""Walking across yards and field paths counts half as much again as the straight line."""
_REACH_M = 250.0
"""Lanes farther than this from all doors do not matter to the walk."""
_OUTSKIRT_M = 15.0


def nearby(lanes: MultiLineString | None, points: FloatArray) -> MultiLineString | None:
    """The parts of the lanes that come near the points (n, 2), or None."""
    if lanes is None or lanes.is_empty or not len(points):
        return None
    parts = np.array(shapely.get_parts(lanes))
    low, high = points.min(axis=0) - _REACH_M, points.max(axis=0) + _REACH_M
    bounds = shapely.bounds(parts)
    near = (bounds[:, :2] <= high).all(axis=1) & (bounds[:, 2:] >= low).all(axis=1)
    return MultiLineString(list(parts[near])) if near.any() else None


def walking_metres(lanes: MultiLineString | None, points: FloatArray) -> FloatArray:
    """Metres (n, n) to walk between points (n, 2), setbacks from the lane included; symmetric, zero diagonal."""
    straight = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))
    network = build_network(lanes) if lanes is not None else None
    if network is None or not network.edges:
        return np.asarray(straight)
    stations = locate([measured(edge.coords) for edge in network.edges], points)
    setback = np.array([at.setback for at in stations])
    along = _lane_metres(network, stations) + setback[:, None] + setback[None, :]
    np.fill_diagonal(along, 0.0)
    return np.asarray(np.minimum(along, straight * _ACROSS))


def _lane_metres(network: Network, stations: list[Station]) -> FloatArray:
    """Metres (n, n) along the lanes between places on them, infinite where the lanes do not meet."""
    ends = np.array([(network.edges[at.path].tail, network.edges[at.path].head) for at in stations])
    lengths = np.array([network.edges[at.path].length for at in stations])
    metres = np.array([at.metres for at in stations])
    to_end = np.stack((metres, lengths - metres), axis=1)
    used, index = np.unique(ends, return_inverse=True)
    between = dijkstra(_graph(network), directed=False, indices=used)[:, used]
    index = index.reshape(ends.shape)
    best = np.full((len(stations), len(stations)), np.inf)
    for a in (0, 1):
        for b in (0, 1):
            via = between[np.ix_(index[:, a], index[:, b])] + to_end[:, a][:, None] + to_end[:, b][None, :]
            best = np.minimum(best, via)
    same = np.equal.outer([at.path for at in stations], [at.path for at in stations])
    return np.where(same, np.minimum(best, np.abs(metres[:, None] - metres[None, :])), best)


def _graph(network: Network) -> csr_matrix:
    shortest: dict[tuple[int, int], float] = {}
    for edge in network.edges:
        key = min(edge.tail, edge.head), max(edge.tail, edge.head)
        shortest[key] = min(edge.length, shortest.get(key, np.inf))
    rows, columns = np.array(list(shortest)).T
    size = len(network.nodes)
    return csr_matrix((list(shortest.values()), (rows, columns)), shape=(size, size))


def find_entrance(lanes: MultiLineString | None, points: FloatArray) -> Point:
    """Where one comes in from outside, for doors (n, 2), n ≥ 1.

    Where the longest lane outside their hull crosses it; else at the open end of a lane farthest from their
    middle; without lanes at the northeasternmost door (GB/T 35639 Annex B numbers from north and east).
    """
    if lanes is None:
        return Point(points[int(np.argmax(points.sum(axis=1)))])
    hull = shapely.MultiPoint(points).convex_hull.buffer(_OUTSKIRT_M)
    outside = shapely.difference(lanes, hull)
    crossings = shapely.get_coordinates(shapely.intersection(lanes, hull.exterior))
    if len(crossings) and outside.length > 0:
        pieces = shapely.get_parts(shapely.line_merge(shapely.union_all(outside)))
        for piece in sorted(pieces, key=lambda p: (-round(p.length, 3), p.bounds)):
            gaps = shapely.distance(piece, shapely.points(crossings))
            if len(at := crossings[gaps < 0.01]):
                return _northeasternmost(at)
    ends = shapely.get_coordinates(lanes)
    far = np.hypot(*(ends - points.mean(axis=0)).T).round(3)
    return _northeasternmost(ends[far == far.max()])


def _northeasternmost(points: FloatArray) -> Point:
    return Point(points[np.lexsort((points[:, 0], points.sum(axis=1).round(3)))[-1]])

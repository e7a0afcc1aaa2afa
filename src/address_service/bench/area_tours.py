"""Find the best tours through the generated hamlets, and write them beside this file.

OR-Tools' guided local search takes turns with many thousands of small kicks, which do better in large hamlets. Run by
hand with the development dependencies: ``python -m address_service.bench.area_tours [seconds [kicks]]``. Tours
that are there already stay unless a shorter one is found.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from address_service.bench.area_order import TOURS, length, walk
from address_service.bench.hamlets import FloatArray, hamlets
from address_service.coding.numbering.tour import Search

_SPAN = 50
_SCALE = 1000
"""The solver counts in whole millimetres."""


def solve(metres: FloatArray, start: Sequence[int], seconds: int) -> list[int]:
    """Guided local search for a short open walk from node 0, beginning with ``start``; houses 0-based."""
    count = len(metres)
    scaled = np.rint(np.vstack((metres, np.zeros((1, count)))) * _SCALE).astype(np.int64)
    # A node that everything reaches at no cost lets the walk end anywhere.
    table = np.hstack((scaled, np.zeros((count + 1, 1), dtype=np.int64))).tolist()
    manager = pywrapcp.RoutingIndexManager(count + 1, 1, [0], [count])
    routing = pywrapcp.RoutingModel(manager)
    transit = routing.RegisterTransitMatrix(table)
    routing.SetArcCostEvaluatorOfAllVehicles(transit)
    search = pywrapcp.DefaultRoutingSearchParameters()
    search.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    search.time_limit.FromSeconds(seconds)
    routing.CloseModelWithParameters(search)
    first = routing.ReadAssignmentFromRoutes([[house + 1 for house in start]], True)
    found = routing.SolveFromAssignmentWithParameters(first, search)
    order, at = [], found.Value(routing.NextVar(routing.Start(0)))
    while not routing.IsEnd(at):
        order.append(manager.IndexToNode(at) - 1)
        at = found.Value(routing.NextVar(at))
    return order


class _Patient(Search):
    """The product's own moves with kicks close together, and as many as it takes."""

    def begin(self, order: Sequence[int]) -> None:
        """Start from a walk; houses 0-based."""
        self.place([0, *(house + 1 for house in order), self.size - 1])

    def kick(self, times: int) -> None:
        """Swap two stretches within ``_SPAN`` houses, improve, keep what is shorter."""
        rng, best, span = np.random.default_rng(1), self.length(), min(self.size, _SPAN)
        for _ in range(times):
            before = self.tour[:]
            first = int(rng.integers(self.size))
            a, b, c = sorted((1 + rng.integers(span - 1, size=3)).tolist())
            if a == b or b == c:
                continue
            turned = before[first:] + before[:first]
            self.place(turned[:a] + turned[b:c] + turned[a:b] + turned[c:])
            cuts = (0, a, a + c - b, c)
            self.improve([self.tour[(cut + near) % self.size] for cut in cuts for near in (-1, 0)])
            if (found := self.length()) < best - 1e-6:
                best = found
            else:
                self.place(before)


def kicked(metres: FloatArray, start: Sequence[int], kicks: int) -> list[int]:
    """A walk no longer than ``start``, after so many kicks per house."""
    search = _Patient(metres)
    search.begin(start)
    search.improve(range(len(metres)))
    search.kick(kicks * len(start))
    return [node - 1 for node in search.walk()]


def main(seconds: int, kicks: int) -> None:
    """Solve every hamlet, the largest first, and write the shorter of what is known and what is found."""
    path = Path(__file__).with_name(TOURS)
    known = json.loads(path.read_text()) if path.exists() else []
    best = known or [walk(hamlet.houses, hamlet) for hamlet in hamlets()]
    for hamlet in reversed(list(hamlets())):
        metres = hamlet.metres()
        walked = walk(hamlet.houses, hamlet)
        start = kicked(
            metres, min((walked, best[hamlet.seed]), key=lambda order: length(metres, order)), kicks
        )
        found = min((solve(metres, start, seconds), start), key=lambda order: length(metres, order))
        ratio, gain = (length(metres, order) / length(metres, found) for order in (walked, best[hamlet.seed]))
        best[hamlet.seed] = found
        sys.stderr.write(f"{hamlet.seed}\t{len(found)}\twalked {ratio:.4f}\tknown {gain:.4f}\n")
        rows = ",\n".join(json.dumps(order, separators=(",", ":")) for order in best)
        path.write_text(f"[\n{rows}\n]\n")


if __name__ == "__main__":
    arguments = [int(text) for text in sys.argv[1:]]
    main(*(arguments + [30, 100][len(arguments) :]))

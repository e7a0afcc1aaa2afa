"""Area numbering (片区编号) of hamlets, groups and whole villages: numbers ascend along a walk from the entrance."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry import MultiLineString, Point

from address_service.coding.numbering.lanes import find_entrance, nearby, walking_metres
from address_service.coding.numbering.network import FloatArray
from address_service.coding.numbering.plan import Claim, Door, ItemKind, Ledger, Plan, Proposal, Reason
from address_service.coding.numbering.policy import Policy
from address_service.coding.numbering.sequence import Book
from address_service.coding.numbering.stops import Rank
from address_service.coding.numbering.tour import extend_walk, walk_order
from address_service.errors import InvalidInput
from address_service.model.numbers import MAX_MAIN, DoorNumber


@dataclass(frozen=True, slots=True)
class _Visit:
    """One stop of the walk: a door or a claim, metres from the entrance, on or off the lanes."""

    what: Door | Claim
    metres: float


def plan_area(
    lanes: MultiLineString | None,
    doors: Iterable[Door],
    claims: Iterable[Claim],
    policy: Policy,
    ledger: Ledger,
    entrance: Point | None = None,
    earlier: Sequence[UUID] = (),
) -> Plan:
    """Number doors in walking order: near the entrance first, along the lanes, with short hops beside them.

    Coordinates are metres in one zone. Kept numbers stay, the other doors take the free numbers ascending along
    the walk; a claim takes a block of consecutive ones where it lies. The same doors in any order give the same
    plan. ``earlier`` are the keys of an earlier plan in its walking order: the walk stays, what has been added since
    is put in where it turns aside least. The distance mode is for streets: areas are always sequential. Raises
    `InvalidInput` (``numbers-exhausted``).
    """
    houses, findings = _without_duplicates(sorted(doors, key=lambda door: door.key.int))
    stops: list[Door | Claim] = [*houses, *sorted(claims, key=lambda claim: claim.key.int)]
    if not stops:
        return Plan((), findings)
    book = Book(ledger, policy, {door.kept for door in houses if door.kept}, list(findings))
    numbers = _Numbers(book)
    seen = _points(stops) if entrance is None else np.vstack((_points(stops), [[entrance.x, entrance.y]]))
    near = nearby(lanes, seen)
    visits = _walk(near, stops, entrance, earlier)
    items = [
        item
        for order, visit in enumerate(visits, start=1)
        for item in _items(visit, order, numbers, near is not None)
    ]
    return Plan(tuple(items), tuple(book.findings))


def _without_duplicates(doors: Sequence[Door]) -> tuple[list[Door], tuple[Reason, ...]]:
    """Of two doors that keep one number the one with the lesser key keeps it."""
    seen, kept, findings = set(), [], []
    for door in doors:
        if door.kept in seen:
            findings.append(Reason("kept-duplicate", f"{door.kept}被两户同时使用，其中一户另行编号"))
            door = Door(door.key, door.x, door.y)
        elif door.kept:
            seen.add(door.kept)
        kept.append(door)
    return kept, tuple(findings)


def _points(stops: Sequence[Door | Claim]) -> FloatArray:
    points = []
    for stop in stops:
        if isinstance(stop, Door):
            points.append((stop.x, stop.y))
        else:
            points.append(tuple(shapely.get_coordinates(shapely.point_on_surface(stop.geometry))[0]))
    return np.array(points, dtype=np.float64).reshape(-1, 2)


def _walk(
    lanes: MultiLineString | None,
    stops: Sequence[Door | Claim],
    entrance: Point | None,
    earlier: Sequence[UUID],
) -> list[_Visit]:
    points = _points(stops)
    start = entrance or find_entrance(lanes, points)
    metres = walking_metres(lanes, np.vstack(([[start.x, start.y]], points)))
    visits, walked, here = [], 0.0, 0
    nodes = {stop.key: node for node, stop in enumerate(stops, start=1)}
    known = [nodes[key] for key in earlier if key in nodes]
    for node in extend_walk(metres, known) if known else walk_order(metres):
        walked += float(metres[here, node])
        visits.append(_Visit(stops[node - 1], walked))
        here = node
    return visits


def _items(visit: _Visit, order: int, numbers: "_Numbers", on_lanes: bool) -> Iterator[Proposal]:
    way = "沿村道步行顺序" if on_lanes else "按步行就近顺序"
    walked = Reason("walking-order", f"{way}第 {order} 处，距入口步行 {visit.metres:.0f} 米")
    offset_m = round(visit.metres, 3)
    if isinstance(visit.what, Claim):
        yield from _claimed(visit.what, walked, offset_m, numbers)
        return
    door = visit.what
    if door.kept:
        rule, number = Reason("kept", f"保留既有门牌{door.kept}"), door.kept
    else:
        number = numbers.take(1)[0]
        rule = Reason("ascending", f"沿途依次取空号{number}")
    yield Proposal(ItemKind.DOOR, door.key, number, None, offset_m, door.kept is not None, (walked, rule))


def _claimed(claim: Claim, walked: Reason, offset_m: float, numbers: "_Numbers") -> Iterator[Proposal]:
    held = sum(1 for key in numbers.book.ledger.held.values() if key == claim.key)
    wanted = max(0, claim.doors - held)
    for i, number in enumerate(numbers.take(wanted, Rank.CLAIM), start=1):
        text = f"规划“{claim.name or '未命名'}”预留，第 {i} 个，共 {wanted} 个"
        reasons = (Reason("construction-plan", text), walked)
        yield Proposal(ItemKind.RESERVED, claim.key, number, None, offset_m, False, reasons)


class _Numbers:
    """Free numbers, ascending."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._next = book.policy.start
        self._step = book.policy.step or 1

    def take(self, wanted: int, rank: Rank = Rank.DOOR) -> list[DoorNumber]:
        """The next block of ``wanted`` numbers with none taken in between; what it jumps over is told."""
        block: list[int] = []
        jumped: list[int] = []
        for main in count(self._next, self._step):
            if len(block) == wanted:
                break
            if main > MAX_MAIN:
                raise InvalidInput("本片区号码已用尽", code="numbers-exhausted")
            if self.book.is_free(DoorNumber(main), rank):
                block.append(main)
            else:
                jumped, block = jumped + block, []
            self._next = main + self._step
        if jumped:
            listed = "、".join(str(main) for main in jumped)
            self.book.findings.append(
                Reason("numbers-jumped", f"为使预留号连续，空出{listed}号，可供日后补编")
            )
        return [DoorNumber(main) for main in block]

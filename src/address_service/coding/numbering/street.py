"""Street numbering (沿街编号): doors and claims on a centreline to a plan with the why of every number."""

from collections.abc import Iterable, Iterator, Sequence

from shapely.geometry import MultiLineString, Point

from address_service.coding.numbering.plan import Claim, Door, ItemKind, Ledger, Plan, Proposal, Reason
from address_service.coding.numbering.policy import Policy
from address_service.coding.numbering.route import Route, build_route
from address_service.coding.numbering.sequence import Book, Given, Series, Slots, number_stops, series_by_side
from address_service.coding.numbering.stops import (
    SIDE_TEXT,
    Rank,
    Stop,
    Stretch,
    claim_stops,
    door_stops,
    gap_stops,
    stretches,
)
from address_service.model.numbers import DoorNumber, Side


def plan_street(
    centreline: MultiLineString,
    doors: Iterable[Door],
    claims: Iterable[Claim],
    policy: Policy,
    ledger: Ledger,
    entrances: Sequence[Point] = (),
) -> Plan:
    """Number the doors of a street and reserve what claims and over-wide gaps want.

    Coordinates are metres in one zone. The same doors in any order give the same plan. ``entrances`` are
    points where the street touches other ways; an end near the only one of them is where a dead end begins.
    Raises `InvalidInput` for a street without a line or a place that has run out of numbers.
    """
    route = build_route(centreline, policy, entrances)
    houses, findings = door_stops(route, sorted(doors, key=lambda door: door.key.int))
    laid = stretches(route, claims, policy)
    book = Book(ledger, policy, {stop.kept for stop in houses if stop.kept})
    if policy.slot_m is not None:
        stops = houses
        given = number_stops(route, stops, book)
        given.extend(_claimed_slots(route, laid, stops, given, book))
    else:
        reserved = claim_stops(laid, policy, ledger) + gap_stops(houses, laid, policy, ledger)
        stops = sorted(houses + reserved, key=lambda stop: stop.order)
        given = number_stops(route, stops, book)
        findings.extend(_unreserved(given, reserved))
    given.sort(key=lambda g: g.stop.order)
    series = series_by_side(stops, policy)
    items = tuple(_proposal(route, g, series[g.stop.side]) for g in given)
    return Plan(items, (*findings, *book.findings))


def _claimed_slots(
    route: Route, laid: Sequence[Stretch], houses: Sequence[Stop], given: Sequence[Given], book: Book
) -> list[Given]:
    """Distance mode: every free number of the stretches, as far as it stands in order between the doors."""
    slots = Slots(route, book.policy.slot_m or book.policy.metres_per_number)
    series = series_by_side(houses, book.policy)
    reserved = []
    for stretch in laid:
        for side, _ in stretch.shares:
            for stop in _slot_stops(stretch, side, slots):
                number = DoorNumber(slots.main(series[side], stop.path, stop.metres))
                if book.is_free(number, Rank.CLAIM) and _stands_in_order(stop, number, given):
                    book.used.add(number)
                    reserved.append(Given(stop, number, slots.rule(stop)))
    return reserved


def _slot_stops(stretch: Stretch, side: Side, slots: Slots) -> Iterator[Stop]:
    first, last = slots.cell(stretch.path, stretch.from_m), slots.cell(stretch.path, stretch.to_m)
    note = Reason("construction-plan", f"规划“{stretch.claim.name or '未命名'}”范围内的号全部预留")
    for cell in range(first, last + 1):
        metres = slots.middle(stretch.path, cell)
        yield Stop(stretch.path, metres, side, Rank.CLAIM, stretch.claim.key, note=note)


def _stands_in_order(stop: Stop, number: DoorNumber, given: Sequence[Given]) -> bool:
    on_side = [g for g in given if g.stop.side is stop.side]
    return all((g.stop.order < stop.order) == (g.number < number) for g in on_side)


def _unreserved(given: Sequence[Given], wanted: Sequence[Stop]) -> Iterator[Reason]:
    """A gap whose numbers found no room between kept ones is told, once for all."""
    got = sum(1 for g in given if g.stop.rank is Rank.GAP)
    missing = sum(1 for stop in wanted if stop.rank is Rank.GAP) - got
    if missing:
        yield Reason("gap-without-room", f"超宽间距应预留的号中有 {missing} 个因既有门牌之间无空号而未预留")


def _proposal(route: Route, given: Given, series: Series) -> Proposal:
    stop = given.stop
    kind = ItemKind.DOOR if stop.rank is Rank.DOOR else ItemKind.RESERVED
    offset_m = round(route.paths[stop.path].before_m + stop.metres, 3)
    reasons = [_position(stop, series), given.rule]
    if stop.note:
        reasons.insert(0, stop.note)
    if not stop.kept:
        reasons.append(route.direction)
    return Proposal(kind, stop.key, given.number, stop.side, offset_m, stop.kept is not None, tuple(reasons))


def _position(stop: Stop, series: Series) -> Reason:
    start = "距起点" if stop.path == 0 else f"位于第 {stop.path} 支路，距岔口"
    side = SIDE_TEXT[stop.side]
    text = f"{start} {stop.metres:.1f} 米，位于前进方向{side}，"
    return Reason("position", text + (f"{side}{series.text}" if series.modulus == 2 else series.text))

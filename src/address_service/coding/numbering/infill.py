"""The number of one new door (补编) between neighbours that keep theirs: three candidates with their why."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from address_service.coding.full_text import number_text
from address_service.coding.numbering.infill_request import Candidate, InfillRequest, Takes
from address_service.coding.numbering.infill_room import find_room
from address_service.coding.numbering.plan import Ledger, Reason
from address_service.coding.numbering.policy import Policy
from address_service.coding.numbering.room import Room, blocks
from address_service.coding.numbering.sequence import Book
from address_service.coding.numbering.stops import Rank
from address_service.errors import InvalidInput
from address_service.model.numbers import MAX_MAIN, MAX_SUB, DoorNumber, NumberState

__all__ = ["Candidate", "InfillRequest", "Takes", "propose_infill"]

_WANTED = 3
_PLENTY = 4
_MOST_MAINS = 2000
"""How many free numbers are looked at where the ground ahead is endless."""
_OVERFLOW = Reason("plan-overflow", "规划预留的号在此处已用尽，超出规划户数")


def propose_infill(request: InfillRequest) -> tuple[Candidate, ...]:
    """The best numbers for the new door, at most three, best first, at least one.

    Never a neighbour's, never one that is retired or reserved by another plan. Raises `InvalidInput`
    (``street-without-line``, ``numbers-exhausted``).
    """
    room = find_room(request)
    chooser = _Chooser(request, room)
    found = list(islice(chooser.candidates(), _WANTED))
    if not found:
        raise InvalidInput("此处的号码与附号均已用尽", code="numbers-exhausted")
    return tuple(found)


class _Chooser:
    """The numbers of one room, in order of preference."""

    def __init__(self, request: InfillRequest, room: Room) -> None:
        self.policy: Policy = request.policy
        self.room = room
        ledger = request.ledger
        self.block = set(blocks(request).get(request.claim, [])) if request.claim else set()
        self.gaps = {n for n, state in ledger.taken.items() if state is NumberState.RESERVED}
        self.gaps -= set(ledger.held)
        on_site = {number for number in self.block if number in ledger.taken}
        open_to = frozenset(self.gaps | on_site | ledger.open_to_infill)
        used = {door.kept for door in request.doors if door.kept}
        self.book = Book(Ledger(ledger.taken, ledger.held, open_to), self.policy, used)
        self.on_site = request.claim is not None

    def candidates(self) -> Iterator[Candidate]:
        """The block's numbers, else free ones, else sub-numbers, else whatever is left next door."""
        reach = self._reach()
        inside = [
            main for main in sorted(n.main for n in self.block if not n.sub) if self._is_open(main, reach)
        ]
        outside = list(islice(self._free_mains(reach), self._plenty))
        if not self.on_site:
            yield from self._by_slot() if self.room.slot else self._by_wish(outside)
            yield from self._subs(self._bases())
            if self.room.slot:
                yield from self._by_wish(outside)
        else:
            yield from self._by_wish(inside)
            yield from self._subs(self._bases(), overflow=not inside)
            yield from (replace(one, overflow=True) for one in self._by_wish(outside))
        if not inside and not outside and not any(True for _ in self._subs(self._bases())):
            yield from self._out_of_order()

    def _free(self, number: DoorNumber) -> bool:
        return self.book.is_free(number, Rank.DOOR)

    @property
    def _plenty(self) -> int:
        """So many free numbers ahead settle which ones are nearest to the wish; the rest need not be looked at."""
        room, frontage_m = self.room, self.policy.frontage_m
        if room.wish is not None:
            most = max(0.0, room.wish - (room.low.main if room.low else 0)) / room.series.modulus + _PLENTY
        elif room.ahead_m is None:
            most = room.back_m / frontage_m + room.series.step
        else:
            most = 2 * (room.back_m + room.ahead_m) / frontage_m + _PLENTY
        return min(round(most) + 2 * _WANTED, _MOST_MAINS)

    def _reach(self) -> range:
        """Main numbers of the series that fit, free or not; those a branch may not go below come after all."""
        room = self.room
        least = max(room.low.main if room.low else 0, room.floor)
        if room.high is not None and room.series.above(least) >= room.high.main:
            least = room.low.main if room.low else 0
        first = room.series.above(least) if least else room.series.first
        last = room.high.main if room.high else MAX_MAIN
        if room.ceiling is not None and first < room.ceiling:
            last = min(last, room.ceiling - 1)
        return range(first, last + 1, room.series.modulus)

    def _is_open(self, main: int, reach: range) -> bool:
        number = DoorNumber(main)
        return main in reach and self.room.fits(number) and self._free(number)

    def _free_mains(self, reach: range) -> Iterator[int]:
        """Free main numbers that fit and are not the site's own, ascending."""
        return (m for m in reach if DoorNumber(m) not in self.block and self._is_open(m, reach))

    def _by_wish(self, mains: Sequence[int]) -> Iterator[Candidate]:
        """Those first that leave room in proportion to the ground on either side."""
        if mains:
            wish = self._wish(mains)
            for main in sorted(mains, key=lambda main: (round(abs(main - wish), 6), main)):
                yield self._candidate(DoorNumber(main))

    def _wish(self, mains: Sequence[int]) -> float:
        room = self.room
        if room.wish is not None:
            return room.wish
        if room.ahead_m is not None:
            low = -0.5 if room.low_edge else -1.0
            high = len(mains) - (0.5 if room.high_edge else 0.0)
            whole = room.back_m + room.ahead_m
            at = low + (high - low) * (room.back_m / whole if whole > 0 else 0.5)
            plots = whole / self.policy.frontage_m
            planned = DoorNumber(mains[0]) in self.block
            if not planned and len(mains) > 2 * plots + _PLENTY:  # numbers jump here, the ground decides
                at = room.back_m / self.policy.frontage_m - 1
            return mains[min(max(round(at), 0), len(mains) - 1)]
        skip = 0
        wide = self.policy.gap_reserve_m
        if wide is not None and room.back_m > wide and room.side is not None:
            skip = max(0, round(room.back_m / self.policy.frontage_m) - (0 if room.low_edge else 1))
        step = room.series.step - room.series.modulus if room.low and not room.floor else 0
        return min(mains[0] + step + skip * room.series.modulus, mains[-1])

    def _by_slot(self) -> Iterator[Candidate]:
        """Where distance decides: the number of the place, else a sub-number of it."""
        slot = DoorNumber(self.room.slot or 1)
        if self.room.fits(slot) and self._free(slot):
            rule = Reason("distance", f"按距离编号，此处为{slot}，每侧每 {self._width:g} 米一号")
            yield replace(self._candidate(slot), reasons=(*self.room.reasons, rule))

    @property
    def _width(self) -> float:
        return self.policy.slot_m or self.policy.metres_per_number

    def _bases(self) -> list[int]:
        """Main numbers whose sub-numbers may fit: of the place, of the preceding door, else the one below."""
        low, high, series = self.room.low, self.room.high, self.room.series
        bases = [self.room.slot] if self.room.slot else []
        if low:
            bases.append(low.main)
        elif high and high.main - series.modulus >= series.first:
            bases.append(high.main - series.modulus)
        return list(dict.fromkeys(bases))

    def _subs(self, bases: Sequence[int], *, overflow: bool = False) -> Iterator[Candidate]:
        for base in bases:
            for sub in range(1, MAX_SUB + 1):
                number = DoorNumber(base, sub)
                if self.room.fits(number) and self._free(number):
                    text = f"{self._place}无空号可用，用附号{self._text(number)}，不改动既有号"
                    told = (_OVERFLOW,) if overflow else ()
                    whole = (*self.room.reasons, Reason("sub-number", text), *told)
                    yield self._made(number, Takes.SUB, whole, overflow=overflow)

    def _out_of_order(self) -> Iterator[Candidate]:
        """Nothing fits: a sub-number next door, for a clerk to decide."""
        next_door = self.room.low or self.room.high
        base = next_door.main if next_door else self.room.series.first
        for sub in range(1, MAX_SUB + 1):
            number = DoorNumber(base, sub)
            if self._free(number):
                text = f"{self._place}无号可编，暂用{self._text(number)}，次序不顺，请人工核定"
                told = (_OVERFLOW,) if self.on_site else ()
                reasons = (*self.room.reasons, Reason("no-room", text), *told)
                one = self._made(number, Takes.SUB, reasons, overflow=self.on_site)
                yield replace(one, in_order=False)

    @property
    def _place(self) -> str:
        low, high = self.room.low, self.room.high
        if low and high:
            return f"{self._text(low)}与{self._text(high)}之间"
        return f"{self._text(high)}之前" if high else f"{self._text(low)}之后" if low else "此处"

    def _text(self, number: DoorNumber) -> str:
        return number_text(number, self.policy.sub_style)

    def _candidate(self, number: DoorNumber) -> Candidate:
        takes, why = self._takes(number)
        rule = Reason(f"infill-{takes.value}", f"{self._place}取{self._text(number)}，{why}")
        return self._made(number, takes, (*self.room.reasons, rule), overflow=False)

    def _takes(self, number: DoorNumber) -> tuple[Takes, str]:
        if number in self.block:
            return Takes.PLAN_RESERVED, "为本规划预留的号"
        if number in self.book.ledger.open_to_infill:
            return Takes.GAP_RESERVED, "为超宽间距预留的号"
        if number in self.book.ledger.taken:
            return Takes.VACANT, "未曾启用的空号"
        return Takes.FREE, "尚未使用"

    def _made(
        self, number: DoorNumber, takes: Takes, reasons: tuple[Reason, ...], *, overflow: bool
    ) -> Candidate:
        room = self.room
        return Candidate(
            number, takes, room.side, room.offset_m, room.low, room.high, True, overflow, reasons
        )

"""The room for one number: between which neighbours, how far from either, and which numbers plans hold there."""

from dataclasses import dataclass
from uuid import UUID

from address_service.coding.numbering.infill_request import InfillRequest
from address_service.coding.numbering.plan import Reason
from address_service.coding.numbering.sequence import Series
from address_service.model.numbers import DoorNumber, NumberState, Side


@dataclass(frozen=True, slots=True)
class Room:
    """The room for one number: strictly between ``low`` and ``high``, of the series.

    ``back_m`` is metres back to the lower neighbour (or to where the numbers start), ``ahead_m`` to the upper one,
    None where nothing stands ahead. ``low_edge`` and ``high_edge``: that side ends at the edge of a site or the
    street, not at a door. ``floor`` is what a branch or section starts above, ``ceiling`` where the next section
    starts. ``slot`` is the main number of the place where distance decides, ``wish`` the one a planned site has for it.
    """

    low: DoorNumber | None
    high: DoorNumber | None
    series: Series
    side: Side | None
    offset_m: float | None
    back_m: float
    ahead_m: float | None
    low_edge: bool
    high_edge: bool
    reasons: tuple[Reason, ...]
    floor: int = 0
    ceiling: int | None = None
    slot: int | None = None
    wish: float | None = None

    def fits(self, number: DoorNumber) -> bool:
        """Whether a number keeps order and parity here."""
        above = self.low is None or self.low < number
        below = self.high is None or number < self.high
        return above and below and self.series.has(number.main) and number.main >= self.series.first


def blocks(request: InfillRequest) -> dict[UUID, list[DoorNumber]]:
    """Numbers still reserved by each plan, ascending."""
    held: dict[UUID, list[DoorNumber]] = {}
    for number, plan in sorted(request.ledger.held.items()):
        if request.ledger.taken.get(number) is NumberState.RESERVED:
            held.setdefault(plan, []).append(number)
    return held

"""A renumbering in words and in money."""

from decimal import Decimal
from uuid import UUID

import pytest

from address_service.coding.numbering.permutation import ChangeSet
from address_service.coding.numbering.renumbering import event_kind, plate_costs, ring_text, total_cost
from address_service.model.addresses import EventKind
from address_service.model.numbers import DoorNumber


def change_set(before: tuple[int, ...], after: tuple[int, ...]) -> ChangeSet:
    def numbering(mains: tuple[int, ...]) -> dict[UUID, DoorNumber]:
        return {UUID(int=i): DoorNumber(main) for i, main in enumerate(mains, start=1)}

    return ChangeSet.between(numbering(before), numbering(after))


@pytest.mark.parametrize(
    ("before", "after", "texts"),
    [
        ((10, 11), (11, 10), ["10号↔11号"]),
        ((1, 2, 3), (2, 3, 1), ["1号→2号→3号→1号"]),
        ((5, 7), (7, 9), ["5号→7号→9号"]),
        ((5,), (9,), ["5号→9号"]),
        ((1, 2, 8, 9), (2, 1, 9, 8), ["1号↔2号", "8号↔9号"]),
    ],
)
def test_rings_and_chains_read_as_people_say_them(
    before: tuple[int, ...], after: tuple[int, ...], texts: list[str]
) -> None:
    assert [ring_text(row) for row in change_set(before, after).cycles()] == texts


@pytest.mark.parametrize(
    ("before", "after", "reclaims", "kind"),
    [
        ((1, 2, 8, 9), (2, 1, 9, 8), False, EventKind.SWAP),
        ((1, 2, 3), (2, 3, 1), False, EventKind.RENUMBER),
        ((1, 2, 8), (2, 1, 9), False, EventKind.RENUMBER),
        ((1, 2), (2, 1), True, EventKind.REASSIGN),
    ],
)
def test_the_event_says_what_it_was(
    before: tuple[int, ...], after: tuple[int, ...], reclaims: bool, kind: EventKind
) -> None:
    assert event_kind(change_set(before, after), reclaims=reclaims) is kind


def test_a_sum_needs_a_price_for_every_profile() -> None:
    prices = {"small": Decimal("18.5"), "large": Decimal(60)}

    assert total_cost(plate_costs({"small": 2, "large": 1}, prices)) == Decimal(97)
    assert total_cost(plate_costs({"small": 2, "room": 1}, prices)) is None
    assert total_cost(plate_costs({}, {})) == 0

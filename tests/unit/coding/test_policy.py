"""Numbering policies as data: round trip, and refusals in Chinese."""

from typing import Any

import pytest

from address_service.coding.numbering.policy import DeadEnd, Mode, Origin, Policy
from address_service.errors import InvalidInput
from address_service.model.numbers import Side


def test_the_default_policy_reads_back() -> None:
    policy = Policy()

    assert Policy.from_parameters(policy.parameters()) == policy


def test_given_parameters_replace_defaults() -> None:
    given = {
        "mode": "distance",
        "metres_per_number": 4,
        "odd_side": "left",
        "origin": "from_south",
        "dead_end": "origin",
        "gap_reserve_m": None,
    }
    policy = Policy.from_parameters(given)

    assert (policy.mode, policy.metres_per_number, policy.odd_side) == (Mode.DISTANCE, 4.0, Side.LEFT)
    assert (policy.origin, policy.dead_end) == (Origin.FROM_SOUTH, DeadEnd.ORIGIN)
    assert policy.gap_reserve_m is None
    assert Policy.from_parameters(policy.parameters()) == policy


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"odd_sid": "left"}, "odd_sid"),
        ({"odd_side": "top"}, "odd_side"),
        ({"mode": None}, "mode"),
        ({"metres_per_number": 0}, "metres_per_number"),
        ({"metres_per_number": "4"}, "metres_per_number"),
        ({"frontage_m": float("nan")}, "frontage_m"),
        ({"start": True}, "start"),
        ({"start": 0}, "start"),
        ({"step": 1.5}, "step"),
        ({"skipped_digits": "4"}, "skipped_digits"),
        ({"skipped_digits": ["四"]}, "skipped_digits"),
        ({"skipped_digits": list("0123456789")}, "skipped_digits"),
        ({"mode": "distance", "skipped_digits": ["4"]}, "skipped_digits"),
    ],
)
def test_wrong_parameters_are_named(parameters: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Policy.from_parameters(parameters)

    assert [error.field for error in refused.value.errors] == [field]


def test_all_errors_come_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        Policy.from_parameters({"start": 0, "mode": "zigzag", "colour": "blue"})

    assert {error.field for error in refused.value.errors} == {"start", "mode", "colour"}

"""Address codes: the scheme's vectors, what the check digit catches, what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from address_service.coding.address_code import is_valid, make_code, parse_code, place_prefix
from address_service.errors import InvalidInput

codes = st.builds(
    lambda division, kind, place, door, room: make_code(division, kind, place if kind else 0, door, room),
    st.from_regex(r"\A[0-9]{12}\Z"),
    st.integers(0, 5),
    st.integers(1, 999),
    st.integers(1, 99_999),
    st.integers(0, 9_999),
)


@pytest.mark.parametrize(
    ("division", "place_class", "place", "door", "expected"),
    [
        ("430626113208", 4, 12, 18, "43062611320840120001800006"),
        ("430626113208", 5, 12, 18, "43062611320850120001800007"),
        ("430626113001", 1, 3, 6, "43062611300110030000600007"),
    ],
)
def test_codes_of_the_scheme_document(
    division: str, place_class: int, place: int, door: int, expected: str
) -> None:
    assert make_code(division, place_class, place, door).text == expected


@given(codes.map(str))
def test_a_code_reads_back_grouped_or_not(text: str) -> None:
    code = parse_code(text)

    assert code.text == text
    assert parse_code(code.grouped) == code


@given(codes.map(str), st.integers(0, 25), st.integers(1, 9))
def test_every_single_digit_error_is_caught(text: str, at: int, shift: int) -> None:
    wrong = text[:at] + str((int(text[at]) + shift) % 10) + text[at + 1 :]

    assert not is_valid(wrong)


def test_at_least_nineteen_of_twenty_neighbour_swaps_are_caught() -> None:
    swaps = [
        text[:i] + text[i + 1] + text[i] + text[i + 2 :]
        for text in (
            str(make_code("430626113208", 4, 1 + n % 999, 1 + 37 * n % 99_999, n)) for n in range(500)
        )
        for i in range(25)
        if text[i] != text[i + 1]
    ]

    missed = [swap for swap in swaps if is_valid(swap)]

    assert len(missed) < len(swaps) / 20


def test_a_wrong_check_digit_is_named() -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_code("43062611320840120001800007")

    assert refused.value.code == "address-code-check"


@pytest.mark.parametrize(
    ("place_class", "place", "door", "room"),
    [
        (0, 5, 1, 0),
        (4, 0, 1, 0),
        (6, 1, 1, 0),
        (4, 1000, 1, 0),
        (4, 1, 0, 0),
        (4, 1, 100_000, 0),
        (4, 1, 1, 10_000),
    ],
)
def test_segments_out_of_range_are_refused(place_class: int, place: int, door: int, room: int) -> None:
    with pytest.raises(InvalidInput):
        make_code("430626113208", place_class, place, door, room)


def test_a_whole_village_has_class_and_place_zero() -> None:
    assert place_prefix("430626113208", 0, 0) == "4306261132080000"


@pytest.mark.parametrize("text", ["", "4306261132084012000180000", "4306261132084012000180000６", "x" * 26])
def test_texts_of_another_shape_are_no_codes(text: str) -> None:
    assert not is_valid(text)

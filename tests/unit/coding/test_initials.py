"""Pinyin initials: one letter a character, every plausible reading, and never too many spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from address_service.coding.initials import MOST_SPELLINGS, initials


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("烟舟村12组18号", {"yzc12z18h"}),
        ("长田村", {"ztc", "ctc"}),
        ("石枧村", {"sjc", "djc"}),
        ("乐家巷3号", {"ljx3h", "yjx3h"}),
        ("18附1", {"18f1"}),
        ("A栋2单元302室", {"ad2dy302s"}),
    ],
)
def test_every_plausible_reading_is_a_spelling(text: str, expected: set[str]) -> None:
    assert expected <= set(initials(text))


def test_words_of_an_address_have_one_reading() -> None:
    assert initials("3栋2单元4层5室") == ("3d2dy4c5s",)


def test_with_too_many_readings_each_unusual_one_is_taken_alone() -> None:
    spellings = initials("长重石车")

    assert 1 < len(spellings) <= MOST_SPELLINGS
    common = spellings[0]
    assert all(sum(a != b for a, b in zip(common, other, strict=True)) == 1 for other in spellings[1:])


@given(st.text(alphabet="烟长重石车乐曾行朝解查单大合横家𠮷㐂1A", max_size=60))
def test_each_initial_keeps_the_place_of_its_character(text: str) -> None:
    spellings = initials(text)

    assert 1 <= len(spellings) <= MOST_SPELLINGS
    assert {len(spelling) for spelling in spellings} == {len(text)}
    assert all(spelling.isascii() for spelling in spellings)

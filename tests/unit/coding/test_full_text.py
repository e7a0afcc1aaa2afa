"""Full texts: order of components, styles of sub-numbers."""

import pytest

from address_service.coding.full_text import (
    AddressParts,
    SubStyle,
    TextStyle,
    compose,
    number_text,
    with_number,
)
from address_service.model.numbers import DoorNumber

TOWN = ("湖南省", "岳阳市", "平江县", "童市镇")


@pytest.mark.parametrize(
    ("text", "was", "now", "inside", "expected"),
    [
        ("童市镇烟舟村12组1号", (1, 0), (21, 0), "", "童市镇烟舟村12组21号"),
        ("童市镇烟舟村12组001号", (1, 0), (21, 0), "", "童市镇烟舟村12组21号"),
        (
            "童市镇烟舟村老街18-2号1单元101室",
            (18, 2),
            (18, 3),
            "1单元101室",
            "童市镇烟舟村老街18号附3号1单元101室",
        ),
        ("童市镇烟舟村12组11号", (1, 1), (2, 0), "", None),
        ("童市镇烟舟村12组11号", (1, 0), (2, 0), "", None),
    ],
)
def test_another_number_leaves_the_names_of_the_time(
    text: str, was: tuple[int, int], now: tuple[int, int], inside: str, expected: str | None
) -> None:
    assert with_number(text, DoorNumber(*was), DoorNumber(*now), inside, TextStyle()) == expected


def test_a_house_of_a_group() -> None:
    parts = AddressParts(*TOWN, "烟舟村", ("12组",), DoorNumber(18))

    assert compose(parts) == "湖南省岳阳市平江县童市镇烟舟村12组18号"


def test_a_room_on_a_street() -> None:
    parts = AddressParts(*TOWN, "童市居委会", ("正街",), DoorNumber(12), "", "1单元", "2层", "201室")

    assert compose(parts) == "湖南省岳阳市平江县童市镇童市居委会正街12号1单元2层201室"


def test_a_whole_village_adds_no_place_and_the_prefecture_may_go() -> None:
    parts = AddressParts(*TOWN, "烟舟村", (), DoorNumber(24, 1), "2栋")

    assert compose(parts, TextStyle(with_prefecture=False)) == "湖南省平江县童市镇烟舟村24号附1号2栋"


@pytest.mark.parametrize(
    ("style", "sub", "text"),
    [
        (SubStyle.ATTACHED, 1, "18号附1号"),
        (SubStyle.DASH, 1, "18-1号"),
        (SubStyle.ORDINAL, 1, "18号之一"),
        (SubStyle.ORDINAL, 12, "18号之十二"),
        (SubStyle.ORDINAL, 103, "18号之一百零三"),
        (SubStyle.ORDINAL, 110, "18号之一百一十"),
        (SubStyle.STEM, 1, "18号甲"),
        (SubStyle.STEM, 11, "18号附11号"),
        (SubStyle.STEM, 0, "18号"),
    ],
)
def test_styles_of_sub_numbers(style: SubStyle, sub: int, text: str) -> None:
    assert number_text(DoorNumber(18, sub), style) == text


@pytest.mark.parametrize("style", SubStyle)
def test_no_two_numbers_read_the_same(style: SubStyle) -> None:
    texts = {number_text(DoorNumber(18, sub), style) for sub in range(1000)}

    assert len(texts) == 1000


@pytest.mark.parametrize(
    ("text", "was", "style", "reads"),
    [
        ("烟舟村12组4号201室", DoorNumber(4), TextStyle(), "烟舟村12组14号附2号201室"),
        ("烟舟村12组4-1号201室", DoorNumber(4, 1), TextStyle(), "烟舟村12组14号附2号201室"),
        ("烟舟村12组04号201室", DoorNumber(4), TextStyle(), "烟舟村12组14号附2号201室"),
        ("烟舟村12组004号201室", DoorNumber(4), TextStyle(zero_pad=3), "烟舟村12组014号附2号201室"),
        ("烟舟村12组14号201室", DoorNumber(4), TextStyle(), None),
        ("烟舟村12组5号201室", DoorNumber(4), TextStyle(), None),
        ("烟舟村12组4号202室", DoorNumber(4), TextStyle(), None),
    ],
)
def test_another_number_leaves_all_before_it_as_it_stood(
    text: str, was: DoorNumber, style: TextStyle, reads: str | None
) -> None:
    assert with_number(text, was, DoorNumber(14, 2), "201室", style) == reads

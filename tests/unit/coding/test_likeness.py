"""One wrong character is a slip if it sounds or looks alike; names that differ truly stay two."""

import pytest

from address_service.coding.matching.likeness import LOOKS_ALIKE, SOUNDS_ALIKE, SOUNDS_NEAR, slip

CHARACTERS = frozenset("源石牛青坪舟形合旺优良松杉上下树山江河塘字志天和水永王黄")
"""Those of all names on record, 松 and 杉 among them."""


@pytest.mark.parametrize(
    ("written", "known", "points"),
    [
        ("天河", "天和", SOUNDS_ALIKE),
        # zh for z and -ng for -n.
        ("德志", "德字", SOUNDS_NEAR),
        ("京塘", "金塘", SOUNDS_NEAR),
        ("王河", "黄河", SOUNDS_NEAR),
        ("福山", "湖山", SOUNDS_NEAR),
        # One is the other with strokes more, and both are in names.
        ("水合", "永合", LOOKS_ALIKE),
        # One stroke more, a component wrong, one left out: no name has these characters.
        ("小垀", "小坪", LOOKS_ALIKE),
        ("大湶", "大源", LOOKS_ALIKE),
        ("右牛", "石牛", LOOKS_ALIKE),
        ("石午", "石牛", LOOKS_ALIKE),
        # 山 is written as it sounds; 三 is not 二, and no numeral stands for another.
        ("横三", "横山", SOUNDS_NEAR),
        ("三联", "二联", None),
        ("横山", "横三", None),
        # Both are trees, and groups are called by either; so are those above and below.
        ("上山", "下山", None),
        ("松树", "杉树", None),
        # Nothing of the one is in the other, or two characters differ.
        ("竹山", "松山", None),
        ("右午", "石牛", None),
        ("石牛岭", "石牛", None),
    ],
)
def test_a_wrong_character_costs_by_what_speaks_for_it(
    written: str, known: str, points: float | None
) -> None:
    assert slip(written, known, CHARACTERS) == points

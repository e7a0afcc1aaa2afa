"""Coverage, fallback and refusal of fonts."""

from io import BytesIO
from typing import Any

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen

from address_service.errors import InvalidInput
from address_service.plates.embedding import to_unicode_map
from address_service.plates.fonts import (
    Font,
    FontSet,
    face_of,
    missing_characters,
    name_character,
    split_runs,
)

RARE = "\U0002c497"
NOWHERE = "\U000323af"  # the last character of CJK Extension H, younger than the fonts


def square(pen: Any) -> Any:
    for step, point in enumerate([(0, 0), (0, 700), (500, 700), (500, 0)]):
        (pen.lineTo if step else pen.moveTo)(point)
    pen.closePath()
    return pen


def tiny_font(*, outlines: str) -> bytes:
    """A font of one visible glyph, A, and one mapped but empty glyph, B."""
    builder = FontBuilder(1000, isTTF=outlines == "glyf")
    builder.setupGlyphOrder([".notdef", "A", "B"])
    builder.setupCharacterMap({65: "A", 66: "B"})
    if outlines == "glyf":
        blank = TTGlyphPen(None).glyph()
        builder.setupGlyf({".notdef": blank, "A": square(TTGlyphPen(None)).glyph(), "B": blank})
    else:
        blank = T2CharStringPen(600, None).getCharString()
        drawn = square(T2CharStringPen(600, None)).getCharString()
        builder.setupCFF("Tiny", {}, {".notdef": blank, "A": drawn, "B": blank}, {})
    builder.setupHorizontalMetrics({".notdef": (600, 0), "A": (600, 0), "B": (600, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Tiny", "styleName": "Regular", "psName": "Tiny"})
    builder.setupOS2()
    builder.setupPost()
    target = BytesIO()
    builder.save(target)
    return target.getvalue()


def test_a_rare_character_is_set_in_the_first_fallback_that_has_it(fonts: FontSet) -> None:
    runs = split_runs(f"烟舟村{RARE}塘组", fonts)

    assert [(run.font.name, run.text) for run in runs] == [
        ("文泉驿正黑", "烟舟村"),
        ("花园明朝A", RARE),
        ("文泉驿正黑", "塘组"),
    ]


def test_a_character_in_no_font_is_refused_by_name(fonts: FontSet) -> None:
    with pytest.raises(InvalidInput) as caught:
        split_runs(f"烟舟村{NOWHERE}塘组", fonts)

    assert caught.value.code == "glyph-missing"
    assert "U+323AF" in caught.value.message


def test_each_missing_character_is_named_once() -> None:
    lone = FontSet(Font("小字库", tiny_font(outlines="glyf")))

    assert missing_characters("A烟A舟烟", lone) == ("烟", "舟")
    assert name_character("烟") == "“烟”U+70DF"
    assert name_character("\u200b") == "U+200B"


def test_a_mapped_glyph_without_contours_counts_as_missing() -> None:
    lone = FontSet(Font("小字库", tiny_font(outlines="glyf")))

    assert missing_characters("AB", lone) == ("B",)


def test_a_postscript_font_is_refused_with_the_cure() -> None:
    with pytest.raises(InvalidInput, match=r"CFF.*文泉驿正黑") as caught:
        face_of(Font("Noto Sans CJK SC", tiny_font(outlines="CFF")))

    assert caught.value.code == "font-not-truetype"


@pytest.mark.parametrize("data", [b"", b"not a font", b"ttcf\x00\x01\x00\x00"])
def test_bytes_that_are_no_font_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput, match="“坏字体”") as caught:
        face_of(Font("坏字体", data))

    assert caught.value.code == "font-unreadable"


def test_a_collection_index_beyond_its_end_is_refused(fonts: FontSet) -> None:
    with pytest.raises(InvalidInput) as caught:
        face_of(Font("文泉驿正黑", fonts.primary.data, index=99))

    assert caught.value.code == "font-unreadable"


@pytest.mark.parametrize(("code", "written"), [(0x70DF, "<70DF>"), (0x2C497, "<D871DC97>")])
def test_the_unicode_map_writes_utf_16(code: int, written: str) -> None:
    assert f"<01> {written}" in to_unicode_map([0, code])


def test_the_unicode_map_lists_at_most_a_hundred_entries_per_block() -> None:
    lines = to_unicode_map(list(range(256))).splitlines()

    assert [line for line in lines if line.endswith("beginbfchar")] == [
        "100 beginbfchar",
        "100 beginbfchar",
        "56 beginbfchar",
    ]

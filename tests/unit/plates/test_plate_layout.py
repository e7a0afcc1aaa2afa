"""Boxes on the face: proportions, room for the code, texts that fit."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from address_service.errors import InvalidInput
from address_service.plates.layout import (
    HAN_BOTTOM,
    HAN_TOP,
    Line,
    PlateLayout,
    inner_box,
    lay_out,
    qr_box,
    region_box,
)
from address_service.plates.profile import PROFILES, Confidence, PlateProfile, Role, profile_of

TOLERANCE_MM = 1e-6


class PlainMeasure:
    """Han characters one em wide, everything else 0.6, as in a Hei typeface."""

    def width(self, text: str) -> float:
        return sum(0.6 if char.isascii() else 1.0 for char in text)

    def digit_height(self) -> float:
        return 0.7


def laid_out(profile: PlateProfile, name: str = "烟舟村12组", number: str = "18号") -> PlateLayout:
    texts = {
        Role.NAME: name,
        Role.NUMBER: number,
        Role.POSTCODE: "邮政编码 414500",
        Role.PINYIN: "Yanzhou Cun",
    }
    return lay_out(texts, profile, PlainMeasure())


def ink_range(line: Line) -> tuple[float, float]:
    """Lowest and highest ink of a line, in mm on the face."""
    lows = [0.0 if piece.text.isascii() else HAN_BOTTOM * piece.size for piece in line.pieces]
    highs = [piece.size * (0.7 if piece.text.isascii() else HAN_TOP) for piece in line.pieces]
    return line.baseline + min(lows), line.baseline + max(highs)


def ink_width(line: Line) -> float:
    return sum(PlainMeasure().width(piece.text) * piece.size for piece in line.pieces) * line.condense


@pytest.mark.parametrize(
    ("key", "label", "width", "height", "edge", "qr"),
    [
        ("large", "大门牌", 570, 370, 15, 120),
        ("medium", "中门牌", 270, 170, 15, 75),
        ("small", "小门牌", 150, 90, 10, 40),
        ("building", "楼牌", 900, 500, 25, None),
        ("unit", "单元牌", 360, 150, 12, None),
        ("room", "户牌", 120, 80, 8, None),
    ],
)
def test_profiles_have_the_sizes_of_the_cited_rules(
    key: str, label: str, width: float, height: float, edge: float, qr: float | None
) -> None:
    profile = profile_of(key)

    assert (profile.label, profile.width_mm, profile.height_mm) == (label, width, height)
    assert (profile.edge_mm, profile.qr_mm) == (edge, qr)
    assert "GB 17733-2008" in profile.note


def test_profiles_without_a_reliable_source_say_so() -> None:
    low = {profile.key for profile in PROFILES.values() if profile.confidence is Confidence.LOW}

    assert low == {"unit", "room"}


def test_an_unknown_profile_is_refused_with_those_that_exist() -> None:
    with pytest.raises(InvalidInput, match="小门牌") as caught:
        profile_of("huge")

    assert caught.value.code == "plate-profile-unknown"


def test_the_small_plate_has_its_name_in_the_top_two_fifths_and_its_number_below() -> None:
    profile = PROFILES["small"]
    inner = inner_box(profile)
    name, number = (region_box(profile, region) for region in profile.regions)

    assert (name.y, name.top) == pytest.approx((inner.y + 0.6 * inner.height, inner.top))
    assert (number.y, number.top) == pytest.approx((inner.y, inner.y + 0.6 * inner.height))


def test_the_large_plate_has_fifths_for_name_number_and_postcode() -> None:
    shares = [(region.role, region.height) for region in PROFILES["large"].regions]

    assert shares == [(Role.NAME, 0.2), (Role.NUMBER, 0.6), (Role.POSTCODE, 0.2)]


def test_the_code_stands_at_the_right_edge_of_the_number_band() -> None:
    profile = PROFILES["small"]
    box = qr_box(profile)

    assert box is not None
    assert box.right == pytest.approx(profile.width_mm - profile.edge_mm)
    assert (box.width, box.height) == (40, 40)
    assert box.top <= inner_box(profile).y + 0.6 * inner_box(profile).height


@pytest.mark.parametrize("number", ["3", "12", "102", "5栋"])
def test_digits_of_a_building_plate_are_at_least_350_mm_high(number: str) -> None:
    layout = laid_out(PROFILES["building"], number=number)
    line = next(line for line in layout.lines if line.role is Role.NUMBER)

    assert line.pieces[0].size * PlainMeasure().digit_height() >= 350 - TOLERANCE_MM


def test_what_follows_the_digits_is_smaller_on_the_same_baseline() -> None:
    line = next(
        line for line in laid_out(PROFILES["small"], number="18号附1").lines if line.role is Role.NUMBER
    )

    assert [piece.text for piece in line.pieces] == ["18", "号附1"]
    assert line.pieces[1].size < line.pieces[0].size


def test_a_long_name_is_broken_after_a_generic_name() -> None:
    name = "童市居委会新市街幸福里老屋场一巷"
    lines = [line.text for line in laid_out(PROFILES["small"], name=name).lines if line.role is Role.NAME]

    assert lines == ["童市居委会新市街", "幸福里老屋场一巷"]


def test_a_name_too_long_for_its_smallest_size_is_reported_and_left_out() -> None:
    layout = laid_out(PROFILES["small"], name="塝" * 60)

    assert layout.too_long == (Role.NAME,)
    assert all(line.role is not Role.NAME for line in layout.lines)


texts = st.text(alphabet="烟舟村大屋场组街路号附0123456789", min_size=1, max_size=60)


@settings(deadline=None)
@given(profile=st.sampled_from(sorted(PROFILES)), name=texts, number=texts)
def test_every_text_stays_inside_the_edge_and_clear_of_the_code(profile: str, name: str, number: str) -> None:
    chosen = PROFILES[profile]
    inner = inner_box(chosen)
    layout = laid_out(chosen, name, number)

    for line in layout.lines:
        left, right = line.pieces[0].x, line.pieces[0].x + ink_width(line)
        bottom, top = ink_range(line)
        assert left >= inner.x - TOLERANCE_MM
        assert right <= inner.right + TOLERANCE_MM
        assert bottom >= inner.y - TOLERANCE_MM
        assert top <= inner.top + TOLERANCE_MM
        if layout.qr is not None and bottom < layout.qr.top and top > layout.qr.y:
            assert right < layout.qr.x


@settings(deadline=None)
@given(profile=st.sampled_from(sorted(PROFILES)), name=texts, number=texts)
def test_each_text_is_either_set_whole_or_reported(profile: str, name: str, number: str) -> None:
    chosen = PROFILES[profile]
    layout = laid_out(chosen, name, number)

    for role, text in ((Role.NAME, name), (Role.NUMBER, number)):
        if chosen.has(role):
            shown = "".join(line.text for line in layout.lines if line.role is role)
            assert shown == ("" if role in layout.too_long else text)


@settings(deadline=None)
@given(name=texts)
def test_a_number_in_a_name_is_never_broken(name: str) -> None:
    lines = [line.text for line in laid_out(PROFILES["small"], name=name).lines if line.role is Role.NAME]

    if len(lines) == 2:
        assert not (re.search(r"\d$", lines[0]) and re.match(r"\d", lines[1]))

"""What keeps a batch from the printer."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from address_service.plates.content import PlateContent, PreflightProblem
from address_service.plates.fonts import FontSet
from address_service.plates.preflight import preflight
from address_service.plates.profile import PROFILES, PlateProfile

SMALL = PROFILES["small"]
Make = Callable[..., PlateContent]


def codes(contents: list[PlateContent], fonts: FontSet) -> list[tuple[str, int | None, str | None]]:
    return [(found.code, found.position, found.field) for found in preflight(contents, SMALL, fonts)]


def test_a_good_batch_has_no_problems(plate: Make, fonts: FontSet) -> None:
    batch = [plate(number=f"{serial}号", serial=serial) for serial in range(1, 30)]

    assert preflight(batch, SMALL, fonts) == []


def test_an_empty_batch_is_a_problem(fonts: FontSet) -> None:
    assert codes([], fonts) == [("batch-empty", None, None)]


def test_a_missing_glyph_is_named_with_its_code_point(plate: Make, fonts: FontSet) -> None:
    without_fallback = FontSet(fonts.primary)
    (problem,) = preflight([plate(), plate("烟舟村\U0002c497塘组", serial=2)], SMALL, without_fallback)

    assert problem.code == "glyph-missing"
    assert problem.position == 2
    assert "缺字“\U0002c497”U+2C497" in problem.message


@pytest.mark.parametrize(
    "name",
    ["مرحبا", "烟舟\u202e村", "烟\u200b舟", "葛\U000e0100", "🏠村", "烟\n舟", "\ue000", "e\u0301", "\ud800"],
)
def test_text_that_needs_shaping_or_leaves_no_mark_is_refused(plate: Make, fonts: FontSet, name: str) -> None:
    assert ("character-refused", 1, "name_text") in codes([plate(name)], fonts)


def test_a_character_younger_than_the_fonts_is_missing(plate: Make, fonts: FontSet) -> None:
    assert codes([plate("烟舟村\U000323af")], fonts) == [("glyph-missing", 1, "name_text")]


@pytest.mark.parametrize("name", ["(" * 10_000, "烟" * 41, "m" * 40])
def test_a_text_too_long_is_a_problem(plate: Make, fonts: FontSet, name: str) -> None:
    assert codes([plate(name)], fonts) == [("text-too-long", 1, "name_text")]


@pytest.mark.parametrize("field", ["name_text", "number_text", "url", "address_code"])
def test_an_empty_field_is_a_problem(plate: Make, fonts: FontSet, field: str) -> None:
    assert codes([replace(plate(), **{field: " "})], fonts) == [("field-empty", 1, field)]


def test_a_field_that_the_profile_does_not_show_may_be_empty(plate: Make, fonts: FontSet) -> None:
    blank = replace(plate(), postcode="", url="", name_text="", number_text="2单元")

    assert preflight([blank], PROFILES["unit"], fonts) == []
    assert [
        found.field for found in preflight([replace(plate(), postcode="")], PROFILES["large"], fonts)
    ] == ["postcode"]


def test_a_url_of_46_characters_is_too_long(plate: Make, fonts: FontSet) -> None:
    url = "https://" + "a" * 37

    assert codes([replace(plate(), url=url)], fonts) == []
    assert codes([replace(plate(), url=url + "a")], fonts) == [("url-too-long", 1, "url")]


def test_a_url_with_chinese_is_refused(plate: Make, fonts: FontSet) -> None:
    assert codes([replace(plate(), url="https://门牌.cn/p/1")], fonts) == [("url-not-ascii", 1, "url")]


def test_two_plates_with_one_token_are_a_problem(plate: Make, fonts: FontSet) -> None:
    batch = [plate(number="1号", serial=7), plate(number="2号", serial=7)]

    assert codes(batch, fonts) == [("token-duplicate", 2, "url")]


def test_one_number_twice_on_a_place_is_a_problem(plate: Make, fonts: FontSet) -> None:
    batch = [plate(serial=1), plate("新市街", serial=2), plate(serial=3)]
    (problem,) = preflight(batch, SMALL, fonts)

    assert (problem.code, problem.position) == ("plate-duplicate", 3)
    assert "第1张" in problem.message


def test_a_building_number_that_cannot_be_350_mm_high_is_too_long(plate: Make, fonts: FontSet) -> None:
    found = preflight([plate("幸福小区", "1024")], PROFILES["building"], fonts)

    assert [(problem.code, problem.field) for problem in found] == [("text-too-long", "number_text")]


def test_problems_come_in_the_order_of_the_batch(plate: Make, fonts: FontSet) -> None:
    batch = [plate("", serial=1), plate(serial=2), plate("\ufffe", serial=2)]

    assert [position for _, position, _ in codes(batch, fonts)] == [1, 3, 3]


@pytest.fixture(scope="module")
def check(fonts: FontSet) -> Callable[[PlateContent, PlateProfile], list[PreflightProblem]]:
    """Preflight of one plate; the fonts stay out of the arguments that Hypothesis would print."""
    return lambda content, profile: preflight([content], profile, fonts)


@settings(deadline=None)  # the first rare character opens the fallback fonts
@given(name=st.text(max_size=50), number=st.text(max_size=20), url=st.text(max_size=50))
def test_any_text_at_all_gives_an_answer(
    check: Callable[[PlateContent, PlateProfile], list[PreflightProblem]], name: str, number: str, url: str
) -> None:
    content = PlateContent(name, number, "414500", url, "1")

    for profile in PROFILES.values():
        for problem in check(content, profile):
            assert problem.message
            assert problem.position == 1

"""Texts of plates and their pinyin."""

import pytest

from address_service.plates.content import PlateContent
from address_service.plates.profile import PROFILES, Role
from address_service.plates.text import (
    building_number,
    face_texts,
    number_text,
    place_pinyin,
    rural_name,
    street_name,
)


@pytest.mark.parametrize(
    ("village", "place", "name"),
    [("烟舟村", "12组", "烟舟村12组"), ("烟舟村", "", "烟舟村"), ("烟舟村", "烟舟村老屋组", "烟舟村老屋组")],
)
def test_a_rural_name_joins_village_and_group(village: str, place: str, name: str) -> None:
    assert rural_name(village, place) == name


def test_a_lane_of_a_street_is_named_with_the_street_once() -> None:
    assert street_name("新市街") == "新市街"
    assert street_name("新市街", "一巷") == "新市街一巷"
    assert street_name("新市街", "新市街一巷") == "新市街一巷"


def test_a_sub_number_follows_its_number() -> None:
    assert number_text("18") == "18号"
    assert number_text("18", "1") == "18号附1"
    assert number_text("18", "0") == "18号"


@pytest.mark.parametrize(("text", "shown"), [("3栋", "3"), ("第12栋", "12"), ("A栋", "A栋"), ("7", "7")])
def test_a_building_plate_shows_the_digits(text: str, shown: str) -> None:
    assert building_number(text) == shown


@pytest.mark.parametrize(
    ("name", "pinyin"),
    [
        ("童市镇", "Tongshi Zhen"),
        ("新市街", "Xinshi Jie"),
        ("烟舟村12组", "Yanzhou Cun 12 Zu"),
        ("西安路", "Xi'an Lu"),
        ("绿洲巷", "Lüzhou Xiang"),
    ],
)
def test_pinyin_keeps_specific_and_generic_name_apart(name: str, pinyin: str) -> None:
    assert place_pinyin(name) == pinyin


def test_an_override_settles_a_polyphone() -> None:
    assert place_pinyin("长乐街", {"长乐": "chang le"}) == "Changle Jie"
    assert place_pinyin("大长乐街", {"长": "zhang"}) == "Dazhangle Jie"


def test_a_face_carries_only_the_texts_its_profile_shows() -> None:
    content = PlateContent("新市街", "12号", "414500", "https://a.cn/p/1", "1")

    assert face_texts(content, PROFILES["small"]) == {Role.NAME: "新市街", Role.NUMBER: "12号"}
    assert face_texts(content, PROFILES["large"])[Role.POSTCODE] == "邮政编码 414500"
    assert face_texts(content, PROFILES["building"])[Role.PINYIN] == "Xinshi Jie"
    assert face_texts(content, PROFILES["room"]) == {Role.NUMBER: "12号"}

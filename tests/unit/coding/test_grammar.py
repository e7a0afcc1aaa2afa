"""Texts of addresses are read into elements: golden cases with their why, and what holds for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from address_service.coding.grammar import (
    Element,
    Gazetteer,
    KnownName,
    LeftOver,
    Level,
    Reading,
    read_address,
)
from address_service.coding.grammar import ElementKind as K
from tests.unit.coding.grammar_names import GAZETTEER, NAMES


def _read(text: str) -> Reading:
    return read_address(text, GAZETTEER)


def _codes(reading: Reading) -> set[str]:
    return {reason.code for reason in reading.reasons}


@pytest.mark.parametrize(
    ("text", "key", "level"),
    [
        # A group has a name here, and no number stands in the text: it ends at the place.
        ("童市镇德字村竹溪组", "童市镇德字村竹溪组", Level.PLACE),
        ("芭焦村新屋组", "童市镇芭蕉村新屋组", Level.PLACE),
        # An abolished village keeps its last name: what became of it is lineage, not spelling.
        ("湖南省平江县童市镇沙坪村三组", "童市镇沙坪村3组", Level.PLACE),
        # The town was never a 乡, the village changed its spelling in 2016, and 018 is 18.
        ("平江县童市乡扬墩村十二组018号附1", "童市镇杨墩村12组18号附1号", Level.DOOR),
        # Two villages of one name: the town tells which.
        ("瓮江镇芭蕉村3组5号", "瓮江镇芭蕉村3组5号", Level.DOOR),
        ("芭蕉村3组5号", "芭蕉村3组5号", Level.DOOR),
        ("横山组120号", "童市镇烟舟村横山组120号", Level.DOOR),
        ("烟舟村大屋廿三号", "童市镇烟舟村大屋23号", Level.DOOR),
        ("童市鎮烟舟村第十二村民小組１８號之一", "童市镇烟舟村12组18号附1号", Level.DOOR),
        ("童市烟舟12组18甲", "童市镇烟舟村12组18号附1号", Level.DOOR),
        ("18号12组烟舟村", "童市镇烟舟村12组18号", Level.DOOR),
        ("烟舟村 12组 18—1号", "童市镇烟舟村12组18号附1号", Level.DOOR),
        ("烟舟村12组18号2栋1单元3层301室", "童市镇烟舟村12组18号2栋1单元301室", Level.ROOM),
        ("烟舟大队第七村民组3号", "童市镇烟舟村7组3号", Level.DOOR),
        ("童市公社烟舟村7.0组3.0号", "童市镇烟舟村7组3号", Level.DOOR),
        ("烟舟村幸福小区2-1-301", "童市镇烟舟村幸福小区2栋1单元301室", Level.VILLAGE),
        ("烟舟村幸福小区3#楼1单元203室", "童市镇烟舟村幸福小区3栋1单元203室", Level.VILLAGE),
        ("烟舟村39(附1)号", "童市镇烟舟村39号附1号", Level.DOOR),
        ("东沅村5号", "童市镇东源村5号", Level.DOOR),
        ("烟舟村（12组）18号", "童市镇烟舟村12组18号", Level.DOOR),
        ("烟舟村村第12组第18号房屋", "童市镇烟舟村12组18号", Level.DOOR),
        # Which part of a house is meant, and that it is one, makes no other house of it.
        ("烟舟村12组18号東頭", "童市镇烟舟村12组18号", Level.DOOR),
        ("烟舟村12组18号西边两间", "童市镇烟舟村12组18号", Level.DOOR),
        ("烟舟村12组18號屋", "童市镇烟舟村12组18号", Level.DOOR),
        # Marks where nothing can have stood: the names around them are known whole.
        ("*平江*县_童市镇烟舟村12组18号?", "童市镇烟舟村12组18号", Level.DOOR),
        # The village that the group implies stands behind the town that is written, though nobody knows it.
        ("古港镇竹溪组", "古港镇德字村竹溪组", Level.PLACE),
        ("平江—童市—烟舟村—12组—18号", "童市镇烟舟村12组18号", Level.DOOR),
        ("平江县童市平江县童市烟舟村12组18号", "童市镇烟舟村12组18号", Level.DOOR),
        ("=烟舟村12组18号", "童市镇烟舟村12组18号", Level.DOOR),
    ],
)
def test_a_text_has_its_canonical_key_and_level(text: str, key: str, level: Level) -> None:
    reading = _read(text)

    assert (reading.key, reading.level) == (key, level)


def test_a_respelling_that_is_not_on_record_is_not_the_known_village() -> None:
    reading = _read("烟州村12组18号")

    village = reading.first(K.VILLAGE)
    assert village is not None
    assert village.keys == ()
    assert "name-unknown" in _codes(reading)


def test_two_numbers_parted_by_a_space_do_not_become_one() -> None:
    reading = _read("烟舟村12 18号")

    assert [e.value for e in reading.elements] == ["烟舟村", "18号"]
    assert [left.text for left in reading.left_over] == ["12 "]
    assert reading.key == ""


def test_a_town_and_a_village_that_do_not_belong_together_are_named() -> None:
    assert "names-apart" in _codes(_read("瓮江镇烟舟村3组5号"))


def test_one_hundred_and_two_or_one_hundred_and_twenty_is_not_guessed() -> None:
    assert _read("烟舟村一百二号").first(K.NUMBER) is None


def test_a_remark_is_no_part_of_the_address() -> None:
    reading = _read("烟舟村12组18号（原沙坪村3组）")

    assert reading.key == "童市镇烟舟村12组18号"
    remark = reading.first(K.REMARK)
    assert remark is not None
    assert remark.value == "原沙坪村3组"


@pytest.mark.parametrize(
    "text",
    ["（" * 5000 + "😀" * 2500, "\ud800\x00\u202e" * 3000, "组" * 10_000, "1" * 10_000, "村委会烟舟" * 2000],
)
def test_hostile_texts_are_read_and_covered(text: str) -> None:
    reading = _read(text)

    assert _covered(reading) == text


_PIECES = st.sampled_from(
    [
        *"组号村镇附之甲-（）() 一二三十百〇019、😀\ud800\x00",
        "烟舟",
        "烟舟村",
        "童市镇",
        "竹溪组",
        "号楼",
        "单元",
        "平江县",
    ]
)
_TEXTS = st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=30).map("".join))


@given(_TEXTS)
def test_elements_and_what_is_left_over_cover_the_text_without_overlap(text: str) -> None:
    assert _covered(_read(text)) == text


@given(_TEXTS)
def test_reading_a_key_gives_it_again(text: str) -> None:
    key = _read(text).key

    assert _read(key).key == key


_NUMERALS = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"]


def _chinese(n: int) -> str:
    tens, ones = divmod(n, 10)
    return (("" if tens == 1 else _NUMERALS[tens]) + "十" if tens else "") + _NUMERALS[ones]


@given(
    st.integers(1, 99),
    st.integers(1, 99),
    st.sampled_from(["", "童市镇", "平江县童市镇", "湖南省岳阳市平江县童市镇"]),
    st.booleans(),
    st.booleans(),
)
def test_the_key_does_not_depend_on_width_numerals_or_prefix(
    group: int, door: int, prefix: str, is_wide: bool, is_chinese: bool
) -> None:
    first, second = (_chinese(group), _chinese(door)) if is_chinese else (str(group), f"{door:03d}")
    text = f"{prefix}烟舟村{first}组{second}号"
    if is_wide:
        text = "".join(chr(ord(c) + 0xFEE0) if c.isascii() else c for c in text)

    assert _read(text).key == f"童市镇烟舟村{group}组{door}号"


def _covered(reading: Reading) -> str:
    at, text = 0, ""
    parts: list[Element | LeftOver] = [*reading.elements, *reading.left_over]
    for part in sorted(parts, key=lambda part: part.span):
        assert part.span[0] == at
        at = part.span[1]
        text += part.text
    return text


def test_a_district_may_be_written_with_its_short_term_and_not_without_one() -> None:
    gazetteer = Gazetteer((*NAMES, KnownName("shaping-outer", K.DISTRICT, "沙坪片区", "yanzhou")))

    short, bare = (read_address(f"烟舟村沙坪{term}8组2号", gazetteer) for term in ("片", ""))

    assert short.key == "童市镇烟舟村沙坪片区8组2号"
    # Without its term it is the village of before, whose 8组 is another one.
    assert [e.keys for e in bare.elements if e.value == "沙坪村"] == [("shaping",)]

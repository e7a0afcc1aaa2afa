"""Cells as people type them."""

from datetime import date, datetime

import pytest

from address_service.errors import InvalidInput
from address_service.gis import values
from address_service.model.numbers import DoorNumber


@pytest.mark.parametrize(
    "cell",
    [
        "2009-05-01", "2009/5/1", "2009年5月1日", "20090501", "２００９年５月１日", "2009.5.1", "2009-05-01 00:00:00",
        20090501, 39934, "39934", datetime(2009, 5, 1), date(2009, 5, 1),
    ],
)  # fmt: skip
def test_a_date_is_read_in_each_usual_spelling(cell: object) -> None:
    assert values.to_date(cell) == date(2009, 5, 1)


@pytest.mark.parametrize(
    "cell", ["2009-13-01", "2009-02-30", "五月一日", "2009", 2009, "09-05-01", "20091301"]
)
def test_what_is_no_date_is_refused(cell: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        values.to_date(cell)

    assert refused.value.code == "date-malformed"


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("18", DoorNumber(18)), ("18号", DoorNumber(18)), ("１８号", DoorNumber(18)), (18, DoorNumber(18)),
        (18.0, DoorNumber(18)), ("18号附1", DoorNumber(18, 1)), ("18-1", DoorNumber(18, 1)),
        ("18附1号", DoorNumber(18, 1)),
        ("18号之一", DoorNumber(18, 1)), ("18 号 附 2", DoorNumber(18, 2)), ("18号附１", DoorNumber(18, 1)),
    ],
)  # fmt: skip
def test_a_door_number_is_read_as_people_write_it(cell: object, number: DoorNumber) -> None:
    assert values.to_door_number(cell) == number


@pytest.mark.parametrize("cell", ["号", "东头", "18号附", "0", "18-19-20", "甲18"])
def test_what_is_no_door_number_is_refused(cell: str) -> None:
    with pytest.raises(InvalidInput):
        values.to_door_number(cell)


@pytest.mark.parametrize(
    "cell", ["4.30626E+17", "4.30626e+17", "4.30626113208E+18", 4.30626113208e17, "4E+18"]
)
def test_an_id_that_a_spreadsheet_has_rounded_is_refused_as_such(cell: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        values.to_code(cell)

    assert refused.value.code == "code-lost-digits"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (430626113208.0, "430626113208"), (430626113208, "430626113208"), ("'430626113208", "430626113208"),
        (" 430626 113208 ", "430626113208"), ("430626113208jc00001", "430626113208JC00001"), ("Ｂ００１", "B001"),
        ("12E34", "12E34"),
    ],
)  # fmt: skip
def test_a_code_keeps_its_digits(cell: object, code: str) -> None:
    assert values.to_code(cell) == code


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("430626000000", "430626"),
        ("430626113000", "430626113"),
        ("430626113208", "430626113208"),
        (430626, "430626"),
    ],
)
def test_a_division_code_is_cut_to_its_level(cell: object, code: str) -> None:
    assert values.to_division_code(cell) == code


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  烟舟　村 ", "烟舟村"), ("１２组", "12组"), ("塝上(村)", "塝上（村）"), ("塝上（村）", "塝上（村）"),
        ("18号", "18号"),
        ("\ufeff童市", "童市"), ("A 座  2 单元", "A座2单元"), ("Tongshi  Road", "Tongshi Road"),
        (120.0, "120"), ("⼤造", "大造"),
    ],
)  # fmt: skip
def test_text_is_normalised_once(cell: object, text: str) -> None:
    assert values.to_text(cell) == text


@pytest.mark.parametrize("text", ["烟\ufffd村", "???村", "？？", "锟斤拷村", "ç«¥å¸‚é•‡", "烫烫烫"])
def test_text_eaten_by_a_wrong_decoding_is_told(text: str) -> None:
    assert values.is_destroyed(text)


@pytest.mark.parametrize("text", ["烟舟村", "12号?", "café", "𠮷田", "·", "Ⅱ区", "（新）"])
def test_sound_text_is_not_taken_for_destroyed(text: str) -> None:
    assert not values.is_destroyed(text)


@pytest.mark.parametrize("cell", [None, float("nan"), "", "  ", "/", "-", "<Null>", "null"])
def test_signs_for_nothing_are_empty(cell: object) -> None:
    assert values.is_empty(cell)


def test_the_plate_state_none_is_a_value() -> None:
    assert not values.is_empty("无")


@pytest.mark.parametrize(("cell", "number"), [("3", 3), (3.0, 3), ("3层", 3), ("３", 3), ("3.0", 3)])
def test_a_whole_number_is_read(cell: object, number: int) -> None:
    assert values.integer_between(1, 99)(cell) == number


@pytest.mark.parametrize("cell", ["3.5", "0", "100", "三", 3.5])
def test_what_is_no_whole_number_in_range_is_refused(cell: object) -> None:
    with pytest.raises(InvalidInput):
        values.integer_between(1, 99)(cell)


@pytest.mark.parametrize("digits", [19, 400, 5000])
@pytest.mark.parametrize("convert", [values.to_date, values.to_door_number, values.integer_between(1, 99)])
def test_a_number_too_long_to_be_one_is_refused_like_any_other(convert: values.Convert, digits: int) -> None:
    with pytest.raises(InvalidInput):
        convert("9" * digits)

"""Identity numbers are checked and lengthened, people masked, children flagged; no message repeats what was typed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from address_service.errors import InvalidInput
from address_service.model.residents import HouseholdKind, Sex
from address_service.residents.citizen_id import read_citizen_id
from address_service.residents.ethnicities import read_ethnicity
from address_service.residents.households import require_one_head
from address_service.residents.masking import mask_book_no, mask_id, mask_name, mask_phone
from address_service.residents.person import (
    from_payload,
    is_under_14,
    read_book_no,
    read_name,
    read_person,
    read_phone,
)
from address_service.residents.relations import read_relation

TODAY = date(2026, 3, 2)


def number(born_on: str = "19800302", serial: str = "123") -> str:
    body = f"430626{born_on}{serial}"
    return body + str(mod_11_2.calc_check_digit(body))


def test_the_example_of_the_standard_is_good() -> None:
    found = read_citizen_id("11010519491231002X", TODAY)  # GB 11643-1999, its own example

    assert (found.born_on, found.sex) == (date(1949, 12, 31), Sex.FEMALE)


def test_a_number_is_read_however_it_is_typed() -> None:
    assert read_citizen_id("１１０１０５ 19491231-002x", TODAY).number == "11010519491231002X"


def test_the_old_form_is_lengthened() -> None:
    assert read_citizen_id("110105491231002", TODAY).number == "11010519491231002X"


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_digit_wrong_is_found(place: int, by: int) -> None:
    good = number()
    wrong = good[:place] + str((int(good[place]) + by) % 10) + good[place + 1 :]

    with pytest.raises(InvalidInput):
        read_citizen_id(wrong, TODAY)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "citizen-id-malformed"),
        ("43062619800302123", "citizen-id-malformed"),
        ("03062619800302123X", "citizen-id-malformed"),
        ("430626198002301231", "citizen-id-birth-date"),
        (number("20990101"), "citizen-id-birth-date"),
        ("110105194912310021", "citizen-id-check-digit"),
        ("（" * 10_000, "citizen-id-malformed"),
    ],
)
def test_a_bad_number_is_refused_without_repeating_it(typed: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_citizen_id(typed, TODAY)

    assert refused.value.code == code
    assert not typed or typed not in refused.value.message


def test_birth_date_and_sex_come_from_the_number() -> None:
    person = read_person({"name": "张三丰", "id_no": number()}, TODAY)

    assert (person.born_on, person.sex) == (date(1980, 3, 2), Sex.MALE)
    assert from_payload(person.to_payload()) == person


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": " "}, "person-name-missing"),
        ({"name": "张\x00三"}, "person-name-invalid"),
        ({"name": "<script>"}, "person-name-invalid"),
        ({"name": "张\u202e三"}, "person-name-invalid"),
        ({"name": "张" * 61}, "person-name-invalid"),
        ({"name": "张三", "phone": "12345"}, "phone-malformed"),
        ({"name": "张三", "born_on": "2026-03-03"}, "born-on-malformed"),
        ({"name": "张三", "born_on": "昨天"}, "born-on-malformed"),
        ({"name": "张三", "sex": "3"}, "sex-unknown"),
        ({"name": "张三", "id_no": number(), "born_on": "1980-03-03"}, "born-on-differs"),
        ({"name": "张三", "id_no": number(), "sex": "女"}, "sex-differs"),
    ],
)
def test_a_person_who_cannot_be_is_refused(values: dict[str, str | None], code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_person(values, TODAY)

    assert refused.value.code == code


def test_ethnicity_is_kept_only_where_it_is_switched_on() -> None:
    values: dict[str, str | None] = {"name": "张三", "ethnicity": "01"}

    assert read_person(values, TODAY).ethnicity is None
    assert read_person(values, TODAY, keep_ethnicity=True).ethnicity == "01"


@pytest.mark.parametrize(
    ("text", "code"),
    [("1", "01"), ("汉", "01"), ("汉族", "01"), ("土家族", "15"), (" 基诺族 ", "56"), ("其他", "97")],
)
def test_ethnicity_is_read_as_code_or_word(text: str, code: str) -> None:
    assert read_ethnicity(text) == code


@pytest.mark.parametrize("text", ["00", "57", "未知", "族", ""])
def test_another_ethnicity_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_ethnicity(text)

    assert refused.value.code == "ethnicity-unknown"


def test_the_same_name_is_the_same_text() -> None:
    assert read_name("买买提•吐尔逊") == read_name(" 买买提．吐尔逊 ") == "买买提·吐尔逊"


def test_the_same_phone_and_book_number_are_the_same_text() -> None:
    assert read_phone("+86 138-0000-5678") == read_phone("１３８００００５６７８") == "13800005678"
    assert read_book_no(" a0012-3 ") == "A0012-3"


def test_a_person_does_not_show_in_a_log() -> None:
    person = read_person({"name": "张三丰", "id_no": number()}, TODAY)

    assert "张" not in repr(person)
    assert "4306" not in repr(read_citizen_id(number(), TODAY))


def test_masks_show_head_and_tail_only() -> None:
    assert mask_id("43062619800302123X") == "430626********123X"
    assert (mask_name("张三丰"), mask_name("张三"), mask_name("张")) == ("张**", "张*", "张*")
    assert (mask_phone("13800005678"), mask_phone("6221234")) == ("138****5678", "****34")
    assert (mask_book_no("A0012345"), mask_book_no("H001")) == ("****345", "****")


def test_masks_do_not_count_what_they_hide() -> None:
    assert mask_name("欧阳虚构") == mask_name("欧某某·某某某") == "欧**"
    assert mask_book_no("A00123") == mask_book_no("A0000000123") == "****123"
    assert mask_phone("62212345") == mask_phone("6222345") == "****45"


def test_a_child_is_under_14_until_the_birthday() -> None:
    assert is_under_14(date(2012, 3, 3), TODAY)
    assert not is_under_14(date(2012, 3, 2), TODAY)
    assert not is_under_14(None, TODAY)


def test_relations_are_read_as_code_or_word() -> None:
    assert [read_relation(text) for text in ("02", "2", "户主", "配偶", "长子")] == [
        "02",
        "02",
        "02",
        "10",
        "22",
    ]
    with pytest.raises(InvalidInput, match="4761"):
        read_relation("邻居")


def test_a_family_household_has_one_head_and_a_collective_one_needs_none() -> None:
    require_one_head(HouseholdKind.FAMILY, ["02", "10", "20"])
    require_one_head(HouseholdKind.FAMILY, [])
    require_one_head(HouseholdKind.COLLECTIVE, ["99", "99"])

    for relations, code in ((["10"], "head-missing"), (["02", "02"], "head-twice")):
        with pytest.raises(InvalidInput) as refused:
            require_one_head(HouseholdKind.FAMILY, relations)
        assert refused.value.code == code

"""Citizen ids and mobile numbers are recognised however they are typed; the register's own codes are not mistaken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from address_service.coding.personal_numbers import holds_personal_number

_BODY = "43062619900101123"
ID = _BODY + ric.calc_check_digit(_BODY + "0")
OLD_ID = "430626900101123"
MOBILE = "13800138000"
_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


@pytest.mark.parametrize("number", [ID, OLD_ID, MOBILE, "+86 138 0013 8000", "0086-13800138000"])
@pytest.mark.parametrize(
    "typed",
    [
        lambda n: n,
        lambda n: f"户主{n}，长子分户",
        lambda n: n.translate(_FULL_WIDTH),
        lambda n: " ".join(n),
        lambda n: f"{n[:6]} {n[6:10]}－{n[10:]}",
        lambda n: "\u200b".join(n),
        lambda n: f"12组 {n}",
        lambda n: f"3-{n[:3]} {n[3:7]} {n[7:]}",
    ],
)
def test_a_number_of_a_person_is_seen(number: str, typed: object) -> None:
    assert callable(typed)
    assert holds_personal_number(typed(number))


def test_the_check_letter_of_an_id_counts_in_either_case() -> None:
    body = next(b for n in range(100, 999) if ric.calc_check_digit((b := f"43062619900101{n}") + "0") == "X")

    assert holds_personal_number(f"身份证号{body}x")
    assert holds_personal_number(f"身份证号{body[:10]} {body[10:]}Ｘ")


@pytest.mark.parametrize(
    "text",
    [
        "43062611320850120001800007",
        "430626 113 208 5012 00018 0000 7",
        "430626113208JC00001F00010001",
        "乡字第430626202600012号",
        "2026112400001",
        "平民地〔2026〕5号，2026年11月24日",
        "电话0730-6262626",
        "430626 113 208 4012 00018 0000 6",
        f"{ID[:-1]}{(int(ID[-1]) + 1) % 10}",
        f"{ID}1",
        "13、15、17、19、101号",
        "13,15,17,19,101号",
        "13，15，17，19，101号",
        "把138-1、138-2、138-3号三户",
        "",
    ],
)
def test_codes_permits_and_dates_name_nobody(text: str) -> None:
    assert not holds_personal_number(text)


@given(st.text(max_size=60), st.sampled_from(["", " ", "，", "号"]))
def test_words_around_an_id_do_not_hide_it(words: str, between: str) -> None:
    spaced = "".join(char for char in words if not char.isnumeric() and char not in "xXｘＸ")

    assert holds_personal_number(f"{spaced}{between}{ID}")


def test_an_id_of_a_county_older_than_its_code_counts() -> None:
    # 430626 was given in 1983; who was born before and registered after carries it all the same.
    assert holds_personal_number("430626198003021230")
    assert not holds_personal_number("430626198003021231")

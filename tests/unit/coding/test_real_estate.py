"""Parcel and real-estate unit codes: pattern, grouping, doubts."""

import pytest

from address_service.coding.real_estate import parse_real_estate_code
from address_service.errors import InvalidInput

UNIT = "430626113208JC00018F00010001"


def test_a_unit_code_gives_its_parcel() -> None:
    code = parse_real_estate_code(" 430626 113208 jc00018 f00010001 ")

    assert (code.parcel_code, code.unit_code, code.warnings) == (UNIT[:19], UNIT, ())
    assert code.printed == "430626 113208 JC00018 F00010001"


def test_a_parcel_code_has_no_unit() -> None:
    code = parse_real_estate_code(UNIT[:19])

    assert (code.parcel_code, code.unit_code) == (UNIT[:19], None)
    assert code.printed == "430626 113208 JC00018"


def test_a_parcel_without_fixtures_ends_in_w_and_zeros() -> None:
    assert parse_real_estate_code(UNIT[:19] + "W00000000").warnings == ()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (UNIT.replace("JC", "JK"), "第14位"),
        (UNIT.replace("JC", "QC"), "第13位"),
        ("430626000000JC00018F00010001", "虚拟"),
    ],
)
def test_doubtful_codes_pass_with_a_warning(text: str, word: str) -> None:
    assert word in parse_real_estate_code(text).warnings[0]


@pytest.mark.parametrize(
    "text", ["", UNIT[:27], UNIT[:20], UNIT[:19] + "W00000001", UNIT[:19] + "X00010001", "4.3E+18"]
)
def test_other_patterns_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_real_estate_code(text)

"""Division codes: cutting to level, kinds by range, mismatches as warnings."""

import pytest

from address_service.coding.division_code import cut_to_level, read_division
from address_service.errors import InvalidInput
from address_service.model.divisions import DivisionKind, DivisionLevel


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("430626000000", "430626"),
        ("430626113000", "430626113"),
        ("430626113208", "430626113208"),
        ("430626113", "430626113"),
        ("430626", "430626"),
    ],
)
def test_twelve_digits_are_cut_to_their_level(text: str, cut: str) -> None:
    assert cut_to_level(text).text == cut


@pytest.mark.parametrize("text", ["43062600020", "430626000208", "4.30626E+11", ""])
def test_malformed_codes_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        cut_to_level(text)


@pytest.mark.parametrize(
    ("text", "name", "level", "kind"),
    [
        ("430626000000", "平江县", DivisionLevel.COUNTY, DivisionKind.COUNTY),
        ("430626113000", "童市镇", DivisionLevel.TOWNSHIP, DivisionKind.TOWN),
        ("430626001000", "天岳街道", DivisionLevel.TOWNSHIP, DivisionKind.SUBDISTRICT),
        ("430626210000", "三墩乡", DivisionLevel.TOWNSHIP, DivisionKind.TOWNSHIP),
        ("430626113001", "童市居委会", DivisionLevel.VILLAGE, DivisionKind.COMMUNITY),
        ("430626113208", "烟舟村", DivisionLevel.VILLAGE, DivisionKind.ADMINISTRATIVE_VILLAGE),
        ("430626113227", "", DivisionLevel.VILLAGE, DivisionKind.ADMINISTRATIVE_VILLAGE),
    ],
)
def test_kinds_by_range(text: str, name: str, level: DivisionLevel, kind: DivisionKind) -> None:
    reading = read_division(text, name)

    assert (reading.level, reading.kind, reading.warnings) == (level, kind, ())


def test_a_name_outside_its_range_is_a_warning_and_the_name_decides() -> None:
    reading = read_division("430626001215", "大西社区")

    assert reading.kind is DivisionKind.COMMUNITY
    assert "码段" in reading.warnings[0]


@pytest.mark.parametrize(
    ("text", "word"), [("430626113498", "虚拟"), ("430626113601", "码段"), ("430626700", "码段")]
)
def test_odd_serials_are_warnings(text: str, word: str) -> None:
    assert any(word in warning for warning in read_division(text).warnings)

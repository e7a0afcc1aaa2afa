"""No cell becomes a formula."""

import pytest

from address_service.coding.spreadsheet_text import plain_cell


@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＠x"]
)
def test_what_looks_like_a_formula_is_kept_as_text(text: str) -> None:
    assert plain_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "烟舟村12组", "18-1", " =1", "1=1"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert plain_cell(text) == text

"""Which refusals belong into the audit."""

import pytest

from address_service.edge.refusals import is_of_weight
from address_service.errors import Conflict


@pytest.mark.parametrize(
    ("code", "is_kept"), [("person-known", True), ("dates-overlap", True), ("household-ended", False)]
)
def test_a_write_whose_refusal_tells_of_a_person_leaves_a_line_though_nothing_was_written(
    code: str, is_kept: bool
) -> None:
    assert is_of_weight(Conflict("示例", code=code)) is is_kept

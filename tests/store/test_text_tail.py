"""The database reads a text for the index of old texts as the search box reads it, only back to front."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from address_service.coding.search_terms import normalise
from address_service.store.work import Work

LETTERS = st.text(alphabet="烟舟村组号附之甲一0123456789１８-‐–−—（），。 \u3000aＡbé栋室㊀𠮷", max_size=24)


def tail(work: Work, words: str) -> str:
    return str(work.conn.execute(text("SELECT text_tail(:words)"), {"words": words}).scalar_one())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=LETTERS)
def test_both_sides_normalise_alike(work: Work, words: str) -> None:
    assert tail(work, words) == normalise(words)[::-1]


@pytest.mark.parametrize(
    "words", ["烟舟村12组18号附1号", "烟舟村12组18-1号", "烟舟村12组 18—1 号", "烟舟村12组１８号附１号"]
)
def test_a_sub_number_has_one_key_however_it_is_written(work: Work, words: str) -> None:
    assert tail(work, words) == "1附81组21村舟烟"


def test_what_is_normalised_already_stays_as_it_is(work: Work) -> None:
    once = tail(work, "湖南省 18-1-2号（附3）")

    assert tail(work, once[::-1]) == once

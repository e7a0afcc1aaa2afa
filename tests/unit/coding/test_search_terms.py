"""How addresses and queries are cut for the search box."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from address_service.coding.search_terms import (
    MAX_QUERY,
    SearchTerms,
    normalise,
    read_query,
    search_document,
)

HEADS = ("湖南省", "岳阳市", "平江县", "童市镇", "三阳乡")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("烟舟村１２组 18号", "烟舟村12组18号"),
        ("烟舟村12组18号附1", "烟舟村12组18附1"),
        ("12组18-1", "12组18附1"),
        ("12组18号－1号", "12组18附1"),
        ("18之1", "18附1"),
        ("建设路（东）8号", "建设路东8号"),
        ("f0001", "F0001"),
        ("😀((", ""),
        ("a\x00\ud800b", "AB"),
    ],
)
def test_spellings_become_one(text: str, expected: str) -> None:
    assert normalise(text) == expected


def test_the_tail_leaves_the_common_heads_out() -> None:
    document = search_document(
        "湖南省岳阳市平江县童市镇烟舟村12组18号", HEADS, ["童市镇老屋场3号", "老屋场3号"]
    )

    assert document.tail == "烟舟村12组18号\n老屋场3号"


def test_heads_are_taken_from_the_start_only() -> None:
    assert search_document("烟舟村平江县路1号", HEADS, []).tail == "烟舟村平江县路1号"


def test_bigrams_do_not_reach_over_two_lines() -> None:
    document = search_document("甲乙", HEADS, ["丙丁"])

    assert document.bigrams == sorted(["甲乙", "丙丁", "^甲", "乙$", "^丙", "丁$"])


def test_a_query_keeps_the_heads_that_it_named() -> None:
    terms = read_query("平江县 童市镇 烟舟村", HEADS)

    assert (terms.text, terms.heads) == ("烟舟村", ("平江县", "童市镇"))
    assert terms.bigrams == ("烟舟", "舟村")
    assert terms.anchored == ("烟舟", "舟村", "^烟", "村$")


def test_a_single_character_is_anchored() -> None:
    assert read_query("烟", HEADS).bigrams == ("^烟",)


def test_each_place_of_a_slip_leaves_out_what_it_spoils() -> None:
    assert read_query("烟州村12组", ()).with_one_slip() == [
        ("州村", "村1", "12", "2组"),
        ("村1", "12", "2组"),
        ("烟州", "12", "2组"),
        ("烟州", "州村", "2组"),
        ("烟州", "州村", "村1"),
        ("烟州", "州村", "村1", "12"),
    ]


@given(st.text(max_size=400))
def test_any_query_is_bounded_and_storable(query: str) -> None:
    terms = read_query(query, HEADS)

    assert len(terms.text) <= MAX_QUERY
    assert len(terms.bigrams) <= MAX_QUERY
    assert "\x00" not in terms.text
    terms.text.encode()


@given(st.text(alphabet="烟舟村童市镇组号附1234567890-（ ", min_size=2, max_size=40))
def test_an_address_holds_every_bigram_of_its_own_text(text: str) -> None:
    document, terms = search_document(text, HEADS, []), read_query(text, HEADS)

    assert set(terms.bigrams) <= set(document.bigrams)
    assert not terms.text or set(terms.anchored) <= set(document.bigrams)
    assert set(terms.words) <= set(document.words)


def test_numbers_are_counted_whole_and_with_their_neighbour() -> None:
    words = search_document("烟舟村12组118号", HEADS, []).words

    assert {"12组", "118号", "12组118号"} <= set(words)
    assert not {"2组", "18号", "8号"} & set(words)
    assert read_query("12组118号", HEADS).words == ("12组", "118号", "12组118号")
    assert read_query("12组11", HEADS).words == ("12组",)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("沙坪村三组", "沙坪村3组"),
        ("沙坪村二十三组十八号", "沙坪村23组18号"),
        ("沙坪村三", "沙坪村3"),
        ("廿三组", "23组"),
    ],
)
def test_numerals_before_a_unit_are_read_in_arabic(typed: str, expected: str) -> None:
    terms = read_query(typed, HEADS).in_arabic()

    assert terms is not None
    assert terms.text == expected
    assert terms.bigrams == read_query(expected, ()).bigrams


@pytest.mark.parametrize("typed", ["三阳屋场", "沙坪村3组", "百花路", "一百二组"])
def test_numerals_in_names_stay(typed: str) -> None:
    assert read_query(typed, ()).in_arabic() is None


@pytest.mark.parametrize(
    ("typed", "letters"),
    [
        ("yzc", "yzc"),
        ("ＹＺＣ12z", "yzc12z"),
        ("yzc12z18-1", "yzc12z18f1"),
        ("a1", "a1"),
        ("烟zc", ""),
        ("12", ""),
        ("y", ""),
    ],
)
def test_letters_alone_are_read_as_initials(typed: str, letters: str) -> None:
    assert read_query(typed, HEADS).initials == letters


@given(st.text(alphabet="烟舟石长村组号附之甲乙A1234567890", min_size=3, max_size=12))
def test_every_stretch_of_every_spelling_is_indexed(line: str) -> None:
    text = normalise(line)
    document = search_document(line, (), [])

    for spelling in document.initials.split("\n"):
        assert len(spelling) == len(text)
        for at in range(len(spelling) - 2):
            terms = SearchTerms(spelling[at:].upper(), (), ())
            assert not terms.initials or set(terms.initial_grams) <= set(document.words)

"""Names that are taken for one another, and lists held against what is known; nothing is decided by likeness."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from address_service.coding.divisions.compare import as_listed, compare
from address_service.coding.divisions.entries import Entry, Proposal
from address_service.coding.divisions.name_report import Likeness, Named, clashes
from address_service.coding.divisions.names import likeness, sounds, stem_of
from address_service.model.division_lists import ProposalKind

TOWN = "430626113"


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("芭蕉村", "芭蕉"), ("芭蕉社区", "芭蕉"), ("童市居委会", "童市"), ("童市镇", "童市"),
        ("新村", "新"), ("村", "村"), ("天岳街道", "天岳"), ("大西社区居民委员会", "大西"),
    ],
)  # fmt: skip
def test_the_stem_is_what_stands_before_the_generic_term(name: str, stem: str) -> None:
    assert stem_of(name) == stem


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("东沅", "东源"),
        ("周家段", "周家塅"),
        ("旁上", "塝上"),
        ("磅上", "塝上"),
        ("扬墩", "杨墩"),
        ("芭焦", "芭蕉"),
    ],
)
def test_the_respellings_of_the_county_are_seen(one: str, other: str) -> None:
    assert likeness(one, other)
    assert likeness(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("石坪", "更新"), ("上屋", "下屋"), ("芭蕉", "芭蕉岭"), ("芭蕉", "芭蕉"), ("扬焦", "杨蕉")],
)
def test_other_names_are_not_likened(one: str, other: str) -> None:
    """Two characters that differ, another length, or one character that neither sounds nor looks alike."""
    assert likeness(one, other) == ()


def test_a_polyphone_is_heard_in_each_of_its_readings() -> None:
    """重 is zhong or chong: 重山 sounds like 中山 and like 冲山, which do not sound like each other."""
    assert sounds("重山") & sounds("中山")
    assert sounds("重山") & sounds("冲山")
    assert not sounds("中山") & sounds("冲山")


def test_a_name_of_many_polyphones_stays_bounded() -> None:
    assert len(sounds("重" * 12)) <= 64


def test_names_clash_within_their_circle_alone() -> None:
    named = [
        Named("1", "芭蕉村", "430626", "瓮江镇"),
        Named("2", "芭蕉社区", "430626", "童市镇"),
        Named("3", "巴蕉村", "430626", "三阳乡"),
        Named("4", "芭蕉村", "430627", "他县"),
    ]

    found = clashes(named)

    assert [(c.likeness, [n.id for n in c.names]) for c in found] == [
        (Likeness.HOMONYM, ["1", "2"]),
        (Likeness.HOMOPHONE, ["1", "2", "3"]),
    ]


def test_streets_of_one_name_and_two_terms_are_two() -> None:
    assert clashes([Named("1", "文昌路", TOWN, ""), Named("2", "文昌街", TOWN, "")]) == []


_names = st.text(alphabet="东沅源旁塝扬杨芭焦蕉石坪更新", min_size=1, max_size=3).map(
    lambda stem: f"{stem}村"
)
_towns = st.sampled_from([TOWN, "430626200"])
_lists = st.dictionaries(
    st.tuples(_towns, st.integers(200, 208)).map(lambda key: f"{key[0]}{key[1]}"), _names, max_size=12
).map(lambda found: [Entry(code, name) for code, name in sorted(found.items())])


@given(_lists, _lists)
def test_every_line_and_every_village_is_accounted_for_once(known: list[Entry], listed: list[Entry]) -> None:
    result = compare(known, listed)

    olds = [one.old.code for one in result.proposals if one.old]
    news = [one.new.code for one in result.proposals if one.new]
    kept = [entry.code for entry in result.kept]
    assert sorted([*kept, *news, *(e.code for e in result.entering)]) == sorted(e.code for e in listed)
    towns = {entry.parent for entry in listed}
    assert sorted([*kept, *olds]) == sorted(e.code for e in known if e.parent in towns)


@given(_lists, _lists)
def test_once_all_proposals_were_as_listed_there_is_nothing_left_to_propose(
    known: list[Entry], listed: list[Entry]
) -> None:
    first = compare(known, listed)

    after = as_listed([*known, *first.entering], first.proposals)

    assert compare(after, listed).proposals == ()


@given(_lists)
def test_the_same_list_proposes_nothing(known: list[Entry]) -> None:
    assert compare(known, known).proposals == ()


def kinds(known: list[Entry], listed: list[Entry]) -> list[tuple[ProposalKind, str | None, str | None]]:
    def name(entry: Entry | None) -> str | None:
        return entry.name if entry else None

    return [(p.kind, name(p.old), name(p.new)) for p in compare(known, listed).proposals]


def test_one_name_gone_twice_is_paired_with_nobody() -> None:
    """Two 芭蕉 are gone and one is new: which of the two moved, if any, no list can say."""
    one, two, new = (Entry(f"{town}201", "芭蕉村") for town in (TOWN, "430626200", "430626300"))
    rest = [Entry(f"{town}299", "示例村") for town in (TOWN, "430626200", "430626300")]

    found = kinds([one, two, *rest], [new, *rest])

    assert [kind for kind, *_ in found] == [
        ProposalKind.VANISHED,
        ProposalKind.VANISHED,
        ProposalKind.APPEARED,
    ]


def test_a_new_code_names_whom_it_may_have_been() -> None:
    rest = Entry(f"{TOWN}299", "示例村")
    result = compare([Entry(f"{TOWN}201", "芭焦村"), rest], [Entry(f"{TOWN}230", "芭蕉村"), rest])

    by_kind: dict[ProposalKind, Proposal] = {one.kind: one for one in result.proposals}
    assert [c.division for c in by_kind[ProposalKind.VANISHED].candidates] == [f"{TOWN}230"]
    assert [c.division for c in by_kind[ProposalKind.APPEARED].candidates] == [f"{TOWN}201"]


def test_a_village_of_a_new_town_that_is_known_elsewhere_does_not_enter_unasked() -> None:
    """Two towns became one: its villages are those of before under other codes, not new ones."""
    known = [Entry("430626200", "三阳乡"), Entry("430626200201", "平源村")]
    listed = [
        Entry("430626300", "新三阳镇"),
        Entry("430626300201", "平源村"),
        Entry("430626300202", "示例村"),
    ]

    result = compare(known, listed)

    (asked,) = [one for one in result.proposals if one.new and len(one.new.code) == 12]
    assert [entry.name for entry in result.entering] == ["新三阳镇", "示例村"]
    assert [clue.division for clue in asked.candidates] == ["430626200201"]


def test_villages_are_missed_only_in_towns_that_the_list_names() -> None:
    elsewhere = Entry("430626200201", "平源村")

    assert kinds([elsewhere, Entry(f"{TOWN}201", "芭蕉村")], [Entry(f"{TOWN}201", "芭蕉村")]) == []

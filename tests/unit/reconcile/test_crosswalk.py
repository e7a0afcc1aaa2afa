"""What a police dictionary may mean: proposals by name, with their evidence, never a guess among too many."""

from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from address_service.model.police_dictionaries import CrosswalkGround as Ground
from address_service.model.police_dictionaries import DictionaryKind as Kind
from address_service.model.police_dictionaries import TargetKind
from address_service.reconcile.crosswalk import Entry, Names, Target, propose
from address_service.reconcile.dictionary import read_rows

TOWN, HERE, THERE = "430626113", "430626113208", "430626113210"


def identity(name: str) -> UUID:
    return uuid5(UUID(int=1), name)


def village(name: str, code: str, **more: str) -> Target:
    known = more.pop("of", name)
    ground = Ground(more.pop("ground", "exact"))
    return Target(
        identity(known),
        TargetKind.DIVISION,
        "village",
        name,
        ("童市镇",),
        (code, TOWN),
        ground,
        more.get("now", ""),
    )


def place(name: str, above: str, code: str) -> Target:
    return Target(
        identity(above + name), TargetKind.PLACE, "place", name, ("童市镇", above), (code, code, TOWN)
    )


TARGETS = (
    Target(identity("童市镇"), TargetKind.DIVISION, "township", "童市镇", (), (TOWN,)),
    village("烟舟村", HERE),
    village("塝上村", THERE),
    village("旁上村", THERE, of="塝上村", ground="alias", now="塝上村"),
    village("沙坪村", HERE, of="烟舟村", ground="lineage", now="烟舟村"),
    village("沙坪村", THERE, of="塝上村", ground="lineage", now="塝上村"),
    place("3组", "烟舟村", HERE),
    place("3组", "塝上村", THERE),
    place("竹溪组", "塝上村", THERE),
    place("童市街", "童市社区", "430626113001"),
)
NAMES = Names.of(TARGETS)


def found(
    kind: Kind, name: str, *, code: str = "X1", parent_code: str = "", parent: str = ""
) -> set[tuple[str, str]]:
    pairs = propose([Entry(kind, code, name, parent_code, parent)], NAMES)
    return {("".join((*one.target.above[1:], one.target.name)), one.target.ground.value) for one in pairs}


@pytest.mark.parametrize(
    ("kind", "name", "target"),
    [
        (Kind.STATION, "平江县公安局童市派出所", "童市镇"),
        (Kind.STATION, "童市镇派出所", "童市镇"),
        (Kind.BEAT, "烟舟村责任区", "烟舟村"),
        (Kind.BEAT, "童市派出所烟舟社区警务区", "烟舟村"),
        (Kind.COMMITTEE, "烟舟村村民委员会", "烟舟村"),
        (Kind.COMMITTEE, "烟舟村委会", "烟舟村"),
        (Kind.STREET, "童市镇烟舟村", "烟舟村"),
        (Kind.STREET, "烟舟村三组", "烟舟村3组"),
        (Kind.STREET, "童市镇塝上村竹溪组", "塝上村竹溪组"),
        (Kind.STREET, "童市街", "童市社区童市街"),
    ],
)
def test_a_name_in_the_police_s_spelling_leads_to_what_bears_it(kind: Kind, name: str, target: str) -> None:
    parent = "童市派出所" if kind is Kind.BEAT else ""

    assert found(kind, name, parent=parent) == {(target, "exact")}


def test_a_former_name_is_an_alias_and_a_village_that_ended_leads_to_all_its_successors() -> None:
    respelt = found(Kind.COMMITTEE, "旁上村委会")
    ended = propose([Entry(Kind.COMMITTEE, "X1", "沙坪村委会")], NAMES)

    assert respelt == {("旁上村", "alias")}
    assert {(one.target.now, one.rivals) for one in ended} == {("烟舟村", 1), ("塝上村", 1)}
    assert {one.evidence.split("，")[0] for one in ended} == {"沙坪村已撤销"}


def test_groups_of_one_name_are_rivals_unless_the_dictionary_says_of_which_village() -> None:
    assert found(Kind.STREET, "三组") == {("烟舟村3组", "exact"), ("塝上村3组", "exact")}
    assert found(Kind.STREET, "三组", parent_code=THERE) == {("塝上村3组", "exact")}


def test_a_name_that_too_many_bear_is_proposed_for_none() -> None:
    many = Names.of([place("5组", f"示例{n}村", f"43062611330{n}") for n in range(6)])

    assert propose([Entry(Kind.STREET, "X1", "5组")], many) == []
    assert len(propose([Entry(Kind.STREET, "X1", "示例3村5组")], many)) == 1


def test_a_committee_is_never_taken_for_a_town_nor_a_station_for_a_village() -> None:
    assert found(Kind.COMMITTEE, "童市镇") == set()
    assert found(Kind.STATION, "烟舟派出所") == set()


@given(st.text(max_size=300), st.sampled_from(list(Kind)), st.text(max_size=30))
def test_any_text_at_all_is_read_without_an_error(name: str, kind: Kind, code: str) -> None:
    entries, faults = read_rows([(1, {"code": code, "name": name, "parent": code}, ())])

    assert len(entries) + len(faults) == 1
    assert len(propose([Entry(kind, code, name, code, name)], NAMES)) <= 5


def test_rows_that_cannot_be_used_are_named_with_their_field() -> None:
    rows = [
        (1, {"code": "４３０626113208", "name": "烟舟村委会"}, ()),
        (2, {"name": "沙坪村委会"}, ("code",)),
        (3, {"code": "4.30626E+11", "name": "沙坪村委会"}, ()),
        (4, {"code": "430626113210"}, ()),
        (5, {"code": "430626113208", "name": "另一村委会"}, ()),
        (6, {"code": "430626113208", "name": "烟舟村委会"}, ()),
    ]

    entries, faults = read_rows(rows)

    assert [(one.code, one.name) for one in entries] == [("430626113208", "烟舟村委会")]
    assert [(one.row_no, one.field, one.code) for one in faults] == [
        (2, "code", "code-rounded"), (3, "code", "code-rounded"), (4, "name", "dictionary-name-missing"),
        (5, "code", "dictionary-code-twice"),
    ]  # fmt: skip

"""Rows are linked only where nothing else can be meant: golden cases with their why."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from address_service.coding.grammar import ElementKind as K
from address_service.coding.grammar import KnownName
from address_service.coding.grammar.folding import MOST_CHARACTERS
from address_service.coding.matching import (
    BookSuccession,
    BookText,
    MatchAnswer,
    MatchAsk,
    MatchStage,
    Outcome,
    SuccessionOf,
    TextSource,
    build_book,
    match,
    match_partition,
)
from tests.unit.coding.grammar_names import MERGED, NAMES

SWAPPED = date(2018, 5, 1)
HEAD = "湖南省岳阳市平江县童市镇"
TEXTS = (
    BookText("zhuxi-7", f"{HEAD}德字村竹溪组7号", division="dezi"),
    BookText("xinwu-5", f"{HEAD}芭焦村新屋组5号", end=MERGED, division="bajiao"),
    BookText("xinwu-5", f"{HEAD}芭蕉村新屋组5号", start=MERGED, division="bajiao"),
    BookText("bajiao-3-5", f"{HEAD}芭蕉村3组5号", start=MERGED, division="bajiao"),
    BookText("yangdun-12-18-1", f"{HEAD}杨墩村12组18号附1号", division="yangdun"),
    BookText("yanzhou-12-18", f"{HEAD}烟舟村12组18号", division="yanzhou", external_ids=("mlp-1",)),
    BookText("yanzhou-12-19", f"{HEAD}烟舟村12组19号", division="yanzhou"),
    BookText("room", f"{HEAD}烟舟村幸福小区2栋1单元3层301室", division="yanzhou"),
    BookText("yanzhou-3-9", f"{HEAD}烟舟村3组9号", division="yanzhou"),
    # Of before the merger of 2016, and what it reads since.
    BookText("shaping-4-2", f"{HEAD}沙坪村4组2号", end=MERGED, division="shaping"),
    BookText("shaping-4-2", f"{HEAD}烟舟村24组2号", start=MERGED, division="yanzhou"),
    # Two doors changed their numbers on one day.
    BookText("first", f"{HEAD}烟舟村横山组120号", end=SWAPPED, division="yanzhou"),
    BookText("first", f"{HEAD}烟舟村横山组121号", start=SWAPPED, division="yanzhou"),
    BookText("second", f"{HEAD}烟舟村横山组121号", end=SWAPPED, division="yanzhou"),
    BookText("second", f"{HEAD}烟舟村横山组120号", start=SWAPPED, division="yanzhou"),
    # Retired without a successor, and its number given to another house.
    BookText("gone", f"{HEAD}烟舟村大屋3号", end=SWAPPED, division="yanzhou"),
    BookText("heir", f"{HEAD}烟舟村大屋3号", start=SWAPPED, division="yanzhou"),
    # A village parted by groups: only 陈家组 went to 烟舟, and nobody kept its old texts.
    BookText("chenjia-6", f"{HEAD}烟舟村陈家组6号", start=MERGED, division="yanzhou"),
    BookText("old-merged", f"{HEAD}烟舟村31组1号", end=SWAPPED, division="yanzhou"),
    BookText("new-merged", f"{HEAD}烟舟村31组2号", division="yanzhou"),
    BookText("called-otherwise", f"{HEAD}烟舟村33组1号", division="yanzhou"),
    BookText("called-otherwise", "童市镇烟舟村大樟树下1号", source=TextSource.ALIAS, division="yanzhou"),
)
SUCCESSIONS = (
    BookSuccession(SuccessionOf.DIVISION, "shaping", "yanzhou", MERGED, "part", ("4组", "陈家组")),
    BookSuccession(SuccessionOf.DIVISION, "shaping", "dezi", MERGED, "part", ("3组",)),
    BookSuccession(SuccessionOf.ADDRESS, "old-merged", "new-merged", SWAPPED),
)
BOOK = build_book(NAMES, TEXTS, SUCCESSIONS, today=date(2026, 11, 1), jurisdiction=("tongshi",))


def _match(text: str, on: date | None = None, external_id: str | None = None, home: str = "") -> MatchAnswer:
    return match(MatchAsk(text, external_id, on, (home,) if home else ()), BOOK)


@pytest.mark.parametrize(
    ("text", "address", "stage"),
    [
        ("湖南省平江县童市镇烟舟村12组18号", "yanzhou-12-18", MatchStage.EXACT),
        ("烟舟村十二组018号", "yanzhou-12-18", MatchStage.EXACT),
        # The group has a name.
        ("童市镇德字村竹溪组7号", "zhuxi-7", MatchStage.EXACT),
        # 乡 for 镇, the spelling of before 2016, Chinese numerals, zeros, no 号 after the sub-number.
        ("平江县童市乡扬墩村十二组018号附1", "yangdun-12-18-1", MatchStage.EXACT),
        ("芭焦村新屋组5号", "xinwu-5", MatchStage.EXACT),
        # The village was abolished in 2016; its texts are on record.
        ("沙坪村4组2号", "shaping-4-2", MatchStage.LINEAGE),
        # No text of then is on record, but the decree says where the group went, and nobody else has one called so.
        ("沙坪村陈家组6号", "chenjia-6", MatchStage.LINEAGE),
        ("烟舟村31组1号", "new-merged", MatchStage.LINEAGE),
        ("童市镇烟舟村大樟树下1号", "called-otherwise", MatchStage.LINEAGE),
        # One slip that sounds alike, in the town that is named, and the door is there.
        ("童市镇烟州村12组18号", "yanzhou-12-18", MatchStage.FUZZY),
        # -ng for -n and zh for z, as they are spoken and typed there.
        ("童市镇德志村竹溪组7号", "zhuxi-7", MatchStage.FUZZY),
        # What a scanner makes of 烟, a character that no name has.
        ("平江县童市烔舟村12组18号", "yanzhou-12-18", MatchStage.FUZZY),
        # Without the town, but no village of the county is as near.
        ("平江县德志村竹溪组7号", "zhuxi-7", MatchStage.FUZZY),
        # A compound whose name the grammar cannot cut, with its gate not numbered.
        ("烟舟村辛福小区2栋1单元301", "room", MatchStage.FUZZY),
        # Letters in a number are digits of their shape.
        ("烟舟村12组I8号", "yanzhou-12-18", MatchStage.FUZZY),
        ("杨墩村l2组18号附l号", "yangdun-12-18-1", MatchStage.FUZZY),
        # The house has no floors on record: its door is the address of each of them.
        ("烟舟村12组18号1楼", "yanzhou-12-18", MatchStage.ELEMENTS),
        # Nor rooms, though a row names one; and a house has ends.
        ("烟舟村12组18号3楼301", "yanzhou-12-18", MatchStage.ELEMENTS),
        ("烟舟村12组18号东头", "yanzhou-12-18", MatchStage.EXACT),
        # A mark behind a number that has no sub-numbers hides none.
        ("烟舟村12组18号*", "yanzhou-12-18", MatchStage.EXACT),
        # A phone, even with its middle hidden, is no number of a house and hides none.
        ("烟舟村12组18号 电话138****6621", "yanzhou-12-18", MatchStage.EXACT),
        ("杨墩村12组18号附1 13912342206", "yangdun-12-18-1", MatchStage.EXACT),
        # Who keeps shop there makes no other house of it.
        ("烟舟村12组18号便民超市", "yanzhou-12-18", MatchStage.EXACT),
        # Buildings of a compound are numbered, and its gate is not.
        ("烟舟村幸福小区2栋1单元301", "room", MatchStage.EXACT),
        # The town is misspelt, the village is not, and it lies in the town that sounds so.
        ("铜市镇烟舟村12组18号", "yanzhou-12-18", MatchStage.EXACT),
    ],
)
def test_a_row_that_can_mean_one_house_is_linked(text: str, address: str | None, stage: MatchStage) -> None:
    answer = _match(text)

    assert (answer.accepted, answer.stage) == (address, stage)


@pytest.mark.parametrize("hole", ["□", "*", "？", "?", "_", "\ufffd", "■", "×", "…", "\ue000", " □ "])
@pytest.mark.parametrize(
    "form", ["12组18{}号", "12组{}18号", "1{}2组18号", "12{}组18号", "12组1{}8号", "12组18{}"]
)
def test_a_character_that_cannot_be_read_beside_a_number_is_never_passed_over(form: str, hole: str) -> None:
    answer = _match("童市镇烟舟村" + form.format(hole))

    assert answer.accepted is None
    assert "unreadable" in {reason.code for reason in answer.reasons}


@pytest.mark.parametrize("text", ["烟舟村12组18|号", "烟舟村12|组18号", "烟舟村12组18｜", "烟舟村12组18!号"])
def test_a_stroke_at_the_end_of_a_number_may_be_a_one(text: str) -> None:
    answer = _match(text)

    assert answer.accepted is None
    assert "unreadable" in {reason.code for reason in answer.reasons}


@pytest.mark.parametrize(
    "text",
    [
        "童市镇德字村竹溪组",
        "芭焦村新屋组",
        "湖南省平江县童市镇沙坪村三组",
        "烟舟村",
    ],
)
def test_a_village_or_group_without_a_number_is_never_linked(text: str) -> None:
    answer = _match(text)

    assert answer.outcome in (Outcome.UNMATCHED, Outcome.AMBIGUOUS)
    assert answer.accepted is None
    assert "no-number" in {reason.code for reason in answer.reasons}


@pytest.mark.parametrize(
    ("text", "address"),
    [("烟舟村横三组120号", "second"), ("烟舟村大握3号", "heir"), ("烟舟村横山组I20号", "second")],
)
def test_a_slip_is_read_as_of_the_day_of_the_row(text: str, address: str) -> None:
    undated, dated = _match(text), _match(text, date(2020, 1, 1))

    assert (undated.outcome, dated.accepted) == (Outcome.AMBIGUOUS, address)


@pytest.mark.parametrize(
    "text",
    [
        # Two slips, of whatever kind, are too many; without its town one in the village is.
        "童市镇德志村竹西组7号",
        "童市镇德志村竹溪组Ⅶ号",
        "童市镇烔舟村I2组18号",
        "德志村竹溪组7号",
        # 恒 is not 横 by shape or sound alone where another character is wrong as well.
        "童市镇烟舟村恒三组120号",
        # A letter may be part of a name of a building.
        "烟舟村12组B8号",
    ],
)
def test_what_has_too_many_slips_is_not_linked(text: str) -> None:
    assert _match(text, date(2020, 1, 1)).accepted is None


def test_a_mark_behind_a_number_that_has_sub_numbers_may_hide_one() -> None:
    texts = (*TEXTS, BookText("sub", f"{HEAD}烟舟村12组18号附1号", division="yanzhou"))
    book = build_book(NAMES, texts, today=date(2026, 11, 1), jurisdiction=("tongshi",))

    answer = match(MatchAsk("烟舟村12组18号*"), book)

    assert (answer.outcome, [r.code for r in answer.reasons]) == (Outcome.AMBIGUOUS, ["unreadable"])


def test_a_number_that_another_house_held_is_not_linked_without_its_day() -> None:
    answer = _match("烟舟村横山组120号")

    assert answer.outcome is Outcome.AMBIGUOUS
    assert {one.address_id for one in answer.candidates} == {"first", "second"}


@pytest.mark.parametrize(("on", "address"), [(date(2017, 1, 1), "first"), (date(2020, 1, 1), "second")])
def test_the_day_tells_who_held_a_number(on: date, address: str) -> None:
    assert _match("烟舟村横山组120号", on).accepted == address


def test_a_number_reused_after_a_house_was_retired_is_linked_only_with_its_day() -> None:
    assert _match("烟舟村大屋3号").outcome is Outcome.AMBIGUOUS
    assert _match("烟舟村大屋3号", date(2020, 1, 1)).accepted == "heir"
    assert _match("烟舟村大屋3号", date(2017, 1, 1)).accepted is None


def test_a_number_of_a_merged_village_is_not_the_same_number_of_its_successor() -> None:
    answer = _match("沙坪村12组18号")

    assert answer.accepted is None


@pytest.mark.parametrize(
    "text", ["瓮江镇芭蕉村3组5号", "浏阳市古港镇路口村3组2号", "长沙县星沙街道烟舟村12组18号"]
)
def test_rows_of_other_towns_are_elsewhere_or_at_least_not_linked(text: str) -> None:
    answer = _match(text)

    assert answer.accepted is None
    assert answer.outcome is Outcome.ELSEWHERE


def test_a_later_paper_may_show_an_old_text_of_either_village_of_one_name() -> None:
    texts = (*TEXTS, BookText("other-9", "瓮江镇芭蕉村3组9号", end=MERGED, division="bajiao-wengjiang"))
    moved = BookText("other-9", "瓮江镇塔江村3组9号", start=MERGED, division="tajiang")
    ours = BookText("ours-9", f"{HEAD}芭蕉村3组9号", start=MERGED, end=SWAPPED, division="bajiao")
    now = BookText("ours-9", f"{HEAD}芭蕉村3组10号", start=SWAPPED, division="bajiao")
    names = (*NAMES, KnownName("tajiang", K.VILLAGE, "塔江村", "wengjiang"))
    towns = ("tongshi", "wengjiang")
    book = build_book(names, (*texts, moved, ours, now), today=date(2026, 11, 1), jurisdiction=towns)

    later = match(MatchAsk("芭蕉村3组9号", on=date(2020, 1, 1)), book)
    then = match(MatchAsk("芭蕉村3组9号", on=date(2017, 1, 1)), book)

    assert (later.outcome, then.accepted) == (Outcome.AMBIGUOUS, "ours-9")


def test_a_village_that_another_town_had_too_is_not_linked_without_town_or_day() -> None:
    assert _match("芭蕉村3组5号").accepted is None
    assert _match("芭蕉村3组5号", date(2012, 1, 1)).outcome is Outcome.ELSEWHERE
    assert _match("芭蕉村3组5号", date(2020, 1, 1)).accepted == "bajiao-3-5"
    assert _match("芭蕉村3组5号", home="tongshi").accepted == "bajiao-3-5"


@pytest.mark.parametrize(
    "text", ["烟舟村12组18号附1号", "烟舟村12组81号", "烟舟村2组18号", "烟舟村18号", "烟舟村12组18号、19号"]
)
def test_another_number_or_a_missing_group_is_never_linked(text: str) -> None:
    assert _match(text).accepted is None


@pytest.mark.parametrize(
    "text",
    [
        "烟舟村12组18号（隔壁）",
        "烟舟村12组18号旁小卖部",
        "烟舟村12组18号附近",
        "大烟舟村12组18号",
        # To the right of it, and behind it, stand other houses; the compound's rooms are on record, and 401 is none.
        "烟舟村12组18号右边",
        "烟舟村12组18号后面",
        # A phone is no number of a house, nor is what is too short or too long for one.
        "烟舟村12组13912342206",
        "烟舟村12组18号139****220",
        "烟舟村12组18号139****22061",
        "烟舟村幸福小区2栋1单元401室",
        "杨墩村12组18*",
        "瓮江镇烟舟村2号",
    ],
)
def test_what_speaks_against_it_keeps_a_row_from_being_linked(text: str) -> None:
    assert _match(text).accepted is None


def test_a_misspelt_village_that_may_be_two_is_not_linked_though_one_sounds_alike() -> None:
    names = (*NAMES, KnownName("like", K.VILLAGE, "烟山村", "tongshi"))
    book = build_book(names, TEXTS, today=date(2026, 11, 1), jurisdiction=("tongshi",))

    answer = match(MatchAsk("童市镇烟州村12组18号"), book)

    assert answer.outcome is Outcome.AMBIGUOUS
    assert "village-one-of-several" in {reason.code for reason in answer.reasons}


def test_a_village_of_another_term_that_is_less_alike_is_no_rival_of_a_misspelt_one() -> None:
    names = (*NAMES, KnownName("tongping", K.VILLAGE, "童坪村", "tongshi"))
    door = BookText("tongping-1", f"{HEAD}童坪村1组1号", division="tongping")
    book = build_book(names, (*TEXTS, door), today=date(2026, 11, 1), jurisdiction=("tongshi",))

    answer = match(MatchAsk("童市镇童平村1组1号"), book)

    assert answer.accepted == "tongping-1"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("烟舟村12-18", "dash-may-be-group"),
        ("烟舟村12组18号3栋", "room-not-on-record"),
        ("烟舟村18号", "place-missing"),
    ],
)
def test_what_may_be_meant_is_shown_with_its_reason_and_not_linked(text: str, code: str) -> None:
    answer = _match(text)

    assert answer.outcome is Outcome.AMBIGUOUS
    assert answer.candidates[0].address_id == "yanzhou-12-18"
    assert code in {reason.code for reason in answer.candidates[0].reasons}


def test_a_text_without_its_village_is_linked_only_where_one_house_of_the_town_ever_had_the_rest() -> None:
    names = (*NAMES, KnownName("other", K.GROUP, "竹溪组", "seat"))
    towns = ("tongshi",)
    another = build_book(names, TEXTS, today=date(2026, 11, 1), jurisdiction=towns)
    other_door = BookText("other-7", f"{HEAD}童市居委会竹溪组7号", end=SWAPPED, division="seat")
    moved = BookText("other-7", f"{HEAD}童市居委会竹溪组9号", start=SWAPPED, division="seat")
    twice = build_book(names, (*TEXTS, other_door, moved), today=date(2026, 11, 1), jurisdiction=towns)

    assert _match("童市镇竹溪组7号").accepted == "zhuxi-7"
    assert match(MatchAsk("童市镇竹溪组7号"), another).accepted == "zhuxi-7"
    assert match(MatchAsk("童市镇竹溪组7号"), twice).outcome is Outcome.AMBIGUOUS
    assert match(MatchAsk("竹溪组7号"), another).accepted is None
    assert _match("童市镇12组18号").accepted is None


def test_an_external_identity_links_where_the_text_does_not_contradict() -> None:
    assert _match("烟舟村", external_id="mlp-1").accepted == "yanzhou-12-18"
    assert _match("烟舟村12组18号", external_id="mlp-1").stage is MatchStage.EXTERNAL_ID


def test_an_external_identity_and_a_text_of_another_house_are_for_a_person_to_decide() -> None:
    answer = _match("烟舟村12组19号", external_id="mlp-1")

    assert answer.outcome is Outcome.AMBIGUOUS
    assert [one.address_id for one in answer.candidates] == ["yanzhou-12-18", "yanzhou-12-19"]


def test_a_partition_is_answered_row_by_row_in_order() -> None:
    rows = [MatchAsk("烟舟村3组9号"), MatchAsk("瓮江镇芭蕉村1号"), MatchAsk("烟舟村12组18号")]

    answers = match_partition(rows, BOOK)

    assert [a.accepted for a in answers] == ["yanzhou-3-9", None, "yanzhou-12-18"]


@pytest.mark.parametrize(
    "piece",
    ["（", "（）", "🏠", "*", "平江*", "I1", "l号", "烟舟村", "童市", "横三组", "附", "-", "德志村竹西组7号"],
)
def test_ten_kilobytes_of_anything_are_read_only_as_far_as_an_address_goes(piece: str) -> None:
    answer = _match("童市镇" + piece * (10_000 // len(piece)))

    assert answer.accepted is None
    assert max((element.span[1] for element in answer.reading.elements), default=0) <= MOST_CHARACTERS


@given(st.text(max_size=80))
def test_any_text_is_answered_with_at_most_five_candidates(text: str) -> None:
    answer = _match(text)

    assert len(answer.candidates) <= 5
    assert (answer.accepted is not None) == (answer.outcome is Outcome.ACCEPTED)


SPLIT = date(2018, 1, 1)
AGAIN = (
    KnownName("town", K.TOWN, "三阳乡"),
    KnownName("old", K.VILLAGE, "南尧村", "town", end=MERGED),
    KnownName("whole", K.VILLAGE, "南源村", "town", start=MERGED),
    KnownName("new", K.VILLAGE, "南尧村", "town", start=SPLIT),
    KnownName("stones", K.GROUP, "石嘴组", "whole"),
    KnownName("stones-2", K.GROUP, "石嘴组", "new"),
)
AGAIN_BOOK = build_book(
    AGAIN,
    (
        BookText("today", "三阳乡南尧村8组3号", start=SPLIT, division="new"),
        BookText("whole-8", "三阳乡南源村8组9号", start=MERGED, division="whole"),
        BookText("stones-5", "三阳乡南源村石嘴组5号", division="whole"),
        BookText("stones-2-5", "三阳乡南尧村上片石嘴组5号", division="new"),
    ),
    (BookSuccession(SuccessionOf.DIVISION, "old", "whole", MERGED, "whole", ("8组",)),),
    today=date(2026, 11, 1),
    jurisdiction=("town",),
)


def test_a_text_of_today_is_not_linked_without_a_day_where_a_village_of_that_name_ended_before() -> None:
    undated = match(MatchAsk("三阳乡南尧村8组3号"), AGAIN_BOOK)
    dated = match(MatchAsk("三阳乡南尧村8组3号", on=date(2020, 1, 1)), AGAIN_BOOK)

    assert (undated.outcome, dated.accepted) == (Outcome.AMBIGUOUS, "today")


def test_a_counted_group_of_a_merged_village_is_not_linked_to_that_group_of_its_successor() -> None:
    answer = match(MatchAsk("三阳乡南尧村8组9号", on=date(2014, 1, 1)), AGAIN_BOOK)

    assert (answer.outcome, answer.candidates[0].address_id) == (Outcome.AMBIGUOUS, "whole-8")


def test_a_group_without_its_village_is_not_linked_where_a_district_has_such_a_door() -> None:
    answer = match(MatchAsk("三阳乡石嘴组5号"), AGAIN_BOOK)

    assert "village-one-of-several" in {reason.code for reason in answer.reasons}
    assert [c.address_id for c in answer.candidates] == ["stones-5", "stones-2-5"]


def test_a_number_may_be_that_of_the_village_in_the_remark() -> None:
    own = BookText("yanzhou-4-2", f"{HEAD}烟舟村4组2号", start=MERGED, division="yanzhou")
    book = build_book(NAMES, (*TEXTS, own), SUCCESSIONS, today=date(2026, 11, 1), jurisdiction=("tongshi",))

    either = match(MatchAsk("烟舟村（原沙坪村）4组2号"), book)
    today = match(MatchAsk("烟舟村（原沙坪村）24组2号"), book)

    assert either.outcome is Outcome.AMBIGUOUS
    assert {one.address_id for one in either.candidates} == {"yanzhou-4-2", "shaping-4-2"}
    assert either.reasons[-1].code == "village-in-remark"
    assert today.accepted == "shaping-4-2"

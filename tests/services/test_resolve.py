"""Golden cases of lineage, each with its why: any old text to the addresses of another day, and back."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
import shapely

from address_service.errors import InvalidInput, NotFound
from address_service.model.addresses import EventKind, Subject
from address_service.services.approve_addresses import approve_addresses
from address_service.services.change_boundary import change_boundary
from address_service.services.change_division import rename_division
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.commit_renumbering import commit_renumbering
from address_service.services.division_act import Act
from address_service.services.lineage_answer import Answer
from address_service.services.plan_numbering import plan_numbering
from address_service.services.resolve_address import resolve_code, resolve_text
from address_service.store.addresses import Scope
from address_service.store.divisions import NewDivision
from address_service.store.events import NewEvent, Successor, record_event
from address_service.store.ids import new_id
from address_service.store.work import Work
from tests.services.test_renumbering import Group, day

HEAD = "湖南省岳阳市平江县童市镇"


@pytest.fixture
def group(work: Work, approver: Work, town: Any) -> Group:
    """Five approved doors of 12组, numbers 1 to 5 from west to east."""
    place = town.place("group", "12组", 12)
    for n in range(1, 6):
        town.house(str(n), n * 25, 12, place)
    commit_numbering_plan(work, plan_numbering(work, place).id)
    approve_addresses(approver, Scope(place_id=place), "示例〔2026〕5号", work.today)
    return Group(work, approver, place)


def ask(group: Group, words: str, on: date | None = None, to: date | None = None) -> Answer:
    return resolve_text(group.work, words, on, to or group.work.today + timedelta(100))


def codes(answer: Answer) -> set[str]:
    return {facts.code for facts in answer.targets}


def test_ten_and_eleven_swapped_are_told_apart_by_the_day(group: Group) -> None:
    """10↔11: the same words meant another house before the swap; only the day tells which."""
    before, today = group.codes(), group.work.today
    group.renumber({1: 2, 2: 1})

    then = ask(group, "烟舟村12组1号", today)
    later = ask(group, "烟舟村12组1号", today + timedelta(50))
    undated = ask(group, "烟舟村12组1号")

    assert (then.outcome, codes(then)) == ("resolved", {before[1]})
    assert then.targets[0].full_text == f"{HEAD}烟舟村12组2号"
    assert [(s.kind, s.decree_no) for s in then.lines[0].carried.steps] == [("swap", "示例〔2026〕9号")]
    assert (later.outcome, codes(later)) == ("resolved", {before[2]})
    assert (undated.outcome, codes(undated)) == ("ambiguous", {before[1], before[2]})
    assert undated.doubts == ("several-holders",)
    assert [facts.code for facts in undated.holds_then] == [before[2]]
    assert [(line.held.start, line.held.end) for line in undated.lines] == [
        (today, today + timedelta(10)),
        (today + timedelta(10), None),
    ]


def test_a_paper_from_before_a_back_dated_renaming_was_known_leads_to_its_house(group: Group) -> None:
    """Decided on day 20 with effect from day 5: what was printed in between still had the old name, and means it."""
    start, before = group.work.today, group.codes()
    later = day(group.approver, 20)
    old = later.divisions.find_by_code("430626113208", start)
    assert old is not None
    rename_division(later, old, "烟洲村", Act(start + timedelta(5), "示例民批〔2026〕3号"))

    between = ask(group, "烟舟村12组1号", start + timedelta(10))
    after = ask(group, "烟舟村12组1号", start + timedelta(20))

    (line,) = between.lines
    assert (between.outcome, codes(between), between.doubts) == ("resolved", {before[1]}, ())
    assert (line.held.source, line.held.start, line.held.end) == (
        "on_paper",
        start + timedelta(5),
        start + timedelta(20),
    )
    assert [step.decree_no for step in line.carried.steps] == ["示例民批〔2026〕3号"]
    assert between.targets[0].full_text == f"{HEAD}烟洲村12组1号"
    assert [held.source for held in between.elsewhen] == ["standard"]
    assert after.outcome == "unknown"


def test_a_number_that_had_gone_to_another_house_before_anybody_knew_is_not_sure(group: Group) -> None:
    """10↔11 dated back: a paper from in between may be the old house's or, written since, the new one's."""
    start, before = group.work.today, group.codes()
    plan = group.draw({1: 2, 2: 1})
    decided = day(group.approver, 20)
    commit_renumbering(decided, plan.id, "示例〔2026〕9号", start + timedelta(5))

    between = ask(group, "烟舟村12组1号", start + timedelta(10))
    earlier = ask(group, "烟舟村12组1号", start + timedelta(4))
    after = ask(group, "烟舟村12组1号", start + timedelta(20))

    assert (between.outcome, codes(between)) == ("ambiguous", {before[1], before[2]})
    assert between.doubts == ("several-holders",)
    assert {line.held.source for line in between.lines} == {"standard", "on_paper"}
    assert (earlier.outcome, codes(earlier)) == ("resolved", {before[1]})
    assert (after.outcome, codes(after)) == ("resolved", {before[2]})


def test_a_ring_of_three_leads_each_old_number_to_its_own_house(group: Group) -> None:
    """1→2→3→1: taken one after the other the first would end at 3; each moved once."""
    before = group.codes()
    group.renumber({1: 2, 2: 3, 3: 1})

    found = {n: ask(group, f"烟舟村12组{n}号", group.work.today) for n in (1, 2, 3)}

    assert {n: codes(answer) for n, answer in found.items()} == {n: {before[n]} for n in (1, 2, 3)}
    assert {n: a.targets[0].full_text[-2:] for n, a in found.items()} == {1: "2号", 2: "3号", 3: "1号"}


def test_a_chain_of_three_renumberings_is_told_step_by_step(group: Group) -> None:
    """A paper of the first year must reach today's number over all that came between."""
    code = group.codes()[5]
    for n, after in ((5, 10), (6, 20), (7, 30)):
        group.renumber({n: n + 1}, after=after)

    answer = ask(group, "烟舟村12组5号", group.work.today)
    back = ask(group, "烟舟村12组8号", group.work.today + timedelta(40), group.work.today)

    assert (answer.outcome, codes(answer), answer.targets[0].full_text[-2:]) == ("resolved", {code}, "8号")
    assert [step.on - group.work.today for step in answer.lines[0].carried.steps] == [
        timedelta(n) for n in (10, 20, 30)
    ]
    assert (back.outcome, back.targets[0].full_text[-2:]) == ("resolved", "5号")


def test_a_retired_number_later_held_by_another_house_is_never_silently_one(group: Group) -> None:
    """bcgov/ols-geocoder api-specs #262: an old number that somebody else has by now."""
    before = group.codes()
    group.renumber({5: 6}, after=10)
    group.renumber({4: 5}, after=20, reassign_decree_no="示例〔2026〕7号")

    undated = ask(group, "烟舟村12组5号")
    first = ask(group, "烟舟村12组5号", group.work.today)
    between = ask(group, "烟舟村12组5号", group.work.today + timedelta(15))

    assert (undated.outcome, codes(undated)) == ("ambiguous", {before[5], before[4]})
    assert [facts.code for facts in undated.holds_then] == [before[4]]
    assert (first.outcome, codes(first)) == ("resolved", {before[5]})
    assert [facts.code for facts in first.holds_then] == [before[4]]
    assert (between.outcome, between.targets) == ("village", ())
    assert {held.address_id for held in between.elsewhen} == {line.held.address_id for line in undated.lines}


@pytest.mark.parametrize(
    "words",
    [
        f"{HEAD}烟舟村12组3号",
        "湖南省平江县童市镇烟舟村12组3号",
        "童市镇烟舟村12组3号",
        "烟舟村 12组 ３号",
        "烟舟村12组003号",
    ],
)
def test_heads_and_spelling_do_not_matter(group: Group, words: str) -> None:
    assert codes(ask(group, words)) == {group.codes()[3]}


def test_a_text_of_another_town_is_not_taken_for_ours(group: Group, town: Any) -> None:
    """Two villages of one name in two towns."""
    division(group.work, "township", "town", "示例镇", "430626114")

    assert ask(group, "示例镇烟舟村12组3号").outcome == "unknown"


def test_a_short_text_does_not_take_the_ends_of_others_for_it(group: Group) -> None:
    assert ask(group, "2组3号").outcome == "unknown"
    with pytest.raises(InvalidInput):
        ask(group, "湖南省")


def test_drafts_are_not_resolved(work: Work, town: Any) -> None:
    place = town.place("group", "13组", 13)
    town.house("80", 25, 12, place)
    commit_numbering_plan(work, plan_numbering(work, place).id)

    answer = resolve_text(work, "烟舟村13组1号", None, work.today)

    assert (answer.outcome, answer.targets) == ("village", ())


def test_the_survey_s_old_text_leads_to_the_address_once_it_is_approved(
    work: Work, approver: Work, town: Any
) -> None:
    """What stood on the wall since 2009 is known by its day; a draft's is nobody's business yet."""
    place = town.place("group", "14组", 14)
    house = town.house("80", 25, 12, place)
    town.existing(house, place, 7, text_="老烟舟大队横屋7号")
    commit_numbering_plan(work, plan_numbering(work, place).id)
    draft = resolve_text(work, "老烟舟大队横屋7号", date(2015, 1, 1), work.today)
    approve_addresses(approver, Scope(place_id=place), "示例〔2026〕5号", work.today)

    found = resolve_text(work, "老烟舟大队横屋7号", date(2015, 1, 1), work.today)
    before = resolve_text(work, "老烟舟大队横屋7号", date(2005, 1, 1), work.today)

    assert (draft.outcome, draft.lines) == ("unknown", ())
    assert (found.outcome, found.lines[0].held.source) == ("resolved", "former")
    assert found.targets[0].full_text == f"{HEAD}烟舟村14组7号"
    assert (before.outcome, before.targets, len(before.elsewhen)) == ("unknown", (), 1)


def test_a_day_before_the_address_is_no_end_of_it(group: Group) -> None:
    answer = ask(group, "烟舟村12组3号", group.work.today, date(2010, 1, 1))

    assert (answer.outcome, answer.targets) == ("unknown", ())


def test_a_code_is_resolved_like_a_text(group: Group) -> None:
    code = group.codes()[1]
    group.renumber({1: 9})

    now = resolve_code(group.work, code, None, group.work.today + timedelta(100))
    then = resolve_code(group.work, code, None, group.work.today)

    assert [t.full_text[-2:] for t in (*now.targets, *then.targets)] == ["9号", "1号"]
    with pytest.raises(NotFound):
        resolve_code(group.work, "4" * 26, None, group.work.today)


# ---------------------------------------------------------------- by way of the village


def division(
    work: Work,
    level: Any,
    kind: Any,
    name: str,
    code: str,
    until: date | None = None,
    since: date = date(2009, 1, 1),
) -> UUID:
    event = record_event(
        work.conn,
        work.county_code,
        NewEvent(Subject.DIVISION, EventKind.CREATE, since, work.actor.account_id, work.now),
    )
    town = work.divisions.find_by_code("430626113", work.today)
    facts = NewDivision(level, kind, name, code, None, town.id if town and level == "village" else None)
    return work.divisions.create(facts, since, event, work.now, until)


def succeed(work: Work, kind: EventKind, on: date, *lines: Successor) -> None:
    fact = NewEvent(Subject.DIVISION, kind, on, work.actor.account_id, work.now, "示例〔2016〕3号")
    record_event(work.conn, work.county_code, fact, lines)


def village(
    work: Work, name: str, code: str, until: date | None = None, since: date = date(2009, 1, 1)
) -> UUID:
    return division(work, "village", "administrative_village", name, code, until, since)


def test_a_text_of_a_merged_village_is_tried_under_its_successor_and_said_to_be_unsure(
    group: Group, town: Any
) -> None:
    """沙坪村 of 2015 went into 烟舟村, which has a 12组 of its own: the number may be either's."""
    old = village(group.work, "沙坪村", "430626113209", date(2016, 3, 1))
    succeed(group.work, EventKind.MERGE, date(2016, 3, 1), Successor(old, town.village_id))

    found = ask(group, "沙坪村12组3号", date(2015, 6, 1))
    nothing = ask(group, "沙坪村7组3号", date(2015, 6, 1))
    later = ask(group, "沙坪村12组3号", date(2017, 6, 1))

    assert (found.outcome, codes(found)) == ("ambiguous", {group.codes()[3]})
    assert found.doubts == ("held-later", "village-merged")
    assert [(s.kind, s.decree_no) for s in found.lines[0].via] == [("merge", "示例〔2016〕3号")]
    assert (nothing.outcome, nothing.villages[0].became) == ("village", (("430626113208", "烟舟村"),))
    assert (later.outcome, later.villages) == ("unknown", ())


def renamed(town: Any, old: str, on: str) -> None:
    """The village had another name until a day."""
    town.run(
        """INSERT INTO division_version (county_code, id, division_id, level, kind, name, code_nbs, parent_id,
             name_state, valid, recorded, event_id)
           SELECT county_code, :id, division_id, level, kind, :old, code_nbs, parent_id, name_state,
             daterange(:since, :on), tstzrange('2026-01-01', NULL), event_id
           FROM division_version WHERE division_id = :division AND upper_inf(recorded)""",
        id=new_id(), division=town.village_id, old=old, since=date(2009, 1, 1), on=date.fromisoformat(on),
    )  # fmt: skip


def test_a_renamed_village_leads_to_the_door_that_had_the_number_then(
    work: Work, approver: Work, town: Any
) -> None:
    """On record since the day of the renaming: the old name of the village leads to the same number for sure."""
    renamed(town, "杨舟村", "2016-01-01")
    place = town.place("group", "12组", 12)
    town.house("1", 25, 12, place)
    commit_numbering_plan(work, plan_numbering(work, place).id)
    approve_addresses(approver, Scope(place_id=place), "示例〔2016〕5号", date(2016, 1, 1))

    answer = resolve_text(work, "杨舟村12组1号", date(2015, 1, 1), work.today)

    assert (answer.outcome, answer.doubts) == ("resolved", ())
    assert answer.targets[0].full_text == f"{HEAD}烟舟村12组1号"


def test_a_name_came_by_its_own_act_though_a_boundary_was_drawn_for_the_same_day(
    work: Work, town: Any
) -> None:
    """The boundary rewrites the version and gives it an event of its own; the chain still names the respelling."""
    code, on = "430626113211", date(2016, 1, 1)
    village(work, "芭焦村", code)
    old = work.divisions.find_by_code(code, date(2015, 1, 1))
    assert old is not None
    rename_division(work, old, "芭蕉村", Act(on, "示例〔2016〕2号"), EventKind.RESPELL)
    now = work.divisions.find_by_code(code, on)
    assert now is not None
    change_boundary(work, now, shapely.box(113.6, 28.8, 113.7, 28.9), Act(on, "示例〔2016〕1号"))

    answer = resolve_text(work, "芭焦村", date(2015, 6, 1), work.today)

    assert answer.villages[0].became == ((code, "芭蕉村"),)
    assert [(s.kind, s.decree_no) for s in answer.villages[0].steps] == [("respell", "示例〔2016〕2号")]


def test_a_number_given_out_after_the_renaming_may_be_another_house(group: Group, town: Any) -> None:
    """The number of 2015 may have been anybody's before the numbers of 2026 were drawn."""
    renamed(town, "杨舟村", "2016-01-01")

    later = ask(group, "杨舟村12组4号", date(2015, 1, 1))

    assert (later.outcome, codes(later), later.doubts) == (
        "ambiguous",
        {group.codes()[4]},
        ("held-later",),
    )


def test_a_split_by_groups_follows_the_group(group: Group, town: Any) -> None:
    """The list of groups of the decree tells which way a group went; without it both ways are open."""
    old = village(group.work, "大坪村", "430626113210", date(2016, 3, 1))
    other = village(group.work, "新坪村", "430626113211", None, date(2016, 3, 1))
    succeed(
        group.work,
        EventKind.SPLIT,
        date(2016, 3, 1),
        Successor(old, town.village_id, "part", groups=("12组", "13组")),
        Successor(old, other, "part", groups=("1组",)),
    )

    ours = ask(group, "大坪村12组3号", date(2015, 6, 1))
    theirs = ask(group, "大坪村1组3号", date(2015, 6, 1))
    unsaid = ask(group, "大坪村", date(2015, 6, 1))

    assert codes(ours) == {group.codes()[3]}
    assert "village-split" not in ours.doubts
    assert (theirs.outcome, theirs.villages[0].became) == ("village", (("430626113211", "新坪村"),))
    assert {name for _, name in unsaid.villages[0].became} == {"烟舟村", "新坪村"}


def test_merged_then_split_again_follows_the_group_through_both(group: Group, town: Any) -> None:
    """The village that comes back in 2020 is a new identity of the old name; 7组 went with it, 12组 stayed."""
    old = village(group.work, "沙坪村", "430626113209", date(2016, 3, 1))
    again = village(group.work, "沙坪村", "430626113212", None, date(2020, 3, 1))
    succeed(group.work, EventKind.MERGE, date(2016, 3, 1), Successor(old, town.village_id))
    succeed(
        group.work,
        EventKind.SPLIT,
        date(2020, 3, 1),
        Successor(town.village_id, again, "part", groups=("7组",)),
    )

    seventh = ask(group, "沙坪村7组3号", date(2015, 6, 1))
    twelfth = ask(group, "沙坪村12组3号", date(2015, 6, 1))
    between = ask(group, "沙坪村7组3号", date(2015, 6, 1), date(2018, 1, 1))
    today = ask(group, "沙坪村7组3号")

    assert seventh.villages[0].became == (("430626113212", "沙坪村"),)
    assert [step.kind for step in seventh.villages[0].steps] == ["merge", "split"]
    assert codes(twelfth) == {group.codes()[3]}
    assert twelfth.villages[0].became == (("430626113208", "烟舟村"),)
    assert between.villages[0].became == (("430626113208", "烟舟村"),)
    assert [v.division_id for v in today.villages] == [old, again]


def test_two_villages_of_one_name_in_two_towns_are_told_apart_by_the_town(group: Group, town: Any) -> None:
    """Without the town both are named; with it the other is not."""
    there = division(group.work, "township", "town", "示例镇", "430626114")
    other = village(group.work, "烟舟村", "430626114201")
    town.run(
        "UPDATE division_version SET recorded = tstzrange(lower(recorded), now()) WHERE division_id = :d",
        d=other,
    )
    town.run(
        """INSERT INTO division_version (county_code, id, division_id, level, kind, name, code_nbs, parent_id,
             name_state, valid, recorded, event_id)
           SELECT county_code, :id, division_id, level, kind, name, code_nbs, :there, name_state, valid,
             tstzrange(upper(recorded), NULL), event_id FROM division_version WHERE division_id = :d""",
        id=new_id(), there=there, d=other,
    )  # fmt: skip

    undated = ask(group, "烟舟村99组1号")
    ours = ask(group, "童市镇烟舟村99组1号")
    theirs = ask(group, "示例镇烟舟村99组1号")

    assert {v.division_id for v in undated.villages} == {town.village_id, other}
    assert [v.division_id for v in ours.villages] == [town.village_id]
    assert [v.division_id for v in theirs.villages] == [other]


def test_a_code_used_again_for_another_village_is_two_villages(group: Group) -> None:
    """…200210 was 石坪 and is 更新 now: what is asked of one must not be answered of the other."""
    code, day_of = "430626200210", date(2016, 3, 1)
    stone = village(group.work, "石坪村", code, day_of)
    fresh = village(group.work, "更新村", code, None, day_of)
    absorber = village(group.work, "大石村", "430626200211")
    succeed(group.work, EventKind.MERGE, day_of, Successor(stone, absorber))

    was = ask(group, "石坪村3组5号", date(2015, 1, 1))
    now = ask(group, "更新村3组5号")

    assert [(v.division_id, v.became) for v in was.villages] == [(stone, (("430626200211", "大石村"),))]
    assert [(v.division_id, v.became) for v in now.villages] == [(fresh, ((code, "更新村"),))]


@pytest.mark.parametrize("back", [False, True])
def test_a_chain_of_five_hundred_villages_is_walked_to_its_end(group: Group, back: bool) -> None:
    """Longer than any county's history: nothing is cut, and the last one is told."""
    first, days = date(2009, 1, 1), 500
    chain = [
        village(
            group.work,
            f"链{n}村",
            f"430626113{300 + n}",
            first + timedelta(n + 1) if n < days - 1 else None,
            first + timedelta(n),
        )
        for n in range(days)
    ]
    chain.append(village(group.work, "链末村", "430626113999", None, first + timedelta(days)))
    for n, (before, after) in enumerate(pairwise(chain)):
        succeed(group.work, EventKind.MERGE, first + timedelta(n + 1), Successor(before, after, "whole"))

    last_day = first + timedelta(days)
    if back:
        (fate,) = ask(group, "链末村", last_day, first).villages
    else:
        (fate,) = ask(group, "链0村", first, last_day).villages

    assert len(fate.steps) == days
    assert ("链0村" if back else "链末村") in {name for _, name in fate.became}


def test_lines_of_descent_too_many_to_read_are_said_to_be_cut(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty-four edges of one address where the reader takes six: nobody is told that what was read is all."""
    old = UUID(str(group.one("SELECT id FROM address WHERE code = :code", code=group.codes()[1])))
    lines = [Successor(old, new_id(), "part") for _ in range(24)]
    fact = NewEvent(Subject.ADDRESS, EventKind.SPLIT, group.work.today + timedelta(1), group.work.actor.account_id,
                    group.work.now, "示例〔2026〕3号")  # fmt: skip
    record_event(group.work.conn, group.work.county_code, fact, lines)
    monkeypatch.setattr("address_service.store.lineage.MOST_EDGES", 6)

    answer = ask(group, "烟舟村12组1号", group.work.today)

    assert answer.outcome == "ambiguous"
    assert "too-many" in answer.doubts

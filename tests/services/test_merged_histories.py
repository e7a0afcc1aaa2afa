"""Golden cases in which mergers, acts on villages, lists and lineage meet, each with its why."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from address_service.coding.merger.collisions import Choice, ChoiceKind
from address_service.errors import Conflict, ServiceError
from address_service.model.accounts import Role
from address_service.model.division_lists import DivisionOutcome
from address_service.model.divisions import DivisionKind
from address_service.model.places import PlaceKind
from address_service.services.change_division import (
    change_division_kind,
    create_division,
    rename_division,
    transfer_division,
)
from address_service.services.commit_merger import commit_merger
from address_service.services.division_act import Act
from address_service.services.draw_merger import choose_in_merger, draw_merger, undo_merger
from address_service.services.lineage_answer import Answer
from address_service.services.merger_request import DivisionChange, NewVillage
from address_service.services.order_plates import order_plates
from address_service.services.resolve_address import resolve_text
from address_service.store.listings import Listings
from address_service.store.merger_plans import DivisionChangeHead
from address_service.store.numberable_places import list_numberable
from address_service.store.work import Work
from tests.services.test_division_lists import Lists
from tests.services.villages import DECREE, HEAD, ON, TERMS, Villages, two_villages


@pytest.fixture
def villages(work: Work, approver: Work, town: Any) -> Villages:
    return two_villages(work, approver, town)


def at(villages: Villages, days: int) -> Villages:
    works = [Work(w.conn, w.actor, w.now + timedelta(days=days)) for w in (villages.work, villages.approver)]
    return replace(villages, work=works[0], approver=works[1])


def district(villages: Villages) -> Choice:
    return Choice(villages.ends, ChoiceKind.DISTRICT, "沙坪片区")


def merge(villages: Villages, *choices: Choice, **more: Any) -> DivisionChangeHead:
    plan = draw_merger(villages.work, villages.merger(**more), TERMS)
    plan = choose_in_merger(villages.work, plan.id, choices or (district(villages),), TERMS)
    return commit_merger(villages.approver, plan.id, DECREE, 1.0)


def undo(villages: Villages, plan: DivisionChangeHead, code: str | None = None) -> DivisionChangeHead:
    split = undo_merger(villages.work, plan.id, None, villages.work.today, TERMS, code)
    return commit_merger(villages.approver, split.id, DECREE, 1.0)


def code_of(villages: Villages, words: str) -> str:
    return next(code for code, full in villages.texts().items() if full == f"{HEAD}{words}")


def ask(villages: Villages, words: str, on: date | None = None) -> Answer:
    return resolve_text(villages.work, words, on, villages.work.today)


def found(answer: Answer) -> list[tuple[str, str]]:
    return [(facts.code, facts.full_text.removeprefix(HEAD)) for facts in answer.targets]


def test_golden_a_village_renamed_after_a_merger_takes_its_district_along(villages: Villages) -> None:
    """The 片区 is a place of its own: who renames the village must not lose it in texts, plates or search."""
    code = code_of(villages, "沙坪村3组1号")
    merge(villages)
    later = at(villages, 5)
    order_plates(later.work, "small")
    known = later.work.divisions.find_by_id(villages.absorber, later.work.today)
    assert known is not None

    rename_division(later.work, known, "烟洲村", Act(later.work.today, DECREE))

    assert villages.texts()[code] == f"{HEAD}烟洲村沙坪片区3组1号"
    order_plates(at(villages, 6).work, "small")
    plates = villages.work.conn.scalars(text("SELECT DISTINCT name_text FROM plate WHERE stage = 'ordered'"))
    assert "烟洲村沙坪片区3组" in plates.all()
    tails = "SELECT count(*) FROM address_search WHERE tail LIKE '烟洲村沙坪片区3组1号%'"
    assert villages.one(tails) == 1
    for words, on in (
        ("沙坪村3组1号", date(2026, 2, 1)),
        ("烟舟村沙坪片区3组1号", ON),
        ("烟洲村沙坪片区3组1号", later.work.today),
    ):
        answer = ask(later, words, on)
        assert (answer.outcome, found(answer)) == ("resolved", [(code, "烟洲村沙坪片区3组1号")])


def test_golden_a_merger_after_a_rename_knows_both_old_names(villages: Villages) -> None:
    """Papers quote the village by the name of their day: two names before the merger, one after it."""
    code = code_of(villages, "沙坪村5组2号")
    known = villages.work.divisions.find_by_id(villages.ends, ON)
    assert known is not None
    rename_division(villages.work, known, "沙坪新村", Act(date(2026, 2, 1), DECREE))

    merge(villages)

    for words, on in (
        ("沙坪村5组2号", date(2026, 1, 20)),
        ("沙坪新村5组2号", date(2026, 2, 10)),
        ("沙坪村5组2号", None),
        ("沙坪新村5组2号", None),
    ):
        assert found(ask(villages, words, on)) == [(code, "烟舟村沙坪片区5组2号")], (words, on)


def test_golden_a_merger_is_not_dated_back_behind_a_rename(villages: Villages) -> None:
    """Its texts are made of today's names: on a day when the village was called otherwise they would be untrue."""
    known = villages.work.divisions.find_by_id(villages.absorber, ON)
    assert known is not None
    rename_division(villages.work, known, "烟洲村", Act(date(2026, 2, 20), DECREE))
    plan = draw_merger(villages.work, villages.merger(date(2026, 2, 10)), TERMS)
    plan = choose_in_merger(villages.work, plan.id, [district(villages)], TERMS)

    assert (plan.summary["undecided"], plan.summary["can_commit"]) == (0, False)
    with pytest.raises(Conflict) as refused:
        commit_merger(villages.approver, plan.id, DECREE, 1.0)
    assert refused.value.code == "effective-on-too-early"
    assert "烟洲村" in refused.value.message


def test_golden_merged_and_split_again_old_texts_lead_to_whom_they_belong_now(villages: Villages) -> None:
    """沙坪村 of before and of after are two identities; a text of either, or of the time between, is one house."""
    code, own = code_of(villages, "沙坪村3组1号"), code_of(villages, "烟舟村3组1号")
    done = merge(villages)
    later = at(villages, 30)

    undone = undo(later, done)

    assert undone.successor_id not in (villages.ends, villages.absorber)
    between = ON + timedelta(10)
    for words, on in (
        ("沙坪村3组1号", date(2026, 2, 1)),
        ("烟舟村沙坪片区3组1号", between),
        ("沙坪村3组1号", None),
    ):
        answer = ask(later, words, on)
        assert (answer.outcome, found(answer)) == ("resolved", [(code, "沙坪村3组1号")]), (words, on)
    assert found(ask(later, "烟舟村3组1号", between)) == [(own, "烟舟村3组1号")]


def test_golden_a_code_used_again_after_its_village_merged_away_is_another_village(
    villages: Villages,
) -> None:
    """The statistics office gives codes again; addresses keep theirs, texts of the two villages never mix."""
    code = code_of(villages, "沙坪村5组1号")
    merge(villages)
    later = at(villages, 10)

    made, _ = create_division(later.work, "430626113210", "石塘村", Act(later.work.today, DECREE))

    assert made != villages.ends
    assert [d.name for d in later.work.divisions.history_of_code("430626113210")] == ["沙坪村", "石塘村"]
    assert found(ask(later, "沙坪村5组1号")) == [(code, "烟舟村沙坪片区5组1号")]
    assert ask(later, "石塘村5组1号").targets == ()


def test_golden_village_to_community_and_back_is_one_line(villages: Villages) -> None:
    """村 → 社区 → 村: one identity, three texts, each of its own time."""
    code, first = code_of(villages, "沙坪村5组1号"), date(2026, 2, 1)
    for day, kind, name in (
        (first, DivisionKind.COMMUNITY, "沙坪社区"),
        (date(2026, 2, 15), DivisionKind.ADMINISTRATIVE_VILLAGE, "沙坪村"),
    ):
        known = villages.work.divisions.find_by_id(villages.ends, day)
        assert known is not None
        change_division_kind(villages.work, known, kind, name, Act(day, DECREE))

    assert villages.texts()[code] == f"{HEAD}沙坪村5组1号"
    for words, on in (
        ("沙坪村5组1号", date(2026, 1, 20)),
        ("沙坪社区5组1号", first),
        ("沙坪社区5组1号", None),
    ):
        assert found(ask(villages, words, on)) == [(code, "沙坪村5组1号")]


def test_golden_two_villages_of_one_name_in_two_towns_are_told_apart_by_the_town(villages: Villages) -> None:
    """With the town it is one house; without it both are said, none is guessed."""
    work = villages.work
    create_division(work, "430626114", "示例镇", Act(date(2016, 1, 1), DECREE))
    other = work.divisions.find_by_id(villages.ends, ON)
    assert other is not None
    transfer_division(work, other, "430626114208", Act(date(2026, 2, 1), DECREE))
    moved = work.divisions.find_by_id(villages.ends, ON)
    assert moved is not None
    rename_division(work, moved, "烟舟村", Act(date(2026, 2, 10), DECREE))

    ours, theirs = ask(villages, "童市镇烟舟村3组1号"), ask(villages, "示例镇烟舟村3组1号")
    either = ask(villages, "烟舟村3组1号")

    assert (ours.outcome, theirs.outcome, either.outcome) == ("resolved", "resolved", "ambiguous")
    assert {code for code, _ in found(either)} == {found(ours)[0][0], found(theirs)[0][0]}
    assert len(either.targets) == 2


def test_golden_in_a_joined_group_an_old_number_that_another_house_holds_is_told_by_the_day(
    villages: Villages,
) -> None:
    """沙坪村3组1号 is 烟舟村3组4号 now; 烟舟村3组1号 is and was another house."""
    code, own = code_of(villages, "沙坪村3组1号"), code_of(villages, "烟舟村3组1号")
    places = villages.places
    joined = Choice(places["沙坪3组"], ChoiceKind.JOIN, into=places["烟舟3组"])

    merge(villages, joined, Choice(places["沙坪新屋组"], ChoiceKind.RENAME, "沙坪新屋组"))

    assert found(ask(villages, "沙坪村3组1号")) == [(code, "烟舟村3组4号")]
    assert found(ask(villages, "烟舟村3组1号")) == [(own, "烟舟村3组1号")]
    before = resolve_text(villages.work, "烟舟村3组4号", ON, ON - timedelta(1))
    assert found(before) == [(code, "沙坪村3组1号")]


def test_golden_a_place_that_leaves_with_its_district_keeps_it(villages: Villages) -> None:
    """The 片区 stays in the old village; ended with it, the texts of who left would lose it without any act."""
    done = merge(villages)
    later = at(villages, 5)
    new = NewVillage("430626113299", "石塘村")
    asked = DivisionChange(
        "split", later.work.today, new=new, source=villages.absorber, place_ids=(villages.places["沙坪5组"],)
    )
    split = commit_merger(later.approver, draw_merger(later.work, asked, TERMS).id, DECREE, 1.0)
    undo(at(villages, 10), done)
    last = at(villages, 15)
    known = last.work.divisions.find_by_id(split.successor_id, last.work.today)  # type: ignore[arg-type]
    assert known is not None

    rename_division(last.work, known, "石塘新村", Act(last.work.today, DECREE))

    assert f"{HEAD}石塘新村沙坪片区5组1号" in villages.texts().values()


def test_golden_a_village_split_off_comes_back_as_a_new_one(villages: Villages) -> None:
    """Nobody comes of himself: the dry run says so before the commit does, and what to do instead works."""
    undone = undo(at(villages, 5), merge(villages))
    later = at(villages, 10)
    assert undone.successor_id is not None
    back = DivisionChange("merge", later.work.today, ends=(undone.successor_id,), absorber=villages.absorber)
    plan = draw_merger(later.work, back, TERMS)
    assert "succession-cycle" in [finding["code"] for finding in plan.summary["findings"]]
    assert not plan.summary["can_commit"]

    new = NewVillage("430626113208", "烟舟村")
    both = replace(back, ends=(undone.successor_id, villages.absorber), absorber=None, new=new)
    plan = draw_merger(later.work, both, TERMS)
    choices = [Choice(undone.successor_id, ChoiceKind.DISTRICT, "沙坪片区")]
    plan = choose_in_merger(later.work, plan.id, choices, TERMS)
    commit_merger(later.approver, plan.id, DECREE, 1.0)

    assert f"{HEAD}烟舟村沙坪片区3组1号" in villages.texts().values()
    assert ask(later, "沙坪村3组1号", date(2026, 2, 1)).outcome == "resolved"


def test_golden_lists_of_places_tell_two_groups_of_one_name_apart(villages: Villages) -> None:
    """After the merger 烟舟村 has two 3组; who chooses one to number must see which is which."""
    merge(villages)

    work, kinds = villages.work, [PlaceKind.GROUP]
    chosen = [place.name for place in list_numberable(work.conn, "430626", "430626113208", kinds, ON)]
    listed = Listings(work.conn, "430626", ON).places(None, 100, village="430626113208", kind="group")

    groups = ["3组", "8组", "沙坪片区3组", "沙坪片区5组"]
    assert sorted(chosen) == groups
    assert sorted(row["display_name"] for row in listed) == groups
    assert sorted(row["name"] for row in listed) == ["3组", "3组", "5组", "8组"]


def test_golden_accounts_follow_the_village_that_took_theirs_in(villages: Villages) -> None:
    """The officer of 沙坪村 would see nothing from the day of the merger on."""
    villages.work.accounts.create("沙坪村委会", Role.VILLAGE, "430626113210")

    done = merge(villages)

    assert done.summary["counts"]["accounts"] == 1
    officer = villages.work.accounts.find_by_name("沙坪村委会")
    assert officer is not None
    assert officer.division_code == "430626113208"


def test_golden_a_list_after_the_merger_proposes_nothing_and_one_before_is_settled_by_it(
    villages: Villages, tmp_path: Path
) -> None:
    """The list of a year only repeats what the decree did; who decides it must not have to do it twice."""
    lists = Lists(villages.work, tmp_path)
    rows = [("430626000000", "平江县"), ("430626113000", "童市镇"), ("430626113208", "烟舟村")]
    lists.bring(2025, rows)
    assert lists.kinds() == {"vanished": {("沙坪村", None)}}
    with pytest.raises(ServiceError) as refused:
        lists.decide("430626113210", DivisionOutcome.MERGED, other_code="430626113208")
    assert "并村方案" in refused.value.message

    done = merge(villages)

    assert lists.kinds() == {}
    settled = "SELECT outcome, event_id FROM division_proposal"
    assert tuple(villages.work.conn.execute(text(settled)).one()) == ("merged", done.event_id)
    later = Lists(at(villages, 365).work, tmp_path)
    later.bring(2027, rows)
    assert later.kinds() == {}


def test_golden_a_village_merged_back_on_its_first_day_is_not_restored(villages: Villages) -> None:
    """Dated back to the day it began, a village was never there; there is no name to give back."""
    work = villages.work
    new = NewVillage("430626113299", "石塘村")
    split = DivisionChange(
        "split", ON, new=new, source=villages.ends, place_ids=(villages.places["沙坪5组"],)
    )
    made = commit_merger(villages.approver, draw_merger(work, split, TERMS).id, DECREE, 1.0)
    assert made.successor_id is not None
    plan = draw_merger(work, villages.merger(ends=(made.successor_id,)), TERMS)
    done = commit_merger(villages.approver, plan.id, DECREE, 1.0)

    with pytest.raises(Conflict) as refused:
        undo_merger(work, done.id, None, ON, TERMS)

    assert refused.value.code == "undo-impossible"

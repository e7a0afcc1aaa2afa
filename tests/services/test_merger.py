"""Mergers of villages: what collides, how a person decides, what is written, and the way back by a split."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import shapely
from sqlalchemy import text

from address_service.coding.merger.collisions import Choice, ChoiceKind
from address_service.errors import Conflict, Forbidden, InvalidInput
from address_service.services.commit_merger import commit_merger
from address_service.services.draw_merger import choose_in_merger, draw_merger, undo_merger
from address_service.store.merger_plans import DivisionChangeHead
from address_service.store.work import Work
from tests.services.villages import DECREE, HEAD, ON, TERMS, Villages, bound, two_villages


@pytest.fixture
def villages(work: Work, approver: Work, town: Any) -> Villages:
    return two_villages(work, approver, town)


def decide(villages: Villages, plan: DivisionChangeHead, *choices: Choice) -> DivisionChangeHead:
    return choose_in_merger(villages.work, plan.id, choices, TERMS)


def district(villages: Villages) -> Choice:
    return Choice(villages.ends, ChoiceKind.DISTRICT, "沙坪片区")


def commit(villages: Villages, plan: DivisionChangeHead, days: int = 0) -> DivisionChangeHead:
    approver = villages.approver
    later = Work(approver.conn, approver.actor, approver.now + timedelta(days=days))
    return commit_merger(later, plan.id, DECREE, TERMS.tolerance_m)


def merged(villages: Villages, *choices: Choice) -> DivisionChangeHead:
    plan = draw_merger(villages.work, villages.merger(), TERMS)
    return commit(villages, decide(villages, plan, *choices))


def later(villages: Villages, days: int) -> Villages:
    from dataclasses import replace

    works = [Work(w.conn, w.actor, w.now + timedelta(days=days)) for w in (villages.work, villages.approver)]
    return replace(villages, work=works[0], approver=works[1])


def test_a_dry_run_finds_what_collides_before_it_bites(villages: Villages) -> None:
    plan = draw_merger(villages.work, villages.merger(), TERMS)

    summary = plan.summary
    assert [(c["reads"], c["equal_texts"], c["decided"]) for c in summary["collisions"]] == [
        ("3组", 3, False),
        ("新屋组", 3, False),
    ]
    assert summary["homonym_count"] == 6
    assert (summary["undecided"], summary["can_commit"]) == (2, False)
    assert (summary["counts"]["addresses"], summary["counts"]["buildings"]) == (9, 9)
    assert summary["counts"]["parcels"] == 9
    assert summary["invariants"]["hold"]
    assert summary["invariants"]["areas_before_m2"] == pytest.approx({"烟舟村": 1e6, "沙坪村": 1e6}, rel=1e-6)
    assert summary["invariants"]["areas_after_m2"]["烟舟村"] == pytest.approx(2e6, rel=1e-6)
    assert [f["properties"]["name"] for f in summary["boundaries"]["before"]["features"]] == [
        "烟舟村",
        "沙坪村",
    ]
    options = {(o["kind"], o["name"]) for o in summary["collisions"][0]["options"]}
    assert options == {("district", "沙坪片区"), ("rename", "9组"), ("join", "")}


def test_an_undecided_collision_stops_the_commit(villages: Villages) -> None:
    plan = draw_merger(villages.work, villages.merger(), TERMS)
    before = villages.texts()

    with pytest.raises(Conflict) as refused:
        commit(villages, plan)

    assert refused.value.code == "collisions-undecided"
    assert [error.field for error in refused.value.errors] == ["3组", "新屋组"]
    assert villages.texts() == before


def test_the_old_village_stays_in_the_text_as_a_district(villages: Villages) -> None:
    before = villages.texts()
    moving = {code for code, home in villages.homes().items() if home == villages.ends}

    done = merged(villages, district(villages))

    after = villages.texts()
    assert set(after) == set(before)
    for code, old in before.items():
        expected = old.replace("沙坪村", "烟舟村沙坪片区") if code in moving else old
        assert after[code] == expected
    assert set(villages.homes().values()) == {villages.absorber}
    assert (done.stage, done.successor_id) == ("committed", villages.absorber)
    aliases = "SELECT count(*) FROM alias WHERE kind = 'former' AND text LIKE '%沙坪村%'"
    assert villages.one(aliases) == 9
    edge = villages.work.conn.execute(
        text("SELECT predecessor_id, successor_id, share FROM succession WHERE subject = 'division'")
    ).one()
    assert tuple(edge) == (villages.ends, villages.absorber, "whole")
    assert villages.work.divisions.find_by_id(villages.ends, ON) is None
    assert villages.work.divisions.find_by_id(villages.ends, ON - timedelta(days=1)) is not None
    for table in ("building", "parcel"):
        assert villages.one(f"SELECT count(*) FROM {table} WHERE division_id = :d", d=villages.ends) == 0
    assert villages.one("SELECT count(*) FROM layer_history WHERE layer IN ('buildings', 'parcels')") == 18


def test_single_places_are_renamed_joined_or_kept_as_a_person_decides(villages: Villages) -> None:
    places = villages.places
    joined = Choice(places["沙坪3组"], ChoiceKind.JOIN, into=places["烟舟3组"])
    renamed = Choice(places["沙坪新屋组"], ChoiceKind.RENAME, "沙坪新屋组")
    before = villages.texts()

    merged(villages, joined, renamed)

    after = villages.texts()
    assert set(after) == set(before)
    changed = {before[code]: after[code] for code in before if before[code] != after[code]}
    head = f"{HEAD}烟舟村"
    assert changed == {
        **{f"{HEAD}沙坪村3组{n}号": f"{head}3组{n + 3}号" for n in (1, 2, 3)},
        **{f"{HEAD}沙坪村新屋组{n}号": f"{head}沙坪新屋组{n}号" for n in (1, 2, 3)},
        **{f"{HEAD}沙坪村5组{n}号": f"{head}5组{n}号" for n in (1, 2, 3)},
    }
    states = "SELECT count(*) FROM door_number WHERE place_id = :p AND state = :s"
    assert villages.one(states, p=places["沙坪3组"], s="retired") == 3
    assert villages.one(states, p=places["烟舟3组"], s="issued") == 6
    members = (
        "SELECT count(*) FROM membership WHERE place_id = :p AND upper_inf(recorded) AND upper_inf(valid)"
    )
    assert villages.one(members, p=places["烟舟3组"]) == 6
    assert villages.one(members, p=places["沙坪3组"]) == 0
    edge = "SELECT successor_id FROM succession WHERE subject = 'place' AND predecessor_id = :p"
    assert villages.one(edge, p=places["沙坪3组"]) == places["烟舟3组"]
    live = (
        "SELECT count(*) FROM place_version WHERE place_id = :p AND upper_inf(recorded) AND upper_inf(valid)"
    )
    assert villages.one(live, p=places["沙坪3组"]) == 0


def test_a_name_that_is_taken_is_a_collision_again(villages: Villages) -> None:
    plan = draw_merger(villages.work, villages.merger(), TERMS)
    taken = Choice(villages.places["沙坪3组"], ChoiceKind.RENAME, "8组")

    redrawn = decide(villages, plan, taken)

    undecided = [c["reads"] for c in redrawn.summary["collisions"] if not c["decided"]]
    assert undecided == ["8组", "新屋组"]


def test_a_choice_about_another_village_is_refused(villages: Villages) -> None:
    plan = draw_merger(villages.work, villages.merger(), TERMS)
    kinds = Choice(villages.places["沙坪3组"], ChoiceKind.JOIN, into=villages.places["烟舟新屋组"])

    for choice in (kinds, Choice(UUID(int=7), ChoiceKind.KEEP)):
        with pytest.raises(InvalidInput) as refused:
            decide(villages, plan, choice)
        assert refused.value.code == "choice-invalid"


def test_overlapping_boundaries_stop_the_commit(villages: Villages) -> None:
    bound(villages.work, villages.ends, 450, 1500)
    plan = decide(villages, draw_merger(villages.work, villages.merger(), TERMS), district(villages))

    (finding,) = plan.summary["invariants"]["findings"]
    west, _, east, _ = shapely.from_geojson(json.dumps(finding["where"])).bounds
    (left, _, right, _) = shapely.from_geojson(
        json.dumps(plan.summary["boundaries"]["before"]["features"][0]["geometry"])
    ).bounds
    assert finding["code"] == "overlap"
    assert (east - west) / (right - left) == pytest.approx(0.05, abs=0.005)  # 50 m of 1,000
    with pytest.raises(Conflict) as refused:
        commit(villages, plan)
    assert refused.value.code == "invariant-violated"


def test_the_split_that_undoes_a_merger_gives_everybody_the_old_text_back(villages: Villages) -> None:
    before, homes = villages.texts(), villages.homes()
    joined = Choice(villages.places["沙坪3组"], ChoiceKind.JOIN, into=villages.places["烟舟3组"])
    done = merged(villages, joined, Choice(villages.places["沙坪新屋组"], ChoiceKind.DISTRICT, "沙坪片区"))
    assert villages.texts() != before
    after = later(villages, 30)

    plan = undo_merger(after.work, done.id, None, after.work.today, TERMS)
    undone = commit(after, plan)

    assert villages.texts() == before
    assert undone.successor_id not in (None, villages.ends, villages.absorber)
    moved = {home for code, home in villages.homes().items() if homes[code] == villages.ends}
    assert moved == {undone.successor_id}
    stayed = {home for code, home in villages.homes().items() if homes[code] == villages.absorber}
    assert stayed == {villages.absorber}
    edge = villages.work.conn.execute(
        text(
            "SELECT predecessor_id, share, note, groups, area_share FROM succession WHERE successor_id = :id"
        ),
        {"id": undone.successor_id},
    ).one()
    assert (edge.predecessor_id, edge.share) == (villages.absorber, "part")
    assert edge.note == "新屋组、5组、3组"
    assert sorted(edge.groups) == [
        "5组",
        "沙坪片区新屋组",
    ]  # as they were called there; 3组 did not leave whole
    assert float(edge.area_share) == pytest.approx(0.5, abs=1e-5)
    for table in ("building", "parcel"):
        counts = villages.one(f"SELECT count(*) FROM {table} WHERE division_id = :d", d=undone.successor_id)
        assert counts == 9
    area = "SELECT ST_Area(ST_Transform(boundary, 4547)) FROM division_version WHERE division_id = :d AND upper_inf(recorded) AND upper_inf(valid)"  # noqa: E501
    assert villages.one(area, d=villages.absorber) == pytest.approx(1e6, rel=1e-6)
    assert villages.one(area, d=undone.successor_id) == pytest.approx(1e6, rel=1e-6)
    assert (
        after.work.conn.execute(
            text("SELECT stage FROM division_change_plan WHERE id = :id"), {"id": done.id}
        ).scalar()
        == "committed"
    )


def test_who_drew_a_merger_cannot_commit_it(villages: Villages) -> None:
    plan = decide(villages, draw_merger(villages.work, villages.merger(), TERMS), district(villages))

    with pytest.raises(Forbidden) as refused:
        commit_merger(villages.work, plan.id, DECREE, 1.0)

    assert refused.value.code == "own-plan"


def test_who_decided_a_collision_cannot_commit_but_who_asked_for_the_same_again_can(
    villages: Villages,
) -> None:
    plan = draw_merger(villages.work, villages.merger(), TERMS)
    approver = villages.approver
    choose_in_merger(approver, plan.id, [district(villages)], TERMS)

    with pytest.raises(Forbidden) as refused:
        commit_merger(approver, plan.id, DECREE, 1.0)
    assert refused.value.code == "own-plan"

    other = Choice(district(villages).subject_id, ChoiceKind.DISTRICT, "旧村片")
    choose_in_merger(villages.work, plan.id, [other], TERMS)
    choose_in_merger(approver, plan.id, [other], TERMS)
    assert commit_merger(approver, plan.id, DECREE, 1.0).stage == "committed"


def test_a_merger_may_be_dated_back_but_not_ahead(villages: Villages) -> None:
    with pytest.raises(InvalidInput) as refused:
        draw_merger(villages.work, villages.merger(ON + timedelta(days=1)), TERMS)
    assert refused.value.code == "effective-on-future"
    before = villages.texts()

    plan = draw_merger(villages.work, villages.merger(date(2025, 12, 1)), TERMS)
    commit(villages, decide(villages, plan, district(villages)))

    assert len(villages.texts()) == len(before)
    since = """SELECT DISTINCT lower(valid) FROM address_version
               WHERE upper_inf(recorded) AND full_text LIKE '%片区%'"""
    assert villages.one(since) > date(2025, 12, 1)
    assert villages.work.divisions.find_by_id(villages.ends, date(2025, 12, 1)) is None
    former = "SELECT count(*) FROM alias WHERE kind = 'former' AND text LIKE '%沙坪村%'"
    assert villages.one(former) == 9


def test_a_plan_whose_villages_changed_since_is_refused(villages: Villages) -> None:
    plan = decide(villages, draw_merger(villages.work, villages.merger(), TERMS), district(villages))
    villages.other.place("group", "6组", 16)

    with pytest.raises(Conflict) as refused:
        commit(villages, plan)

    assert refused.value.code == "plan-outdated"

"""Mergers further: plates and price, what hangs on joined places, whole villages, new villages, splits by hand."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from address_service.coding.merger.collisions import Choice, ChoiceKind
from address_service.errors import Conflict, InvalidInput
from address_service.model.numbers import DoorNumber
from address_service.model.places import PlaceKind
from address_service.services.approve_addresses import reject_addresses
from address_service.services.commit_merger import commit_merger
from address_service.services.commit_renumbering import commit_renumbering
from address_service.services.draw_merger import Terms, choose_in_merger, draw_merger, undo_merger
from address_service.services.draw_renumbering import Renumbering, draw_renumbering
from address_service.services.issue_number import issue_number
from address_service.services.list_merger_items import list_merger_items
from address_service.services.merger_request import DivisionChange, NewVillage
from address_service.services.order_plates import order_plates
from address_service.services.renumbering_targets import Wish
from address_service.store.address_card import load_address_card
from address_service.store.addresses import Scope
from address_service.store.listings import Listings
from address_service.store.merger_plans import DivisionChangeHead
from address_service.store.numbering_inputs import NumberingInputs
from address_service.store.work import Work
from tests.services.villages import DECREE, HEAD, ON, TERMS, Villages, bound, neighbour, two_villages


@pytest.fixture
def villages(work: Work, approver: Work, town: Any) -> Villages:
    return two_villages(work, approver, town)


def merge(villages: Villages, *choices: Choice, terms: Terms = TERMS, **more: Any) -> DivisionChangeHead:
    plan = draw_merger(villages.work, villages.merger(**more), terms)
    plan = choose_in_merger(villages.work, plan.id, choices, terms)
    return commit_merger(villages.approver, plan.id, DECREE, 1.0)


def district(villages: Villages) -> Choice:
    return Choice(villages.ends, ChoiceKind.DISTRICT, "沙坪片区")


def after(work: Work, days: int) -> Work:
    return Work(work.conn, work.actor, work.now + timedelta(days=days))


def plates(villages: Villages) -> dict[str, int]:
    rows = villages.work.conn.execute(text("SELECT stage, count(*) AS n FROM plate GROUP BY stage"))
    return {row.stage: row.n for row in rows}


def test_plates_that_show_the_old_village_are_priced_and_made_anew(villages: Villages) -> None:
    order_plates(villages.work, "small")
    priced = Terms({"small": Decimal("18.5")}, 1.0)

    done = merge(villages, district(villages), terms=priced)

    summary = done.summary
    assert [(line["profile"], line["count"]) for line in summary["plates"]] == [("small", 9)]
    assert summary["cost_yuan"] == 9 * 18.5
    assert summary["counts"]["dwellings"] == 9
    assert plates(villages) == {"ordered": 9, "replaced": 9}
    order_plates(after(villages.work, 1), "small")
    query = "SELECT DISTINCT name_text FROM plate WHERE stage = 'ordered'"
    assert sorted(villages.work.conn.scalars(text(query))) == [
        "烟舟村3组",
        "烟舟村8组",
        "烟舟村新屋组",
        "烟舟村沙坪片区3组",
        "烟舟村沙坪片区5组",
        "烟舟村沙坪片区新屋组",
    ]


def test_a_new_door_in_a_moved_place_goes_on_under_the_old_code(villages: Villages) -> None:
    merge(villages, district(villages))
    later = after(villages.work, 1)
    moved = replace(villages.town, conn=later.conn)
    house = moved.house("9001", 700, 200, villages.places["沙坪5组"])

    door = issue_number(later, villages.places["沙坪5组"], house)

    query = """SELECT a.code, v.full_text FROM address a JOIN address_version v ON v.address_id = a.id
               JOIN address_building b ON b.address_id = a.id WHERE b.building_id = :house"""
    row = later.conn.execute(text(query), {"house": house}).one()
    assert door is not None
    assert row.code[:16] == "4306261132085015"
    assert int(row.code[16:21]) == 4
    assert row.full_text.startswith(f"{HEAD}烟舟村沙坪片区5组")


def test_what_hangs_on_a_joined_place_goes_along(villages: Villages) -> None:
    work, old, new = villages.work, villages.places["沙坪3组"], villages.places["烟舟3组"]
    site = villages.other.site(old, 4, 900, 0)
    reservation = work.numbers.open_reservation(
        old, purpose="示例", holder="", decree_no="示例", expires_on=date(2030, 1, 1), construction_plan_id=site,
        actor_id=work.actor.account_id, now=work.now,
    )  # fmt: skip
    work.conn.execute(
        text(
            """INSERT INTO door_number (county_code, place_id, main, state, reservation_id, reasons, changed_at)
               VALUES ('430626', :p, 9, 'reserved', :r, '[]', now())"""
        ),
        {"p": old, "r": reservation},
    )
    unnumbered = villages.other.house("9002", 650, 30, old)
    villages.other.existing(unnumbered, old, 30)
    joined = Choice(old, ChoiceKind.JOIN, into=new)

    done = merge(villages, joined, Choice(villages.places["沙坪新屋组"], ChoiceKind.RENAME, "沙坪新屋组"))

    assert done.summary["counts"]["reservations"] == 1
    assert villages.one("SELECT place_id FROM reservation WHERE id = :r", r=reservation) == new
    row = work.conn.execute(
        text("SELECT place_id, main, state FROM door_number WHERE reservation_id = :r"), {"r": reservation}
    ).one()
    assert tuple(row) == (new, 12, "reserved")
    assert villages.one("SELECT place_id FROM construction_plan WHERE id = :s", s=site) == new
    survey = work.conn.execute(
        text("SELECT place_id, main FROM existing_address WHERE building_id = :b"), {"b": unnumbered}
    ).one()
    assert tuple(survey) == (new, 33)
    assert villages.one("SELECT count(*) FROM layer_history WHERE layer IN ('plans', 'addresses')") == 2


def test_two_whole_villages_give_way_to_a_district(villages: Villages) -> None:
    work = villages.work
    for village, number in ((villages.town, 1), (villages.other, 2)):
        place = work.places.whole_village_place(village.village_id, work.actor.account_id, ON, work.now)
        house = village.house(f"95{number}", number * 600, 300, None)
        issue_number(work, place, house)
    plan = draw_merger(work, villages.merger(), TERMS)
    assert [(c["reads"], c["equal_texts"]) for c in plan.summary["collisions"]] == [
        ("", 1),
        ("3组", 3),
        ("新屋组", 3),
    ]
    assert {o["kind"] for o in plan.summary["collisions"][0]["options"]} == {"district", "join"}

    choose_in_merger(work, plan.id, [district(villages)], TERMS)
    commit_merger(villages.approver, plan.id, DECREE, 1.0)

    assert f"{HEAD}烟舟村1号" in villages.texts().values()
    assert f"{HEAD}烟舟村沙坪片区1号" in villages.texts().values()
    whole = work.places.whole_village_place(villages.absorber, work.actor.account_id, ON, work.now)
    assert villages.one(
        "SELECT full_text FROM address_version WHERE place_id = :p AND upper_inf(recorded)", p=whole
    ) == (f"{HEAD}烟舟村1号")
    # The houses of the one are not those of the other, though both belong to no group.
    members = "SELECT b.building_code FROM membership m JOIN building b ON b.id = m.building_id WHERE m.place_id = :p"
    district_place = "SELECT place_id FROM address_version WHERE full_text = :t AND upper_inf(recorded)"
    old = villages.one(district_place, t=f"{HEAD}烟舟村沙坪片区1号")
    assert villages.one(members, p=old) == "952"
    houses = NumberingInputs(work.conn, "430626", whole, ON).houses()
    assert [house.building_code for house in houses] == ["951"]


def test_villages_may_merge_into_a_new_one_that_takes_an_old_code(villages: Villages) -> None:
    plan = draw_merger(
        villages.work,
        villages.merger(
            ends=(villages.ends, villages.absorber), absorber=None, new=NewVillage("430626113208", "新平村")
        ),
        TERMS,
    )
    choose_in_merger(villages.work, plan.id, [district(villages)], TERMS)

    done = commit_merger(villages.approver, plan.id, DECREE, 1.0)

    assert set(villages.homes().values()) == {done.successor_id}
    assert done.successor_id not in (villages.ends, villages.absorber)
    assert all(text_.startswith(f"{HEAD}新平村") for text_ in villages.texts().values())
    found = villages.work.divisions.find_by_code("430626113208", ON)
    assert found is not None
    assert (found.id, found.name) == (done.successor_id, "新平村")


def test_a_village_is_split_by_its_places_and_a_drawn_line(villages: Villages) -> None:
    work = villages.work
    query = (
        "SELECT ST_AsGeoJSON(ST_Transform(ST_MakeEnvelope(480500, 3180100, 481500, 3180500, 4547), 4490), 9)"
    )
    drawn = work.conn.execute(text(query)).scalar_one()
    asked = DivisionChange(
        "split",
        ON,
        new=NewVillage("430626113299", "石塘村"),
        source=villages.ends,
        place_ids=(villages.places["沙坪5组"], villages.places["沙坪新屋组"]),
        boundary=drawn,
    )
    plan = draw_merger(work, asked, TERMS)
    assert plan.summary["counts"]["buildings"] == 6
    assert plan.summary["invariants"]["hold"]

    done = commit_merger(villages.approver, plan.id, DECREE, 1.0)

    texts = set(villages.texts().values())
    assert {f"{HEAD}石塘村5组1号", f"{HEAD}石塘村新屋组3号", f"{HEAD}沙坪村3组1号"} <= texts
    assert Counter(villages.homes().values()) == {
        villages.absorber: 9,
        villages.ends: 3,
        done.successor_id: 6,
    }
    edge = work.conn.execute(
        text("SELECT share, note, groups, area_share FROM succession WHERE successor_id = :id"),
        {"id": done.successor_id},
    ).one()
    assert tuple(edge)[:3] == ("part", "新屋组、5组", ["新屋组", "5组"])
    assert float(edge.area_share) == pytest.approx(0.4, abs=1e-5)
    assert villages.one("SELECT count(*) FROM building WHERE division_id = :d", d=done.successor_id) == 6
    assert villages.one("SELECT count(*) FROM parcel WHERE division_id = :d", d=done.successor_id) == 6


def test_an_address_renumbered_after_the_day_forbids_to_date_back(villages: Villages) -> None:
    code = next(code for code, words in villages.texts().items() if words.endswith("沙坪村5组1号"))
    moved = Renumbering(villages.places["沙坪5组"], (Wish(code, DoorNumber(9)),))
    renumbering = draw_renumbering(villages.work, moved, {})
    commit_renumbering(after(villages.approver, 1), renumbering.id, DECREE, date(2026, 2, 20))
    plan = draw_merger(villages.work, villages.merger(date(2026, 2, 10)), TERMS)
    assert "effective-on-too-early" in [f["code"] for f in plan.summary["findings"]]
    choose_in_merger(villages.work, plan.id, [district(villages)], TERMS)

    with pytest.raises(Conflict) as refused:
        commit_merger(villages.approver, plan.id, DECREE, 1.0)

    assert refused.value.code == "effective-on-too-early"


def test_what_was_done_is_listed_after_the_commit(villages: Villages) -> None:
    joined = Choice(villages.places["沙坪3组"], ChoiceKind.JOIN, into=villages.places["烟舟3组"])
    done = merge(villages, joined, Choice(villages.places["沙坪新屋组"], ChoiceKind.DISTRICT, "沙坪片区"))

    places = list_merger_items(villages.work, done, "places", 0, 10, 1.0)
    addresses = list_merger_items(villages.work, done, "addresses", 0, 100, 1.0)

    assert sorted((row["label"], row["state"]) for row in places) == [
        ("3组", "joined"),
        ("5组", "moved"),
        ("新屋组", "moved"),
        ("沙坪片区", "created"),
    ]
    assert {row["after"] for row in addresses} <= set(villages.texts().values())
    assert len(list_merger_items(villages.work, done, "buildings", 0, 100, 1.0)) == 9


def test_of_a_merger_of_several_the_village_to_restore_is_named(villages: Villages) -> None:
    plan = draw_merger(
        villages.work,
        villages.merger(
            ends=(villages.ends, villages.absorber), absorber=None, new=NewVillage("430626113299", "新平村")
        ),
        TERMS,
    )
    choose_in_merger(villages.work, plan.id, [district(villages)], TERMS)
    done = commit_merger(villages.approver, plan.id, DECREE, 1.0)
    later = after(villages.work, 10)

    with pytest.raises(InvalidInput) as refused:
        undo_merger(later, done.id, None, later.today, TERMS)
    assert refused.value.code == "village-needed"

    split = undo_merger(later, done.id, villages.ends, later.today, TERMS)
    commit_merger(after(villages.approver, 10), split.id, DECREE, 1.0)
    live = "SELECT count(*) FROM place_version WHERE name = '沙坪片区' AND upper_inf(recorded) AND upper_inf(valid)"
    assert villages.one(live) == 0
    with pytest.raises(Conflict) as nothing:
        undo_merger(later, split.id, None, later.today, TERMS)
    assert nothing.value.code == "plan-not-committed"


def test_an_undone_merger_cannot_be_undone_twice(villages: Villages) -> None:
    done = merge(villages, district(villages))
    later = after(villages.work, 10)
    split = undo_merger(later, done.id, None, later.today, TERMS)
    commit_merger(after(villages.approver, 10), split.id, DECREE, 1.0)

    with pytest.raises(Conflict) as refused:
        undo_merger(later, done.id, None, later.today, TERMS)

    assert refused.value.code in ("division-code-taken", "nothing-to-change")


def test_houses_of_a_district_are_found_by_their_old_text(villages: Villages) -> None:
    merge(villages, district(villages))

    tails = villages.work.conn.scalars(
        text("SELECT tail FROM address_search WHERE tail LIKE '%沙坪村5组1号%'")
    ).all()

    assert [tail.split("\n")[0] for tail in tails] == ["烟舟村沙坪片区5组1号"]
    place = villages.work.places.find(villages.absorber, "沙坪片区", [PlaceKind.HAMLET], ON)
    assert len(place) == 1
    assert isinstance(place[0].id, UUID)


def test_what_was_decided_of_a_place_that_ended_stays_in_sight(villages: Villages) -> None:
    work, old = villages.work, villages.places["沙坪3组"]
    code = next(code for code, words in villages.texts().items() if words.endswith("沙坪村3组1号"))
    renumbering = draw_renumbering(work, Renumbering(old, (Wish(code, DoorNumber(9)),)), {})
    later = after(work, 1)
    house = replace(villages.other, conn=later.conn).house("9003", 900, 0, old)
    issue_number(later, old, house)
    reject_addresses(after(villages.approver, 1), Scope(place_id=old), "示例")
    joined = Choice(old, ChoiceKind.JOIN, into=villages.places["烟舟3组"])
    at = replace(villages, work=after(work, 2), approver=after(villages.approver, 2))

    merge(
        at, joined, Choice(villages.places["沙坪新屋组"], ChoiceKind.RENAME, "沙坪新屋组"), on=at.work.today
    )

    assert work.renumbering_plans.head(renumbering.id).place == "3组"
    assert [
        plan.place for plan in work.numbering_plans.heads(None, 10, place_id=old, scope="430626113210")
    ] == ["3组"]
    rejected = "SELECT a.code FROM address a JOIN address_version v ON v.address_id = a.id WHERE v.stage = 'rejected'"
    gone = villages.one(rejected)
    listed = Listings(work.conn, "430626", at.work.today).addresses(None, 100, stage="rejected")
    assert [(row["code"], row["village"], row["place"]) for row in listed] == [(gone, "沙坪村", "3组")]
    card = load_address_card(work.conn, "430626", gone, at.work.today, at.work.now + timedelta(days=1))
    assert (card["village"], card["stage"]) == ("沙坪村", "rejected")


def test_a_merger_into_a_village_that_ended_since_waits_for_the_later_one(villages: Villages) -> None:
    first = merge(villages, district(villages))
    later = replace(villages, work=after(villages.work, 10), approver=after(villages.approver, 10))
    asked = DivisionChange("merge", later.work.today, ends=(villages.absorber,), absorber=_third(later))
    plan = draw_merger(later.work, asked, TERMS)
    second = commit_merger(later.approver, plan.id, DECREE, 1.0)
    last = after(villages.work, 20)

    with pytest.raises(Conflict) as refused:
        undo_merger(last, first.id, None, last.today, TERMS)
    assert refused.value.code == "undo-impossible"

    # The later one is undone first; its village comes back under a new identity with all that it had taken in.
    back = undo_merger(last, second.id, None, last.today, TERMS)
    commit_merger(after(villages.approver, 20), back.id, DECREE, 1.0)
    assert f"{HEAD}烟舟村沙坪片区3组1号" in villages.texts().values()


def _third(villages: Villages) -> UUID:
    third = neighbour(villages.work, villages.town, "石塘村", "430626113230")
    bound(villages.work, third.village_id, 1500, 2500)
    return UUID(str(third.village_id))

"""A plan comes again: the review says what changes and writes nothing; a decree applies it, whole or not at all."""

import random
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from address_service.coding.numbering.infill import Takes
from address_service.errors import Conflict, Forbidden, InvalidInput, NotFound, ServiceError
from address_service.model.accounts import Actor, Role
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.issue_number import issue_number
from address_service.services.manage_reservation import extend_reservation, release_reservation
from address_service.services.plan_numbering import plan_numbering
from address_service.services.review_site import apply_site_review, review_site
from address_service.store import schema
from address_service.store.engine import Database
from address_service.store.ids import new_id
from address_service.store.work import Work, unit_of_work

DECREE, WHY = "示例〔2026〕20号", "规划调整"


def ground(west: int, east: int, north: bool = True, base: int = 0) -> str:
    low, high = (base + 5, base + 45) if north else (base - 45, base - 5)
    corners = ((west, low), (east, low), (east, high), (west, high), (west, low))
    return "MULTIPOLYGON(((" + ",".join(f"{480_000 + x} {3_180_000 + y}" for x, y in corners) + ")))"


def plan_again(work: Work, plan: UUID, **values: Any) -> None:
    """What the import of the plan's layer does to a plan that is on record."""
    if "wkt" in values:
        values["geom"] = values.pop("wkt")
    sets = ", ".join(
        f"{k} = ST_Transform(ST_SetSRID(ST_GeomFromText(:{k}), 4547), 4490)" if k == "geom" else f"{k} = :{k}"
        for k in values
    )
    work.conn.execute(text(f"UPDATE construction_plan SET {sets} WHERE id = :id"), {"id": plan, **values})


def north(town: Any, place: UUID, code: int, x: float) -> UUID:
    found: UUID = town.house(str(code), x, 12, place, parcel=str(code))
    return found


def settle(town: Any, work: Work) -> tuple[UUID, UUID]:
    """A street with houses on both sides, room in the numbers, and a northern site that keeps four of them."""
    place: UUID = town.place("street", "新市街", 1, [(0, 0), (600, 0)])
    plan: UUID = town.site(place, 4, 0, 0, wkt=ground(200, 300))
    for n, x in enumerate((60, 90, 420, 480)):
        right = north(town, place, n + 1, x)
        left = town.house(str(n + 101), x, -12, place, parcel=str(n + 101))
        if x == 90:
            town.existing(right, place, 31)
            town.existing(left, place, 32)
    commit_numbering_plan(work, plan_numbering(work, place).id)
    return place, plan


@pytest.fixture
def site(work: Work, town: Any) -> tuple[UUID, UUID]:
    return settle(town, work)


def states(work: Work, place: UUID) -> dict[tuple[int, int], str]:
    return {(r["main"], r["sub"]): r["state"] for r in work.numbers.of_place(place)}


def of_plan(work: Work, plan: UUID, *wanted: str) -> list[int]:
    query = text(
        "SELECT d.main FROM door_number d JOIN reservation r ON r.id = d.reservation_id"
        " WHERE r.construction_plan_id = :plan AND d.state = ANY(:wanted) ORDER BY 1"
    )
    return list(work.conn.execute(query, {"plan": plan, "wanted": list(wanted)}).scalars())


def decisions(work: Work) -> list[tuple[Any, ...]]:
    query = text(
        "SELECT kind, freed, added, numbers, decree_no, reason FROM reservation_decision ORDER BY kind"
    )
    return [tuple(row) for row in work.conn.execute(query)]


def test_a_plan_as_it_was_changes_nothing(work: Work, site: tuple[UUID, UUID]) -> None:
    review = review_site(work, site[1])

    assert (review.need.doors, len(review.block), review.changes, review.notes) == (4, 4, False, ())
    with pytest.raises(Conflict) as caught:
        apply_site_review(work, site[1], DECREE, WHY)
    assert caught.value.code == "nothing-to-change"


@pytest.mark.parametrize("spots", [((220, 20),), ((140, 20),), ((60, 40), (180, 40)), ((-40, 12), (300, 60))])
@pytest.mark.parametrize("laned", [True, False])
def test_plans_of_an_area_as_they_were_change_nothing(
    work: Work, town: Any, spots: tuple[tuple[float, float], ...], laned: bool
) -> None:
    group = town.place("group", "12组", 12)
    if laned:
        town.lane([(0, 0), (300, 0)])
    for n in range(4):
        town.house(str(n + 1), 25 + 25 * n, 12, group, parcel=str(n + 1))
    plans = [town.site(group, 3, x, y) for x, y in spots]
    commit_numbering_plan(work, plan_numbering(work, group).id)
    issue_number(work, group, town.house("90", *spots[0], group, parcel="90"))

    reviews = [review_site(work, plan) for plan in plans]

    assert [(r.changes, r.change.without_room) for r in reviews] == [(False, 0)] * len(plans)


def test_an_area_plan_without_any_number_is_reviewed_too(work: Work, town: Any) -> None:
    group = town.place("group", "12组", 12)
    town.house("1", 25, 12, group)
    plan = town.site(group, 3, 100, 12)
    commit_numbering_plan(work, plan_numbering(work, group).id)
    reservation = review_site(work, plan).reservation
    assert reservation is not None
    release_reservation(work, reservation.id, DECREE, WHY)

    assert not review_site(work, plan).changes


def test_houses_built_where_a_plan_lay_before_count_for_good(
    work: Work, town: Any, site: tuple[UUID, UUID]
) -> None:
    place, plan = site
    issue_number(work, place, north(town, place, 50, 240))
    other = town.place("street", "老街", 2, [(0, 300), (600, 300)])
    plan_again(work, plan, place_id=other, wkt=ground(200, 300, base=300))

    applied = apply_site_review(work, plan, DECREE, WHY)

    assert len(of_plan(work, plan, "reserved")) == 3
    assert not applied.changes
    assert not review_site(work, plan).changes


def test_decisions_survive_the_way_down_and_up_again(
    database: Database, make_town: Callable[[Work], Any], make_county: Callable[[Any], Actor]
) -> None:
    with database.engine.begin() as conn:
        work = Work(conn, make_county(conn), datetime.now(UTC))
        _, plan = settle(make_town(work), work)
        plan_again(work, plan, planned_doors=2)
        apply_site_review(work, plan, DECREE, WHY)
    database.engine.dispose()

    schema.downgrade(database.owner_url, "0006")
    schema.upgrade(database.owner_url)

    with unit_of_work(database.engine, work.actor, datetime.now(UTC)) as later:
        assert [row[0] for row in decisions(later)] == ["trim"]


def test_the_review_writes_nothing_and_the_decree_reserves_what_lacks(
    work: Work, site: tuple[UUID, UUID]
) -> None:
    place, plan = site
    plan_again(work, plan, planned_doors=6)
    before, of_plan_before = states(work, place), of_plan(work, plan, "reserved")

    review = review_site(work, plan)
    unwritten = states(work, place)
    after = apply_site_review(work, plan, DECREE, WHY, digest=review.digest)

    added = [one.number for one in review.change.add]
    assert unwritten == before
    assert len(added) == 2
    assert all(number.main % 2 == 1 for number in added)
    assert not {n.main for n in added} & set(of_plan_before)
    assert all(before.get((n.main, 0), "reserved") == "reserved" for n in added)
    assert states(work, place) == before | {(n.main, n.sub): "reserved" for n in added}
    assert (len(of_plan(work, plan, "reserved")), after.changes) == (6, False)
    assert decisions(work) == [("add", 0, 2, [str(n.main) for n in added], DECREE, WHY)]
    assert plan_numbering(work, place).summary["reserved"] == 0


def test_a_smaller_plan_gives_up_what_no_house_took(work: Work, town: Any, site: tuple[UUID, UUID]) -> None:
    place, plan = site
    built = issue_number(work, place, north(town, place, 20, 285)).address.number
    plan_again(work, plan, planned_doors=2)

    review = review_site(work, plan)
    apply_site_review(work, plan, DECREE, WHY)

    freed = [one.number.main for one in review.change.give_up]
    assert len(freed) == 2
    assert built.main not in freed
    assert of_plan(work, plan, "issued") == [built.main]
    assert len(of_plan(work, plan, "reserved")) == 1
    assert {states(work, place)[(main, 0)] for main in freed} == {"vacant"}
    assert decisions(work) == [("trim", 2, 0, [str(main) for main in freed], DECREE, WHY)]


def test_a_house_beyond_the_plan_is_told_and_counts_as_one_of_it(
    work: Work, town: Any, site: tuple[UUID, UUID]
) -> None:
    place, plan = site
    for n, x in enumerate((215, 240, 260, 285, 250)):
        done = issue_number(work, place, north(town, place, 20 + n, x))

    review = review_site(work, plan)

    assert done.candidate.takes is Takes.SUB
    assert review.change.overflow == (done.address.number,)
    assert [note.code for note in review.notes] == ["overflow"]
    plan_again(work, plan, planned_doors=5)
    assert review_site(work, plan).changes is False


def test_a_plan_that_crosses_the_street_exchanges_its_numbers(work: Work, site: tuple[UUID, UUID]) -> None:
    plan = site[1]
    old = of_plan(work, plan, "reserved")
    plan_again(work, plan, wkt=ground(200, 300, north=False))

    review = review_site(work, plan)
    apply_site_review(work, plan, DECREE, WHY)

    assert [one.number.main for one in review.change.give_up] == old
    assert {one.reason.code for one in review.change.give_up} == {"other-side"}
    assert {main % 2 for main in of_plan(work, plan, "reserved")} == {0}
    assert review_site(work, plan).changes is False


def test_a_plan_moved_along_the_street_exchanges_what_lies_outside(
    work: Work, site: tuple[UUID, UUID]
) -> None:
    _, plan = site
    plan_again(work, plan, wkt=ground(120, 220))

    review = review_site(work, plan)

    assert {one.reason.code for one in review.change.give_up} == {"outside"}
    assert len(review.change.add) + review.change.without_room == len(review.change.give_up)


def test_a_plan_that_names_another_place_is_reserved_there_and_released_here(
    work: Work, town: Any, site: tuple[UUID, UUID]
) -> None:
    place, plan = site
    other = town.place("street", "老街", 2, [(0, 300), (600, 300)])
    for n, x in enumerate((100, 500)):
        town.house(str(n + 201), x, 312, other, parcel=str(n + 201))
    commit_numbering_plan(work, plan_numbering(work, other).id)
    old = of_plan(work, plan, "reserved")
    plan_again(
        work,
        plan,
        place_id=other,
        wkt=ground(200, 300).replace(" 3180005", " 3180305").replace(" 3180045", " 3180345"),
    )

    review = review_site(work, plan)
    unreviewed = plan_numbering(work, other).summary["reserved"]
    apply_site_review(work, plan, DECREE, WHY)

    assert (review.moved, unreviewed) == (True, 0)
    assert {one.reason.code for one in review.change.give_up} == {"other-place"}
    assert {states(work, place)[(main, 0)] for main in old} == {"vacant"}
    there = states(work, other)
    assert {there[(main, 0)] for main in of_plan(work, plan, "reserved")} == {"reserved"}
    assert len(of_plan(work, plan, "reserved")) == 4
    assert [kind for kind, *_ in decisions(work)] == ["add", "release"]
    house = town.house("300", 250, 312, other, parcel="300")
    assert issue_number(work, other, house).candidate.takes is Takes.PLAN_RESERVED


def test_holder_and_end_are_taken_over_by_decree_alone(work: Work, site: tuple[UUID, UUID]) -> None:
    _, plan = site
    plan_again(work, plan, holder="示例合作社", expires_on=date(2029, 6, 30))

    review = review_site(work, plan)
    after = apply_site_review(work, plan, DECREE, WHY)

    assert [(a.field, a.before, a.after) for a in review.amendments] == [
        ("holder", "示例村委会", "示例合作社"),
        ("expires_on", "2030-12-31", "2029-06-30"),
    ]
    assert review.reservation is not None
    assert (review.reservation.holder, review.reservation.expires_on) == ("示例村委会", date(2030, 12, 31))
    assert after.reservation is not None
    assert (after.reservation.holder, after.reservation.expires_on) == ("示例合作社", date(2029, 6, 30))
    assert [kind for kind, *_ in decisions(work)] == ["amend"]


def test_an_end_that_a_decree_gave_is_not_shortened_by_the_plan(work: Work, site: tuple[UUID, UUID]) -> None:
    _, plan = site
    held = review_site(work, plan).reservation
    assert held is not None
    extend_reservation(work, held.id, date(2032, 12, 31), "示例〔2026〕18号", "工期推迟")
    plan_again(work, plan, holder="示例合作社", expires_on=date(2029, 6, 30))

    review = review_site(work, plan)
    after = apply_site_review(work, plan, DECREE, WHY)
    plan_again(work, plan, expires_on=date(2033, 6, 30))
    later = apply_site_review(work, plan, DECREE, WHY)

    assert [(a.field, a.after) for a in review.amendments] == [("holder", "示例合作社")]
    (note,) = [note for note in review.notes if note.code == "end-kept"]
    assert "已按决定延期至 2032-12-31，规划所载 2029-06-30 较早" in note.text
    assert after.reservation is not None
    assert later.reservation is not None
    assert (after.reservation.holder, after.reservation.expires_on) == ("示例合作社", date(2032, 12, 31))
    assert (after.changes, later.reservation.expires_on) == (False, date(2033, 6, 30))


def test_frontage_counts_where_the_clerk_asks_for_it(work: Work, site: tuple[UUID, UUID]) -> None:
    planned, by_frontage = review_site(work, site[1]), review_site(work, site[1], by_frontage=True)

    assert planned.frontage == by_frontage.need
    assert (by_frontage.need.doors, len(by_frontage.change.add)) == (6, 2)


def test_time_alone_frees_issues_and_adds_nothing(work: Work, town: Any, site: tuple[UUID, UUID]) -> None:
    place, plan = site
    plan_again(work, plan, planned_doors=9)
    late = Work(work.conn, work.actor, work.now + timedelta(days=3000))
    before = states(work, place)

    review = review_site(late, plan)

    assert states(work, place) == before
    assert (review.expired, review.change.add) == (True, ())
    assert {note.code for note in review.notes} >= {"overdue", "plan-expired"}
    assert issue_number(late, place, north(town, place, 20, 350)).candidate.takes is not Takes.PLAN_RESERVED


def test_a_released_reservation_is_not_brought_back(work: Work, site: tuple[UUID, UUID]) -> None:
    _, plan = site
    review = review_site(work, plan)
    assert review.reservation is not None
    release_reservation(work, review.reservation.id, DECREE, WHY)
    plan_again(work, plan, planned_doors=9)

    after = review_site(work, plan)

    assert (after.changes, [note.code for note in after.notes]) == (False, ["released"])
    with pytest.raises(Conflict) as caught:
        apply_site_review(work, plan, DECREE, WHY)
    assert caught.value.code == "reservation-released"


def test_a_plan_that_came_after_the_numbering_gets_its_reservation(work: Work, town: Any) -> None:
    place = town.place("street", "新市街", 1, [(0, 0), (600, 0)])
    for n, x in enumerate((100, 500)):
        north(town, place, n + 1, x)
    commit_numbering_plan(work, plan_numbering(work, place).id)
    plan = town.site(place, 3, 0, 0, wkt=ground(250, 350))

    review = review_site(work, plan)
    after = apply_site_review(work, plan, DECREE, WHY)

    assert [note.code for note in review.notes][:1] == ["not-reserved"]
    assert after.reservation is not None
    assert all(one.from_gap for one in review.change.add)
    assert of_plan(work, plan, "reserved") == [one.number.main for one in review.change.add]
    assert len(review.change.add) == 3
    assert issue_number(work, place, north(town, place, 20, 300)).candidate.takes is Takes.PLAN_RESERVED


def test_what_changed_since_the_review_stops_the_decree(
    work: Work, town: Any, site: tuple[UUID, UUID]
) -> None:
    place, plan = site
    plan_again(work, plan, planned_doors=2)
    seen = review_site(work, plan).digest
    issue_number(work, place, north(town, place, 20, 285))
    before = states(work, place)

    with pytest.raises(Conflict) as caught:
        apply_site_review(work, plan, DECREE, WHY, digest=seen)

    assert caught.value.code == "review-outdated"
    assert states(work, place) == before


def test_a_decree_a_reason_a_plan_and_the_right_village_are_needed(
    work: Work, site: tuple[UUID, UUID]
) -> None:
    neighbour = Actor(new_id(), "邻村", Role.VILLAGE, "430626", "430626113209")

    for decree, why, code in ((" ", WHY, "decree-missing"), (DECREE, "", "reason-missing")):
        with pytest.raises(InvalidInput) as caught:
            apply_site_review(work, site[1], decree, why)
        assert caught.value.code == code
    with pytest.raises(NotFound):
        review_site(work, uuid4())
    for act in (review_site, lambda w, p: apply_site_review(w, p, DECREE, WHY)):
        with pytest.raises(Forbidden):
            act(Work(work.conn, neighbour, work.now), site[1])


def test_a_house_and_a_decree_at_once_never_share_a_number(
    database: Database, make_town: Callable[[Work], Any], make_county: Callable[[Any], Actor]
) -> None:
    """Clerks issue on the site while the plan shrinks and grows: each number has one holder, none is lost."""
    with database.engine.begin() as conn:
        clerk = make_county(conn)
        work = Work(conn, clerk, datetime.now(UTC))
        town = make_town(work)
        place, plan = settle(town, work)
        houses = [north(town, place, 20 + n, 205 + 10 * n) for n in range(9)]
    random.Random(1).shuffle(houses)
    start, codes = threading.Barrier(3), []

    def decree() -> None:
        start.wait()
        for doors in (2, 7, 3, 6):
            with unit_of_work(database.engine, clerk, datetime.now(UTC)) as own:
                plan_again(own, plan, planned_doors=doors)
            try:
                with unit_of_work(database.engine, clerk, datetime.now(UTC)) as own:
                    apply_site_review(own, plan, DECREE, WHY)
            except ServiceError as error:
                codes.append(error.code)

    def serve(mine: list[UUID]) -> None:
        start.wait()
        for house in mine:
            with unit_of_work(database.engine, clerk, datetime.now(UTC)) as own:
                issue_number(own, place, house)

    threads = [threading.Thread(target=decree)]
    threads += [threading.Thread(target=serve, args=(houses[k::2],)) for k in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with unit_of_work(database.engine, clerk, datetime.now(UTC)) as own:
        ledger = own.numbers.of_place(place)
        holders = [row["holder_id"] for row in ledger if row["state"] == "issued"]
        assert len(holders) == len(set(holders)) == 8 + 9
        assert all(row["holder_id"] is None for row in ledger if row["state"] != "issued")
        assert all(row["reservation_id"] is None for row in ledger if row["state"] == "vacant")
        assert set(codes) <= {"nothing-to-change"}

"""Surveyed numbers that are not kept: the house gets another, nobody gets the old one, and it can be decided back."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from address_service.errors import Conflict, InvalidInput, NotFound, ServiceError
from address_service.model.accounts import Actor
from address_service.model.numbers import DoorNumber
from address_service.services.audit_numbers import audit_numbers
from address_service.services.commit_numbering_plan import commit_numbering_plan, number_place
from address_service.services.decide_survey_number import decide_survey_number
from address_service.services.issue_number import issue_number, propose_numbers
from address_service.services.plan_numbering import plan_numbering
from address_service.store import schema
from address_service.store.engine import Database
from address_service.store.surveyed_numbers import hold_survey
from address_service.store.work import Work, unit_of_work
from tests.services.conftest import Town

OLD = DoorNumber(5)


@pytest.fixture
def group(town: Any) -> UUID:
    """A group along a lane."""
    town.lane([(0.0, 0.0), (300.0, 0.0)])
    found: UUID = town.place("group", "12组", 12)
    return found


@pytest.fixture
def house(town: Any, group: UUID) -> UUID:
    """One house that carries number 5, beside four without any."""
    for n in range(4):
        town.house(str(n + 2), 60 + n * 30, 12, group)
    found: UUID = town.house("1", 30, 12, group)
    town.existing(found, group, OLD.main, text_="烟舟村老屋5号")
    return found


def numbers(work: Work, group: UUID) -> dict[str, DoorNumber]:
    """Issued numbers by building code."""
    query = """
        SELECT b.building_code, d.main, d.sub FROM door_number d
        JOIN address_building a ON a.county_code = d.county_code AND a.address_id = d.holder_id
        JOIN building b ON b.county_code = a.county_code AND b.id = a.building_id
        WHERE d.place_id = :place AND d.state = 'issued'
    """
    rows = work.conn.execute(text(query), {"place": group})
    return {r.building_code: DoorNumber(r.main, r.sub) for r in rows}


def decisions(work: Work) -> list[tuple[int, bool, str]]:
    """What was recorded, oldest first."""
    rows = work.conn.execute(text("SELECT main, kept, reason FROM survey_decision ORDER BY recorded_at, id"))
    return [(r.main, r.kept, r.reason) for r in rows]


def test_a_number_not_kept_goes_to_nobody(work: Work, group: UUID, house: UUID) -> None:
    decide_survey_number(work, group, house, kept=False, reason="与邻户次序不合")

    number_place(work, group)

    found = numbers(work, group)
    assert len(found) == 5
    assert OLD not in found.values()


def test_the_reason_of_a_decision_names_no_person(work: Work, group: UUID, house: UUID) -> None:
    with pytest.raises(InvalidInput) as caught:
        decide_survey_number(work, group, house, kept=False, reason="电13800138000")

    assert caught.value.code == "personal-data-not-here"
    assert decisions(work) == []


def test_at_the_counter_neither_the_house_nor_its_neighbour_is_offered_it(
    work: Work, group: UUID, house: UUID
) -> None:
    decide_survey_number(work, group, house, kept=False, reason="示例")
    neighbours = text("SELECT id FROM building WHERE building_code <> '1' ORDER BY building_code")
    for neighbour in work.conn.execute(neighbours).scalars().all():
        issue_number(work, group, neighbour)

    offered = {candidate.number for candidate in propose_numbers(work, group, house)}
    done = issue_number(work, group, house)

    assert OLD not in offered
    assert OLD not in numbers(work, group).values()
    assert done.address.number in offered


def test_the_old_text_of_a_number_not_kept_stays_an_alias(work: Work, group: UUID, house: UUID) -> None:
    decide_survey_number(work, group, house, kept=False, reason="示例")

    number_place(work, group)

    aliases = work.conn.execute(text("SELECT text FROM alias WHERE text LIKE '%老屋%'")).scalars().all()
    assert aliases == ["烟舟村老屋5号"]


def test_it_can_be_decided_back_and_every_decision_stays_on_record(
    work: Work, group: UUID, house: UUID
) -> None:
    first = decide_survey_number(work, group, house, kept=False, reason="误读")
    again = decide_survey_number(work, group, house, kept=False, reason="误读")
    (shown,) = audit_numbers(work, group).not_kept
    later = Work(work.conn, work.actor, datetime.now(UTC))
    back = decide_survey_number(later, group, house, kept=True, reason="复核无误")

    number_place(work, group)

    assert (first.kept, again.kept, back.kept) == (False, False, True)
    assert (shown.number, shown.reason, shown.decided_by) == (OLD, "误读", work.actor.name)
    assert decisions(work) == [(5, False, "误读"), (5, True, "复核无误")]
    assert audit_numbers(work, group).not_kept == []
    assert numbers(work, group)["1"] == OLD


def test_who_waited_for_another_decision_has_the_last_word_though_the_clock_was_read_before(
    work: Work, group: UUID, house: UUID
) -> None:
    ahead = Work(work.conn, work.actor, work.now + timedelta(seconds=2))
    decide_survey_number(ahead, group, house, kept=False, reason="误读")

    decide_survey_number(work, group, house, kept=True, reason="复核无误")

    assert decisions(work) == [(5, False, "误读"), (5, True, "复核无误")]
    survey = hold_survey(work.conn, work.county_code, {group}, {house})
    assert [one.kept for one in (*survey.standing, *survey.decided)] == [True, True]


def test_a_plan_drawn_before_the_decision_is_outdated(work: Work, group: UUID, house: UUID) -> None:
    plan = plan_numbering(work, group)
    decide_survey_number(work, group, house, kept=False, reason="示例")

    with pytest.raises(Conflict) as caught:
        commit_numbering_plan(work, plan.id)

    assert caught.value.code == "plan-outdated"


def test_a_house_with_an_address_is_renumbered_instead(work: Work, group: UUID, house: UUID) -> None:
    number_place(work, group)

    with pytest.raises(Conflict) as caught:
        decide_survey_number(work, group, house, kept=False, reason="示例")

    assert caught.value.code == "building-has-address"
    assert decisions(work) == []


def test_where_nothing_was_surveyed_nothing_is_decided(work: Work, town: Town, group: UUID) -> None:
    house = town.house("1", 30, 12, group)

    with pytest.raises(NotFound) as caught:
        decide_survey_number(work, group, house, kept=False, reason="示例")

    assert caught.value.code == "survey-number-not-found"


@pytest.fixture
def twin(town: Any, group: UUID, house: UUID) -> UUID:
    """A second house with number 5, further along; it does not keep it as long as nobody decides."""
    found: UUID = town.house("9", 250, 12, group)
    town.existing(found, group, OLD.main, kept=False)
    return found


def shown(work: Work, group: UUID) -> list[tuple[str, list[str], str | None]]:
    """Duplicates: text up to the comma, houses concerned, remedy."""
    return [
        (
            found.text.split("，")[0],
            [code for door in found.doors for code in door.building_codes],
            found.remedy,
        )
        for found in audit_numbers(work, group).findings
        if found.code == "duplicate"
    ]


def test_two_houses_with_one_number_are_a_duplicate_and_numbered_apart(
    work: Work, group: UUID, house: UUID, twin: UUID
) -> None:
    told = shown(work, group)
    (finding,) = [found for found in audit_numbers(work, group).findings if found.code == "duplicate"]

    number_place(work, group)

    assert told == [("重号：5号被两处门使用", ["1", "9"], "not-keep")]
    assert finding.proposal not in (None, OLD)
    found = numbers(work, group)
    assert found["1"] == OLD
    assert len(set(found.values())) == len(found) == 6
    assert shown(work, group) == []


def test_a_duplicate_is_settled_by_deciding_that_the_second_house_does_not_keep_it(
    work: Work, group: UUID, house: UUID, twin: UUID
) -> None:
    decide_survey_number(work, group, twin, kept=False, reason="误读")

    assert shown(work, group) == []
    assert [(one.building_code, one.number) for one in audit_numbers(work, group).not_kept] == [("9", OLD)]
    assert decisions(work) == [(5, False, "误读")]


def test_a_duplicate_is_settled_by_deciding_that_the_first_house_keeps_it(
    work: Work, group: UUID, house: UUID, twin: UUID
) -> None:
    decide_survey_number(work, group, house, kept=True, reason="老屋在先")
    decide_survey_number(work, group, house, kept=True, reason="老屋在先")

    assert shown(work, group) == []
    assert sorted(decisions(work)) == [(5, False, "老屋在先"), (5, True, "老屋在先")]
    number_place(work, group)
    assert numbers(work, group)["1"] == OLD


def test_the_clerk_may_decide_for_the_second_house(work: Work, group: UUID, house: UUID, twin: UUID) -> None:
    done = decide_survey_number(work, group, twin, kept=True, reason="门牌原件在此")

    assert (done.kept, shown(work, group)) == (True, [])
    assert [one.building_code for one in audit_numbers(work, group).not_kept] == ["1"]
    number_place(work, group)
    found = numbers(work, group)
    assert found["9"] == OLD
    assert list(found.values()).count(OLD) == 1


def test_a_duplicate_stays_told_until_the_last_house_is_decided_on(
    work: Work, group: UUID, house: UUID, twin: UUID
) -> None:
    decide_survey_number(work, group, house, kept=False, reason="误读")
    left = shown(work, group)
    decide_survey_number(work, group, twin, kept=False, reason="亦误读")

    assert left == [("重号未决：5号曾有别处使用", ["9"], "not-keep")]
    assert shown(work, group) == []


def test_what_an_address_has_by_now_is_not_decided_for_another_house(
    work: Work, group: UUID, house: UUID, twin: UUID
) -> None:
    issue_number(work, group, house, OLD)

    with pytest.raises(Conflict) as caught:
        decide_survey_number(work, group, twin, kept=True, reason="示例")

    assert caught.value.code == "number-taken"
    assert decisions(work) == []
    assert shown(work, group) == [("重号：5号被两处门使用", ["1", "9"], "not-keep")]


def test_houses_of_one_courtyard_may_share_their_old_number(
    work: Work, town: Any, group: UUID, house: UUID
) -> None:
    shed = town.house("1b", 38, 12, group, parcel="1")
    town.existing(shed, group, OLD.main, kept=False)

    assert shown(work, group) == []


def once(database: Database) -> str:
    """How the database holds that a number is kept once."""
    query = "SELECT contype FROM pg_constraint WHERE conname = 'existing_address_number_once'"
    with database.engine.connect() as conn:
        return str(conn.execute(text(query)).scalar_one())


@pytest.mark.parametrize(("doubled", "older"), [(False, "u"), (True, "x")])
def test_duplicates_survive_the_way_down_and_up_again(
    database: Database,
    make_town: Callable[[Work], Town],
    make_county: Callable[[Any], Actor],
    doubled: bool,
    older: str,
) -> None:
    with database.engine.begin() as conn:
        clerk = make_county(conn)
        work = Work(conn, clerk, datetime.now(UTC))
        town = make_town(work)
        group = town.place("group", "12组", 12)
        for n in range(2):
            number = OLD.main if doubled else OLD.main + n
            town.existing(town.house(str(n), n * 40.0, 12, group), group, number, kept=n == 0 or not doubled)
    query = text("SELECT e::text FROM existing_address e ORDER BY 1")
    with database.engine.connect() as conn:
        before = conn.execute(query).scalars().all()
    database.engine.dispose()

    schema.downgrade(database.owner_url, "0007")
    down = once(database)
    database.engine.dispose()
    schema.upgrade(database.owner_url)

    assert (down, once(database)) == (older, "x")
    with database.engine.connect() as conn:
        assert conn.execute(query).scalars().all() == before
        assert len(before) == 2


def test_the_database_refuses_that_two_houses_keep_one_number(
    work: Work, town: Any, group: UUID, house: UUID, twin: UUID
) -> None:
    with pytest.raises(IntegrityError, match="existing_address_number_once"):
        town.run("UPDATE existing_address SET kept = true WHERE county_code = :c")


@pytest.mark.parametrize("attempt", range(4))
def test_two_houses_are_never_decided_to_keep_one_number(
    database: Database, make_town: Callable[[Work], Town], make_county: Callable[[Any], Actor], attempt: int
) -> None:
    with database.engine.begin() as conn:
        clerk = make_county(conn)
        town = make_town(Work(conn, clerk, datetime.now(UTC)))
        group = town.place("group", "12组", 12)
        houses = [town.house(str(n), n * 40.0, 12, group) for n in range(3)]
        for n, one in enumerate(houses):
            town.existing(one, group, OLD.main, kept=n == 0)
    start = threading.Barrier(2)

    def run(chosen: UUID) -> None:
        start.wait()
        with unit_of_work(database.engine, clerk, datetime.now(UTC)) as work:
            decide_survey_number(work, group, chosen, kept=True, reason="示例")

    threads = [threading.Thread(target=run, args=(one,)) for one in houses[1:][:: 1 if attempt % 2 else -1]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with unit_of_work(database.engine, clerk, datetime.now(UTC)) as work:
        keeping = work.conn.execute(text("SELECT count(*) FROM existing_address WHERE kept")).scalar_one()
        assert (keeping, shown(work, group)) == (1, [])
        assert len(decisions(work)) == 5


@pytest.mark.parametrize("attempt", range(4))
def test_of_a_decision_and_a_number_issued_at_once_one_knows_of_the_other(
    database: Database, make_town: Callable[[Work], Town], make_county: Callable[[Any], Actor], attempt: int
) -> None:
    with database.engine.begin() as conn:
        clerk = make_county(conn)
        town = make_town(Work(conn, clerk, datetime.now(UTC)))
        group = town.place("group", "12组", 12)
        house = town.house("1", 30, 12, group)
        town.existing(house, group, OLD.main)
    start, refused = threading.Barrier(2), []

    def run(act: Callable[[Work], object]) -> None:
        start.wait()
        try:
            with unit_of_work(database.engine, clerk, datetime.now(UTC)) as work:
                act(work)
        except ServiceError as error:
            refused.append(error.code)

    acts: list[Callable[[Work], object]] = [
        lambda work: decide_survey_number(work, group, house, kept=False, reason="示例"),
        lambda work: issue_number(work, group, house),
    ]
    threads = [threading.Thread(target=run, args=(act,)) for act in acts[:: 1 if attempt % 2 else -1]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with unit_of_work(database.engine, clerk, datetime.now(UTC)) as work:
        got, decided = numbers(work, group)["1"], decisions(work)
    assert (got == OLD, refused) == ((True, ["building-has-address"]) if not decided else (False, []))

"""A division that is called otherwise: its addresses follow from the day on, and keep codes and the past."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from address_service.errors import ServiceError
from address_service.model.addresses import EventKind
from address_service.model.divisions import Division, DivisionKind
from address_service.services.approve_addresses import approve_addresses
from address_service.services.change_division import (
    change_division_kind,
    create_division,
    end_division,
    recode_division,
    rename_division,
    transfer_division,
)
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.division_act import Act
from address_service.services.order_plates import order_plates
from address_service.services.plan_numbering import plan_numbering
from address_service.services.rename_place import rename_place
from address_service.store.addresses import Scope
from address_service.store.work import Work

TOWN, VILLAGE = "430626113", "430626113208"
HEAD = "湖南省岳阳市平江县童市镇"
APPROVED, RENAMED, TODAY = date(2020, 1, 1), date(2024, 5, 1), date(2026, 3, 2)
DECREE = "示例民批〔2024〕3号"


@pytest.fixture
def group(work: Work, approver: Work, town: Any) -> UUID:
    """A group with three current doors since 2020, one of them with rooms, and a fourth door as draft."""
    place: UUID = town.place("group", "12组", 12)
    for n in range(1, 4):
        town.house(str(n), n * 25, 12, place)
    town.house("4", 100, 12, place, floors=2, units=1, rooms=1)
    commit_numbering_plan(work, plan_numbering(work, place).id)
    approve_addresses(approver, Scope(place_id=place), "示例〔2020〕1号", APPROVED)
    town.house("5", 125, 12, place)
    commit_numbering_plan(work, plan_numbering(work, place).id)
    return place


def village(work: Work, on: date = RENAMED, code: str = VILLAGE) -> Division:
    found = work.divisions.find_by_code(code, on)
    assert found is not None
    return found


def texts(work: Work, on: date, stage: str = "current") -> list[str]:
    """Texts that are true on a day as known now, without the common head."""
    query = """SELECT v.full_text FROM address_version v JOIN address a ON a.id = v.address_id
        WHERE upper_inf(v.recorded) AND v.valid @> CAST(:on AS date) AND v.stage = :stage ORDER BY a.code"""
    rows = work.conn.exec_driver_sql(
        query.replace(":on", "%(on)s").replace(":stage", "%(stage)s"), {"on": on, "stage": stage}
    )
    return [row[0].removeprefix("湖南省岳阳市平江县") for row in rows]


def rows(work: Work, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in work.conn.exec_driver_sql(query)]


@pytest.mark.usefixtures("group")
def test_addresses_read_the_new_name_from_its_day_and_the_old_one_before(work: Work) -> None:
    before = texts(work, RENAMED)

    _, done = rename_division(work, village(work), "烟洲村", Act(RENAMED, DECREE))

    assert done.addresses == 7
    assert len(before) == 6
    assert texts(work, RENAMED - timedelta(days=1)) == before
    assert texts(work, RENAMED) == [text.replace("烟舟村", "烟洲村") for text in before]
    assert texts(work, TODAY, "draft") == ["童市镇烟洲村12组5号"]


@pytest.mark.usefixtures("group")
def test_codes_and_identities_outlive_a_name(work: Work) -> None:
    query = "SELECT id, code FROM address ORDER BY code"
    before, ledger = rows(work, query), rows(work, "SELECT d::text FROM door_number d ORDER BY 1")

    rename_division(work, village(work), "烟洲村", Act(RENAMED, DECREE))

    assert rows(work, query) == before
    assert rows(work, "SELECT d::text FROM door_number d ORDER BY 1") == ledger


@pytest.mark.usefixtures("group")
def test_what_was_known_of_the_texts_stays_on_record(work: Work) -> None:
    known = (
        "SELECT address_id, full_text, valid::text FROM address_version WHERE recorded @> timestamptz '%s'"
    )
    moment = work.now + timedelta(seconds=90)
    before = rows(work, known % moment)
    work.now += timedelta(minutes=2)

    rename_division(work, village(work), "烟洲村", Act(RENAMED, DECREE))

    assert before != []
    assert sorted(rows(work, known % moment)) == sorted(before)


@pytest.mark.usefixtures("group")
def test_the_old_text_becomes_a_dated_alias_and_stays_findable(work: Work) -> None:
    rename_division(work, village(work), "烟洲村", Act(RENAMED, DECREE))

    aliases = rows(work, "SELECT text, kind, valid::text FROM alias ORDER BY text LIMIT 1")
    assert aliases == [(f"{HEAD}烟舟村12组1号", "former", "[2020-01-01,2024-05-01)")]
    tails = rows(work, "SELECT tail FROM address_search ORDER BY tail LIMIT 1")
    assert "烟洲村12组1号" in tails[0][0]
    assert "烟舟村12组1号" in tails[0][0]


@pytest.mark.usefixtures("group")
def test_the_event_and_its_decree_stand_with_the_new_text(work: Work) -> None:
    event_id, _ = rename_division(work, village(work), "烟洲村", Act(RENAMED, DECREE))

    query = """SELECT DISTINCT v.decree_no, v.event_id, v.drafted_by <> v.approved_by FROM address_version v
        WHERE upper_inf(v.recorded) AND upper_inf(v.valid) AND v.stage = 'current'"""
    assert rows(work, query) == [(DECREE, event_id, True)]


def test_only_plates_whose_words_change_are_made_anew(
    work: Work, approver: Work, town: Any, group: UUID
) -> None:
    street = town.place("street", "新市街", 1, [(0, 200), (300, 200)])
    town.house("21", 100, 210, street)
    commit_numbering_plan(work, plan_numbering(work, street).id)
    approve_addresses(approver, Scope(place_id=street), "示例〔2020〕1号", APPROVED)
    order_plates(work, "small", village_code=VILLAGE)

    _, done = rename_division(work, village(work), "烟洲村", Act(RENAMED, DECREE))

    states = rows(work, "SELECT name_text, stage, count(*) FROM plate GROUP BY 1, 2 ORDER BY 1")
    assert states == [("新市街", "ordered", 1), ("烟舟村12组", "replaced", 4)]
    assert done.plates == 4


@pytest.mark.usefixtures("group")
def test_a_rename_dated_back_before_another_one_names_only_the_years_in_between(work: Work) -> None:
    rename_division(work, village(work), "烟洲村", Act(RENAMED, DECREE))

    rename_division(work, village(work, date(2022, 1, 1)), "烟州村", Act(date(2022, 1, 1), "示例〔2022〕1号"))

    first = [texts(work, date(year, 6, 1))[0] for year in (2021, 2022, 2024)]
    assert first == ["童市镇烟舟村12组1号", "童市镇烟州村12组1号", "童市镇烟洲村12组1号"]
    assert texts(work, TODAY, "draft") == ["童市镇烟洲村12组5号"]


@pytest.mark.usefixtures("group")
def test_a_rename_dated_back_before_the_approval_reaches_the_whole_address(work: Work) -> None:
    """The text of until now was never true, yet it stands on papers: it is found until today."""
    rename_division(work, village(work, date(2018, 1, 1)), "烟洲村", Act(date(2018, 1, 1), DECREE))

    assert texts(work, APPROVED)[0] == "童市镇烟洲村12组1号"
    assert rows(work, "SELECT DISTINCT valid::text FROM alias") == [("[2020-01-01,2026-03-02)",)]


@pytest.mark.usefixtures("group")
def test_a_change_of_class_does_not_stop_a_name(work: Work) -> None:
    event_id = rows(work, "SELECT id FROM event LIMIT 1")[0][0]
    work.divisions.change(
        village(work).id, date(2025, 1, 1), {"urban_rural_class": "122"}, event_id, work.now
    )

    rename_division(work, village(work), "烟洲村", Act(RENAMED, DECREE))

    history = [(d.name, d.urban_rural_class) for d in work.divisions.history(village(work).id)]
    assert history == [("烟舟村", None), ("烟洲村", None), ("烟洲村", "122")]


@pytest.mark.usefixtures("group")
def test_current_addresses_do_not_change_without_a_decree(work: Work) -> None:
    with pytest.raises(ServiceError) as refusal:
        rename_division(work, village(work), "烟洲村", Act(RENAMED))

    assert refusal.value.code == "decree-missing"


@pytest.mark.usefixtures("group")
def test_a_village_made_a_community_and_a_village_again_is_one_identity_with_three_texts(work: Work) -> None:
    """天岳街道大西 went from 村 to 社区 and back: three names in time, one village, addresses that never moved."""
    one, two = date(2022, 1, 1), date(2023, 1, 1)
    kinds = DivisionKind.COMMUNITY, DivisionKind.ADMINISTRATIVE_VILLAGE

    change_division_kind(work, village(work, one), kinds[0], "烟舟社区", Act(one, DECREE), f"{TOWN}021")
    change_division_kind(
        work, village(work, two, f"{TOWN}021"), kinds[1], "烟舟村", Act(two, DECREE), VILLAGE
    )

    history = work.divisions.history(village(work).id)
    assert [(d.kind, d.code_nbs[-3:]) for d in history] == [
        (kinds[1], "208"),
        (kinds[0], "021"),
        (kinds[1], "208"),
    ]
    assert [texts(work, day)[0] for day in (date(2021, 1, 1), one, two)] == [
        "童市镇烟舟村12组1号",
        "童市镇烟舟社区12组1号",
        "童市镇烟舟村12组1号",
    ]


@pytest.mark.usefixtures("group")
def test_a_village_under_another_town_reads_that_town_and_keeps_its_address_codes(work: Work) -> None:
    create_division(work, "430626001", "天岳街道", Act(date(2016, 1, 1)))
    codes = rows(work, "SELECT code FROM address ORDER BY 1")

    transfer_division(work, village(work), "430626001209", Act(RENAMED, DECREE))

    assert [texts(work, day)[0] for day in (APPROVED, RENAMED)] == [
        "童市镇烟舟村12组1号",
        "天岳街道烟舟村12组1号",
    ]
    assert rows(work, "SELECT code FROM address ORDER BY 1") == codes
    assert rows(work, "SELECT count(*) FROM plate WHERE stage = 'replaced'") == [(0,)]


@pytest.mark.usefixtures("group")
def test_a_town_of_another_name_is_read_in_all_its_villages(work: Work) -> None:
    rename_division(work, village(work, code=TOWN), "童新镇", Act(RENAMED, DECREE))

    assert texts(work, RENAMED)[0] == "童新镇烟舟村12组1号"


@pytest.mark.usefixtures("group")
def test_a_recoded_village_keeps_texts_and_address_codes_and_its_accounts_follow(work: Work) -> None:
    work.accounts.create("示例村账户", work.actor.role, VILLAGE)
    before = rows(work, "SELECT id, full_text, recorded::text FROM address_version ORDER BY 1")

    recode_division(work, village(work), f"{TOWN}230", Act(RENAMED))

    assert village(work, code=f"{TOWN}230").name == "烟舟村"
    assert rows(work, "SELECT id, full_text, recorded::text FROM address_version ORDER BY 1") == before
    assert rows(work, "SELECT division_code FROM account WHERE name = '示例村账户'") == [(f"{TOWN}230",)]


@pytest.mark.usefixtures("group")
def test_the_villages_of_a_recoded_town_follow_it(work: Work) -> None:
    """Their codes begin with the town's: the next list names them so, and they are no new villages."""
    recode_division(work, village(work, code=TOWN), "430626119", Act(RENAMED))

    assert village(work, code="430626119208").id == village(work, APPROVED).id
    assert work.divisions.find_by_code(VILLAGE, RENAMED) is None
    assert texts(work, RENAMED)[0] == "童市镇烟舟村12组1号"


@pytest.mark.usefixtures("group")
def test_a_town_does_not_end_while_it_has_villages(work: Work) -> None:
    with pytest.raises(ServiceError) as refusal:
        end_division(work, village(work, code=TOWN), Act(RENAMED, DECREE))

    assert refusal.value.code == "division-in-use"


def test_a_village_ends_once(work: Work, town: Any) -> None:
    new_id, _ = create_division(work, f"{TOWN}211", "芭蕉村", Act(date(2016, 1, 1)))
    old = work.divisions.find_by_id(new_id, RENAMED)
    assert old is not None
    end_division(work, old, Act(RENAMED, DECREE))

    with pytest.raises(ServiceError) as refusal:
        end_division(work, old, Act(RENAMED, DECREE))

    assert refusal.value.code == "division-ended"


@pytest.mark.parametrize("kind", ["group", "village"])
def test_two_villages_under_one_code_never_share_an_address_code(
    work: Work, town: Any, group: UUID, kind: str
) -> None:
    """三阳乡 …200210 was 石坪, then 更新.

    A code is an identifier for life, and its head is the text of the village's code: so serials of places and doors
    are counted by that text, whichever village bears it.
    """
    old = village(work)
    if kind == "village":
        town.house("31", 400, 400, None)
        whole = work.places.whole_village_place(old.id, work.actor.account_id, work.today, work.now)
        commit_numbering_plan(work, plan_numbering(work, whole).id)
    before = {code for (code,) in rows(work, "SELECT code FROM address")}
    recode_division(work, old, f"{TOWN}230", Act(RENAMED))
    new_id, event_id = create_division(work, VILLAGE, "更新村", Act(RENAMED))

    town.village_id = new_id
    if kind == "village":
        town.house("41", 1000, 12, None)
        place = work.places.whole_village_place(new_id, work.actor.account_id, work.today, work.now)
    else:
        from address_service.model.divisions import NameState
        from address_service.model.places import PlaceKind
        from address_service.store.places import PlaceFacts

        facts = PlaceFacts(new_id, PlaceKind.GROUP, "12组", NameState.FILED, "示例")
        work.conn.exec_driver_sql(
            "INSERT INTO code_counter VALUES ('430626', 4306261132085, 12)"
        )  # the twelve groups that the fixture wrote by hand
        place = work.places.create(facts, VILLAGE, RENAMED, event_id, work.now)
        town.house("41", 1000, 12, place)
    commit_numbering_plan(work, plan_numbering(work, place).id)

    after = {code for (code,) in rows(work, "SELECT code FROM address")} - before
    assert len(after) == 1
    assert {code[:12] for code in after} == {code[:12] for code in before} == {VILLAGE}


@pytest.mark.usefixtures("group")
def test_a_village_on_which_something_hangs_does_not_end_by_a_stroke(work: Work) -> None:
    with pytest.raises(ServiceError) as refusal:
        end_division(work, village(work), Act(RENAMED, DECREE), kind=EventKind.ABOLISH)

    assert refusal.value.code == "division-in-use"
    assert "并村方案" in refusal.value.message


@pytest.mark.usefixtures("group")
def test_two_villages_of_one_town_are_not_called_the_same(work: Work) -> None:
    create_division(work, f"{TOWN}211", "芭蕉村", Act(date(2016, 1, 1)))

    with pytest.raises(ServiceError) as refusal:
        rename_division(work, village(work), "芭蕉村", Act(RENAMED, DECREE))

    assert refusal.value.code == "division-name-taken"


def test_a_renamed_group_is_read_by_its_addresses_alone(work: Work, town: Any, group: UUID) -> None:
    rename_place(work, group, "横山组", Act(RENAMED, DECREE))

    assert [texts(work, day)[0] for day in (APPROVED, RENAMED)] == [
        "童市镇烟舟村12组1号",
        "童市镇烟舟村横山组1号",
    ]


def test_a_place_is_not_given_a_name_that_another_one_has(work: Work, town: Any, group: UUID) -> None:
    town.place("group", "横山组", 13)

    with pytest.raises(ServiceError) as refusal:
        rename_place(work, group, "横山组", Act(RENAMED, DECREE))

    assert refusal.value.code == "place-name-taken"


def test_a_name_that_makes_two_addresses_read_the_same_is_refused_and_nothing_is_written(
    work: Work, approver: Work, town: Any, group: UUID
) -> None:
    street = town.place("street", "横山组", 1, [(0, 200), (300, 200)])
    town.house("21", 100, 210, street)
    commit_numbering_plan(work, plan_numbering(work, street).id)
    approve_addresses(approver, Scope(place_id=street), "示例〔2020〕1号", APPROVED)
    before = rows(work, "SELECT id, recorded::text FROM address_version ORDER BY 1")
    attempt = work.conn.begin_nested()

    with pytest.raises(ServiceError) as refusal:
        rename_place(work, group, "横山组", Act(RENAMED, DECREE))
    attempt.rollback()

    assert refusal.value.code == "homonym"
    assert rows(work, "SELECT id, recorded::text FROM address_version ORDER BY 1") == before

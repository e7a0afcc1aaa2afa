"""The change feed: complete, in order, gap-safe while others commit, and the same after dump and restore."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from address_service.errors import Conflict, InvalidInput
from address_service.model.accounts import Actor, Role
from address_service.model.addresses import EventKind, Subject
from address_service.model.divisions import DivisionKind, DivisionLevel
from address_service.services.resolve_address import resolve_text
from address_service.store import schema
from address_service.store.backup import back_up, restore
from address_service.store.change_consumers import ConsumerRepository
from address_service.store.cluster import ADMIN, Cluster
from address_service.store.divisions import NewDivision
from address_service.store.engine import Database
from address_service.store.events import NewEvent, record_event
from address_service.store.feed import Change, Feed
from address_service.store.feed_positions import give_positions, waiting
from address_service.store.work import Work, unit_of_work
from tests.conftest import CopyDatabase
from tests.services.test_lineage_properties import Known, register, replay, told
from tests.services.test_two_at_once import Office

VILLAGE = "430626113208"


@pytest.fixture
def office(
    database: Database, make_town: Callable[[Work], Any], make_county: Callable[[Any], Actor]
) -> Office:
    with database.engine.begin() as conn:
        clerk = make_county(conn)
        work = Work(conn, clerk, datetime.now(UTC))
        town = make_town(work)
        approver = work.accounts.create("示例县民政局", Role.COUNTY, "430626")
    return Office(database, clerk, approver, town)


def read(work: Work, after: int = 0, scope: str | None = None) -> list[Change]:
    return list(Feed(work.conn, work.county_code, scope).page(after, 500, work.today).changes)


def event(work: Work) -> UUID:
    fact = NewEvent(
        Subject.DIVISION, EventKind.CREATE, work.today, work.actor.account_id, work.now, "示例〔2026〕1号"
    )
    return record_event(work.conn, work.county_code, fact)


def village(work: Work, code: str, name: str) -> UUID:
    facts = NewDivision(DivisionLevel.VILLAGE, DivisionKind.ADMINISTRATIVE_VILLAGE, name, code, None, None)
    return work.divisions.create(facts, work.today, event(work), work.now)


def test_what_is_there_already_is_told_once_and_in_order(work: Work, town: Any) -> None:
    found = read(work)
    again = read(work, found[-1].seq)

    assert [change.seq for change in found] == [1, 2, 3]
    assert {change.state[0]["name"] for change in found} == {"平江县", "童市镇", "烟舟村"}
    assert again == []
    assert waiting(work.conn, work.county_code) == 0


def test_a_change_carries_all_stretches_known_after_it_and_its_event(work: Work, town: Any) -> None:
    key = village(work, "430626113209", "沙坪村")
    before = read(work)[-1].seq
    later = Work(work.conn, work.actor, work.now + timedelta(days=30))
    work.divisions.change(key, later.today, {"name": "新坪村"}, event(later), later.now)

    (change,) = read(work, before)

    assert [(s["name"], s["valid_from"], s["valid_to"]) for s in change.state] == [
        ("沙坪村", work.today, later.today),
        ("新坪村", later.today, None),
    ]
    assert change.event is not None
    assert change.event["decree_no"] == "示例〔2026〕1号"


def test_a_version_withdrawn_without_another_in_its_place_is_told(work: Work, town: Any) -> None:
    key = village(work, "430626113209", "沙坪村")
    before = read(work)[-1].seq
    work.divisions.close(key, work.today, event(work), work.now + timedelta(hours=1))

    (change,) = read(work, before)

    assert (change.subject_id, list(change.state), change.event) == (key, [], None)
    assert not change.left_scope


def test_what_was_told_does_not_change_when_more_happens(work: Work, town: Any) -> None:
    key = village(work, "430626113209", "沙坪村")
    told_first = read(work)
    later = Work(work.conn, work.actor, work.now + timedelta(days=30))
    work.divisions.change(key, later.today, {"name": "新坪村"}, event(later), later.now)

    assert read(work)[: len(told_first)] == told_first


def test_a_village_sees_its_own_and_is_told_what_leaves_it(work: Work, town: Any) -> None:
    other = village(work, "430626113209", "沙坪村")
    place = town.place("group", "12组", 12)
    ours = read(work, scope=VILLAGE)
    before = read(work)[-1].seq
    town.run(
        "UPDATE place_version SET recorded = tstzrange(lower(recorded), '2026-03-05') WHERE place_id = :id",
        id=place,
    )
    town.run(
        """INSERT INTO place_version (county_code, id, place_id, division_id, name, name_state, decree_no, valid,
             recorded, event_id)
           SELECT county_code, gen_random_uuid(), place_id, :other, name, name_state, decree_no, valid,
             '[2026-03-05,)', event_id FROM place_version WHERE place_id = :id""",
        id=place, other=other,
    )  # fmt: skip

    (left,) = read(work, before, VILLAGE)
    (entered,) = read(work, before, "430626113209")

    assert {change.subject_id for change in ours} == {town.village_id, place}
    assert (left.subject_id, left.left_scope, list(left.state)) == (place, True, [])
    assert (entered.subject_id, entered.left_scope, len(entered.state)) == (place, False, 1)


def test_a_consumer_goes_forward_only(work: Work, town: Any) -> None:
    read(work)
    consumers = ConsumerRepository(work.conn, work.county_code)
    account = work.actor.account_id

    first = consumers.acknowledge(account, "公安", 2, 3, work.now)
    same = consumers.acknowledge(account, "公安", 2, 3, work.now)

    assert (first.acknowledged, same.acknowledged) == (2, 2)
    with pytest.raises(Conflict):
        consumers.acknowledge(account, "公安", 1, 3, work.now)
    with pytest.raises(InvalidInput):
        consumers.acknowledge(account, "公安", 4, 3, work.now)


def test_who_commits_late_is_told_late_and_never_lost(office: Office) -> None:
    """The first to write is the last to commit: its change comes after a position that was read already."""
    with office.work() as work:
        start = read(work)[-1].seq
    with office.work() as slow:
        held_back = village(slow, "430626113211", "慢村")
        with office.work() as quick:
            early = village(quick, "430626113212", "快村")
        with office.work() as reader:
            first = read(reader, start)
    with office.work() as reader:
        second = read(reader, first[-1].seq)

    assert [change.subject_id for change in first] == [early]
    assert [change.subject_id for change in second] == [held_back]
    assert second[0].known_at < first[0].known_at


def test_a_thing_that_somebody_is_writing_waits_and_nobody_waits_for_it(office: Office) -> None:
    with office.work() as work:
        key, other = village(work, "430626113211", "甲村"), village(work, "430626113212", "乙村")
    with office.work() as writer:
        writer.divisions.change(key, writer.today, {"name": "新甲村"}, event(writer), datetime.now(UTC))
        with office.work() as reader:
            meanwhile = {change.subject_id for change in read(reader)}
    with office.work() as reader:
        afterwards = {change.subject_id for change in read(reader)}

    assert (key in meanwhile, other in meanwhile) == (False, True)
    assert key in afterwards


def write(office: Office, over: threading.Event, writer: int) -> None:
    """Villages made and renamed in transactions that overlap; every fourth is rolled back."""
    for n in range(12):
        try:
            with office.work() as work:
                key = village(work, f"43062611{writer + 2}{n + 300}", f"村{writer}甲{n}")
                over.wait(0.003 * ((writer * 7 + n * 5) % 11))
                if n % 4 == 3:
                    raise KeyError  # its position must not be left empty
            with office.work() as work:
                work.divisions.change(key, work.today, {"name": f"村{writer}乙{n}"}, event(work), work.now)
        except KeyError:
            continue


def consume(office: Office, over: threading.Event, limit: int, seen: list[int], state: Known) -> None:
    """Page until the writers are done and nothing is left."""
    cursor = 0
    while True:
        last = over.is_set()
        with office.work() as work:
            page = Feed(work.conn, work.county_code).page(cursor, limit, work.today)
        for change in page.changes:
            seen.append(change.seq)
            state.pop((change.subject, change.subject_id), None)
            if change.state:
                state[change.subject, change.subject_id] = [dict(s) for s in change.state]
        cursor = page.reached
        if last and not page.more:
            return


def test_writers_out_of_order_and_readers_at_once_miss_nothing_and_see_nothing_twice(office: Office) -> None:
    """Four writers, three readers that page all the while."""
    over = threading.Event()
    seen: list[list[int]] = [[], [], []]
    states: list[Known] = [{}, {}, {}]

    with ThreadPoolExecutor(7) as pool:
        readers = [pool.submit(consume, office, over, 3 + n, seen[n], states[n]) for n in range(3)]
        writers = [pool.submit(write, office, over, n) for n in range(4)]
        wait(writers)
        over.set()  # before any failure is told, or the readers would go on for ever
        for writer in writers:
            writer.result()
        for reader in readers:
            reader.result()

    with office.work() as work:
        expected, last = register(work), Feed(work.conn, work.county_code).last()
    assert last > 60
    assert all(found == list(range(1, last + 1)) for found in seen)
    assert all(told(state) == expected for state in states)


def test_positions_are_given_once_by_many_at_once(office: Office) -> None:
    with office.work() as work:
        for n in range(30):
            village(work, f"430626113{300 + n}", f"村{n}")

    outcomes = office.at_once(*[lambda w: give_positions(w.conn, w.county_code)] * 4)

    assert outcomes == ["done"] * 4
    assert office.count("SELECT count(*) FROM change") == office.count("SELECT max(seq) FROM change") == 33


def test_the_feed_goes_on_after_dump_and_restore(
    office: Office, cluster: Cluster, copy_database: CopyDatabase, tmp_path: Path
) -> None:
    """Another cluster has other transaction numbers; positions are data like any other."""
    with office.work() as work:
        seen: Known = {}
        cursor = replay(work, seen, 0, 2)
        village(work, "430626113301", "未读村")
    back_up(office.database.owner_url, tmp_path / "register.dump")

    with copy_database() as other:
        schema.downgrade(other.owner_url, "base")
        restore(cluster.url(ADMIN, "postgres"), other.owner_url, tmp_path / "register.dump")
        with unit_of_work(other.engine, office.clerk, datetime.now(UTC)) as work:
            village(work, "430626113302", "后来村")
        with unit_of_work(other.engine, office.clerk, datetime.now(UTC)) as work:
            replay(work, seen, cursor, 2)
            assert told(seen) == register(work)
            assert Feed(work.conn, work.county_code).last() == cursor + 2 == 5
            assert resolve_text(work, "后来村1组1号", None, work.today).outcome == "village"

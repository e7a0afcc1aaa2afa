"""Acts on overlapping divisions by two at once: one goes first, the other hears clearly that it is out of date."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from address_service.model.accounts import Actor, Role
from address_service.model.attachments import ActSubject
from address_service.model.division_acts import DivisionActKind, DivisionActRequest
from address_service.model.division_lists import DivisionOutcome
from address_service.services.approve_addresses import approve_addresses
from address_service.services.attach_scan import attach_scan
from address_service.services.commit_division_act import commit_division_act
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.decide_on_proposal import decide_on_proposal
from address_service.services.draw_division_act import draw_division_act
from address_service.services.plan_numbering import plan_numbering
from address_service.store.engine import Database
from address_service.store.files import FileStore
from address_service.store.work import Work
from tests.services.test_two_at_once import DECREE, VILLAGE, Office, proposal_of
from tests.store.test_scans import picture

TOWN_CODE, VILLAGE_CODE = "430626113", "430626113208"
HEADS = """SELECT count(DISTINCT substring(full_text FROM '平江县(.*?村)')) FROM address_version
    WHERE upper_inf(recorded) AND upper_inf(valid)"""
COMMITTED = "SELECT count(*) FROM division_act WHERE stage = 'committed'"


@pytest.fixture
def office(
    database: Database, make_town: Callable[[Work], Any], make_county: Callable[[Any], Actor]
) -> Office:
    with database.engine.begin() as conn:
        clerk = make_county(conn)
        work = Work(conn, clerk, datetime.now(UTC))
        town = make_town(work)
        town.group = town.place("group", "12组", 12)
        for n in range(1, 4):
            town.house(str(n), n * 25, 12, town.group)
        commit_numbering_plan(work, plan_numbering(work, town.group).id)
        approver = work.accounts.create("示例县民政局", Role.COUNTY, "430626")
        county = Work(conn, approver, datetime.now(UTC))
        approve_addresses(county, VILLAGE, DECREE, date(2020, 1, 1))
    return Office(database, clerk, approver, town)


def request(work: Work, code: str, kind: str, **more: Any) -> DivisionActRequest:
    division_id = work.divisions.id_of_code(code, work.today)
    return DivisionActRequest(DivisionActKind(kind), division_id=division_id, **more)


def drawn(office: Office, code: str, kind: str, **more: Any) -> UUID:
    with office.work() as work:
        return draw_division_act(work, request(work, code, kind, **more)).id


def commit(act_id: UUID) -> Callable[[Work], object]:
    return lambda work: commit_division_act(work, act_id, DECREE)


@pytest.mark.parametrize("_round", range(3))
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((VILLAGE_CODE, "rename", "烟洲村"), (VILLAGE_CODE, "respell", "烟州村")),
        ((VILLAGE_CODE, "rename", "烟洲村"), (TOWN_CODE, "rename", "童新镇")),
    ],
)
def test_of_two_acts_on_overlapping_divisions_one_counts(
    office: Office, first: tuple[str, str, str], second: tuple[str, str, str], _round: int
) -> None:
    acts = [drawn(office, code, kind, name=name) for code, kind, name in (first, second)]

    outcomes = office.at_once(*(commit(act) for act in acts), actor=office.approver)

    assert sorted(outcomes) == ["division-act-outdated", "done"]
    assert (office.count(COMMITTED), office.count(HEADS)) == (1, 1)


@pytest.mark.parametrize("_round", range(3))
def test_one_act_committed_by_many_at_once_counts_once(office: Office, _round: int) -> None:
    act = drawn(office, VILLAGE_CODE, "rename", name="烟洲村")

    outcomes = office.at_once(*[commit(act)] * 3, actor=office.approver)

    assert sorted(outcomes) == ["division-act-decided", "division-act-decided", "done"]
    assert office.count("SELECT count(*) FROM event WHERE kind = 'rename'") == 1


@pytest.mark.parametrize("_round", range(3))
def test_of_two_villages_that_want_one_code_one_gets_it(office: Office, _round: int) -> None:
    with office.work() as work:
        acts = [
            draw_division_act(
                work, DivisionActRequest(DivisionActKind.CREATE, name=name, code=f"{TOWN_CODE}230")
            ).id
            for name in ("示例甲村", "示例乙村")
        ]

    outcomes = office.at_once(*(commit(act) for act in acts), actor=office.approver)

    assert sorted(outcomes) == ["division-act-outdated", "done"]


@pytest.mark.parametrize("_round", range(3))
def test_a_commit_and_a_drawing_at_once_do_not_block_each_other(office: Office, _round: int) -> None:
    """The dry run holds what the act would hold, in the same order, and lets go of it."""
    act = drawn(office, VILLAGE_CODE, "rename", name="烟洲村")

    def draw(work: Work) -> object:
        return draw_division_act(work, request(work, TOWN_CODE, "rename", name="童新镇"))

    outcomes = office.at_once(commit(act), draw, draw, actor=office.approver)

    assert outcomes == ["done"] * 3


@pytest.mark.parametrize("_round", range(3))
def test_of_two_decisions_on_a_proposal_at_once_one_is_planned(office: Office, _round: int) -> None:
    proposal = proposal_of(office)
    asked = DivisionActRequest(
        DivisionActKind.PROPOSAL, proposal_id=proposal, outcome=DivisionOutcome.RESPELLED
    )

    outcomes = office.at_once(*[lambda work: decide_on_proposal(work, asked)] * 2)

    assert sorted(outcomes) == ["done", "proposal-planned"]
    assert office.count("SELECT count(*) FROM division_act") == 1


@pytest.mark.parametrize("_round", range(3))
def test_one_scan_sent_by_many_at_once_is_one_attachment(office: Office, tmp_path: Path, _round: int) -> None:
    act, files = drawn(office, VILLAGE_CODE, "rename", name="烟洲村"), FileStore(tmp_path)

    def attach(work: Work) -> object:
        subject = ActSubject.DIVISION_ACT
        return attach_scan(work, files, subject, act, "批文.png", BytesIO(picture("PNG")), 1 << 20)

    outcomes = office.at_once(*[attach] * 3)

    assert outcomes == ["done"] * 3
    assert office.count("SELECT count(*) FROM attachment") == 1
    assert len(list((tmp_path / "attachments").iterdir())) == 1

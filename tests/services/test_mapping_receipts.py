"""Receipts of mapping packages: rows answered once and for all, refusals settled by persons, papers to re-issue."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import text

from address_service.gis.layer_read import ReadLimits
from address_service.model.accounts import Role
from address_service.model.mapping import MappingPackage, PackageStage, RowState
from address_service.model.police_dictionaries import CrosswalkVerdict, DictionaryKind
from address_service.model.receipts import PaperKind, PaperState, RefusalState
from address_service.model.residents import HouseholdKind
from address_service.reconcile.package_content import TextEncoding
from address_service.services.change_division import rename_division
from address_service.services.decide_crosswalk import decide_pair
from address_service.services.division_act import Act
from address_service.services.import_police_dictionary import DictionaryOptions, import_police_dictionary
from address_service.services.issue_mapping_package import (
    acknowledge_package,
    issue_mapping_package,
    register_consumer,
)
from address_service.services.receive_receipt import ReceiptReport, receive_receipt, settle_refusal
from address_service.services.renew_papers import TITLES, advance_paper, export_papers, list_papers
from address_service.store.crosswalk import Crosswalk, PairFilter
from address_service.store.engine import Database
from address_service.store.ids import new_id
from address_service.store.mapping_packages import MappingPackages
from address_service.store.mapping_receipts import MappingReceipts, Refusal
from address_service.store.papers import Paper, PaperFilter
from address_service.store.resident_villages import relocate_household
from address_service.store.work import Work, unit_of_work
from tests.services.people import HERE, THERE, Register, child, code_of, head, wife
from tests.services.villages import two_villages

TOWN = "430626113"
NOTHING = RefusalState.NOT_SENT


class Gap:
    """A consumer that knew everybody, then 沙坪村 is called 沙塅村; three rows go to it."""

    def __init__(
        self, register: Register, folder: Path, *, profile: str = "generic", from_now: bool = True
    ) -> None:
        self.register, self.folder, self.days = register, folder, 0
        self.consumer = register_consumer(
            register.work, "示例所", TOWN, profile, TextEncoding.GB18030, from_now=from_now
        )

    @property
    def work(self) -> Work:
        work = self.register.work
        return Work(work.conn, work.actor, work.now + timedelta(days=self.days), work.keys)

    def rename(self, name: str) -> MappingPackage:
        self.days += 1
        approver = self.register.villages.approver
        work = Work(approver.conn, approver.actor, approver.now + timedelta(days=self.days), approver.keys)
        village = work.divisions.find_by_code(THERE, work.today)
        assert village is not None
        rename_division(work, village, name, Act(work.today, f"示例〔2026〕{self.days}号", ""))
        return self.issue()

    def issue(self) -> MappingPackage:
        return issue_mapping_package(self.work, self.consumer.id)

    def rows(self, package: MappingPackage) -> list[tuple[str | None, str | None, RowState]]:
        found = MappingPackages(self.work.conn, "430626").rows(package.id)
        return [
            (row.old_text and row.old_text[-8:], row.new_text and row.new_text[-8:], row.state)
            for row in found
        ]

    def receive(self, package: MappingPackage, lines: str, **more: Any) -> ReceiptReport:
        data = ("包号,对照号,结果,原因\n" + lines).encode("gb18030")
        return receive_receipt(self.work, package.id, data, "回执.csv", ReadLimits(self.folder), **more)

    def refusals(self, state: RefusalState | None = None) -> list[Refusal]:
        work = self.work
        found = MappingReceipts(work.conn, "430626", work.actor.account_id, work.now)
        return sorted(found.refusals("", state, None, None, 100), key=lambda one: (one.sequence, one.row_no))

    def papers(self, work: Work | None = None, **wanted: Any) -> list[Paper]:
        return (work or self.work).papers.page(PaperFilter("", **wanted), None, 100)


@pytest.fixture
def gap(work: Work, approver: Work, town: Any, tmp_path: Path) -> Gap:
    register = Register(two_villages(work, approver, town, doors=1))
    door, other, _ = register.doors(THERE)
    register.enrol(door, head(), wife(), book_no="H001")
    register.enrol(other, child(), book_no="H002", kind=HouseholdKind.COLLECTIVE)
    return Gap(register, tmp_path)


def test_every_row_gets_its_answer_and_the_last_answer_acknowledges_the_package(gap: Gap) -> None:
    package = gap.rename("沙塅村")

    part = gap.receive(package, "1,1,接受,\n1,2,拒绝,门牌不存在\n")
    rest = gap.receive(package, "1,3,成功,\n")

    assert (part.accepted, part.refused, part.left, part.is_acknowledged) == (1, 1, 1, False)
    assert (rest.accepted, rest.left, rest.is_acknowledged) == (1, 0, True)
    assert [state for _, _, state in gap.rows(package)] == [
        RowState.ACCEPTED,
        RowState.REFUSED,
        RowState.ACCEPTED,
    ]
    assert [(one.row_no, one.reason, one.state) for one in gap.refusals()] == [
        (2, "门牌不存在", RefusalState.OPEN)
    ]
    assert MappingPackages(gap.work.conn, "430626").get(package.id).stage is PackageStage.ACKNOWLEDGED


def test_the_same_receipt_twice_is_one_and_a_dry_run_is_none(gap: Gap) -> None:
    package = gap.rename("沙塅村")
    lines = "1,1,接受,\n1,2,拒绝,\n"

    tried = gap.receive(package, lines, dry_run=True)
    first, second = gap.receive(package, lines), gap.receive(package, lines)

    assert (tried.receipt, tried.accepted, tried.left) == (None, 1, 3)
    assert (first.is_known, second.is_known, second.unchanged) == (False, True, 2)
    assert first.receipt == second.receipt
    assert len(gap.refusals()) == 1


def test_a_receipt_of_another_package_or_with_another_digest_is_refused_whole(gap: Gap) -> None:
    package = gap.rename("沙塅村")

    other = code_of(gap.receive, package, "1,1,接受,\n7,2,接受,\n")
    altered = code_of(gap.receive, package, "1,1,接受,\n", digest="0" * 64)

    assert (other, altered) == ("receipt-other-package", "receipt-digest-differs")
    assert {state for _, _, state in gap.rows(package)} == {RowState.ISSUED}


def test_lines_that_cannot_be_used_are_named_and_the_others_count(gap: Gap) -> None:
    package = gap.rename("沙塅村")
    gap.receive(package, "1,3,接受,\n")

    report = gap.receive(package, "1,9,接受,\n1,１,接受,\n1,2,也许,\n1,3,拒绝,又不行\n1,x,接受,\n")

    assert (report.accepted, report.refused) == (1, 0)
    assert [(one.row_no, one.code) for one in report.rejects] == [
        (1, "receipt-row-unknown"), (3, "receipt-result-unknown"), (4, "receipt-row-answered"),
        (5, "receipt-row-unknown"),
    ]  # fmt: skip


def test_steps_of_one_row_are_one_answer_and_a_reason_with_a_number_is_not_kept(gap: Gap) -> None:
    package = gap.rename("沙塅村")

    gap.receive(package, "1,1,接受,\n1,1,失败,户主电话13800001234\n")

    assert [(one.row_no, one.reason) for one in gap.refusals()] == [(1, "原因中含个人信息，未保存")]


def test_a_refused_row_that_is_accepted_later_is_work_no_more(gap: Gap) -> None:
    package = gap.rename("沙塅村")
    gap.receive(package, "1,1,拒绝,系统忙\n")

    gap.receive(package, "1,1,接受,\n")

    (done,) = gap.refusals()
    assert (done.state, done.is_accepted) == (RefusalState.CORRECTED, True)
    again = code_of(settle_refusal, gap.work, done.id, done.revision, RefusalState.RESEND, "")
    assert again == "refusal-resent"


def test_a_row_sent_again_goes_from_where_its_people_are_to_where_they_belong_by_then(gap: Gap) -> None:
    first = gap.rename("沙塅村")
    gap.receive(first, "1,1,拒绝,门牌不存在\n1,2,接受,\n1,3,接受,\n")
    second = gap.rename("沙岭村")
    gap.receive(second, "2,1,拒绝,原地址不存在\n2,2,接受,\n2,3,接受,\n")
    open_ones = gap.refusals(RefusalState.OPEN)
    stale = code_of(settle_refusal, gap.work, open_ones[0].id, 9, RefusalState.RESEND, "")
    silent = code_of(settle_refusal, gap.work, open_ones[1].id, 1, NOTHING, " ")

    settle_refusal(gap.work, open_ones[0].id, 1, RefusalState.RESEND, "已补建门牌")
    settle_refusal(gap.work, open_ones[1].id, 1, NOTHING, "并入上一行重发")
    third = gap.issue()

    was, now = gap.rows(first)[0], gap.rows(second)[0]
    assert gap.rows(third) == [(was[0], now[1], RowState.ISSUED)]
    assert [one.resent_sequence for one in gap.refusals()] == [3, None]
    assert (stale, silent) == ("refusal-settled", "note-missing")
    gap.receive(third, "3,1,接受,\n")
    assert code_of(gap.issue) == "mapping-nothing-new"


def test_what_others_have_been_moved_to_is_not_sent_again(gap: Gap) -> None:
    package = gap.rename("沙塅村")
    gap.receive(package, "1,1,拒绝,\n1,2,接受,\n")
    query = """INSERT INTO mapping_row SELECT county_code, :id, package_id, 99, address_id, heir_id, household_id,
                 old_text, (SELECT old_text FROM mapping_row WHERE row_no = 1), kinds, decrees, effective_on,
                 change_seq, keeps_arrival, 'accepted' FROM mapping_row WHERE row_no = 2"""
    gap.work.conn.execute(text(query), {"id": new_id()})  # as if the half of a swap had been carried out
    (refused,) = gap.refusals()

    assert (
        code_of(settle_refusal, gap.work, refused.id, 1, RefusalState.RESEND, "") == "refusal-not-resendable"
    )


def test_households_at_accepted_rows_get_new_papers_and_refused_ones_keep_theirs(gap: Gap) -> None:
    package = gap.rename("沙塅村")
    homes = dict.fromkeys(row.address_id for row in MappingPackages(gap.work.conn, "430626").rows(package.id))
    query = """SELECT l.address_id FROM household_address l JOIN household h ON h.id = l.household_id
               WHERE h.kind = :kind"""
    family = gap.work.conn.execute(text(query), {"kind": "family"}).scalar_one()
    lines = "".join(f"1,{no},{'接受' if one == family else '拒绝'},\n" for no, one in enumerate(homes, 1))

    report = gap.receive(package, lines)

    papers = gap.papers()
    assert (report.papers, report.refused) == (2, 2)
    assert {(one.kind, one.copies) for one in papers} == {
        (PaperKind.REGISTER_BOOK, 1), (PaperKind.RESIDENT_FORM, 2),
    }  # fmt: skip
    assert all("沙坪村" in one.old_text and "沙塅村" in one.new_text for one in papers)


def test_a_village_sees_the_papers_of_its_own_people_alone(gap: Gap) -> None:
    gap.receive(gap.rename("沙塅村"), "1,1,接受,\n1,2,接受,\n1,3,接受,\n")
    here, there = gap.register.as_(HERE), gap.register.as_(THERE)

    seen = [len(gap.papers(who)) for who in (there, here)]

    assert seen == [4, 0]


def test_an_address_that_changes_again_before_the_paper_is_made_leaves_one_to_make(gap: Gap) -> None:
    gap.receive(gap.rename("沙塅村"), "1,1,接受,\n1,2,接受,\n1,3,接受,\n")

    gap.receive(gap.rename("沙岭村"), "2,1,接受,\n2,2,接受,\n2,3,接受,\n")

    waiting = gap.papers(state=PaperState.TO_REISSUE)
    assert len(waiting) == 4
    assert {"沙岭村" in one.new_text for one in waiting} == {True}
    assert len(gap.papers(state=PaperState.SUPERSEDED)) == 4


def test_papers_are_issued_then_collected_and_the_lists_name_nobody_in_clear(gap: Gap) -> None:
    gap.receive(gap.rename("沙塅村"), "1,1,接受,\n1,2,接受,\n1,3,接受,\n")
    station = gap.register.as_(TOWN, Role.POLICE)
    cards = list_papers(station, PaperFilter(TOWN), None, 100)
    book = next(one for one in cards if one.head and one.paper.kind is PaperKind.REGISTER_BOOK)

    early = code_of(advance_paper, station, book.paper.id, 1, PaperState.COLLECTED)
    advance_paper(station, book.paper.id, 1, PaperState.ISSUED)
    stale = code_of(advance_paper, station, book.paper.id, 1, PaperState.ISSUED)
    done = advance_paper(station, book.paper.id, 2, PaperState.COLLECTED)

    assert (early, stale) == ("paper-not-in-order", "stale")
    assert (done.paper.issued_by, done.paper.collected_by) == (station.actor.name, station.actor.name)
    assert (book.head, book.book_no) == ("示**", "****")
    sheet = openpyxl.load_workbook(io.BytesIO(export_papers(station, PaperFilter(TOWN)))).worksheets[0]
    lines = [[cell.value or "" for cell in row] for row in sheet.iter_rows()]
    assert lines[0] == list(TITLES)
    assert len(lines) == 5
    assert not any("示例甲" in str(cell) or "H001" in str(cell) for line in lines for cell in line)
    progress = gap.register.as_(TOWN, Role.LEADING_GROUP).papers.progress(TOWN)
    assert {(row["village"], row["kind"], row["state"]): row["papers"] for row in progress} == {
        ("沙塅村", "register_book", "collected"): 1, ("沙塅村", "register_book", "to_reissue"): 1,
        ("沙塅村", "resident_form", "to_reissue"): 2,
    }  # fmt: skip


def test_papers_follow_their_household_into_another_village(gap: Gap) -> None:
    gap.receive(gap.rename("沙塅村"), "1,1,接受,\n1,2,接受,\n1,3,接受,\n")
    household = gap.papers()[0].household_id
    target = gap.register.villages.absorber

    relocate_household(gap.work.conn, "430626", household, target)

    assert {one.village_code for one in gap.papers() if one.household_id == household} == {HERE}


def test_rows_without_codes_wait_once_a_dictionary_was_taken_and_go_when_it_was_reviewed(
    work: Work, approver: Work, town: Any, tmp_path: Path
) -> None:
    gap = Gap(
        Register(two_villages(work, approver, town, doors=1)), tmp_path, profile="police", from_now=False
    )
    lines = f"代码,名称\n{HERE},烟舟村委会\n{THERE},沙坪村委会\n".encode()
    options = DictionaryOptions(DictionaryKind.COMMITTEE, date(2026, 1, 1))
    import_police_dictionary(gap.work, lines, "字典.csv", ReadLimits(tmp_path), options)
    pairs = {one.code: one for one in Crosswalk(work.conn, "430626", work.actor.account_id, work.now).page(
        PairFilter(""), None, 10)}  # fmt: skip
    decide_pair(gap.work, pairs[HERE].id, 1, CrosswalkVerdict.ACCEPT)

    first = gap.issue()
    acknowledge_package(gap.work, first.id, first.revision)
    decide_pair(gap.work, pairs[THERE].id, 1, CrosswalkVerdict.ACCEPT)
    second = gap.issue()

    rows = MappingPackages(work.conn, "430626").rows(first.id)
    assert {(str(row.new_text)[12:15], row.state, row.reason_text) for row in rows} == {
        ("烟舟村", RowState.ISSUED, ""), ("沙坪村", RowState.HELD, "jcwh"),
    }  # fmt: skip
    assert {state for _, _, state in gap.rows(second)} == {RowState.ISSUED}
    assert len(gap.rows(second)) == 3


def test_two_who_settle_and_two_who_send_one_receipt_at_once_do_it_once(
    database: Database,
    make_county: Any,
    make_town: Callable[[Work], Any],
    at_once: Any,
    tmp_path: Path,
    keys: Any,
) -> None:
    from tests.services.conftest import as_approver

    with database.engine.begin() as conn:
        clerk = make_county(conn)
        work = Work(conn, clerk, datetime.now(UTC), keys)
        gap = Gap(Register(two_villages(work, as_approver(work), make_town(work), doors=1)), tmp_path)
        package = gap.rename("沙塅村")
    lines = "对照号,结果\n1,拒绝\n2,接受\n3,接受\n".encode()

    def send(work: Work) -> object:
        return receive_receipt(work, package.id, lines, "回执.csv", ReadLimits(tmp_path))

    sent = at_once(database, clerk, send, send)
    with unit_of_work(database.engine, clerk, datetime.now(UTC)) as work:
        receipts = MappingReceipts(work.conn, "430626", clerk.account_id, work.now)
        (refused,) = receipts.refusals("", None, None, None, 10)
        kept = receipts.of_package(package.id)

    def settle(work: Work) -> object:
        return settle_refusal(work, refused.id, refused.revision, NOTHING, "无人居住")

    settled = at_once(database, clerk, settle, settle)

    assert (sent, len(kept)) == (["done", "done"], 1)
    assert sorted(settled) == ["done", "refusal-settled"]


def test_the_role_of_the_station_suffices(gap: Gap) -> None:
    package = gap.rename("沙塅村")
    station = gap.register.as_(TOWN, Role.POLICE)

    data = "对照号,结果\n1,接受\n".encode("utf-8-sig")
    report = receive_receipt(station, package.id, data, "回执.csv", ReadLimits(gap.folder))

    elsewhere = gap.register.as_(HERE, Role.POLICE)
    outside = code_of(receive_receipt, elsewhere, package.id, data, "回执.csv", ReadLimits(gap.folder))
    assert (report.accepted, outside) == (1, "out-of-scope")

"""An extract held against the register: text and person weighed apart, decisions remembered, nobody overrun."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from sqlalchemy import text

from address_service.errors import ServiceError
from address_service.model.accounts import Role
from address_service.model.reconciliation import ExtractStage, Outcome, PersonFinding, RowDecision
from address_service.services.decide_extract_row import accept_rows, decide_row
from address_service.services.queue_reconciliation import ExtractOptions, queue_reconciliation
from address_service.services.run_reconciliation import run_reconciliation
from address_service.services.withdraw_extract import withdraw_extract
from address_service.settings import CryptoSuite
from address_service.store.extract_rotation import ExtractRotation
from address_service.store.extract_rows import ExtractRow, RowFilter
from address_service.store.files import FileStore
from address_service.store.keys import KeyRing, KeySource, Purpose, keep_key, make_key
from address_service.store.resident_scope import close_scope, scope_of_villages
from address_service.store.work import Work
from tests.services.people import CHILD_ID, HEAD_ID, HERE, THERE, WIFE_ID, Register, code_of, head
from tests.services.villages import HEAD, two_villages

TOWN = "430626113"
HEADER = ("户号", "姓名", "公民身份号码", "原地址", "备注")
ALL = RowFilter()


class Station:
    """A police station of the town with a register of two villages."""

    def __init__(self, register: Register, files: FileStore) -> None:
        self.register = register
        self.files = files
        self.work = register.as_(TOWN, Role.POLICE)
        self.texts = register.villages.texts()
        self.keys = self.work.keys

    def fresh(self, work: Work | None = None) -> Work:
        of = work or self.work
        return Work(of.conn, of.actor, of.now, self.keys)

    def send(self, *rows: tuple[Any, ...], division: str = TOWN, name: str = "底册.csv") -> UUID:
        lines = "\n".join(",".join(str(cell) for cell in row) for row in (HEADER, *rows))
        return self.run(self.queue(lines.encode("gb18030"), name, division))

    def queue(self, content: bytes, name: str, division: str = TOWN) -> UUID:
        options = ExtractOptions(division)
        return queue_reconciliation(self.work, self.files, name, io.BytesIO(content), 1 << 24, options)

    def run(self, extract_id: UUID) -> UUID:
        @contextmanager
        def open_work() -> Iterator[Work]:
            yield self.fresh()

        run_reconciliation(open_work, self.files, extract_id, 1 << 28, batch=2)
        return extract_id

    def rows(self, extract_id: UUID, wanted: RowFilter = ALL) -> list[ExtractRow]:
        return self.work.extract_rows.page(extract_id, wanted, None, 1000)

    def own(self, extract_id: UUID) -> list[ExtractRow]:
        return [row for row in self.rows(extract_id) if row.outcome is not Outcome.REGISTER_ONLY]


@pytest.fixture
def station(work: Work, approver: Work, town: Any, tmp_path: Path) -> Station:
    return Station(Register(two_villages(work, approver, town)), FileStore(tmp_path))


def test_a_row_that_reads_like_the_register_is_the_same_and_one_without_its_head_is_updated(
    station: Station,
) -> None:
    door = next(iter(station.texts.values()))

    found = station.send(
        ("H1", "示例甲", HEAD_ID, door, ""), ("H2", "示例乙", WIFE_ID, door.removeprefix(HEAD), "")
    )

    first, second = station.own(found)
    assert (first.outcome, second.outcome) == (Outcome.SAME, Outcome.UPDATE)
    assert first.address_id == second.address_id is not None
    assert station.work.extracts.get(found).stage is ExtractStage.DONE


def test_what_nobody_can_read_is_told_as_not_matched(station: Station) -> None:
    found = station.send(
        ("H1", "示例甲", HEAD_ID, "上海市黄浦区某某弄", ""), ("H2", "示例乙", WIFE_ID, "", "")
    )

    (row,) = station.own(found)
    assert row.outcome in (Outcome.NONE, Outcome.ELSEWHERE)
    assert row.address_id is None
    assert station.work.extract_rows.rejects(found, 10) == [
        {"row": 2, "field": "address", "code": "address-missing", "message": "没有地址，也没有门楼牌编号"}
    ]


def test_somebody_surveyed_at_another_house_is_a_finding_and_no_error_of_the_text(station: Station) -> None:
    codes = list(station.texts)
    registered, lives = codes[0], codes[1]
    station.register.enrol(registered, head(lives_at=lives))

    found = station.send(("H1", "示例甲", HEAD_ID, station.texts[registered], ""))

    (row,) = station.own(found)
    assert row.outcome is Outcome.SAME
    assert row.findings == (PersonFinding.SEPARATED,)
    assert row.person_id is not None


def test_bad_repeated_and_foreign_numbers_are_findings_beside_the_outcome(station: Station) -> None:
    codes = list(station.texts)
    station.register.enrol(codes[2], head())
    door = station.texts[codes[0]]

    found = station.send(
        ("H1", "示例甲", HEAD_ID, door, ""),
        ("H2", "示例甲", HEAD_ID, door, ""),
        ("H3", "示例乙", WIFE_ID[:-1] + "0", door, ""),
    )

    one, two, three = station.own(found)
    assert {one.outcome, two.outcome, three.outcome} == {Outcome.SAME}
    assert PersonFinding.DUPLICATE in one.findings
    assert PersonFinding.REGISTERED_ELSEWHERE in two.findings
    assert three.findings == (PersonFinding.ID_INVALID,)
    assert [reject["field"] for reject in station.work.extract_rows.rejects(found, 10)] == ["id_no"]


def test_addresses_to_which_no_row_leads_are_of_the_register_alone(station: Station) -> None:
    codes = list(station.texts)
    station.register.enrol(codes[1], head())

    found = station.send(("H1", "示例乙", WIFE_ID, station.texts[codes[0]], ""))

    alone = station.rows(found, RowFilter(Outcome.REGISTER_ONLY))
    assert len(alone) == len(codes) - 1
    assert sum(row.findings == (PersonFinding.NOT_IN_EXTRACT,) for row in alone) == 1
    assert all(row.facts is None for row in alone)


def test_a_file_of_one_village_leaves_the_other_out_and_calls_its_doors_elsewhere(station: Station) -> None:
    there = next(station.texts[code] for code in station.register.doors(THERE))

    found = station.send(("H1", "示例甲", HEAD_ID, there, ""), division=HERE)

    assert [row.outcome for row in station.own(found)] == [Outcome.ELSEWHERE]
    assert len(station.rows(found, RowFilter(Outcome.REGISTER_ONLY))) == len(station.register.doors(HERE))


def test_a_workbook_in_which_numbers_were_rounded_refuses_the_number_and_keeps_the_row(
    station: Station,
) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for line in (
        ("示例所人口底册",),
        HEADER,
        ("H1", "示例甲", int(HEAD_ID), next(iter(station.texts.values())), ""),
    ):
        sheet.append(line)
    target = io.BytesIO()
    book.save(target)

    found = station.run(station.queue(target.getvalue(), "底册.xlsx"))

    (row,) = station.own(found)
    assert (row.outcome, row.findings) == (Outcome.SAME, (PersonFinding.ID_INVALID,))
    assert [reject["code"] for reject in station.work.extract_rows.rejects(found, 10)] == ["number-rounded"]


def test_whoever_goes_on_with_an_extract_reads_it_by_the_layout_that_came_with_it(station: Station) -> None:
    own = "id: own\ntitle: 自定\ncolumns:\n  address: [住在]\n  book_no: [本号]\n"
    doors = list(station.texts.values())[:3]
    lines = "\n".join(("本号,住在", *(f"H{n},{door}" for n, door in enumerate(doors))))
    options = ExtractOptions(TOWN, layout_yaml=own)
    source = io.BytesIO(lines.encode())
    found = queue_reconciliation(station.work, station.files, "底册.csv", source, 1 << 24, options)
    works = iter(range(4))

    @contextmanager
    def open_work() -> Iterator[Work]:
        if next(works, None) is None:
            raise KeyboardInterrupt
        yield station.fresh()

    with pytest.raises(KeyboardInterrupt):
        run_reconciliation(open_work, station.files, found, 1 << 28, batch=2)
    stopped_at = station.work.extracts.get(found).last_row
    station.run(found)

    assert (stopped_at, station.work.extracts.get(found).stage) == (2, ExtractStage.DONE)
    assert [row.outcome for row in station.own(found)] == [Outcome.SAME] * 3


def test_running_a_finished_extract_again_changes_nothing(station: Station) -> None:
    found = station.send(("H1", "示例甲", HEAD_ID, next(iter(station.texts.values())), ""))
    before = [(row.id, row.outcome, row.revision) for row in station.rows(found)]

    station.run(found)

    assert [(row.id, row.outcome, row.revision) for row in station.rows(found)] == before


def test_the_second_of_two_reviewers_is_told_who_was_first(station: Station) -> None:
    found = station.send(("H1", "示例甲", HEAD_ID, next(iter(station.texts.values())), ""))
    (row,) = station.own(found)
    other = station.register.as_("430626", Role.CIVIL_AFFAIRS)

    done = decide_row(station.fresh(), row.id, row.revision, RowDecision.ACCEPT)
    with pytest.raises(ServiceError) as refused:
        decide_row(station.fresh(other), row.id, row.revision, RowDecision.PARK)

    assert (done.decision, done.decided_address_id, done.revision) == (RowDecision.ACCEPT, row.address_id, 2)
    assert refused.value.code == "row-decided"
    assert station.work.actor.name in refused.value.message


def test_a_decision_is_remembered_for_the_same_text_and_person_until_it_is_taken_back(
    station: Station,
) -> None:
    line = ("H1", "示例甲", HEAD_ID, "童市镇谁也不认得的老屋", "")
    first, code = station.send(line), next(iter(station.texts))
    (row,) = station.own(first)
    chosen = decide_row(station.fresh(), row.id, row.revision, RowDecision.CHOOSE, address_code=code)

    (again,) = station.own(station.send(line))
    (somebody_else,) = station.own(station.send(("H1", "示例乙", WIFE_ID, line[3], "")))
    decide_row(station.fresh(), again.id, again.revision, None)
    (after,) = station.own(station.send(line))

    assert (again.decided_address_id, again.replayed_from) == (chosen.decided_address_id, row.id)
    assert (somebody_else.decision, after.decision) == (None, None)


def test_what_the_police_call_a_door_is_learnt_from_a_decision_until_it_is_taken_back(
    station: Station,
) -> None:
    """The text alone says no more than the village; the number of their own system says which door."""
    code = station.register.doors(HERE)[0]
    layout = ("户号", "原地址", "门楼牌编号")

    def send(address: str, called: str = "mlp-0007") -> ExtractRow:
        lines = "\n".join((",".join(layout), f"H1,{address},{called}"))
        (row,) = station.own(station.run(station.queue(lines.encode(), "底册.csv")))
        return row

    first = send("童市镇烟舟村谁也不认得的老屋")
    decide_row(station.fresh(), first.id, first.revision, RowDecision.CHOOSE, address_code=code)
    learnt, stranger = send("童市镇烟舟村"), send("童市镇烟舟村", "MLP-0008")
    apart = send("童市镇沙坪村")
    decide_row(station.fresh(), first.id, first.revision + 1, None)
    after = send("童市镇烟舟村")

    assert (first.outcome, stranger.outcome, after.outcome) == (Outcome.NONE,) * 3
    assert (learnt.outcome, learnt.match_stage, learnt.decision) == (Outcome.UPDATE, "external_id", None)
    assert (
        station.work.extract_rows.get(learnt.id).address_id
        == station.work.conn.execute(
            text("SELECT id FROM address WHERE code = :code"), {"code": code}
        ).scalar_one()
    )
    # The text names another village: then nothing is linked by the number.
    assert apart.outcome is Outcome.SEVERAL


def test_a_remembered_address_that_has_ended_is_not_taken_over(station: Station) -> None:
    line = ("H1", "示例甲", HEAD_ID, "童市镇谁也不认得的老屋", "")
    (row,) = station.own(station.send(line))
    chosen = decide_row(
        station.fresh(), row.id, row.revision, RowDecision.CHOOSE, address_code=next(iter(station.texts))
    )
    station.work.conn.execute(
        text(
            "UPDATE address_version SET recorded = tstzrange(lower(recorded), 'infinity')"
            " WHERE address_id = :id AND upper_inf(recorded) AND stage = 'current'"
        ),
        {"id": chosen.decided_address_id},
    )

    (again,) = station.own(station.send(line))

    assert again.decision is None


def test_many_rows_are_accepted_together_only_as_counted_and_of_a_kind_that_leads_somewhere(
    station: Station,
) -> None:
    door = next(iter(station.texts.values()))
    found = station.send(("H1", "示例甲", HEAD_ID, door, ""), ("H2", "示例乙", WIFE_ID, door, ""))

    wrong = code_of(accept_rows, station.fresh(), found, Outcome.SAME, 3)
    never = code_of(accept_rows, station.fresh(), found, Outcome.SEVERAL, 0)
    done = accept_rows(station.fresh(), found, Outcome.SAME, 2)

    assert (wrong, never, done) == ("count-differs", "outcome-not-at-once", 2)
    assert {row.decision for row in station.own(found)} == {RowDecision.ACCEPT}
    log = station.register.count("SELECT count(*) FROM extract_decision WHERE is_bulk")
    assert log == 2


def test_a_village_sees_its_own_rows_by_raw_sql_and_no_other(station: Station) -> None:
    here, there = (station.texts[station.register.doors(village)[0]] for village in (HERE, THERE))
    found = station.send(
        ("H1", "示例甲", HEAD_ID, here, ""),
        ("H2", "示例乙", WIFE_ID, there, ""),
        ("H3", "示例丙", CHILD_ID, "某处", ""),
    )
    village = station.register.as_(HERE)
    query = "SELECT count(*) FROM extract_row WHERE extract_id = :id AND payload IS NOT NULL"

    station.work.conn.execute(text("SET LOCAL ROLE address_app"))
    whole = station.register.count(query, id=found)
    close_scope(station.work.conn)
    station.work.conn.execute(text("SELECT set_config('address.offices', '', true)"))
    nobody = station.register.count(query, id=found)
    _ = village.residents
    own = station.register.count(query, id=found)
    extracts = station.register.count("SELECT count(*) FROM extract")

    assert (whole, nobody, own, extracts) == (3, 0, 1, 0)


def test_what_was_sent_is_sealed_and_a_withdrawn_extract_can_be_read_no_more(station: Station) -> None:
    found = station.send(("H1", "欧阳埋点", HEAD_ID, next(iter(station.texts.values())), "备注埋点"))
    stored = str(
        station.work.conn.execute(
            text(
                "SELECT row_to_json(r)::text, (SELECT row_to_json(e)::text FROM extract e LIMIT 1) FROM extract_row r"
            )
        ).all()
    )

    withdrawn = withdraw_extract(station.fresh(), found, "示例决〔2026〕1号", "误传")

    (row,) = station.own(found)
    planted = (HEAD_ID, "欧阳埋点", "备注埋点")
    assert [one for one in planted if one in stored or one.encode().hex() in stored] == []
    assert (withdrawn.persons, row.facts, row.cells, row.answer) == (1, None, None, None)
    assert code_of(decide_row, station.fresh(), row.id, row.revision, RowDecision.PARK) == "extract-withdrawn"
    assert code_of(withdraw_extract, station.fresh(), found, "示例决〔2026〕1号", "误传") == "key-destroyed"


def test_after_a_rotation_rows_are_read_and_remembered_under_the_new_keys(
    station: Station, tmp_path: Path
) -> None:
    folder = tmp_path / "keys"
    purposes = (Purpose.SEAL, Purpose.INDEX)
    old = [keep_key(folder, make_key(purpose, CryptoSuite.SM)) for purpose in purposes]
    station.keys = KeyRing(KeySource(folder))
    station.work = station.fresh()
    line = ("H1", "示例甲", HEAD_ID, "童市镇谁也不认得的老屋", "")
    (row,) = station.own(station.send(line))
    decide_row(
        station.fresh(), row.id, row.revision, RowDecision.CHOOSE, address_code=next(iter(station.texts))
    )
    for purpose in purposes:
        keep_key(folder, make_key(purpose, CryptoSuite.SM))

    carried = rotate_extracts(station)
    for file in old:
        file.unlink()
    station.keys = KeyRing(KeySource(folder))
    station.work = station.fresh()
    (again,) = station.own(station.send(line))

    assert carried == 2
    assert again.replayed_from == row.id
    assert station.work.extract_rows.get(row.id).facts == row.facts


def rotate_extracts(station: Station) -> int:
    work = station.fresh()
    with scope_of_villages(work.conn, work.county_code, None):
        return ExtractRotation(work.conn, work.county_code, work.seal).carry(50)

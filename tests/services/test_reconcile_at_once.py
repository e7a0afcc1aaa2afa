"""Two reviewers decide one row on connections of their own; one of them is told of the other."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from address_service.model.accounts import Actor, Role
from address_service.model.reconciliation import Outcome, RowDecision
from address_service.services.decide_extract_row import accept_rows, decide_row
from address_service.services.queue_reconciliation import ExtractOptions, queue_reconciliation
from address_service.services.run_reconciliation import run_reconciliation
from address_service.store.engine import Database
from address_service.store.extract_rows import ExtractRow, RowFilter
from address_service.store.files import FileStore
from address_service.store.keys import KeyRing
from address_service.store.work import Work, unit_of_work
from tests.services.conftest import as_approver
from tests.services.test_two_at_once import Office
from tests.services.villages import HEAD, two_villages


class Station(Office):
    """An office whose works can open what is sealed."""

    keys: KeyRing
    extract_id: UUID

    def work(self, actor: Actor | None = None) -> Any:
        return unit_of_work(self.database.engine, actor or self.clerk, datetime.now(UTC), self.keys)

    def rows(self) -> list[ExtractRow]:
        with self.work() as work:
            found: list[ExtractRow] = work.extract_rows.page(
                self.extract_id, RowFilter(Outcome.SAME), None, 10
            )
        return found


@pytest.fixture
def station(
    database: Database, make_town: Callable[[Work], Any], make_county: Callable[[Any], Actor], keys: KeyRing,
    tmp_path: Any,
) -> Station:  # fmt: skip
    with database.engine.begin() as conn:
        clerk = make_county(conn)
        work = Work(conn, clerk, datetime.now(UTC) - timedelta(1), keys)
        town = make_town(work)
        villages = two_villages(work, as_approver(work), town)
        texts = [text for text in villages.texts().values() if text.startswith(HEAD)]
        police = work.accounts.create("示例派出所", Role.POLICE, "430626")
    made = Station(database, police, police, town)
    made.keys = keys
    files = FileStore(tmp_path)
    lines = "\n".join(("户号,原地址", *(f"H{n},{text}" for n, text in enumerate(texts[:2]))))
    with made.work() as work:
        options = ExtractOptions("430626")
        made.extract_id = queue_reconciliation(
            work, files, "底册.csv", io.BytesIO(lines.encode()), 1 << 20, options
        )
    run_reconciliation(made.work, files, made.extract_id, 1 << 28)
    return made


@pytest.mark.parametrize("_round", range(3))
def test_one_of_two_decides_and_the_log_has_one_decision(station: Station, _round: int) -> None:
    row = station.rows()[0]

    told = station.at_once(
        lambda work: decide_row(work, row.id, row.revision, RowDecision.ACCEPT),
        lambda work: decide_row(work, row.id, row.revision, RowDecision.PARK),
    )

    assert sorted(told) == ["done", "row-decided"]
    (after, other) = station.rows()
    assert (after.revision, other.revision) == (row.revision + 1, 1)
    assert after.decision == (RowDecision.ACCEPT if told[0] == "done" else RowDecision.PARK)
    with station.work() as work:
        assert [len(work.extract_rows.summary(station.extract_id)["decisions"])] == [1]


def test_whoever_accepts_all_meanwhile_overruns_nobody(station: Station) -> None:
    row = station.rows()[0]

    told = station.at_once(
        lambda work: decide_row(work, row.id, row.revision, RowDecision.PARK),
        lambda work: accept_rows(work, station.extract_id, Outcome.SAME, 2),
    )

    # Either both rows were still open, and the single decision came too late, or one was decided and the count differs.
    first, second = station.rows()
    assert sorted(told) in (["done", "row-decided"], ["count-differs", "done"])
    if told[0] == "done":
        assert (first.decision, second.decision) == (RowDecision.PARK, None)
    else:
        assert (first.decision, second.decision) == (RowDecision.ACCEPT, RowDecision.ACCEPT)
    assert {first.revision, second.revision} <= {1, 2}

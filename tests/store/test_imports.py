"""Runs of the importer as the API lists them."""

from uuid import UUID

import pytest

from address_service.errors import NotFound
from address_service.store.ids import new_id
from address_service.store.imports import NewRun, RejectRow, RunCounts
from address_service.store.work import Work


def add(work: Work, stage: str = "queued") -> UUID:
    """A run."""
    run = NewRun("parcels", "宗地.zip", b"\1" * 32, {"dry_run": False}, False, work.actor.account_id)
    return work.imports.add(run, work.now, stage)


def test_runs_are_paged_oldest_first(work: Work) -> None:
    first, second, third = (add(work) for _ in range(3))

    assert [run["id"] for run in work.imports.page(None, 2)] == [first, second]
    assert [run["id"] for run in work.imports.page(second, 2)] == [third]


def test_a_run_says_what_it_does_and_what_came_of_it(work: Work) -> None:
    run_id = add(work)
    work.imports.set_phase(run_id, "写入宗地 20000/80000")
    under_way = work.imports.get(run_id)

    work.imports.finish(run_id, "done", RunCounts(10, 7, 2, 1), {"notes": ["坐标系"]}, work.now)

    assert (under_way["stage"], under_way["phase"]) == ("running", "写入宗地 20000/80000")
    done = work.imports.get(run_id)
    assert (done["stage"], done["phase"], done["accepted"], done["report"]) == (
        "done",
        "",
        7,
        {"notes": ["坐标系"]},
    )


def test_a_file_that_could_not_be_taken_says_why(work: Work) -> None:
    run_id = add(work)

    work.imports.fail(run_id, "layer-off-county", "图层落在本县范围之外", work.now)

    failed = work.imports.get(run_id)
    assert (failed["stage"], failed["report"]["error"]["code"]) == ("failed", "layer-off-county")


def test_rejects_keep_the_order_of_the_file_and_any_value(work: Work) -> None:
    run_id = add(work)
    values = ["a\tb", "反\\斜", "\0零", ""]

    work.imports.add_rejects(
        run_id, [RejectRow(9 - i, "名", "x", "错", value) for i, value in enumerate(values)]
    )

    kept = work.imports.rejects(run_id, 10)
    assert [r["row"] for r in kept] == [9, 8, 7, 6]
    assert [r["value"] for r in kept] == ["a\tb", "反\\斜", "零", ""]


def test_an_unknown_run_is_not_found(work: Work) -> None:
    with pytest.raises(NotFound):
        work.imports.get(new_id())

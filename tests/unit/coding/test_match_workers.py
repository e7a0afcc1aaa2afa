"""Several processes, and several machines, answer as one process does."""

from typing import Any

import pytest
from distributed import Client, LocalCluster

from address_service.coding.matching import MatchAsk
from address_service.errors import NotReady
from address_service.services.match_rows import PARTITION, match_parts_on_dask, match_rows
from tests.unit.coding.test_matching import BOOK

TEXTS = ("烟舟村12组18号", "瓮江镇芭蕉村3组5号", "烟舟村横山组120号", "童市镇烟州村12组18号", "（" * 500)


def test_two_workers_answer_as_one_does() -> None:
    rows = [MatchAsk(TEXTS[n % len(TEXTS)] + ("" if n % 2 else " ")) for n in range(2 * PARTITION + 7)]

    apart = match_rows(rows, BOOK, workers=2)

    assert apart == match_rows(rows, BOOK)
    assert len(apart) == len(rows)


def test_a_cluster_of_two_workers_answers_as_one_process_does() -> None:
    rows = [MatchAsk(TEXTS[n % len(TEXTS)] + " " * (n % 3)) for n in range(2 * PARTITION + 7)]

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        parts = list(match_parts_on_dask(rows, BOOK, cluster.scheduler_address))

    assert [answer for part in parts for answer in part] == match_rows(rows, BOOK)
    assert [len(part) for part in parts] == [PARTITION, PARTITION, 7]


def test_a_scheduler_that_is_not_there_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def impatient(*asked: Any, **how: Any) -> Client:
        return Client(*asked, **how | {"timeout": 0.5})

    monkeypatch.setattr("distributed.Client", impatient)

    with pytest.raises(NotReady) as refused:
        list(match_parts_on_dask([MatchAsk("某处")], BOOK, "tcp://127.0.0.1:9"))

    assert refused.value.code == "dask-unreachable"

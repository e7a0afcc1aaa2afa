"""`bench match`: what counts as right and wrong, the book that matching is given, and lines written by hand."""

import csv
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from address_service.bench.match import PUBLISHED_SEED, Matched, by_kind, figures, run
from address_service.bench.planted import PlantedRow
from address_service.bench.planted_book import names_of, successions_of, texts_of
from address_service.bench.planted_lines import (
    SMALL_SCALE,
    SMALL_SEED,
    facts,
    read_lines,
    small_world,
    write_facts,
)
from address_service.bench.planted_maker import make_world
from address_service.bench.planted_names import MERGERS
from address_service.cli.bench import bench
from address_service.coding.matching import Outcome
from address_service.errors import InvalidInput

LINES = Path(__file__).parent / "lines"


def matched(truth: str | None, accepted: str | None, kind: str = "prefix") -> Matched:
    outcome = Outcome.ACCEPTED if accepted else Outcome.AMBIGUOUS
    return Matched(PlantedRow(kind, "", None, None, (), truth), outcome, accepted, 0.0)


def test_a_link_is_wrong_where_it_is_another_address_or_nobody_can_tell() -> None:
    done = [matched("A", "A"), matched("A", "B"), matched(None, "A"), matched("A", None), matched(None, None)]

    found = figures(done)

    assert (found["rows"], found["with_truth"], found["auto_linked"]) == (5, 3, 3)
    assert found["wrong_auto_links"] == 2
    assert found["recall"] == round(1 / 3, 4)
    assert found["ambiguous"] == 2


def test_recall_is_told_of_every_kind_that_has_answers() -> None:
    found = by_kind([matched("A", "A", "x"), matched("A", None, "x"), matched(None, "B", "y")])

    assert found["x"] == {"rows": 2, "with_truth": 2, "wrong": 0, "recall": 0.5}
    assert found["y"] == {"rows": 1, "with_truth": 0, "wrong": 1, "recall": None}


def test_matching_is_told_of_recorded_texts_only_and_of_every_merger() -> None:
    world = small_world()

    texts, names = list(texts_of(world)), {name.key for name in names_of(world)}
    successions = list(successions_of(world))

    recorded = sum(one.recorded for one in world.stretches)
    assert len(texts) == recorded + len(world.aliases) < len(world.stretches) + len(world.aliases)
    assert {merger.before for merger in MERGERS} <= names
    assert [one.after for one in successions if one.before == "v113215协洞"] == ["v113205石洞", "v113206永响"]
    assert all(one.groups for one in successions if one.before in {"v113215协洞", "v113223永丰"})


def test_a_small_run_gives_all_figures() -> None:
    found = run(300, seed=3, failures=2)

    assert found["rows"] == 300
    assert {"per_second_per_core", "floor_per_second", "worst_ms", "memory_mb", "prefix_only_share"} <= set(
        found
    )
    assert sum(kind["rows"] for kind in found["kinds"].values()) == 300
    assert len(found["failures"]) <= 2


def test_rows_of_the_published_seed_are_not_shown() -> None:
    with pytest.raises(InvalidInput) as refused:
        run(100, seed=PUBLISHED_SEED, failures=1)

    assert refused.value.code == "bench-seed-published"


@pytest.mark.golden
def test_the_facts_for_hand_written_lines_are_those_of_the_small_county() -> None:
    if os.environ.get("BLESS"):
        write_facts(LINES)

    for name, lines in facts().items():
        with (LINES / name).open(encoding="utf-8", newline="") as file:
            assert list(csv.reader(file)) == [[str(value) for value in line] for line in lines]


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(("text\tday\ttruth\twhy", *lines)) + "\n", encoding="utf-8")
    return path


def test_lines_are_read_with_their_day_truth_and_why(tmp_path: Path) -> None:
    address = make_world(SMALL_SEED, SMALL_SCALE).current()[0].address
    path = write(tmp_path / "lines.tsv", f"烟舟村3组\t2014-05-01\t{address}\tby hand", "某村\t\t\tno answer")

    first, second = read_lines(path)

    assert (first.text, first.on, first.truth, first.why) == (
        "烟舟村3组",
        date(2014, 5, 1),
        address,
        "by hand",
    )
    assert (second.on, second.truth) == (None, None)


@pytest.mark.parametrize(
    ("line", "code"),
    [("某村\t2014-13-01\t\tx", "bench-lines-day"), ("某村\t\tA999999\tx", "bench-lines-truth")],
)
def test_a_line_that_cannot_be_true_is_refused(tmp_path: Path, line: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_lines(write(tmp_path / "lines.tsv", line))

    assert refused.value.code == code


def test_lines_without_their_columns_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text("text,day\n某村,\n", encoding="utf-8")

    with pytest.raises(InvalidInput) as refused:
        read_lines(path)

    assert refused.value.code == "bench-lines-columns"


def test_hand_written_lines_are_reported_apart(tmp_path: Path) -> None:
    path = write(tmp_path / "lines.tsv", "江西省修水县渣津镇白石村3组5号\t\t\tanother province")

    found: dict[str, Any] = run(lines=path)

    assert (found["rows"], found["with_truth"], found["wrong_auto_links"]) == (1, 0, 0)
    assert found["failures"] == []


def test_none_of_the_lines_written_by_hand_is_linked_wrongly() -> None:
    found: dict[str, Any] = run(lines=LINES / "hand_written.tsv")

    assert (found["rows"], found["with_truth"]) == (300, 184)
    assert found["failures"] == []
    assert found["recall"] > 0.8


def test_other_benches_refuse_the_options_of_match() -> None:
    with pytest.raises(InvalidInput) as refused:
        bench("tiles", seed=3)

    assert refused.value.code == "bench-option"


def test_the_program_prints_the_figures_of_match(capsys: pytest.CaptureFixture[str]) -> None:
    bench("match", size=100, seed=3, as_json=True)

    assert '"wrong_auto_links"' in capsys.readouterr().out

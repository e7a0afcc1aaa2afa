"""How many planted rows are linked by themselves, how many of them wrongly, how fast, beside bare RapidFuzz."""

import gc
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from address_service.bench.planted import PlantedRow, make_rows
from address_service.bench.planted_book import book_of
from address_service.bench.planted_lines import read_lines, small_world
from address_service.bench.planted_maker import make_world
from address_service.bench.planted_world import World
from address_service.coding.matching import MatchAnswer, MatchAsk, MatchBook, Outcome, match
from address_service.errors import InvalidInput

DEFAULT_SIZE = 100_000
PUBLISHED_SEED, DEVELOPMENT_SEED = 20_261_216, 7
_BUDGET_S, _SLOWEST, _FLOOR_ROWS = 30.0, 20, 2000


@dataclass(frozen=True, slots=True)
class Matched:
    """A row, what is counted of its answer, and the seconds that it took.

    Whole answers are not kept: walking millions of objects for garbage would be counted as matching.
    """

    row: PlantedRow
    outcome: Outcome
    accepted: str | None
    took: float

    @property
    def right(self) -> bool:
        """Linked by itself to what it means."""
        return self.accepted is not None and self.accepted == self.row.truth

    @property
    def wrong(self) -> bool:
        """Linked by itself to what it does not mean, or though nobody can tell."""
        return self.accepted is not None and self.accepted != self.row.truth


def run(
    size: int | None = None, seed: int | None = None, failures: int = 0, lines: Path | None = None
) -> dict[str, Any]:
    """Figures over ``size`` planted rows; without a size it stops after 30 s of matching, and ``rows`` tells how far.

    ``failures`` adds so many rows that were linked wrongly or not at all, for any seed but the published one. ``lines``
    is a file of hand-written lines over the small county, reported apart and instead.
    """
    if lines is not None:
        return run_lines(lines, failures)
    if failures and seed == PUBLISHED_SEED:
        raise InvalidInput("公布成绩所用的种子不显示单行，请换一个 --seed", code="bench-seed-published")
    seed = seed if seed is not None else DEVELOPMENT_SEED if failures else PUBLISHED_SEED
    world = make_world(seed)
    rows = make_rows(world, seed, size or DEFAULT_SIZE)
    book = book_of(world)
    gc.collect()
    gc.freeze()
    done, cpu = _match_all(rows, book, None if size else _BUDGET_S)
    return {
        "seed": seed,
        "addresses": len(world.current()),
        "asked": len(rows),
        **figures(done),
        "per_second_per_core": round(len(done) / cpu),
        "floor_per_second": _floor(world, rows),
        "worst_ms": _worst(done, book),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "kinds": by_kind(done),
        **({"failures": _failures(done, failures, book)} if failures else {}),
    }


def run_lines(path: Path, failures: int = 0) -> dict[str, Any]:
    """Figures over hand-written lines; a line that is linked wrongly is always shown with its why."""
    book = book_of(small_world())
    rows = [(line, _ask(line)) for line in read_lines(path)]
    done = [_matched(row, match(ask, book), 0.0) for row, ask in rows]
    wrong = sum(one.wrong for one in done)
    return {**figures(done), "failures": _failures(done, wrong + failures, book)}


def _ask(row: PlantedRow) -> MatchAsk:
    return MatchAsk(row.text, row.external_id, row.on, row.home)


def _matched(row: PlantedRow, answer: MatchAnswer, took: float) -> Matched:
    return Matched(row, answer.outcome, answer.accepted, took)


def _match_all(
    rows: Sequence[PlantedRow], book: MatchBook, budget: float | None
) -> tuple[list[Matched], float]:
    """Answers in order until the budget of seconds is spent, and the seconds of processor that they took."""
    asks = [_ask(row) for row in rows]
    done: list[Matched] = []
    began, cpu = time.perf_counter(), time.process_time()
    for row, ask in zip(rows, asks, strict=True):
        at = time.perf_counter()
        if budget and at - began > budget:
            break
        answer = match(ask, book)
        done.append(_matched(row, answer, time.perf_counter() - at))
    return done, time.process_time() - cpu


def figures(done: Sequence[Matched]) -> dict[str, Any]:
    """Counts over matched rows; ``recall`` is the share of right links among rows that have a true answer."""
    true = [one for one in done if one.row.truth is not None]
    return {
        "rows": len(done),
        "with_truth": len(true),
        "auto_linked": sum(one.accepted is not None for one in done),
        "wrong_auto_links": sum(one.wrong for one in done),
        "recall": _share(sum(one.right for one in true), len(true)),
        "ambiguous": sum(one.outcome is Outcome.AMBIGUOUS for one in done),
        "prefix_only_share": _share(sum(one.row.prefix_only for one in done), len(done)),
    }


def by_kind(done: Sequence[Matched]) -> dict[str, dict[str, Any]]:
    """Rows, wrong links and recall of every kind; ``recall`` None for a kind that never has a true answer."""
    kinds: dict[str, list[Matched]] = defaultdict(list)
    for one in done:
        kinds[one.row.kind].append(one)
    return {
        kind: {
            "rows": len(found),
            "with_truth": sum(one.row.truth is not None for one in found),
            "wrong": sum(one.wrong for one in found),
            "recall": _share(
                sum(one.right for one in found), sum(one.row.truth is not None for one in found)
            ),
        }
        for kind, found in sorted(kinds.items())
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _failures(done: Sequence[Matched], count: int, book: MatchBook) -> list[dict[str, Any]]:
    """Rows linked wrongly first, then rows with a true answer that were not linked; matched once more to be shown."""
    missed = [one for one in done if one.row.truth and one.accepted is None]
    chosen = [*_in_turn([one for one in done if one.wrong]), *_in_turn(missed)]
    return [_shown(one.row, match(_ask(one.row), book)) for one in islice(chosen, count)]


def _shown(row: PlantedRow, answer: MatchAnswer) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "text": row.text,
        "on": row.on and row.on.isoformat(),
        "truth": row.truth,
        "why": row.why,
        "accepted": answer.accepted,
        "outcome": answer.outcome.value,
        "stage": answer.stage.value,
        "reasons": [reason.code for reason in answer.reasons],
        "candidates": [[c.address_id, round(c.score, 1)] for c in answer.candidates],
    }


def _in_turn(found: Sequence[Matched]) -> list[Matched]:
    """One of every kind, then the next of every kind."""
    seen: Counter[str] = Counter()
    turns = []
    for one in found:
        seen[one.row.kind] += 1
        turns.append((seen[one.row.kind], one))
    return [one for _, one in sorted(turns, key=lambda turn: turn[0])]


def _worst(done: Sequence[Matched], book: MatchBook) -> float:
    """Milliseconds of the slowest row; the slowest are timed again, as another process may have had the processor."""
    slowest = sorted(done, key=lambda one: one.took)[-_SLOWEST:]
    return round(max(min(one.took, *_again(one, book)) for one in slowest) * 1000, 2)


def _again(one: Matched, book: MatchBook) -> list[float]:
    took, ask = [], _ask(one.row)
    for _ in range(3):
        at = time.perf_counter()
        match(ask, book)
        took.append(time.perf_counter() - at)
    return took


def _floor(world: World, rows: Sequence[PlantedRow]) -> int:
    """Rows a second of bare RapidFuzz against the texts in force of the row's village, the village being told."""
    blocks: dict[str, list[str]] = defaultdict(list)
    for one in world.current():
        blocks[one.village_key].append(one.spot.text())
    asked = [(row.text, blocks[row.meant]) for row in rows if row.meant in blocks][:_FLOOR_ROWS]
    began = time.process_time()
    for text, block in asked:
        process.extractOne(text, block, scorer=fuzz.ratio)
    return round(len(asked) / (time.process_time() - began))

"""The order in which a naive importer, keyed by address text and going row by row, may apply a set of moves."""

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass

from address_service.errors import Conflict
from address_service.reconcile.change_set import Move


@dataclass(frozen=True, slots=True)
class Step:
    """Row ``no`` (from 1): bring all at ``old_text`` (of ``household_no`` only, where given) to ``new_text``.

    ``old_text`` None opens a door, ``new_text`` None closes one. A text that begins with the temporary prefix
    is nobody's address: it holds people of a cycle between two rows. ``move`` is what the row belongs to.
    """

    no: int
    old_text: str | None
    new_text: str | None
    household_no: str | None
    move: Move


_Row = tuple[str | None, str | None, str | None, Move]


def ordered_steps(moves: Iterable[Move], temporary_prefix: str) -> tuple[Step, ...]:
    """Steps that end, applied one after the other, where ``moves`` end applied at once, in whatever order they come.

    Whoever leaves a text goes before whoever arrives there; a cycle is opened by one temporary key for each row that
    leaves its first text. Conflict `temporary-key-taken` when an address begins with
    ``temporary_prefix``.
    """
    rows = [(move.old_text, move.new_text, move.household_no, move) for move in sorted(moves, key=_by_text)]
    if any((text or "").startswith(temporary_prefix) for row in rows for text in row[:2]):
        raise Conflict(
            f"地址以临时标识“{temporary_prefix}”开头，无法排定执行步骤", code="temporary-key-taken"
        )
    plan = _Plan(rows, temporary_prefix)
    return tuple(Step(no, *row) for no, row in enumerate(plan.run(), 1))


def _by_text(move: Move) -> tuple[str, bool, str, str, str]:
    """Of one text single households first: whoever goes without a household's number takes all who are left."""
    household = move.household_no or ""
    return (move.old_text or "", not household, household, move.new_text or "", str(move.address_id))


class _Plan:
    """Rows not yet applied, by the text that they leave."""

    def __init__(self, rows: Iterable[_Row], prefix: str) -> None:
        self._prefix = prefix
        self._leaving: dict[str, list[_Row]] = defaultdict(list)
        self._arriving: dict[str, list[str]] = defaultdict(list)
        self._blocked: dict[str, int] = {}
        self._parked = 0
        for at, row in enumerate(rows):
            self._leaving[row[0] if row[0] is not None else f"{prefix}new-{at}"].append(row)
        for text in self._leaving:
            self._wait(text)
        self._ready = deque(text for text, count in self._blocked.items() if not count)

    def _goals(self, text: str) -> list[str]:
        """Texts still occupied that somebody of ``text`` goes to."""
        goals = (row[1] for row in self._leaving[text])
        return list(dict.fromkeys(goal for goal in goals if goal and goal != text and goal in self._leaving))

    def _wait(self, text: str) -> None:
        goals = self._goals(text)
        self._blocked[text] = len(goals)
        for goal in goals:
            self._arriving[goal].append(text)

    def run(self) -> list[_Row]:
        """All rows in order."""
        done: list[_Row] = []
        starts = deque(self._leaving)
        while self._leaving:
            while self._ready:
                text = self._ready.popleft()
                done += self._leaving[text]
                self._vacate(text)
            while starts and starts[0] not in self._leaving:
                starts.popleft()
            if starts:
                done += self._park(self._on_a_cycle(starts[0]))
        return done

    def _vacate(self, text: str) -> None:
        del self._leaving[text]
        for waiting in sorted(self._arriving.pop(text, [])):
            if waiting in self._leaving:
                self._blocked[waiting] -= 1
                if not self._blocked[waiting]:
                    self._ready.append(waiting)

    def _on_a_cycle(self, text: str) -> str:
        path: dict[str, None] = {}
        while text not in path:
            path[text] = None
            text = self._goals(text)[0]
        walked = list(path)
        return min(walked[walked.index(text) :])

    def _park(self, text: str) -> list[_Row]:
        first: list[_Row] = []
        parked: list[str] = []
        for old, new, household, move in self._leaving[text]:
            self._parked += 1
            key = f"{self._prefix}{self._parked:06d}"
            parked.append(key)
            first.append((old, key, household, move))
            self._leaving[key] = [(key, new, household, move)]
            self._wait(key)
        self._vacate(text)
        self._ready.extend(key for key in parked if not self._blocked[key] and key in self._leaving)
        return first

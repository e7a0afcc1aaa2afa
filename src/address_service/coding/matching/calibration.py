"""What other thresholds would have done to rows that a person has decided: the report by which they are chosen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from address_service.coding.matching.types import MatchAnswer, Thresholds

_OF_THRESHOLDS = frozenset(("score-low", "several-candidates"))
"""Reasons that depend on thresholds; with any other a row is never linked, whatever they are."""


@dataclass(frozen=True, slots=True)
class Calibrated:
    """One pair of thresholds over the decided rows: linked, wrongly linked, and the share of true links found (0-1)."""

    thresholds: Thresholds
    linked: int
    wrong: int
    recall: float


def calibrate(
    decided: Iterable[tuple[MatchAnswer, str | None]], choices: Sequence[Thresholds]
) -> list[Calibrated]:
    """Try thresholds on answers and the address that a person decided for each (None: there is none).

    The answers may be of any thresholds with a ``show`` no higher than those tried. Fewest wrong links first, then the
    most found.
    """
    rows = list(decided)
    tried = [_tried(rows, thresholds) for thresholds in choices]
    return sorted(
        tried, key=lambda one: (one.wrong, -one.recall, -one.thresholds.accept, -one.thresholds.margin)
    )


def _tried(rows: Sequence[tuple[MatchAnswer, str | None]], thresholds: Thresholds) -> Calibrated:
    links = [(_linked(answer, thresholds), truth) for answer, truth in rows]
    linked = sum(one is not None for one, _ in links)
    right = sum(one is not None and one == truth for one, truth in links)
    true = sum(truth is not None for _, truth in links)
    return Calibrated(thresholds, linked, linked - right, right / true if true else 1.0)


def _linked(answer: MatchAnswer, thresholds: Thresholds) -> str | None:
    if not answer.candidates or any(reason.code not in _OF_THRESHOLDS for reason in answer.reasons):
        return None
    first = answer.candidates[0]
    enough = first.score >= thresholds.accept and answer.margin >= thresholds.margin
    return first.address_id if enough else None

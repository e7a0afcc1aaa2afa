"""Thresholds are chosen from decided rows."""

from address_service.coding.grammar import Level, Reading, Reason
from address_service.coding.matching import (
    MatchAnswer,
    MatchCandidate,
    MatchStage,
    Outcome,
    Thresholds,
    calibrate,
)


def _answer(score: float, margin: float, *codes: str) -> MatchAnswer:
    candidate = MatchCandidate("a", score, MatchStage.FUZZY, ())
    reasons = tuple(Reason(code, "") for code in codes)
    reading = Reading("", (), Level.NONE, (), (), "")
    return MatchAnswer(Outcome.AMBIGUOUS, None, MatchStage.FUZZY, margin, (candidate,), reading, reasons)


def test_thresholds_with_fewest_wrong_links_come_first_and_doubted_rows_are_linked_by_none() -> None:
    strict, loose = Thresholds(accept=95, margin=10), Thresholds(accept=80, margin=2)
    decided = [
        (_answer(99, 50), "a"),
        (_answer(85, 5, "score-low", "several-candidates"), "b"),
        (_answer(100, 100, "left-over"), None),
    ]

    report = calibrate(decided, [loose, strict])

    assert [(one.thresholds, one.linked, one.wrong, one.recall) for one in report] == [
        (strict, 1, 0, 0.5),
        (loose, 2, 1, 0.5),
    ]

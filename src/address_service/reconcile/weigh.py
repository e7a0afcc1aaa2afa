"""What a row comes to: the evidence of its text and that of its person, weighed apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from address_service.coding.matching import MatchAnswer, MatchStage
from address_service.coding.matching import Outcome as Found
from address_service.coding.search_terms import normalise
from address_service.model.reconciliation import Outcome


@dataclass(frozen=True, slots=True)
class Target:
    """An address in force: its standard text and the code of its village."""

    full_text: str
    village_code: str


def weigh_text(
    text: str, answer: MatchAnswer, targets: Mapping[str, Target], division_code: str
) -> tuple[Outcome, str | None]:
    """The outcome by the text alone, and the address it leads to; ``targets`` are the addresses in force by id.

    What is known of the person never changes it: who is surveyed at another house may have a correct paper.
    """
    accepted = answer.accepted
    if answer.outcome is Found.ELSEWHERE:
        return Outcome.ELSEWHERE, None
    if answer.outcome is Found.AMBIGUOUS:
        return Outcome.SEVERAL, None
    if answer.outcome is not Found.ACCEPTED or accepted is None or accepted not in targets:
        return (Outcome.SEVERAL if answer.candidates else Outcome.NONE), None
    target = targets[accepted]
    if not target.village_code.startswith(division_code):
        return Outcome.ELSEWHERE, accepted
    if normalise(text) == normalise(target.full_text):
        return Outcome.SAME, accepted
    return (Outcome.LINEAGE if answer.stage is MatchStage.LINEAGE else Outcome.UPDATE), accepted


def to_answer(answer: MatchAnswer) -> dict[str, Any]:
    """What of an answer is kept, under seal since it quotes the text: elements by span, candidates, reasons."""
    reading = answer.reading
    return {
        "stage": str(answer.stage),
        "margin": round(answer.margin, 1),
        "level": str(reading.level),
        "elements": [
            {"kind": str(one.kind), "value": one.value, "start": one.span[0], "end": one.span[1], "known": one.is_known}
            for one in reading.elements
        ],
        "left_over": [[one.span[0], one.span[1]] for one in reading.left_over if not one.is_noise],
        "candidates": [
            {
                "address_id": one.address_id,
                "score": round(one.score, 1),
                "stage": str(one.stage),
                "reasons": [reason.message for reason in one.reasons],
            }
            for one in answer.candidates
        ],
        "reasons": [reason.message for reason in (*answer.reasons, *reading.reasons)],
    }  # fmt: skip


def may_replay(
    remembered: str, outcome: Outcome, accepted: str | None, targets: Mapping[str, Target]
) -> bool:
    """Whether a decision of before holds again: its address is in force, and the text leads to no other one now."""
    contradicts = outcome is not Outcome.SEVERAL and accepted not in (None, remembered)
    return remembered in targets and not contradicts


def repeated(numbers: Sequence[str]) -> frozenset[str]:
    """Identity numbers that an extract has more than once."""
    seen: set[str] = set()
    twice = {number for number in numbers if number in seen or seen.add(number)}  # type: ignore[func-returns-value]
    return frozenset(twice)

"""Use-case: match a batch of texts for a machine: each row answered at its place, in bounded time."""

import time
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from address_service.coding.grammar import Reason
from address_service.coding.matching import MatchAnswer, MatchAsk, MatchBook, Outcome, match_partition
from address_service.coding.personal_numbers import holds_personal_number
from address_service.model.audit import AuditNote
from address_service.store.extract_targets import InForce, in_force
from address_service.store.work import Work

MOST_TEXT = 500
PIECE = 20
"""Rows between two looks at the clock; none takes a tenth of a second."""
_ENDED = Reason("address-ended", "所指地址已不是现行地址")
_OUT_OF_SCOPE = Reason("out-of-scope", "所指地址不在本账户辖区")


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A row as it was sent; ``on`` is a day as text."""

    text: str
    external_id: str | None = None
    on: str | None = None


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row was not matched."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address of the asker's land that a row may mean; score 0-100, reasons for and against."""

    address: InForce
    score: float
    stage: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    """What a row came to; ``address`` with the outcome ``accepted`` alone."""

    outcome: Outcome
    address: InForce | None
    stage: str
    margin: float
    key: str
    candidates: tuple[Candidate, ...]
    reasons: tuple[Reason, ...]


def read_ask(row: MatchRow, home: tuple[str, ...]) -> MatchAsk | RowError:
    """A row as matching asks it, or what is wrong with it."""
    if not row.text.strip() and not row.external_id:
        return RowError("text-empty", "没有地址文字，也没有外部编号")
    if len(row.text) > MOST_TEXT:
        return RowError("text-too-long", f"地址文字超过{MOST_TEXT}字")
    if holds_personal_number(row.text) or holds_personal_number(row.external_id or ""):
        return RowError("personal-data-not-here", "此处不收身份证号码和手机号码，请删去后再提交")
    try:
        on = date.fromisoformat(row.on) if row.on else None
    except ValueError:
        return RowError("date-malformed", "日期应如 2026-03-02")
    called = unicodedata.normalize("NFKC", row.external_id or "").strip().upper()
    return MatchAsk(row.text, called or None, on, home)


def home_of(book: MatchBook, division_code: str) -> tuple[str, ...]:
    """The division in which a text without town or village lies for who asks from there."""
    return tuple({name.key: None for name in book.gazetteer.names if name.code == division_code})


def match_asks(
    asks: Sequence[MatchAsk | RowError],
    book: MatchBook,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
) -> list[MatchAnswer | RowError]:
    """Answers at their places; rows that were not reached in time say so."""
    late = RowError("match-timeout", "时间已到，这一行未匹配，请另行提交")
    until = clock() + seconds
    found: list[MatchAnswer | RowError] = [one if isinstance(one, RowError) else late for one in asks]
    good = [(at, one) for at, one in enumerate(asks) if not isinstance(one, RowError)]
    for start in range(0, len(good), PIECE):
        if clock() >= until:
            break
        piece = good[start : start + PIECE]
        answers = match_partition([ask for _, ask in piece], book)
        for (at, _), answer in zip(piece, answers, strict=True):
            found[at] = answer
    return found


def show_answers(work: Work, answers: Sequence[MatchAnswer | RowError]) -> list[Matched | RowError]:
    """Answers with addresses in force, of the asker's land alone; what is left out makes nothing sure that was not."""
    work.note(AuditNote("addresses.match", "batch", None, {"rows": len(answers)}))
    ids = {one.address_id for a in answers if isinstance(a, MatchAnswer) for one in a.candidates}
    known = {str(key): one for key, one in in_force(work.conn, work.county_code, [*map(UUID, ids)]).items()}
    return [one if isinstance(one, RowError) else _shown(work, one, known) for one in answers]


def _shown(work: Work, answer: MatchAnswer, known: dict[str, InForce]) -> Matched:
    candidates = tuple(
        Candidate(address, round(one.score, 1), str(one.stage), one.reasons)
        for one in answer.candidates
        if (address := known.get(one.address_id)) and work.actor.covers(address.village_code)
    )
    address = known.get(answer.accepted) if answer.accepted else None
    outcome, reasons = answer.outcome, answer.reasons
    if answer.accepted and address is None:
        outcome, reasons = Outcome.UNMATCHED, (*reasons, _ENDED)
    elif not candidates and any(one.address_id in known for one in answer.candidates):
        address, outcome, reasons = None, Outcome.ELSEWHERE, (_OUT_OF_SCOPE,)
    elif address is not None and not work.actor.covers(address.village_code):
        address, outcome, reasons, candidates = None, Outcome.ELSEWHERE, (_OUT_OF_SCOPE,), ()
    said = (*reasons, *(reason for reason in answer.reading.reasons if reason not in reasons))
    return Matched(
        outcome, address, str(answer.stage), round(answer.margin, 1), answer.reading.key, candidates, said
    )

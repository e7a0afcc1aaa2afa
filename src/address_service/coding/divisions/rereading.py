"""What an address reads after a name above it changed: its head is exchanged, its number and rooms stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Era:
    """A stretch of time in which all names above an address were the same; ``head`` ends where the number begins."""

    begin: date | None
    end: date | None
    head: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time with what an address reads in it; ``end`` is the first day after it."""

    begin: date | None
    end: date | None
    text: str


class UnlikeHead(ValueError):
    """A text that begins with none of the names that stood above its address."""


def reread(
    known: Stretch, since: date, before: Sequence[Era], after: Sequence[Era]
) -> tuple[Stretch, ...] | None:
    """What a version reads from a day on, in as many stretches as there were names; None where nothing changes.

    Raises UnlikeHead.
    """
    begin = known.begin or date.min
    start = max(begin, since)
    ends = known.end or date.max
    cuts = sorted({start, *(e.begin for e in after if e.begin is not None and start < e.begin < ends)})
    pieces = [] if start == begin else [Stretch(known.begin, start, known.text)]
    for cut, following in zip(cuts, [*cuts[1:], None], strict=True):
        tail = known.text[len(_head_of(known.text, cut, before, after)) :]
        text = _era_at(after, cut).head + tail
        pieces.append(Stretch(known.begin if cut == begin else cut, following or known.end, text))
    merged = _merged(pieces)
    return None if len(merged) == 1 and merged[0].text == known.text else merged


def reread_whole(known: Stretch, on: date, before: Sequence[Era], after: Sequence[Era]) -> str | None:
    """What a version reads that is not split in time: a draft, or an address that has ended; None if the same."""
    text = _era_at(after, on).head + known.text[len(_head_of(known.text, on, before, after)) :]
    return None if text == known.text else text


def _era_at(eras: Sequence[Era], on: date) -> Era:
    """The era of a day; before the first one the first, in a gap the next, after the last one the last."""
    return next((era for era in eras if era.end is None or on < era.end), eras[-1])


def _head_of(text: str, on: date, before: Sequence[Era], after: Sequence[Era]) -> str:
    """The names that a text begins with: those of the day, or of another time where it was written then."""
    others = sorted({era.head for era in (*before, *after)}, key=len, reverse=True)
    for head in (_era_at(before, on).head, *others):
        if text.startswith(head):
            return head
    raise UnlikeHead(text)


def _merged(pieces: Sequence[Stretch]) -> tuple[Stretch, ...]:
    found: list[Stretch] = []
    for piece in pieces:
        if found and found[-1].text == piece.text:
            found[-1] = Stretch(found[-1].begin, piece.end, piece.text)
        else:
            found.append(piece)
    return tuple(found)

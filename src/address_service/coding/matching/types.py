"""What is asked of matching, what it is told about the register, and what it answers."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from address_service.coding.grammar.elements import Reading, Reason


class Outcome(StrEnum):
    """What matching found; only ``ACCEPTED`` links by itself."""

    ACCEPTED = "accepted"
    AMBIGUOUS = "ambiguous"
    UNMATCHED = "unmatched"
    ELSEWHERE = "elsewhere"


class MatchStage(StrEnum):
    """The evidence that a candidate stands on, from the strongest to the weakest."""

    EXTERNAL_ID = "external_id"
    EXACT = "exact"
    LINEAGE = "lineage"
    ELEMENTS = "elements"
    FUZZY = "fuzzy"
    NONE = "none"


class TextSource(StrEnum):
    """What a text of an address is: its standard text of a time, a former one, or what a person says it is called.

    The last (俗称、公安写法) leads to the address in its days alone, however the grammar understands it.
    """

    STANDARD = "standard"
    ALIAS = "alias"
    RECORDED = "recorded"


class SuccessionOf(StrEnum):
    """What went over into what."""

    DIVISION = "division"
    PLACE = "place"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class BookText:
    """A text that stood for an address from a day (None: ever) to before another (None: still).

    An address has one record for each stretch of time; in force today are those whose standard text holds today.
    ``division`` is the key of its village in the gazetteer and tells homonyms apart, None where it is to be read from
    the text. ``external_ids`` are identities that others gave it (bzdzid, mlpnbid, its own code).
    """

    address_id: str
    text: str
    start: date | None = None
    end: date | None = None
    source: TextSource = TextSource.STANDARD
    division: str | None = None
    external_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BookSuccession:
    """``before`` went into ``after`` on a day: keys of the gazetteer, or address ids.

    ``share`` is ``whole`` or ``part``; ``groups`` are the groups that went this way, empty if not known. A place or
    village that only changed its name needs none: it keeps its key and has several names.
    """

    of: SuccessionOf
    before: str
    after: str
    on: date
    share: str = "whole"
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What it takes to link by itself; scores are 0-100. Data, to be calibrated from decided rows.

    ``accept`` is the least score, ``margin`` the least distance to the runner-up, ``show`` the least score of a
    candidate that is shown to a person.
    """

    accept: float = 88.0
    margin: float = 8.0
    show: float = 55.0


@dataclass(frozen=True, slots=True)
class MatchAsk:
    """A row to be matched: the text as it stands there, and what else is known of it.

    ``on`` is the day of which the row speaks, None if unknown: then it is linked only where all days agree. ``home``
    are keys of divisions in which a text without its town or village lies (the station's district, the file's village).
    """

    text: str
    external_id: str | None = None
    on: date | None = None
    home: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MatchCandidate:
    """An address in force today that the row may mean; ``score`` 0-100, ``reasons`` what speaks for and against it."""

    address_id: str
    score: float
    stage: MatchStage
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class MatchAnswer:
    """The answer to a row.

    ``accepted`` is an address id with ``Outcome.ACCEPTED`` and None with any other; ``margin`` is its distance to the
    runner-up (its score where there is none). ``candidates`` are at most five, best first; ``reasons`` say why the
    outcome is what it is.
    """

    outcome: Outcome
    accepted: str | None
    stage: MatchStage
    margin: float
    candidates: tuple[MatchCandidate, ...]
    reading: Reading
    reasons: tuple[Reason, ...] = ()

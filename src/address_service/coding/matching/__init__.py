"""Matching: the text of an address of any day → the address of today, candidates or nothing; each with why."""

from address_service.coding.matching.book import MatchBook
from address_service.coding.matching.build import build_book
from address_service.coding.matching.calibration import Calibrated, calibrate
from address_service.coding.matching.decide import match
from address_service.coding.matching.partition import match_partition
from address_service.coding.matching.types import (
    BookSuccession,
    BookText,
    MatchAnswer,
    MatchAsk,
    MatchCandidate,
    MatchStage,
    Outcome,
    SuccessionOf,
    TextSource,
    Thresholds,
)

__all__ = [
    "BookSuccession",
    "BookText",
    "Calibrated",
    "MatchAnswer",
    "MatchAsk",
    "MatchBook",
    "MatchCandidate",
    "MatchStage",
    "Outcome",
    "SuccessionOf",
    "TextSource",
    "Thresholds",
    "build_book",
    "calibrate",
    "match",
    "match_partition",
]

"""Scans of decrees (批文扫描件) beside the acts that they decide."""

from enum import StrEnum


class ActSubject(StrEnum):
    """Which kind of act, named as in the API; each leads to an event once it is committed."""

    DIVISION_ACT = "division-acts"
    DIVISION_CHANGE = "division-changes"
    RENUMBERING = "renumbering-plans"
    ADDRESS_CHANGE = "address-changes"

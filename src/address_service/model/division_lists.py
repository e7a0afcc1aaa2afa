"""Yearly lists of divisions (区划名录): which system, and what a difference between two of them may mean."""

from enum import StrEnum


class ListSystem(StrEnum):
    """Whose codes a list carries: statistics (统计用区划代码) or civil affairs (民政区划代码)."""

    NBS = "nbs"
    MCA = "mca"


class ProposalKind(StrEnum):
    """What the difference between a list and what is known looks like; never what it is.

    ``RESPELLED``, ``RENAMED``, ``KIND_CHANGED`` and ``CODE_REUSED`` are one code with two names, ``RECODED`` and
    ``MOVED_TOWN`` one name with two codes.
    """

    RESPELLED = "respelled"
    RENAMED = "renamed"
    KIND_CHANGED = "kind_changed"
    CODE_REUSED = "code_reused"
    RECODED = "recoded"
    MOVED_TOWN = "moved_town"
    VANISHED = "vanished"
    APPEARED = "appeared"


class ProposalState(StrEnum):
    """Whether somebody has decided; superseded where a list of a year in between says it better."""

    OPEN = "open"
    DECIDED = "decided"
    SUPERSEDED = "superseded"


class DivisionOutcome(StrEnum):
    """What a person says has happened; ``REJECTED`` where nothing has, and the list is wrong or incomplete."""

    RESPELLED = "respelled"
    RENAMED = "renamed"
    KIND_CHANGED = "kind_changed"
    CODE_REUSED = "code_reused"
    RECODED = "recoded"
    MOVED_TOWN = "moved_town"
    MERGED = "merged"
    ABOLISHED = "abolished"
    CREATED = "created"
    REJECTED = "rejected"

"""Dictionaries of the population system (jlx, pcs, zrq, jcwh), and how their entries join the register."""

from enum import StrEnum


class DictionaryKind(StrEnum):
    """Which dictionary; the value is the field of a police record that takes its codes."""

    STREET = "jlx"
    STATION = "pcs"
    BEAT = "zrq"
    COMMITTEE = "jcwh"


class CrosswalkGround(StrEnum):
    """Why an entry is taken for something of the register."""

    EXACT = "exact"
    ALIAS = "alias"
    LINEAGE = "lineage"
    PERSON = "person"


class CrosswalkState(StrEnum):
    """Where a pair of an entry and something of the register stands; only accepted ones give codes."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    ENDED = "ended"


class CrosswalkVerdict(StrEnum):
    """What a person says of a pair."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    END = "end"


class TargetKind(StrEnum):
    """What of the register an entry may be joined to."""

    DIVISION = "division"
    PLACE = "place"

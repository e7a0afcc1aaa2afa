"""Words of holding a population extract against the register: outcomes, findings on people, decisions, stages."""

from enum import StrEnum


class Outcome(StrEnum):
    """What one row of an extract came to, by its text alone."""

    SAME = "same"
    UPDATE = "update"
    LINEAGE = "lineage"
    SEVERAL = "several"
    NONE = "none"
    ELSEWHERE = "elsewhere"
    REGISTER_ONLY = "register_only"


class PersonFinding(StrEnum):
    """What is to be looked at about a person; an extract reports it, a case may be made of it."""

    SEPARATED = "separated"
    """Registered at one house, living at another (人户分离)."""
    REGISTERED_ELSEWHERE = "registered_elsewhere"
    DUPLICATE = "duplicate"
    DECEASED = "deceased"
    MOVED_AWAY = "moved_away"
    CANCELLED = "cancelled"
    ID_INVALID = "id_invalid"
    HOUSEHOLD_ELSEWHERE = "household_elsewhere"
    NOT_IN_EXTRACT = "not_in_extract"


class RowDecision(StrEnum):
    """What a reviewer decided on a row."""

    ACCEPT = "accept"
    CHOOSE = "choose"
    VILLAGE = "village"
    PARK = "park"


class ExtractStage(StrEnum):
    """How far an extract is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"

"""Standard addresses (标准地址): stages and events of a life that never ends in deletion."""

from enum import StrEnum


class Stage(StrEnum):
    """Lifecycle stage, after GB/T 35639-2017 (LifecycleStage) with the draft that precedes approval.

    draft 草案, rejected 拒绝, current 现行, retired 废弃; 规划 and 保留 are states of a number, not of an address.
    """

    DRAFT = "draft"
    REJECTED = "rejected"
    CURRENT = "current"
    RETIRED = "retired"


class EventKind(StrEnum):
    """What happened to a division, a place or an address."""

    CREATE = "create"
    APPROVE = "approve"
    REJECT = "reject"
    RENAME = "rename"
    RESPELL = "respell"
    RECODE = "recode"
    RENUMBER = "renumber"
    MERGE = "merge"
    SPLIT = "split"
    SWAP = "swap"
    RETIRE = "retire"
    REASSIGN = "reassign"
    CORRECT = "correct"
    ABOLISH = "abolish"
    BOUNDARY = "boundary"
    TRANSFER = "transfer"
    CHANGE_KIND = "change_kind"


class Subject(StrEnum):
    """What an event or a succession is about."""

    DIVISION = "division"
    PLACE = "place"
    ADDRESS = "address"

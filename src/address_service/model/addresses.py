"""Standard addresses (标准地址): stages and events of a life that never ends in deletion."""

from enum import StrEnum


class Stage(StrEnum):
    """Lifecycle stage, after GB/T 35639-2017 (LifecycleStage) with the draft that precedes approval.

    draft 起草, submitted 送审, rejected 拒绝, current 现行, reserved 保留, planned 规划, retired 废弃.
    """

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REJECTED = "rejected"
    CURRENT = "current"
    PLANNED = "planned"
    RESERVED = "reserved"
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


class Subject(StrEnum):
    """What an event or a succession is about."""

    DIVISION = "division"
    PLACE = "place"
    ADDRESS = "address"

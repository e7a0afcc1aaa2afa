"""Receipts of mapping packages, what is left to do after them, and papers that show an old address."""

from enum import StrEnum


class RefusalState(StrEnum):
    """What became of a row that the other side refused."""

    OPEN = "open"
    CORRECTED = "corrected"
    NOT_SENT = "not_sent"
    RESEND = "resend"


class PaperKind(StrEnum):
    """Papers of a household that show its address: 户口簿, 常住人口登记表."""

    REGISTER_BOOK = "register_book"
    RESIDENT_FORM = "resident_form"


class PaperState(StrEnum):
    """How far a paper is; superseded: the address changed once more before it was issued."""

    TO_REISSUE = "to_reissue"
    ISSUED = "issued"
    COLLECTED = "collected"
    SUPERSEDED = "superseded"

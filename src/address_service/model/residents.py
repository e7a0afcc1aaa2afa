"""Words of residents: kinds of household and residency, sex, why a record ended, what a reveal is for."""

from enum import StrEnum


class Sex(StrEnum):
    """Sex as GB/T 2261.1 codes it."""

    UNKNOWN = "0"
    MALE = "1"
    FEMALE = "2"
    UNSTATED = "9"


class HouseholdKind(StrEnum):
    """家庭户 or 集体户."""

    FAMILY = "family"
    COLLECTIVE = "collective"


class ResidencyKind(StrEnum):
    """Where a person is registered (户籍地址), where a person lives (现住址)."""

    REGISTERED = "registered"
    ACTUAL = "actual"


class LinkWay(StrEnum):
    """By what a row of a list names the door of a household."""

    CODE = "code"
    PLATE = "plate"
    TEXT = "text"


class EndReason(StrEnum):
    """Why a person is no longer kept as here; each with the document of the authority that decided."""

    DECEASED = "deceased"
    CANCELLED = "cancelled"
    MOVED_AWAY = "moved_away"


class RevealPurpose(StrEnum):
    """What somebody wants to see a person unmasked for."""

    CASE = "case"
    VERIFICATION = "verification"
    DELIVERY = "delivery"
    CORRECTION = "correction"
    EMERGENCY = "emergency"

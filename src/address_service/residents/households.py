"""Households and their rules: a family household has one head, a collective one needs none."""

from collections.abc import Sequence
from enum import StrEnum

from address_service.errors import InvalidInput
from address_service.residents.relations import HEAD


class HouseholdKind(StrEnum):
    """家庭户 or 集体户."""

    FAMILY = "family"
    COLLECTIVE = "collective"


class ResidencyKind(StrEnum):
    """Where a person is registered (户籍地址), where a person lives (现住址)."""

    REGISTERED = "registered"
    ACTUAL = "actual"


class EndReason(StrEnum):
    """Why a person is no longer kept as here; each with the document of the authority that decided."""

    DECEASED = "deceased"
    CANCELLED = "cancelled"
    MOVED_AWAY = "moved_away"


class Purpose(StrEnum):
    """What a reveal is for."""

    CASE = "case"
    VERIFICATION = "verification"
    DELIVERY = "delivery"
    CORRECTION = "correction"
    EMERGENCY = "emergency"


def require_one_head(kind: HouseholdKind, relations: Sequence[str]) -> None:
    """Raise InvalidInput `head-missing` or `head-twice` unless the members make a household of that kind.

    A household that nobody is in any more needs no head.
    """
    if kind is HouseholdKind.COLLECTIVE or not relations:
        return
    heads = relations.count(HEAD)
    if heads == 0:
        raise InvalidInput("家庭户须有一名户主", code="head-missing")
    if heads > 1:
        raise InvalidInput("家庭户只能有一名户主", code="head-twice")

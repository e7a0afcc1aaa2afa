"""Households and their rules: a family household has one head, a collective one needs none."""

from collections.abc import Sequence

from address_service.errors import InvalidInput
from address_service.model.residents import HouseholdKind
from address_service.residents.relations import HEAD


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

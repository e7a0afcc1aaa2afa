"""Use-case: the numbers that an undecided application may be given; writes nothing."""

from collections.abc import Mapping
from typing import Any

from address_service.coding.numbering.infill import Candidate
from address_service.errors import ServiceError
from address_service.model.applications import ApplicationKind, ApplicationStage
from address_service.services.issue_number import propose_numbers
from address_service.store.work import Work

_NUMBERED = (ApplicationKind.NEW_HOUSE, ApplicationKind.SPLIT_HOUSEHOLD)


def offer_numbers(work: Work, card: Mapping[str, Any]) -> tuple[tuple[Candidate, ...], ServiceError | None]:
    """Candidates for the house of an application, or why there are none; nothing where none are due."""
    if card["stage"] != ApplicationStage.RECEIVED or card["kind"] not in _NUMBERED:
        return (), None
    own_door = "分户" if card["kind"] == ApplicationKind.SPLIT_HOUSEHOLD else ""
    try:
        return propose_numbers(work, card["place_id"], card["building_id"], own_door), None
    except ServiceError as error:
        return (), error

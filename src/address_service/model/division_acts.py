"""Acts on single divisions and names (区划和地名变更), asked for by one and decided under a decree by another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from address_service.model.division_lists import DivisionOutcome


class DivisionActKind(StrEnum):
    """What is to happen; ``proposal`` carries out what a person decided on a proposal of a yearly list."""

    CREATE = "create"
    RENAME = "rename"
    RESPELL = "respell"
    RECODE = "recode"
    TRANSFER = "transfer"
    CHANGE_KIND = "change_kind"
    BOUNDARY = "boundary"
    ABOLISH = "abolish"
    RENAME_PLACE = "rename_place"
    PROPOSAL = "proposal"


@dataclass(frozen=True, slots=True)
class DivisionActRequest:
    """What is asked for; which members belong to which act is checked where it is drawn.

    ``division_id``, ``place_id`` or ``proposal_id`` is what it is about (none for a new division), ``effective_on`` the
    first day of the new state (None: today, or the day of the list), ``boundary`` a GeoJSON area (EPSG:4490).
    """

    kind: DivisionActKind
    division_id: UUID | None = None
    place_id: UUID | None = None
    proposal_id: UUID | None = None
    effective_on: date | None = None
    note: str = ""
    name: str | None = None
    code: str | None = None
    code_mca: str | None = None
    boundary: Mapping[str, Any] | None = None
    outcome: DivisionOutcome | None = None
    other_code: str | None = None

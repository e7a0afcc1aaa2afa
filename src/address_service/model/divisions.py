"""Administrative divisions (行政区划): identity is ours, neither code nor name."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class DivisionLevel(StrEnum):
    """Level of a division; 行政村 and 社区 are one level."""

    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


class DivisionKind(StrEnum):
    """What a division is, by the ranges of GB/T 10114-2003 and the statistics list."""

    COUNTY = "county"
    TOWN = "town"
    TOWNSHIP = "township"
    SUBDISTRICT = "subdistrict"
    ADMINISTRATIVE_VILLAGE = "administrative_village"
    COMMUNITY = "community"
    OTHER = "other"


class NameState(StrEnum):
    """Approval of a name (地名管理条例 Art 9, 12-14): proposed, approved by decree, filed (备案)."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    FILED = "filed"


@dataclass(frozen=True, slots=True)
class Division:
    """One version of a division as it is on the asked date.

    ``code_nbs`` is the statistics code (12-digit form cut to the level: 6, 9 or 12 digits), ``code_mca`` the
    civil-affairs one; ``urban_rural_class`` one of 111 112 121 122 123 210 220 or None.
    """

    id: UUID
    level: DivisionLevel
    kind: DivisionKind
    name: str
    code_nbs: str
    code_mca: str | None
    parent_id: UUID | None
    urban_rural_class: str | None
    valid_from: date
    valid_to: date | None

"""What an act on a single address is about: read and checked alike when it is drawn and when it is committed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from address_service.errors import Conflict, InvalidInput
from address_service.model.addresses import Stage
from address_service.model.numbers import DoorNumber
from address_service.store.address_acts import InForce, versions_in_force
from address_service.store.address_changes import AddressChangeRepository
from address_service.store.known_addresses import KnownAddress, KnownAddresses
from address_service.store.work import Work


@dataclass(frozen=True, slots=True)
class Terms:
    """By whom, by what and from when an act was decided."""

    decree_no: str
    on: date
    drawn_by: UUID
    decided_by: UUID

    def version(self, event_id: UUID) -> dict[str, Any]:
        """What a version written by the act says of it."""
        return {
            "event_id": event_id,
            "decree_no": self.decree_no,
            "drafted_by": self.drawn_by,
            "approved_by": self.decided_by,
        }


def standing(work: Work, code: str) -> KnownAddress:
    """A current address; raises NotFound, Conflict `address-not-current`."""
    found = KnownAddresses(work.conn, work.county_code).by_code(code)
    if found.stage is not Stage.CURRENT:
        raise Conflict(f"“{found.full_text}”不是现行地址", code="address-not-current")
    return found


def last_versions(work: Work, address_id: UUID, on: date) -> list[InForce]:
    """The versions in force now, of an address and its rooms, all of them already in force before the day.

    Raises Conflict `address-not-current`, `effective-on-too-early`.
    """
    found = [v for v in versions_in_force(work.conn, work.county_code, address_id) if v.valid.upper is None]
    if not any(version.address_id == address_id for version in found):
        raise Conflict("地址已不是现行地址", code="address-not-current")
    if any(version.valid.lower is not None and version.valid.lower >= on for version in found):
        raise Conflict("生效日期须晚于现行版本的生效日期", code="effective-on-too-early")
    return found


def number_of(details: Mapping[str, Any]) -> DoorNumber | None:
    """The number in the details of an act."""
    return DoorNumber(details["main"], details.get("sub") or 0) if details.get("main") else None


def numbers_of(details: Mapping[str, Any]) -> list[DoorNumber]:
    """All numbers that an act gives."""
    parts = [DoorNumber(part["main"], part["sub"]) for part in details.get("parts", ())]
    number = number_of(details)
    return parts + ([number] if number else [])


def digest_of(work: Work, place_id: UUID, address_id: UUID | None, details: Mapping[str, Any]) -> UUID:
    """What the drawer sees of the addresses, numbers and houses concerned."""
    ids = [key for key in (address_id, _into(details)) if key is not None]
    repository = AddressChangeRepository(work.conn, work.county_code)
    houses = [UUID(details["building_id"])] if "building_id" in details else []
    return repository.digest(ids, place_id, numbers_of(details), houses)


def _into(details: Mapping[str, Any]) -> UUID | None:
    return UUID(details["into_id"]) if "into_id" in details else None


def refuse(condition: object, message: str, code: str) -> None:
    """Raise InvalidInput where a condition holds."""
    if condition:
        raise InvalidInput(message, code=code)

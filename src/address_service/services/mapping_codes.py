"""What a consumer's columns are filled with for each address, and whether rows that lack a code have to wait."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from address_service.reconcile.package_columns import Codes, ColumnProfile
from address_service.store.mapping_changes import MappingChanges
from address_service.store.work import Work


@dataclass(frozen=True, slots=True)
class RowCodes:
    """Codes by the address that people come to; ``are_required``: the consumer's own were imported, none may lack."""

    by_address: Codes
    are_required: bool

    def profile(self, wanted: ColumnProfile) -> ColumnProfile:
        """The profile as it holds for these codes."""
        return wanted if self.are_required else replace(wanted, required_codes=())


def codes_of(work: Work, changes: MappingChanges, addresses: Collection[UUID], position: int) -> RowCodes:
    """The codes of addresses as of a position of the feed.

    This register gives address code, house number, county and town. A consumer's dictionaries (jlx, pcs, zrq, jcwh)
    are joined here; where none was imported their columns stay empty and no row waits for them.
    """
    return RowCodes(changes.codes(addresses, position), are_required=False)

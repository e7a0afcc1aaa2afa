"""What a consumer's columns are filled with for each address, and whether rows that lack a code have to wait."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from address_service.model.police_dictionaries import DictionaryKind
from address_service.reconcile.package_columns import Codes, ColumnProfile
from address_service.store.mapping_changes import MappingChanges
from address_service.store.police_codes import police_codes
from address_service.store.police_dictionaries import PoliceDictionaries
from address_service.store.work import Work


@dataclass(frozen=True, slots=True)
class RowCodes:
    """Codes by the address that people come to; no row lacks a code of the ``imported`` dictionaries."""

    by_address: Codes
    imported: frozenset[DictionaryKind]

    def profile(self, wanted: ColumnProfile) -> ColumnProfile:
        """The profile as it holds for these codes: what no dictionary was imported for is not asked for."""
        if not self.imported:
            return replace(wanted, required_codes=())
        unasked = {str(kind) for kind in DictionaryKind} - {str(kind) for kind in self.imported}
        return replace(wanted, required_codes=tuple(c for c in wanted.required_codes if c not in unasked))


def codes_of(work: Work, changes: MappingChanges, addresses: Collection[UUID], position: int) -> RowCodes:
    """The codes of addresses as of a position of the feed.

    This register gives address code, house number, county and town; jlx, pcs, zrq and jcwh come by the accepted
    crosswalk of today, so that a row that waited for one goes out with the next package. Of an address that has ended
    meanwhile they lack; its row waits and comes to nothing.
    """
    own = changes.codes(addresses, position)
    imported = PoliceDictionaries(work.conn, work.county_code).imported_kinds()
    joined = police_codes(work.conn, work.county_code, addresses, work.today) if imported else {}
    by_address = {
        key: {**(joined[key].fields if key in joined else {}), **own.get(key, {})} for key in addresses
    }
    return RowCodes(by_address, imported)

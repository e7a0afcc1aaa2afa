"""What a refused row becomes when it is sent again: from where its people still are to where they belong by now."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from address_service.model.mapping import MappingRow

Track = tuple[UUID, UUID | None]
"""An address, and one household of it or all."""


def track_of(row: MappingRow) -> Track:
    """Whose people a row is about."""
    return row.address_id, row.household_id


def brought_up(refused: MappingRow, later: Sequence[MappingRow]) -> MappingRow:
    """A refused row carried on through the ``later`` rows of the same consumer, told or held back, in their order."""
    for row in later:
        if row.address_id == refused.heir_id and row.household_id in (None, refused.household_id):
            refused = replace(
                refused, heir_id=row.heir_id, new_text=row.new_text, kinds=(*refused.kinds, *row.kinds),
                decrees=tuple(dict.fromkeys((*refused.decrees, *row.decrees))), effective_on=row.effective_on,
                change_seq=row.change_seq,
            )  # fmt: skip
    return refused

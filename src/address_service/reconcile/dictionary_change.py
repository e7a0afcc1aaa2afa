"""What a list of a day changes in a dictionary that is known over time: versions closed, versions begun."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from address_service.reconcile.dictionary import DictionaryRow


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """A code as it is believed to be from a day to before another (None: still), by the list of an office."""

    id: UUID
    code: str
    name: str
    parent_code: str
    start: date
    end: date | None
    dictionary_id: UUID
    office_code: str

    def holds(self, on: date) -> bool:
        """Whether it does on a day."""
        return self.start <= on and (self.end is None or on < self.end)


@dataclass(frozen=True, slots=True)
class BegunEntry:
    """A version to write; ``dictionary_id`` None is the list that is being imported."""

    code: str
    name: str
    parent_code: str
    start: date
    end: date | None
    dictionary_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class DictionaryChange:
    """Versions to be believed no more, versions in their place, and counts of codes.

    ``missing`` are codes of the office that the list does not name; they have ended where the list is complete.
    """

    closed: tuple[UUID, ...]
    begun: tuple[BegunEntry, ...]
    added: int
    changed: int
    unchanged: int
    missing: tuple[str, ...]


def change_of(
    known: Iterable[KnownEntry],
    rows: Sequence[DictionaryRow],
    on: date,
    office_code: str,
    *,
    is_complete: bool,
) -> DictionaryChange:
    """Compare a list of a day with what is known; what was listed for a later day stays, nothing of before is lost."""
    versions: dict[str, list[KnownEntry]] = defaultdict(list)
    for entry in known:
        versions[entry.code].append(entry)
    closed: list[UUID] = []
    begun: list[BegunEntry] = []
    added = changed = unchanged = 0
    for row in rows:
        held = next((one for one in versions[row.code] if one.holds(on)), None)
        if held is None:
            later = min((one.start for one in versions[row.code] if one.start > on), default=None)
            begun.append(BegunEntry(row.code, row.name, row.parent_code, on, later))
            added += 1
        elif (held.name, held.parent_code) == (row.name, row.parent_code):
            unchanged += 1
        else:
            closed.append(held.id)
            begun += [*_before(held, on), BegunEntry(row.code, row.name, row.parent_code, on, held.end)]
            changed += 1
    listed = {row.code for row in rows}
    absent = [
        one
        for code, stretches in versions.items()
        for one in stretches
        if code not in listed and one.holds(on) and one.office_code == office_code
    ]
    if is_complete:
        closed += [one.id for one in absent]
        begun += [part for one in absent for part in _before(one, on)]
    missing = tuple(sorted(one.code for one in absent))
    return DictionaryChange(tuple(closed), tuple(begun), added, changed, unchanged, missing)


def _before(held: KnownEntry, on: date) -> list[BegunEntry]:
    """What stays of a version that was held to go on beyond a day."""
    if held.start == on:
        return []
    return [BegunEntry(held.code, held.name, held.parent_code, held.start, on, held.dictionary_id)]

"""What each address reads after a merger or split, and which of the texts would stand twice."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from address_service.coding.full_text import AddressParts, compose
from address_service.coding.merger.collisions import Choice, Collision, Fate, collisions_of, fates_of
from address_service.model.numbers import DoorNumber
from address_service.plates.profile import Role, profile_of
from address_service.plates.text import plate_name as name_line
from address_service.services.merger_standing import MergerStanding, Revival
from address_service.store.merger_parts import Part
from address_service.store.merger_situation import AddressNow, PlateNow


@dataclass(frozen=True, slots=True)
class AddressLine:
    """An address that reads otherwise afterwards; ``place_id`` where it stands then, a revival's old place included."""

    address: AddressNow
    fate: Fate
    place_id: UUID
    number: DoorNumber
    new_text: str

    @property
    def is_renumbered(self) -> bool:
        """Whether its door gets another number."""
        return self.number != self.address.number


@dataclass(frozen=True, slots=True)
class MergerDraft:
    """A merger or split on paper; nothing is written."""

    standing: MergerStanding
    fates: Mapping[UUID, Fate]
    collisions: tuple[Collision, ...]
    equal_texts: Mapping[str, int]
    lines: tuple[AddressLine, ...]
    homonyms: tuple[tuple[str, str], ...]
    plates: tuple[PlateNow, ...]
    digest: UUID

    @property
    def place_ids(self) -> list[UUID]:
        """The places that the plan reads or changes, as they stand now."""
        return sorted(_concerned(self.standing, self.fates, self.collisions))

    @property
    def affected(self) -> list[Fate]:
        """Places that move, or are called otherwise."""
        return [fate for fate in self.fates.values() if fate.place.moves or fate.changes]

    @property
    def affected_place_ids(self) -> list[UUID]:
        """The places that move as they are, or are called otherwise; not those that get an identity of their own."""
        revived = {revival.place.id for revival in self.standing.revivals}
        return [fate.place.id for fate in self.affected if fate.place.id not in revived]


def draft_merger(standing: MergerStanding, choices: Mapping[UUID, Choice]) -> MergerDraft:
    """Find what collides, what every address reads by the choices made, and what would still stand twice."""
    fates = fates_of(standing.places, choices)
    collisions = tuple(collisions_of(standing.places, choices))
    concerned = _concerned(standing, fates, collisions)
    addresses = standing.reader.addresses(concerned)
    lines = tuple(_lines(standing, fates, addresses))
    digest = standing.reader.digest(standing.division_ids, concerned, standing.asked.effective_on)
    return MergerDraft(
        standing,
        fates,
        collisions,
        _equal_texts(collisions, addresses),
        lines,
        tuple(_homonyms(standing, lines)),
        tuple(_wrong_plates(standing, lines)),
        digest,
    )


def _concerned(
    standing: MergerStanding, fates: Mapping[UUID, Fate], collisions: Iterable[Collision]
) -> set[UUID]:
    revived = {revival.place.id: revival.joined_to for revival in standing.revivals}
    found = {f.place.id for f in fates.values() if f.place.moves or f.changes}
    found |= {fate.into for fate in fates.values() if fate.into}
    found |= {place.id for collision in collisions for place in collision.places}
    return {revived.get(key, key) for key in found}


def _lines(
    standing: MergerStanding, fates: Mapping[UUID, Fate], addresses: Sequence[AddressNow]
) -> Iterable[AddressLine]:
    revival_of = {key: revival for revival in standing.revivals for key in revival.numbers}
    revived = {
        revival.place.id for revival in standing.revivals
    }  # who stands there now stays with the others
    for one in addresses:
        revival = revival_of.get(one.id)
        if revival is not None and one.place_id == revival.joined_to:
            yield _revived(standing, fates[revival.place.id], revival, one)
            continue
        fate = fates.get(one.place_id) if one.place_id not in revived else None
        if fate is not None and (fate.place.moves or fate.changes):
            number = DoorNumber(one.number.main + fate.offset, one.number.sub) if fate.offset else one.number
            place_id = fate.into or fate.place.id
            yield AddressLine(one, fate, place_id, number, _text(standing, fate, number, one))


def _revived(standing: MergerStanding, fate: Fate, revival: Revival, one: AddressNow) -> AddressLine:
    number = DoorNumber(*revival.numbers[one.id])
    return AddressLine(one, fate, revival.place.id, number, _text(standing, fate, number, one))


def _text(standing: MergerStanding, fate: Fate, number: DoorNumber, one: AddressNow) -> str:
    county, target = standing.county, standing.target
    building, unit, floor, room = one.labels
    parts = AddressParts(
        province=county.province,
        prefecture=county.prefecture,
        county=county.name,
        town=target.town,
        village=target.name,
        places=(fate.outer, fate.own),
        number=number,
        building=building,
        unit=unit,
        floor=floor,
        room=room,
    )
    return compose(parts, one.style)


def _equal_texts(collisions: Iterable[Collision], addresses: Sequence[AddressNow]) -> dict[str, int]:
    """By collision, how many texts two or more live addresses would share if nothing were decided."""
    reads_of = {place.id: one.reads for one in collisions for place in one.places}
    seen = Counter((reads_of[a.place_id], a.number, a.labels) for a in addresses if a.place_id in reads_of)
    found = Counter(reads for (reads, _, _), count in seen.items() if count > 1)
    return dict(found)


def _homonyms(standing: MergerStanding, lines: Sequence[AddressLine]) -> Iterable[tuple[str, str]]:
    """Texts that would stand twice by the choices made, each with the code of one that has it."""
    texts = Counter(line.new_text for line in lines)
    for line in lines:
        if texts[line.new_text] > 1:
            yield line.new_text, line.address.code
    yield from standing.reader.homonyms(list(texts), [line.address.id for line in lines])


def _wrong_plates(standing: MergerStanding, lines: Sequence[AddressLine]) -> Iterable[PlateNow]:
    """Plates that show what is no longer so: another number, or another name where they show one."""
    by_id = {line.address.id: line for line in lines}
    for plate in standing.reader.plates(list(by_id)):
        line = by_id[plate.address_id]
        name = plate_name(standing.target.name, line.fate)
        if line.is_renumbered or (profile_of(plate.profile).has(Role.NAME) and plate.name_text != name):
            yield plate


def plate_name(village: str, fate: Fate) -> str:
    """What the plates of a place say afterwards."""
    return name_line(fate.place.kind, fate.reads, village)


def part_of(draft: MergerDraft) -> Part:
    """What a split takes out of its village."""
    standing = draft.standing
    asked = standing.asked
    shape = list(standing.invariants.after.values())[-1]
    return Part(
        asked.source or UUID(int=0),
        draft.affected_place_ids,
        [key for revival in standing.revivals for key in revival.numbers],
        shape,
        standing.county.srid,
        (asked.undoes, asked.restores) if asked.undoes and asked.restores else None,
    )

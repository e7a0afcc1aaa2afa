"""Which door each reference of a list means: by code, by plate or by text, and never by a guess."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from address_service.coding.door_reference import DoorReference
from address_service.coding.grammar.elements import ElementKind
from address_service.coding.matching import MatchAnswer, MatchAsk, MatchBook, MatchStage, Outcome, match
from address_service.model.residents import LinkWay
from address_service.store.match_book import load_match_book
from address_service.store.resident_doors import KnownDoor, PlateDoor, doors_by_id, doors_of_plates
from address_service.store.resident_lookup import find_addresses
from address_service.store.work import Work

MOST_CANDIDATES = 5
_ON_RECORD = 98.0
"""Score of a text that stood on record for an address, followed to today by recorded successors."""

_TELLABLE = frozenset(
    {
        "division-unknown",
        "holder-ended",
        "homonym-elsewhere",
        "no-number",
        "number-in-remark",
        "several-numbers",
        "vague",
        "village-unsure",
    }
)
"""Reasons whose sentence repeats nothing of the cell."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What a reference means: an address, or why none is taken (code, sentence) and which ones it may be."""

    address_id: UUID | None
    candidates: tuple[UUID, ...] = ()
    code: str = ""
    message: str = ""


class DoorFinder:
    """Looks up references many at a time, and holds what it found against the register once more."""

    def __init__(self, work: Work) -> None:
        """Nothing is read before `look_up`."""
        self._work = work
        self._meant: dict[DoorReference, Meant] = {}
        self._doors: dict[UUID, KnownDoor] = {}
        self._book: MatchBook | None = None

    def look_up(self, references: Iterable[DoorReference]) -> None:
        """Find out what each means; takes its time for texts, so nobody should be made to wait for it."""
        wanted = set(references)
        by_way = {way: sorted(one.value for one in wanted if one.way is way) for way in LinkWay}
        conn, county = self._work.conn, self._work.county_code
        literal = find_addresses(conn, county, [*by_way[LinkWay.CODE], *by_way[LinkWay.TEXT]])
        plates = doors_of_plates(conn, county, by_way[LinkWay.PLATE])
        ids = {one.id for found in literal.values() for one in found}
        self._doors = doors_by_id(conn, county, ids | {plate.address_id for plate in plates.values()})
        known = {key: tuple(one.id for one in found) for key, found in literal.items()}
        for code in by_way[LinkWay.CODE]:
            self._meant[DoorReference(LinkWay.CODE, code)] = self._by_code(code, known.get(code, ()))
        for token in by_way[LinkWay.PLATE]:
            self._meant[DoorReference(LinkWay.PLATE, token)] = self._by_plate(token, plates)
        for words in by_way[LinkWay.TEXT]:
            self._meant[DoorReference(LinkWay.TEXT, words)] = self._by_text(words, known.get(words, ()))

    def confirm(self) -> None:
        """Read the doors that were found as they are now, once nobody can carry them elsewhere."""
        ids = {id_ for one in self._meant.values() for id_ in (one.address_id, *one.candidates) if id_}
        self._doors = doors_by_id(self._work.conn, self._work.county_code, ids)

    def meaning(self, reference: DoorReference) -> Meant:
        """What a reference means."""
        return self._meant[reference]

    def door(self, address_id: UUID) -> KnownDoor | None:
        """An address drafted or current; None for one that has ended meanwhile."""
        return self._doors.get(address_id)

    def words(self, door: KnownDoor) -> str:
        """A door's text; of a draft of elsewhere its code alone."""
        is_open = door.is_current or self._work.actor.covers(door.address.village_code)
        return door.full_text if is_open else door.code

    def shown(self, ids: Iterable[UUID]) -> str:
        """Candidates as a refusal lists them: code and text, parted by ；."""
        doors = [self._doors[one] for one in ids if one in self._doors]
        return "；".join(f"{door.code} {self.words(door)}" for door in doors[:MOST_CANDIDATES])

    # -- one reference

    def _by_code(self, code: str, found: tuple[UUID, ...]) -> Meant:
        if found:
            return Meant(found[0])
        return self._followed(code, "没有这个编码的地址", "这个编码的地址已注销，没有唯一的后继")

    def _by_plate(self, token: str, plates: Mapping[str, PlateDoor]) -> Meant:
        plate = plates.get(token)
        if plate is None:
            return Meant(None, (), "plate-unknown", f"没有编号为“{token}”的门牌，请重新扫描二维码")
        if plate.address_id in self._doors:
            return Meant(plate.address_id)
        ended = "这块门牌的地址已注销，没有唯一的后继"
        return self._followed(plate.code, ended, ended)

    def _followed(self, code: str, unknown: str, ended: str) -> Meant:
        """An address that has ended, followed by recorded successors to today."""
        book = self._known_book()
        if code not in book.external:
            return Meant(None, (), "address-unknown", unknown)
        answer = match(MatchAsk("", external_id=code), book)
        if answer.outcome is Outcome.ACCEPTED and answer.accepted is not None:
            return Meant(UUID(answer.accepted))
        return Meant(None, _candidates(answer), "address-ended", ended)

    def _by_text(self, words: str, found: tuple[UUID, ...]) -> Meant:
        answer = match(MatchAsk(words), self._known_book())
        matched = UUID(answer.accepted) if answer.accepted and _is_on_record(answer) else None
        if matched is not None and set(found) <= {matched}:
            return Meant(matched)
        candidates = tuple(dict.fromkeys((*_candidates(answer), *found)))
        if not answer.candidates and len(found) == 1 and self._reads(found[0], words):
            return Meant(found[0])  # a draft, which matching does not know
        return _refused(answer, candidates)

    def _reads(self, address_id: UUID, words: str) -> bool:
        door = self._doors.get(address_id)
        return door is not None and door.full_text == words

    def _known_book(self) -> MatchBook:
        if self._book is None:
            work = self._work
            self._book = load_match_book(work.conn, work.county_code, work.today)
        return self._book


def _is_on_record(answer: MatchAnswer) -> bool:
    """Whether the whole text, with its village or town, stands on record; what is only like it is for a person."""
    best = answer.candidates[0]
    names_where = answer.reading.first(ElementKind.VILLAGE) or answer.reading.first(ElementKind.TOWN)
    literal = answer.stage is MatchStage.EXACT or (
        answer.stage is MatchStage.LINEAGE and best.score >= _ON_RECORD
    )
    return literal and names_where is not None


def _candidates(answer: MatchAnswer) -> tuple[UUID, ...]:
    return tuple(UUID(one.address_id) for one in answer.candidates[:MOST_CANDIDATES])


def _refused(answer: MatchAnswer, candidates: tuple[UUID, ...]) -> Meant:
    if not candidates:
        elsewhere = answer.outcome is Outcome.ELSEWHERE
        message = "这个地址不在本辖区" if elsewhere else "没有找到这个标准地址"
        return Meant(None, (), "address-unknown", message)
    why = "，".join(dict.fromkeys(one.message for one in answer.reasons if one.code in _TELLABLE))
    because = f"（{why}）" if why else ""
    if len(candidates) == 1:
        message = f"与标准地址不完全一致，不能自动关联{because}"
        return Meant(None, candidates, "address-unsure", message)
    return Meant(None, candidates, "address-ambiguous", f"有几个地址都可能{because}，请改填地址编码")

"""What the other side calls an address, by decided rows of its own extract: aliases that go before the moves."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from address_service.coding.personal_numbers import holds_personal_number
from address_service.reconcile.change_set import ChangeSet


@dataclass(frozen=True, slots=True, repr=False)
class SaidText:
    """A row of an extract: the other side's text, its household, and the address decided on, None while undecided.

    ``is_new``: decided since the last package.
    """

    text: str
    household_no: str | None
    address_id: UUID | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class Alias:
    """Who stands at ``text`` (of one household, where named) stands at what the register calls ``register_text``."""

    text: str
    household_no: str | None
    register_text: str


Holders = Mapping[str, AbstractSet[UUID]]
"""Which addresses of the register have a text, or had it since the last package."""


class AliasDoubt(StrEnum):
    """Why a text of the other side is not told."""

    UNDECIDED = "alias-undecided"
    NAMELESS = "alias-nameless"
    NOT_TOLD = "alias-address-not-told"
    PERSONAL = "alias-personal-number"


@dataclass(frozen=True, slots=True)
class Aliases:
    """Aliases that go out, and texts that do not, with the reason; each text is in one of them."""

    told: tuple[Alias, ...] = ()
    doubtful: tuple[tuple[str, AliasDoubt], ...] = ()


NO_ALIASES = Aliases()


def known_texts(found: ChangeSet, now: Mapping[UUID, str]) -> dict[UUID, str]:
    """What each address reads for the other side when a package arrives: before its move, else as it reads ``now``.

    Left out is an address that is new and whose text others have yet, or that is held back.
    """
    olds = {move.old_text for move in found.moves} | {one.move.old_text for one in found.held}
    held_new = {one.move.address_id for one in found.held if one.move.old_text is None}
    texts = {key: text for key, text in now.items() if text not in olds and key not in held_new}
    for move in (*found.moves, *(one.move for one in found.held)):
        if move.old_text is not None:
            texts[move.address_id] = move.old_text
    return texts


def aliases_of(said: Iterable[SaidText], texts: Mapping[UUID, str], holders: Holders) -> Aliases:
    """The aliases of texts of which a row was decided since, before the moves of a package.

    A text goes as a whole where all its rows came to one address and no other one is among its ``holders``: else
    people of another house may stand there, and each row goes by its household or, without a number, not at all.
    """
    groups: dict[str, list[SaidText]] = defaultdict(list)
    for one in said:
        groups[one.text].append(one)
    told: dict[Alias, None] = {}
    doubtful = []
    for text in sorted(groups):
        if not any(one.is_new for one in groups[text]):
            continue
        doubt = _doubt(text, groups[text], texts, is_shared=_is_shared(text, groups[text], holders))
        if doubt is not None:
            doubtful.append((text, doubt))
            continue
        told |= dict.fromkeys(_told(text, groups[text], texts, holders))
    return Aliases(tuple(told), tuple(doubtful))


def _is_shared(text: str, rows: Collection[SaidText], holders: Holders) -> bool:
    concerned = {one.address_id for one in rows}
    return len(concerned) > 1 or bool(holders.get(text, set()) - concerned)


def _doubt(
    text: str, rows: Collection[SaidText], texts: Mapping[UUID, str], *, is_shared: bool
) -> AliasDoubt | None:
    decided = {one.address_id for one in rows if one.address_id is not None}
    if holds_personal_number(text):
        return AliasDoubt.PERSONAL
    if not decided <= texts.keys():
        return AliasDoubt.NOT_TOLD
    if {texts[key] for key in decided} == {text}:
        return None
    if any(one.address_id is None for one in rows):
        return AliasDoubt.UNDECIDED
    homes: dict[str | None, set[UUID | None]] = defaultdict(set)
    for one in rows:
        homes[one.household_no].add(one.address_id)
    if is_shared and (None in homes or any(len(found) > 1 for found in homes.values())):
        return AliasDoubt.NAMELESS
    return None


def _told(
    text: str, rows: Collection[SaidText], texts: Mapping[UUID, str], holders: Holders
) -> Iterable[Alias]:
    is_shared = _is_shared(text, rows, holders)
    for one in rows:
        goal = texts[one.address_id] if one.address_id else text
        if goal != text:
            yield Alias(text, one.household_no if is_shared else None, goal)

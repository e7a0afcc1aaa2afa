"""What changed for one consumer between two cursors: several changes of an address become one move of its people.

Changes are followed by identity, never by text: in a swap or a cycle of texts each house keeps its people.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from address_service.errors import Conflict


class MoveKind(StrEnum):
    """Why an address of the register changed."""

    CREATE = "create"
    RENAME = "rename"
    RENUMBER = "renumber"
    CORRECT = "correct"
    REPLACE = "replace"
    """The same door under another code."""
    MERGE = "merge"
    SPLIT = "split"
    RETIRE = "retire"


_RENAMINGS = {MoveKind.RENAME, MoveKind.RENUMBER, MoveKind.CORRECT, MoveKind.REPLACE}


class HeldReason(StrEnum):
    """Why a move does not go out yet."""

    SPLIT_UNDIVIDED = "split-undivided"
    STILL_INHABITED = "still-inhabited"
    """A door or room that ended without successor, where households are registered yet."""
    CODES_MISSING = "codes-missing"
    TARGET_OCCUPIED = "target-occupied"


WAITS_FOR_HOUSEHOLDS = frozenset({HeldReason.SPLIT_UNDIVIDED, HeldReason.STILL_INHABITED})
"""Reasons that end when the households are registered where they belong."""


@dataclass(frozen=True, slots=True)
class ApprovedChange:
    """One approved change of one address, in the order of ``seq``; changes of one act share their ``seq``.

    ``old_text`` is None for a new address (an heir that is new has its own CREATE) and ``new_text`` for one that
    ended. ``heir_id`` names the address that takes over the people of a merged or split one; ``household_no`` limits
    a split to one household. Beside those a split may say once, without a household, where all others go; without that
    they stay at the old text. ``is_open``: it ended, and where its people go is not known yet.
    """

    seq: int
    kind: MoveKind
    address_id: UUID
    old_text: str | None
    new_text: str | None
    decree: str
    effective_on: date
    heir_id: UUID | None = None
    household_no: str | None = None
    is_open: bool = False

    @property
    def waits_as(self) -> HeldReason:
        """Why its people wait while it is not known where they go."""
        return HeldReason.SPLIT_UNDIVIDED if self.kind is MoveKind.SPLIT else HeldReason.STILL_INHABITED


@dataclass(frozen=True, slots=True)
class Move:
    """What became of the people at ``old_text``: they stand at ``new_text`` now.

    ``old_text`` None: a new door; ``new_text`` None: a door that ended without heir. ``seq`` and ``effective_on`` are
    those of the last change, ``decrees`` and ``kinds`` of all of them, the first first.
    """

    address_id: UUID
    heir_id: UUID
    old_text: str | None
    new_text: str | None
    household_no: str | None
    kinds: tuple[MoveKind, ...]
    decrees: tuple[str, ...]
    effective_on: date
    seq: int

    @property
    def is_pure_renaming(self) -> bool:
        """Whether the house is the same and only its text differs: 何时来本址 stays."""
        return set(self.kinds) <= _RENAMINGS


@dataclass(frozen=True, slots=True)
class HeldMove:
    """A move that waits for a later package; ``because_of`` is the text still occupied, where that is the reason."""

    move: Move
    reason: HeldReason
    because_of: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What goes out and what is held back; together they are all that changed."""

    moves: tuple[Move, ...]
    held: tuple[HeldMove, ...]


def collapse(changes: Iterable[ApprovedChange], carried: Sequence[HeldMove] = ()) -> ChangeSet:
    """The net moves of ``changes``, those ``carried`` over from earlier packages continued.

    An address that is again what it was moves nobody and is left out. Conflict `old-text-ambiguous` when two
    addresses began with one text.
    """
    book = _Book(carried)
    acts: dict[int, list[ApprovedChange]] = defaultdict(list)
    for change in changes:
        acts[change.seq].append(change)
    for seq in sorted(acts):
        book.apply(acts[seq])
    moves = book.moves()
    _refuse_two_origins(moves)
    return hold_back(moves, book.undivided())


def _refuse_two_origins(moves: Iterable[Move]) -> None:
    """No importer can tell apart two addresses that had one text for it."""
    owners: dict[str, UUID] = {}
    for move in moves:
        if move.old_text is not None and owners.setdefault(move.old_text, move.address_id) != move.address_id:
            raise Conflict(f"变更清单中有两处地址原为“{move.old_text}”，无法对照", code="old-text-ambiguous")


def hold_back(moves: Iterable[Move], held: Iterable[HeldMove]) -> ChangeSet:
    """Part the moves so that nobody is moved to a text whose people have to stay there for now.

    A held move leaves its old text occupied, so each move into that text waits too, and so on: a cycle goes out whole
    or not at all.
    """
    waiting = list(held)
    arrivals: dict[str, list[Move]] = defaultdict(list)
    gone = {one.move for one in waiting}
    rest = [move for move in moves if move not in gone]
    for move in rest:
        if move.new_text is not None:
            arrivals[move.new_text].append(move)
    for one in waiting:  # grows while it is read
        occupied = one.move.old_text
        for move in arrivals.pop(occupied, []) if occupied is not None else []:
            waiting.append(HeldMove(move, HeldReason.TARGET_OCCUPIED, occupied))
            gone.add(move)
    return ChangeSet(
        tuple(sorted((move for move in rest if move not in gone), key=_order)),
        tuple(sorted(waiting, key=lambda one: _order(one.move))),
    )


def _order(move: Move) -> tuple[int, str, str, str, str]:
    return (
        move.seq,
        move.old_text or "",
        move.new_text or "",
        move.household_no or "",
        str(move.address_id),
    )


_Key = tuple[UUID, str | None]
"""An address that the consumer knows, and one of its households or all."""


class _Book:
    """Where the people of each address that the consumer knows have got to."""

    def __init__(self, carried: Sequence[HeldMove]) -> None:
        self._tracks: dict[_Key, Move] = {}
        self._at: dict[UUID, set[_Key]] = defaultdict(set)
        self._undivided: dict[_Key, HeldReason] = {}
        self._known = {one.move.address_id for one in carried}
        for one in carried:
            self._put((one.move.address_id, one.move.household_no), one.move)
            if one.reason in WAITS_FOR_HOUSEHOLDS:
                self._undivided[one.move.address_id, one.move.household_no] = one.reason

    def apply(self, act: Sequence[ApprovedChange]) -> None:
        """Apply the changes of one act at once: who stands where is read before anything is written."""
        for change in act:
            self._open(change)
        before = {change.address_id: self._people_of(change.address_id) for change in act}
        written: list[tuple[_Key, Move]] = []
        for address_id, changes in _by_address(act).items():
            for key, move in before[address_id]:
                written += self._after(key, move, changes)
        for key, move in written:
            self._put(key, move)

    def _open(self, change: ApprovedChange) -> None:
        if change.address_id not in self._known:
            self._known.add(change.address_id)
            self._put((change.address_id, None), _unmoved(change))

    def _people_of(self, address_id: UUID) -> list[tuple[_Key, Move]]:
        return [(key, self._tracks[key]) for key in sorted(self._at[address_id], key=str)]

    def _after(self, key: _Key, move: Move, changes: Sequence[ApprovedChange]) -> list[tuple[_Key, Move]]:
        shares = [one for one in changes if one.kind is MoveKind.SPLIT or one.is_open]
        if not shares:
            for change in changes:
                move = _moved(move, change)
                if change.new_text is None:
                    self._undivided.pop(key, None)
            return [(key, move)]
        shares += [one for one in changes if one.kind is MoveKind.RETIRE and not one.is_open]
        others = [one for one in shares if one.household_no is None]
        if len({one.heir_id for one in others}) > 1 or any(one.is_open for one in others):
            self._undivided[key] = shares[0].waits_as
            text = move.new_text
            if (
                move.old_text is None
            ):  # nobody has to wait there: the address itself is told of, if it goes on
                text = next((one.new_text for one in others if one.heir_id == move.heir_id), None)
            return [(key, _moved(move, replace(shares[0], heir_id=move.heir_id, new_text=text)))]
        self._undivided.pop(key, None)
        named = [one for one in shares if one.household_no is not None and key[1] in (None, one.household_no)]
        fitting = named if named and key[1] is not None else [*named, *others[:1]]
        return [((key[0], one.household_no or key[1]), _share(move, one)) for one in fitting]

    def _put(self, key: _Key, move: Move) -> None:
        is_new = key not in self._tracks
        if not is_new:
            self._at[self._tracks[key].heir_id].discard(key)
        self._tracks[key] = move
        self._at[move.heir_id].add(key)
        if key[1] is not None and is_new:
            self._drop_whole(key[0])

    def _drop_whole(self, address_id: UUID) -> None:
        """Once an address is divided by households, the track of all its people ends."""
        whole = self._tracks.pop((address_id, None), None)
        if whole is not None:
            self._at[whole.heir_id].discard((address_id, None))
            self._undivided.pop((address_id, None), None)

    def moves(self) -> list[Move]:
        return [
            move
            for (address_id, household), move in self._tracks.items()
            if move.old_text != move.new_text
            and (move.old_text is not None or (household is None and move.heir_id == address_id))
        ]

    def undivided(self) -> list[HeldMove]:
        """Divided addresses whose people cannot be told yet; at one that the consumer never knew it has nobody."""
        waiting = [(self._tracks.get(key), reason) for key, reason in self._undivided.items()]
        return [HeldMove(move, reason) for move, reason in waiting if move and move.old_text is not None]


def _by_address(act: Sequence[ApprovedChange]) -> dict[UUID, list[ApprovedChange]]:
    found: dict[UUID, list[ApprovedChange]] = defaultdict(list)
    for change in act:
        found[change.address_id].append(change)
    return found


def _unmoved(change: ApprovedChange) -> Move:
    """The people of an address before its first change."""
    who, text = change.address_id, change.old_text
    return Move(who, who, text, text, None, (), (), change.effective_on, 0)


def _share(move: Move, change: ApprovedChange) -> Move:
    return replace(_moved(move, change), household_no=change.household_no or move.household_no)


def _moved(move: Move, change: ApprovedChange) -> Move:
    """What a move is after one more change.

    That its goal was opened on the way is no change of its people, nor that their address ended if they go on.
    """
    decrees = dict.fromkeys((*move.decrees, change.decree))
    kinds = (
        move.kinds if change.new_text is None else tuple(k for k in move.kinds if k is not MoveKind.RETIRE)
    )
    was_opened = change.kind is MoveKind.CREATE and move.heir_id == change.address_id and move.kinds
    return replace(
        move,
        heir_id=change.heir_id or move.heir_id,
        new_text=change.new_text,
        kinds=kinds if was_opened else (*kinds, change.kind),
        decrees=tuple(decrees),
        effective_on=change.effective_on,
        seq=change.seq,
    )

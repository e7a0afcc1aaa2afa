"""Addresses that people may have left without a line of descent: ended ones, and rooms of a divided door."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from address_service.reconcile.change_set import HeldMove, HeldReason, MoveKind
from address_service.reconcile.transitions import Descent, Division, Transition, act_numbers


@dataclass(frozen=True, slots=True)
class RoomBehind:
    """A room that stays behind a door when an event gives parts to it, and what it reads right after."""

    event_id: UUID
    door_id: UUID
    room_id: UUID
    text: str


def endings_of(transitions: Sequence[Transition], descents: Iterable[Descent]) -> list[Division]:
    """Addresses that ended and that no event gave a successor.

    Before a door is divided or merged its rooms are ended one by one: where their households go then is known by where
    they are registered, and until they are it is not known.
    """
    acts, followed = act_numbers(transitions), {(one.event_id, one.predecessor) for one in descents}
    return [
        Division(
            acts[one.moment], one.address_id, one.before.text, None, one.decree, one.effective_on, {}, one.event_id,
            MoveKind.RETIRE,
        )
        for one in transitions
        if one.before and not one.after and (one.event_id, one.address_id) not in followed
    ]  # fmt: skip


def open_endings(carried: Iterable[HeldMove], seq: int) -> list[Division]:
    """Addresses that ended before and were inhabited yet, told anew as ``seq``."""
    return [
        Division(
            seq, one.move.address_id, None, None, one.move.decrees[-1], one.move.effective_on, {}, None, MoveKind.RETIRE
        )
        for one in carried
        if one.reason is HeldReason.STILL_INHABITED
    ]  # fmt: skip


def rooms_of_divided(divisions: Iterable[Division], rooms: Iterable[RoomBehind]) -> list[Division]:
    """Rooms that stay behind divided doors: a household of theirs may have gone to a part."""
    behind: dict[tuple[UUID, UUID], list[RoomBehind]] = defaultdict(list)
    for room in rooms:
        behind[room.event_id, room.door_id].append(room)
    return [
        Division(
            door.seq, room.room_id, room.text, room.text, door.decree, door.effective_on, door.heirs, door.event_id
        )
        for door in divisions
        if door.event_id is not None
        for room in behind[door.event_id, door.address_id]
    ]  # fmt: skip

"""A mapping package before it is issued: what changed since the consumer's last one, who moved, what is held back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from address_service.model.mapping import MappingConsumer, MappingRow, RowState
from address_service.reconcile.aliases import NO_ALIASES, Aliases, aliases_of, known_texts
from address_service.reconcile.change_set import (
    WAITS_FOR_HOUSEHOLDS,
    ChangeSet,
    HeldMove,
    HeldReason,
    Move,
    MoveKind,
    collapse,
)
from address_service.reconcile.endings import endings_of, open_endings, rooms_of_divided
from address_service.reconcile.package_columns import Codes, ColumnProfile, hold_uncoded, read_profile
from address_service.reconcile.ranges import head_of
from address_service.reconcile.resending import Track, brought_up, track_of
from address_service.reconcile.transitions import Share, act_numbers, approved_changes, divisions_of, is_open
from address_service.services.mapping_codes import codes_of
from address_service.store.feed import Feed
from address_service.store.ids import new_id
from address_service.store.mapping_changes import MappingChanges, PlacedHousehold, Span
from address_service.store.mapping_packages import MappingPackages
from address_service.store.mapping_resending import Resending
from address_service.store.police_texts import holders_of, said_texts, texts_now
from address_service.store.work import Work

MOST_CHANGES = 20_000
"""About so many changes go into one package, so that it fits into memory and onto a medium; acts are never cut."""

STILL_WRITING = timedelta(minutes=10)
"""No decision is passed over that was being written when the last package was made; told twice it does no harm."""

Households = Mapping[tuple[UUID, str], UUID]
"""Keys of households by the address they were registered at and their number."""


@dataclass(frozen=True, slots=True)
class Draft:
    """All that a package will say; ``carried`` is what the package before held back, ``resent`` rows that go again."""

    span: Span
    found: ChangeSet
    carried: tuple[HeldMove, ...]
    profile: ColumnProfile
    codes: Codes
    heads_in_use: Sequence[str]
    households: Households
    resent: tuple[UUID, ...] = ()
    aliases: Aliases = NO_ALIASES

    @property
    def says_something(self) -> bool:
        """Whether there is a move or an alias to tell, or another move held back than before."""
        return bool(self.found.moves or self.aliases.told) or {one.move for one in self.found.held} != {
            one.move for one in self.carried
        }

    def rows(self) -> list[MappingRow]:
        """The rows, in the order and under the numbers of the files."""
        held = [(one.move, one.reason.value, one.because_of or "") for one in self.found.held]
        told = [(move, "", "") for move in self.found.moves]
        return [self._row(no, *one) for no, one in enumerate([*told, *held], 1)]

    def _row(self, no: int, move: Move, reason: str, because: str) -> MappingRow:
        household = move.household_no and self.households.get((move.address_id, move.household_no))
        return MappingRow(
            new_id(), no, move.address_id, move.heir_id, household or None, move.old_text, move.new_text,
            tuple(kind.value for kind in move.kinds), move.decrees, move.effective_on, move.seq,
            move.is_pure_renaming, RowState.HELD if reason else RowState.ISSUED, reason, because, 1,
        )  # fmt: skip


def draft_package(work: Work, consumer: MappingConsumer) -> Draft:
    """What a consumer is told next; goes on through the feed until there is something to tell.

    Raises Conflict `old-text-ambiguous`.
    """
    changes = changes_for(work, consumer)
    carried, households, resent = _carried(work, changes, consumer)
    most = MOST_CHANGES
    while True:
        span = changes.span(consumer.acknowledged, most)
        draft = _drafted(work, changes, span, carried, households, read_profile(consumer.profile))
        draft = replace(draft, resent=resent)
        if span.is_last or draft.found.moves:
            draft = replace(draft, aliases=_aliases(work, consumer, draft))
        if draft.says_something or span.is_last:
            return draft
        most *= 2


def _aliases(work: Work, consumer: MappingConsumer, draft: Draft) -> Aliases:
    """What the consumer's own extracts call addresses, by what was decided on since its last package."""
    last = MappingPackages(work.conn, work.county_code).last_of(consumer.id)
    since = last.issued_at - STILL_WRITING if last else None
    said = said_texts(work.conn, work.county_code, work.seal, consumer.division_code, since)
    keys = {one.address_id for one in said if one.address_id is not None}
    texts = known_texts(draft.found, texts_now(work.conn, work.county_code, keys, draft.span.to))
    holders = holders_of(work.conn, work.county_code, {one.text for one in said}, draft.span)
    return aliases_of(said, texts, holders)


def changes_for(work: Work, consumer: MappingConsumer) -> MappingChanges:
    """The part of the feed that a consumer is told of."""
    if consumer.division_code == work.county_code:
        return MappingChanges(work.conn, work.county_code, None)
    divisions = Feed(work.conn, work.county_code, consumer.division_code).divisions(work.today)
    return MappingChanges(work.conn, work.county_code, divisions)


def _drafted(
    work: Work,
    changes: MappingChanges,
    span: Span,
    carried: Sequence[HeldMove],
    known: Households,
    profile: ColumnProfile,
) -> Draft:
    transitions, descents = changes.transitions(span), changes.descents(span)
    undivided = {one.move.address_id for one in carried if one.reason is HeldReason.SPLIT_UNDIVIDED}
    again = max([span.to, *act_numbers(transitions).values()]) + 1
    fresh = divisions_of(transitions, descents)
    fresh += [*rooms_of_divided(fresh, changes.rooms_behind(span)), *endings_of(transitions, descents)]
    waiting = [*changes.open_divisions(undivided, span, again), *open_endings(carried, again)]
    placed = changes.households([*fresh, *waiting], span, work.seal)
    shares = [Share(one.address_id, one.book_no, one.heir_id, one.heir_text) for one in placed]
    divisions = [*fresh, *(one for one in waiting if not is_open(one, shares))]
    found = collapse(approved_changes(transitions, descents, divisions, shares), carried)
    codes = codes_of(work, changes, {move.heir_id for move in found.moves}, span.to)
    required = codes.profile(profile)
    found = hold_uncoded(found, required, codes.by_address)
    heads = {head_of(move.old_text) for move in found.moves if move.old_text}
    households = {**known, **_keys(placed)}
    return Draft(
        span, found, tuple(carried), required, codes.by_address, changes.heads_in_use(heads), households
    )


def _keys(placed: Sequence[PlacedHousehold]) -> dict[tuple[UUID, str], UUID]:
    return {(one.address_id, one.book_no): one.household_id for one in placed if one.book_no}


def _carried(
    work: Work, changes: MappingChanges, consumer: MappingConsumer
) -> tuple[list[HeldMove], Households, tuple[UUID, ...]]:
    """What the last package held back and what was refused and goes again, with the rows of the latter.

    A household that can no longer be named has nobody to move any more.
    """
    packages = MappingPackages(work.conn, work.county_code)
    last = packages.last_of(consumer.id)
    waiting = packages.rows(last.id, RowState.HELD) if last else []
    again, resent = _again(Resending(work.conn, work.county_code, consumer.id), waiting)
    tracks = {track_of(row) for row in again}
    rows = [*(row for row in waiting if track_of(row) not in tracks), *again]
    numbers = changes.book_nos([row.household_id for row in rows if row.household_id], work.seal)
    held, keys = [], {}
    for row in rows:
        number = numbers.get(row.household_id) if row.household_id else None
        if number is not None and row.household_id is not None:
            keys[row.address_id, number] = row.household_id
        if row.household_id is None or number is not None:
            held.append(_held(row, number))
    return held, keys, resent


def _again(resending: Resending, waiting: Sequence[MappingRow]) -> tuple[list[MappingRow], tuple[UUID, ...]]:
    """Refused rows as they go again, one for each track; those of a track that is not divided yet wait with it."""
    undivided = {track_of(row) for row in waiting if row.reason in WAITS_FOR_HOUSEHOLDS}
    refused = [(row, sequence) for row, sequence in resending.rows() if track_of(row) not in undivided]
    later = resending.since(min(sequence for _, sequence in refused)) if refused else []
    found: dict[Track, MappingRow] = {}
    for row, sequence in refused:
        since = [one for one, of in later if of > sequence]
        found.setdefault(track_of(row), brought_up(row, since))
    again = [row for row in found.values() if row.old_text != row.new_text]
    return again, tuple(row.id for row, _ in refused)


def _held(row: MappingRow, number: str | None) -> HeldMove:
    move = Move(
        row.address_id, row.heir_id, row.old_text, row.new_text, number,
        tuple(MoveKind(kind) for kind in row.kinds), row.decrees, row.effective_on, row.change_seq,
    )  # fmt: skip
    if row.state is RowState.REFUSED:  # held by nothing, but on its way once more
        return HeldMove(move, HeldReason.CODES_MISSING)
    return HeldMove(move, HeldReason(row.reason), row.reason_text or None)

"""Change sets (改号方案): who gets which number, all at once, as a permutation of holders over numbers.

A change set names moves, not steps: 10↔11 or 1→2→3→1 needs no order and no number in between. Only what stays outside
the set may stand in its way.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from address_service.errors import Conflict, FieldError
from address_service.model.numbers import DoorNumber, NumberState


@dataclass(frozen=True, slots=True)
class Change:
    """One holder (an address) moves from a number to another; ``before`` None is a door that had none.

    ``decree_no`` is the decision (文号) by which a retired number is given out once more.
    """

    holder: UUID
    before: DoorNumber | None
    after: DoorNumber
    decree_no: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Changes of one place that apply together or not at all."""

    changes: tuple[Change, ...]

    @classmethod
    def between(
        cls, before: Mapping[UUID, DoorNumber], after: Mapping[UUID, DoorNumber], decree_no: str | None = None
    ) -> "ChangeSet":
        """What leads from one numbering to the other; who keeps the number is no part of it."""
        changes = (
            Change(holder, before.get(holder), number, decree_no)
            for holder, number in sorted(after.items(), key=lambda pair: pair[0].int)
            if before.get(holder) != number
        )
        return cls(tuple(changes))

    @property
    def freed(self) -> frozenset[DoorNumber]:
        """Numbers that somebody of the set gives up, whoever takes them."""
        return frozenset(change.before for change in self.changes if change.before)

    @property
    def retired(self) -> frozenset[DoorNumber]:
        """Numbers that nobody of the set takes up again: they are retired (注销) with the change."""
        return self.freed - {change.after for change in self.changes}

    def check(
        self, holders: Mapping[UUID, DoorNumber], states: Mapping[DoorNumber, NumberState] | None = None
    ) -> None:
        """Refuse what cannot be applied at once to the numbering of a place.

        ``holders`` are the numbers in use, ``states`` the ledger's rows. Who has the number already is no hindrance, so
        that a set applied before passes. Raises `Conflict` (``change-set-refused``) with one error per hindrance:
        ``holder-twice``, ``target-twice``, ``holder-moved``, ``target-held``, ``target-reserved``, ``target-retired``.
        """
        pending = [change for change in self.changes if holders.get(change.holder) != change.after]
        errors = [
            *self._repeated(),
            *_moved(pending, holders),
            *self._hindered(pending, holders, states or {}),
        ]
        if errors:
            raise Conflict("改号方案不能执行", code="change-set-refused", errors=errors)

    def _repeated(self) -> Iterable[FieldError]:
        for holder, times in Counter(change.holder for change in self.changes).items():
            if times > 1:
                yield FieldError("holder-twice", f"同一地址在方案中出现 {times} 次", str(holder))
        for number, times in Counter(change.after for change in self.changes).items():
            if times > 1:
                yield FieldError("target-twice", f"{number}在方案中被分给 {times} 户", str(number))

    def _hindered(
        self,
        pending: Iterable[Change],
        holders: Mapping[UUID, DoorNumber],
        states: Mapping[DoorNumber, NumberState],
    ) -> Iterable[FieldError]:
        movers = {change.holder for change in self.changes}
        kept = {number for holder, number in holders.items() if holder not in movers}
        for change in pending:
            number, state = change.after, states.get(change.after)
            if number in kept:
                yield FieldError("target-held", f"{number}由方案以外的地址使用", str(number))
            elif state is NumberState.RESERVED:
                yield FieldError("target-reserved", f"{number}已预留，须先转用或释放", str(number))
            elif state is NumberState.RETIRED and not change.decree_no:
                yield FieldError("target-retired", f"{number}已注销，重新启用须有文号", str(number))

    def apply(
        self, holders: Mapping[UUID, DoorNumber], states: Mapping[DoorNumber, NumberState] | None = None
    ) -> dict[UUID, DoorNumber]:
        """The numbering after the change, in whatever order the changes stand; once applied, again changes nothing.

        Raises `Conflict` as `check` does.
        """
        self.check(holders, states)
        return {**holders, **{change.holder: change.after for change in self.changes}}

    def states_after(self, states: Mapping[DoorNumber, NumberState]) -> dict[DoorNumber, NumberState]:
        """The ledger after the change: what was given up is retired, what was taken is issued."""
        given_up = dict.fromkeys(self.retired, NumberState.RETIRED)
        taken = {change.after: NumberState.ISSUED for change in self.changes}
        return {**states, **given_up, **taken}

    def inverse(self, decree_no: str) -> "ChangeSet":
        """The set that puts everybody back, itself a new event: it takes up numbers retired by this one, so by decree.

        Holders that had no number before keep the one they got.
        """
        back = (
            Change(change.holder, change.after, change.before, decree_no)
            for change in self.changes
            if change.before
        )
        return ChangeSet(tuple(back))

    def cycles(self) -> list[tuple[Change, ...]]:
        """The moves as closed rings and open chains, each as long as one takes what the next gives up."""
        giving = {change.before: change for change in self.changes if change.before}
        taken = {change.after for change in self.changes}
        left = {change.holder: change for change in self.changes}
        heads = [change for change in self.changes if change.before not in taken]
        rows = []
        for head in [*heads, *self.changes]:
            row: list[Change] = []
            step: Change | None = head
            while step and step.holder in left:
                row.append(left.pop(step.holder))
                step = giving.get(step.after)
            if row:
                rows.append(tuple(row))
        return rows


def _moved(changes: Iterable[Change], holders: Mapping[UUID, DoorNumber]) -> Iterable[FieldError]:
    for change in changes:
        if (found := holders.get(change.holder)) != change.before:
            text = f"地址原号应为{change.before or '无'}，现为{found or '无'}"
            yield FieldError("holder-moved", text, str(change.holder))

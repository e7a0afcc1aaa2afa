"""A yearly list (区划名录) held against what is known on its day: what is unchanged, and what a person must decide.

Likeness of names is evidence and orders the candidates; nothing follows from it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from address_service.coding.divisions.entries import NO_ACTS, Acts, Clue, Comparison, Entry, Later, Proposal
from address_service.coding.divisions.names import likeness, stem_of
from address_service.model.division_lists import ProposalKind


@dataclass(slots=True)
class _Sorted:
    """Lines on their way into a comparison."""

    kept: list[Entry] = field(default_factory=list)
    entering: list[Entry] = field(default_factory=list)
    earlier: list[Entry] = field(default_factory=list)
    decided: list[Entry] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    appeared: list[Entry] = field(default_factory=list)


def compare(
    known: Sequence[Entry],
    listed: Sequence[Entry],
    later: Sequence[Later] = (),
    acts: Acts = NO_ACTS,
    *,
    may_enter: bool = True,
) -> Comparison:
    """Hold a list against what is known on its day; ``later`` is what begins after it, the earliest first.

    Villages are missed only in towns of which the list names some, towns only by a list with most of them.
    """
    after = {one.entry.code: one for one in reversed(later)}
    unlisted = _unlisted(known, listed)
    elsewhere = [*unlisted, *_unlisted([one.entry for one in after.values()], listed)]
    result = _sorted(known, listed, after, acts, elsewhere if may_enter else None)
    vanished = _vanished(unlisted, known, listed)
    result.decided += [entry for entry in vanished if (entry.code, entry.division_id) in acts.gone]
    asked = [entry for entry in vanished if entry not in result.decided]
    result.proposals += _apart(asked, result.appeared, elsewhere, after)
    return Comparison(
        tuple(result.kept),
        tuple(result.entering),
        tuple(result.earlier),
        tuple(result.decided),
        tuple(result.proposals),
    )


def _unlisted(known: Sequence[Entry], listed: Sequence[Entry]) -> list[Entry]:
    codes = {line.code for line in listed}
    return [entry for entry in known if entry.code not in codes]


def _sorted(
    known: Sequence[Entry],
    listed: Sequence[Entry],
    after: Mapping[str, Later],
    acts: Acts,
    elsewhere: Sequence[Entry] | None,
) -> _Sorted:
    """Each line where it belongs; ``elsewhere`` is known and not listed, then or later; without it nothing enters."""
    by_code = {entry.code: entry for entry in known}
    heard_of = {entry.parent for entry in known if len(entry.code) == 12}
    names = {(len(entry.code), entry.name) for entry in elsewhere or ()}
    result = _Sorted()
    for line in listed:
        old, then = by_code.get(line.code), after.get(line.code)
        if old is not None and old.name == line.name:
            result.kept.append(old)
        elif old is None and then is not None and then.by_list:
            _known_later(result, line, then.entry)
        elif (line.code, line.name) in acts.come:
            result.decided.append(line)
        elif old is not None:
            result.proposals.append(two_names(old, line))
        elif elsewhere is not None and then is None and _is_first(line, heard_of, names):
            result.entering.append(line)
        else:
            result.appeared.append(line)
    return result


def as_listed(known: Sequence[Entry], proposals: Sequence[Proposal]) -> list[Entry]:
    """What would be known if open proposals, oldest first, were as their lists say."""
    state = {entry.code: entry for entry in known}
    for one in proposals:
        if one.is_later:
            if one.old is not None:
                state.setdefault(one.old.code, one.old)
            continue
        if one.old is not None:
            state.pop(one.old.code, None)
        if one.new is not None:
            same = one.old is not None and one.kind is not ProposalKind.CODE_REUSED
            state[one.new.code] = Entry(
                one.new.code, one.new.name, one.old.division_id if same and one.old else None
            )
    return sorted(state.values(), key=lambda entry: entry.code)


def _is_first(line: Entry, heard_of: set[str], names: set[tuple[int, str]]) -> bool:
    """Whether a line may enter unasked: nothing known and not listed, then or later, could be it recoded."""
    return line.parent not in heard_of and (len(line.code), line.name) not in names


def _known_later(result: _Sorted, line: Entry, after: Entry) -> None:
    if after.name == line.name:
        result.earlier.append(after)
        return
    old = Entry(line.code, line.name, after.division_id)
    found = two_names(old, after)
    result.proposals.append(Proposal(found.kind, old, after, found.evidence, found.candidates, is_later=True))


def two_names(old: Entry, new: Entry) -> Proposal:
    """One code with two names: which of the four it looks like, and what it may be besides."""
    stems = stem_of(old.name), stem_of(new.name)
    alike = likeness(*stems)
    if stems[0] == stems[1]:
        kind = ProposalKind.KIND_CHANGED
        why = [Clue("same-stem", f"专名“{stems[0]}”未变，通名不同")]
    elif alike:
        kind, why = ProposalKind.RESPELLED, [Clue("alike", text) for text in alike]
    elif set(stems[0]) & set(stems[1]):
        kind, why = ProposalKind.RENAMED, [Clue("shared-characters", "两名有相同的字")]
    else:
        kind, why = ProposalKind.CODE_REUSED, [Clue("unlike", "两名没有相同的字，代码可能换给了另一个村")]
    why.insert(0, Clue("same-code", f"代码{new.code}未变，“{old.name}”→“{new.name}”"))
    others = (
        ProposalKind.RESPELLED,
        ProposalKind.RENAMED,
        ProposalKind.KIND_CHANGED,
        ProposalKind.CODE_REUSED,
    )
    candidates = [Clue(kind, _MAY_BE[kind]), *(Clue(k, _MAY_BE[k]) for k in others if k is not kind)]
    return Proposal(kind, old, new, tuple(why), tuple(candidates))


_MAY_BE = {
    ProposalKind.RESPELLED: "同一个村，只是写法不同",
    ProposalKind.RENAMED: "同一个村更名",
    ProposalKind.KIND_CHANGED: "同一个村，村与社区互改",
    ProposalKind.CODE_REUSED: "原村已不在，代码给了另一个村",
}


def _vanished(unlisted: Sequence[Entry], known: Sequence[Entry], listed: Sequence[Entry]) -> list[Entry]:
    towns = {line.parent for line in listed if len(line.code) == 12}
    named = sum(len(line.code) == 9 for line in listed)
    most = named * 2 > sum(len(entry.code) == 9 for entry in known)
    return [
        entry
        for entry in unlisted
        if (len(entry.code) == 12 and entry.parent in towns) or (len(entry.code) == 9 and most)
    ]


def _apart(
    vanished: Sequence[Entry],
    appeared: Sequence[Entry],
    elsewhere: Sequence[Entry],
    after: Mapping[str, Later],
) -> Iterator[Proposal]:
    """Pair what has one name, where that is beyond doubt; the rest stands alone with all that it may have become."""
    paired: set[str] = set()
    for old in vanished:
        same = [new for new in appeared if new.name == old.name and len(new.code) == len(old.code)]
        rivals = [one for one in vanished if one.name == old.name and len(one.code) == len(old.code)]
        if len(same) == len(rivals) == 1:
            paired |= {old.code, same[0].code}
            yield _two_codes(old, same[0])
    for old in vanished:
        if old.code not in paired:
            yield alone_vanished(old, [new for new in appeared if new.code not in paired])
    for new in appeared:
        if new.code not in paired:
            namesakes = [old for old in elsewhere if old.name == new.name and old not in vanished]
            kin = [*(old for old in vanished if old.code not in paired), *namesakes]
            yield alone_appeared(new, kin, after.get(new.code))


def _two_codes(old: Entry, new: Entry) -> Proposal:
    moved = old.parent != new.parent
    kind = ProposalKind.MOVED_TOWN if moved else ProposalKind.RECODED
    where = "另一乡镇" if moved else "同一乡镇"
    text = f"“{old.name}”的代码{old.code}不见了，{where}出现同名的{new.code}"
    may_be = (
        Clue(kind, "同一个村划归另一乡镇" if moved else "同一个村改了代码", new.code),
        Clue("separate", "原村已不在，另有同名新村（否决后分开决定）"),
    )
    return Proposal(kind, old, new, (Clue("same-name", text),), may_be)


def alone_vanished(old: Entry, appeared: Sequence[Entry]) -> Proposal:
    """A division that the list does not name, with those that it may have become."""
    text = f"在册的{old.name}（{old.code}）不在名录里：是撤销还是合并，须由人决定"
    return Proposal(ProposalKind.VANISHED, old, None, (Clue("not-listed", text),), tuple(_kin(old, appeared)))


def alone_appeared(new: Entry, vanished: Sequence[Entry], then: Later | None = None) -> Proposal:
    """A code that is not known, with those that it may have been; ``then`` is what has the code from a later day on."""
    text = f"名录中的{new.name}（{new.code}）不在册：是新设还是原有的村改了代码，须由人决定"
    why = [Clue("not-known", text)]
    if then is not None:
        text = f"代码{new.code}自{then.since}起是“{then.entry.name}”的，其起始由办理的变更所定，晚于名录日期"
        why.append(Clue("known-later", text, new.code))
    return Proposal(ProposalKind.APPEARED, None, new, tuple(why), tuple(_kin(new, vanished)))


def _kin(one: Entry, others: Sequence[Entry]) -> Iterator[Clue]:
    for other in others:
        if len(other.code) != len(one.code):
            continue
        stems = stem_of(one.name), stem_of(other.name)
        if stems[0] == stems[1]:
            yield Clue("same-stem", f"{other.name}（{other.code}）专名相同", other.code)
        elif alike := likeness(*stems):
            yield Clue("alike", f"{other.name}（{other.code}）：{alike[0]}", other.code)

"""Whether the audit is as it was written: lines in order of chain and number go in, findings come out."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from address_service.coding.audit_chain import START, Head, mac_of

KeyOf = Callable[[UUID], tuple[bytes, bool] | None]
"""Gives the secret of a key and whether it is of the international suite; None for a key that is not there."""


_BEGINNING = Head(0, START)


class Flaw(StrEnum):
    """What can be wrong with an audit."""

    CHANGED = (
        "changed"  # the line's mac does not fit what it says: edited, moved, or never written by the service
    )
    MISSING = "missing"  # lines are not there
    REPEATED = "repeated"  # a number stands twice, or out of order
    BROKEN = "broken"  # the line is genuine, and does not follow the one before it
    CUT = "cut"  # the end of the chain is not there
    HEAD = "head"  # the register of chain ends says otherwise
    ANCHOR = "anchor"  # an anchor says otherwise
    KEY = "key"  # the key of a line is not there: the line cannot be judged


@dataclass(frozen=True, slots=True)
class Finding:
    """One flaw: which chain, at which line, until which for a gap."""

    flaw: Flaw
    chain: int
    seq: int
    last: int | None = None


@dataclass(slots=True)
class ChainCheck:
    """Reads the lines of one chain from the first to the last.

    ``anchors`` are heads of this chain that were kept elsewhere. ``whole`` is False for an extract, which may begin
    and end anywhere, and where what was not chosen is no gap.
    """

    chain: int
    key_of: KeyOf
    head: Head | None = None
    anchors: Mapping[int, bytes] = field(default_factory=dict)
    whole: bool = True
    lines: int = 0
    _last: Head = _BEGINNING

    def read(self, line: Mapping[str, Any]) -> Iterator[Finding]:
        """What is wrong with the next line, and between it and the one before."""
        seq, mac = line["seq"], line["mac"]
        yield from self._order(seq, line["previous"])
        yield from self._self(line)
        if self.anchors.get(seq, mac) != mac:
            yield Finding(Flaw.ANCHOR, self.chain, seq)
        self.lines += 1
        self._last = Head(max(seq, self._last.seq), mac)

    def _order(self, seq: int, previous: bytes) -> Iterator[Finding]:
        if not self.whole and (self.lines == 0 or seq > self._last.seq + 1):
            return
        if seq <= self._last.seq:
            yield Finding(Flaw.REPEATED, self.chain, seq)
        elif seq > self._last.seq + 1:
            yield Finding(Flaw.MISSING, self.chain, self._last.seq + 1, seq - 1)
        elif previous != self._last.mac:
            yield Finding(Flaw.BROKEN, self.chain, seq)

    def _self(self, line: Mapping[str, Any]) -> Iterator[Finding]:
        key = self.key_of(line["key_id"])
        if key is None:
            yield Finding(Flaw.KEY, self.chain, line["seq"])
        elif mac_of(key[0], line, international=key[1]) != line["mac"]:
            yield Finding(Flaw.CHANGED, self.chain, line["seq"])

    def end(self) -> Iterator[Finding]:
        """What is wrong with the end, once every line has been read."""
        if not self.whole:
            return
        if self.head is None:
            yield Finding(Flaw.HEAD, self.chain, self._last.seq)
        elif self.head.seq > self._last.seq:
            yield Finding(Flaw.CUT, self.chain, self._last.seq + 1, self.head.seq)
        elif self.head != self._last:
            yield Finding(Flaw.HEAD, self.chain, self._last.seq)
        for seq in self.anchors:
            if seq > self._last.seq:
                yield Finding(Flaw.ANCHOR, self.chain, self._last.seq + 1, seq)


@dataclass(slots=True)
class Tally:
    """What was read so far."""

    lines: int = 0
    chains: int = 0


def check_lines(
    lines: Iterable[Mapping[str, Any]],
    key_of: KeyOf,
    heads: Mapping[int, Head],
    anchors: Mapping[int, Mapping[int, bytes]],
    tally: Tally,
    *,
    whole: bool = True,
) -> Iterator[Finding]:
    """Every flaw of an audit; ``lines`` come by chain and number, and one at a time is kept.

    ``anchors`` are macs by chain and number. A chain that a head or an anchor knows and that has no lines is cut.
    """
    unread = set(heads) | set(anchors)
    for chain, found in groupby(lines, key=itemgetter("chain")):
        unread.discard(chain)
        check = ChainCheck(chain, key_of, heads.get(chain), anchors.get(chain, {}), whole)
        for line in found:
            tally.lines += 1
            yield from check.read(line)
        yield from check.end()
        tally.chains += 1
    for chain in sorted(unread):
        yield from ChainCheck(chain, key_of, heads.get(chain), anchors.get(chain, {}), whole).end()

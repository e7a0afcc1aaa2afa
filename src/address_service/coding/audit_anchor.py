"""Anchors: where all chains of the audit end at one moment, signed, each after the one before, kept elsewhere."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from address_service.coding.audit_chain import START, Head, sign
from address_service.coding.audit_check import KeyOf

_DOMAIN = b"address-service audit anchor 1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Anchor:
    """One anchor; ``no`` counts from 1, ``previous`` is the mac of the anchor before."""

    county_code: str
    no: int
    at: datetime
    heads: Mapping[int, Head]
    key_id: UUID
    previous: bytes
    mac: bytes = b""

    def sealed(self, secret: bytes, *, international: bool) -> bytes:
        """The mac that it ought to have."""
        at_us = (self.at - _EPOCH) // timedelta(microseconds=1)
        values = [self.county_code, self.no, at_us, heads_text(self.heads), self.key_id, self.previous]
        return sign(secret, _DOMAIN, values, international=international)


def heads_text(heads: Mapping[int, Head]) -> str:
    """Heads as JSON, `[[chain, count, mac in hex], …]` by chain."""
    return json.dumps([[chain, head.seq, head.mac.hex()] for chain, head in sorted(heads.items())])


def heads_of(rows: Iterable[Any]) -> dict[int, Head]:
    """Heads from what `heads_text` wrote."""
    return {int(chain): Head(int(seq), bytes.fromhex(mac)) for chain, seq, mac in rows}


def anchor_line(anchor: Anchor) -> str:
    """An anchor as a line of the file."""
    return json.dumps(
        {
            "county_code": anchor.county_code,
            "no": anchor.no,
            "at": anchor.at.astimezone(UTC).isoformat(),
            "heads": json.loads(heads_text(anchor.heads)),
            "key_id": str(anchor.key_id),
            "previous": anchor.previous.hex(),
            "mac": anchor.mac.hex(),
        }
    )


def read_anchor_line(line: str) -> Anchor:
    """An anchor from its line; raises ValueError for what is none."""
    try:
        row = json.loads(line)
        return Anchor(
            county_code=row["county_code"],
            no=int(row["no"]),
            at=datetime.fromisoformat(row["at"]),
            heads=heads_of(row["heads"]),
            key_id=UUID(row["key_id"]),
            previous=bytes.fromhex(row["previous"]),
            mac=bytes.fromhex(row["mac"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not an anchor") from error


class AnchorFlaw(StrEnum):
    """What can be wrong with a row of anchors."""

    CHANGED = "anchor-changed"
    MISSING = "anchor-missing"
    KEY = "anchor-key"
    DIFFERENT = "anchor-different"  # two places keep another anchor under one number
    CUT = "anchor-cut"  # the register has lost anchors that are kept elsewhere


@dataclass(slots=True)
class AnchorCheck:
    """Reads anchors of one place in order; ``ends`` is what the last genuine one says, ``macs`` one for each number."""

    key_of: KeyOf
    flaws: list[tuple[AnchorFlaw, int]]
    ends: Mapping[int, Head]
    macs: dict[int, bytes]
    _last: bytes = START

    def read(self, anchor: Anchor) -> None:
        """Note what is wrong with the next anchor."""
        key = self.key_of(anchor.key_id)
        if anchor.no != len(self.macs) + 1 or anchor.previous != self._last:
            self.flaws.append((AnchorFlaw.MISSING, anchor.no))
        if key is None:
            self.flaws.append((AnchorFlaw.KEY, anchor.no))
        elif anchor.sealed(key[0], international=key[1]) != anchor.mac:
            self.flaws.append((AnchorFlaw.CHANGED, anchor.no))
        else:
            self.ends = anchor.heads
        self.macs[anchor.no] = self._last = anchor.mac


def check_anchors(anchors: Iterable[Anchor], key_of: KeyOf) -> AnchorCheck:
    """The anchors of one place, checked; 60 bytes or so of each are kept."""
    check = AnchorCheck(key_of, [], {}, {})
    for anchor in anchors:
        check.read(anchor)
    return check


def compared(here: AnchorCheck, elsewhere: AnchorCheck) -> list[tuple[AnchorFlaw, int]]:
    """Where the register's anchors and those of a file do not agree; a file that is behind is none."""
    return [
        (AnchorFlaw.DIFFERENT if no in here.macs else AnchorFlaw.CUT, no)
        for no, mac in elsewhere.macs.items()
        if here.macs.get(no) != mac
    ]

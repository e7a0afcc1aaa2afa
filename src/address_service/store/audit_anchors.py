"""Anchors of the audit: kept in the register by a function of its own, and in a file beside it."""

import fcntl
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, text

from address_service.coding.audit_anchor import (
    Anchor,
    anchor_line,
    heads_of,
    heads_text,
    read_anchor_line,
)
from address_service.coding.audit_chain import START
from address_service.errors import Conflict, InvalidInput
from address_service.settings import CryptoSuite
from address_service.store.audit_reading import read_heads
from address_service.store.keys import KeyRing, Purpose

_KEEP = text(
    "SELECT registry.audit_keep_anchor(:county_code, :no, :at, CAST(:heads AS jsonb), :key_id, :previous, :mac)"
)
_TRIES = 5
_TAIL = 1 << 20
"""Bytes in which the last anchor of a file surely lies."""


def keep_anchor(conn: Connection, county_code: str, now: datetime, keys: KeyRing) -> Anchor | None:
    """Anchor the ends of all chains; where nothing was written since the last anchor, that one stands.

    None before the first line of the audit.
    """
    for _ in range(_TRIES):
        last, heads = last_anchor(conn, county_code), read_heads(conn, county_code)
        if not heads or (last is not None and last.heads == heads):
            return last
        key = keys.current_key(Purpose.AUDIT)
        no, previous = (last.no + 1, last.mac) if last else (1, START)
        anchor = Anchor(county_code, no, now, heads, key.id, previous)
        mac = anchor.sealed(key.secret, international=key.suite is CryptoSuite.INTERNATIONAL)
        anchor = replace(anchor, mac=mac)
        if conn.execute(_KEEP, _columns(anchor)).scalar_one():
            return anchor
    raise Conflict("别人正在设置审计锚点，请稍后再试", code="busy")


def _columns(anchor: Anchor) -> dict[str, object]:
    return {
        "county_code": anchor.county_code,
        "no": anchor.no,
        "at": anchor.at,
        "heads": heads_text(anchor.heads),
        "key_id": anchor.key_id,
        "previous": anchor.previous,
        "mac": anchor.mac,
    }


_COLUMNS = "county_code, no, at, heads, key_id, previous, mac"


def last_anchor(conn: Connection, county_code: str) -> Anchor | None:
    """The latest anchor in the register."""
    query = text(
        f"SELECT {_COLUMNS} FROM registry.audit_anchor WHERE county_code = :county ORDER BY no DESC LIMIT 1"  # noqa: S608
    )
    row = conn.execute(query, {"county": county_code}).first()
    return _anchor(tuple(row)) if row else None


def read_anchors(conn: Connection, county_code: str, after: int = 0) -> Iterator[Anchor]:
    """The anchors in the register in order, from the one after a number."""
    query = text(
        f"SELECT {_COLUMNS} FROM registry.audit_anchor WHERE county_code = :county AND no > :after ORDER BY no"  # noqa: S608
    )
    args = {"county": county_code, "after": after}
    for row in conn.execute(query, args, execution_options={"yield_per": 500}):
        yield _anchor(tuple(row))


def _anchor(row: tuple[object, ...]) -> Anchor:
    county_code, no, at, heads, key_id, previous, mac = row
    return Anchor(county_code, no, at, heads_of(heads), key_id, previous, mac)  # type: ignore[arg-type]


class AnchorFile:
    """A file of anchors, one a line, to which lines are only added; mode 600."""

    def __init__(self, data_dir: Path, county_code: str) -> None:
        """It lies in a folder of its own under DATA_DIR, so that it can be copied elsewhere as it grows."""
        self.path = data_dir / "audit-anchors" / f"{county_code}.jsonl"

    def catch_up(self, conn: Connection, county_code: str) -> int:
        """Add what the register has and the file has not; gives how many. Two may do it at once."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            last, count = _last_no(file), 0
            for anchor in read_anchors(conn, county_code, last):
                file.write(f"{anchor_line(anchor)}\n".encode("ascii"))
                count += 1
            file.flush()
            os.fsync(file.fileno())
        return count

    def read(self) -> Iterator[Anchor]:
        """The anchors in the file; none where there is no file. Raises InvalidInput `anchor-file-unreadable`."""
        return read_anchor_file(self.path) if self.path.exists() else iter(())


def _last_no(file: BinaryIO) -> int:
    """The number of the last whole line; what a power cut left half written after it is cut off."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _TAIL))
    tail = file.read()
    whole = tail[: tail.rfind(b"\n") + 1]
    file.truncate(size - len(tail) + len(whole))
    lines = whole.decode("ascii").splitlines()
    return read_anchor_line(lines[-1]).no if lines else 0


def read_anchor_file(path: Path) -> Iterator[Anchor]:
    """The anchors in some file; raises InvalidInput `anchor-file-unreadable`."""
    try:
        with path.open(encoding="ascii") as file:
            yield from _read(file)
    except (OSError, ValueError) as error:
        raise InvalidInput(f"锚点文件 {path} 不可读", code="anchor-file-unreadable") from error


def _read(lines: Iterator[str]) -> Iterator[Anchor]:
    return (read_anchor_line(line) for line in lines if line.strip())

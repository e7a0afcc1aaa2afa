"""The writer of the audit: lines go to the end of one of several chains as the last act before the commit."""

import os
import random
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine

from address_service.coding.audit_chain import START, Head, mac_of
from address_service.errors import Conflict, NotReady
from address_service.model.audit import AuditLine
from address_service.settings import CryptoSuite
from address_service.store.bulk import driver_connection
from address_service.store.direct import direct, first_row
from address_service.store.keys import Key, KeyRing, Purpose

CHAINS = 16
_TRIES = 5
_OPTION = "audit_trail"

_APPEND = direct(
    "SELECT written, head_seq, head_mac FROM registry.audit_append("
    "CAST(:county AS text), CAST(:chain AS integer), CAST(:seq AS bigint), CAST(:mac AS bytea),"
    " CAST(:lines AS jsonb), CAST(:if_written AS boolean))"
)


class AuditTrail:
    """The chains as one process writes them.

    It remembers where the chains that it writes end, so that a write is one trip to the database; when another process
    has been there, the database says so, and the trip is made once more. A process keeps to the chains that it wrote
    last, and gives up those on which it meets others.
    """

    def __init__(self, keys: KeyRing, chains: int = CHAINS) -> None:
        """``chains`` is how many are written from now on; those of before stay."""
        self._keys = keys
        self._heads: dict[tuple[str, int], Head] = {}
        order = list(range(chains))
        random.Random(os.urandom(8)).shuffle(order)  # noqa: S311 - which chain is no secret
        self._free = deque(order)
        self._count = chains

    @contextmanager
    def append(
        self, conn: Connection, county_code: str, lines: Sequence[AuditLine], *, if_written: bool = False
    ) -> Iterator[None]:
        """Write lines in the transaction of ``conn``; leave the block when that has ended, by its error if it had one.

        With ``if_written`` they are written only when the transaction has changed something. A transaction that has
        failed is past writing: it will be rolled back, and nothing has happened.
        """
        if driver_connection(conn).info.transaction_status is TransactionStatus.INERROR:
            yield
            return
        chain, is_ours = self._take()
        place = county_code, chain
        met_others = True
        try:
            head, tries = self._write(conn, place, lines, if_written=if_written)
            met_others = tries > 1
            yield
            if head is not None:
                self._heads[place] = head
        except BaseException:
            self._heads.pop(place, None)
            raise
        finally:
            if is_ours:
                (self._free.append if met_others else self._free.appendleft)(chain)

    def _take(self) -> tuple[int, bool]:
        """A chain that no other thread of this process is writing, if there is one; and whether it is."""
        try:
            return self._free.popleft(), True
        except IndexError:
            return random.randrange(self._count), False  # noqa: S311 - as above

    def _write(
        self, conn: Connection, place: tuple[str, int], lines: Sequence[AuditLine], *, if_written: bool
    ) -> tuple[Head | None, int]:
        """The new head and how many trips it took; no head where nothing needed to be written."""
        key = self._keys.current_key(Purpose.AUDIT)
        head = self._heads.get(place, Head(0, START))
        for tries in range(1, _TRIES + 1):
            row = first_row(
                conn, _APPEND, _arguments(place, head, chained(key, place, head, lines), if_written)
            )
            written, *found = row or (None, 0, START)
            if written is None:
                return None, tries
            head = Head(*found)
            if written:
                return head, tries
        raise Conflict("审计链正忙，请稍后再试", code="busy")


def _arguments(
    place: tuple[str, int], head: Head, lines: list[dict[str, Any]], if_written: bool
) -> Mapping[str, Any]:
    sent = orjson.dumps(lines, default=_as_bytea).decode()
    county, chain = place
    return {
        "county": county,
        "chain": chain,
        "seq": head.seq,
        "mac": head.mac,
        "lines": sent,
        "if_written": if_written,
    }


def _as_bytea(value: object) -> str:
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(type(value).__name__)


def chained(key: Key, place: tuple[str, int], head: Head, lines: Sequence[AuditLine]) -> list[dict[str, Any]]:
    """The lines as they stand after a head, each with the mac that takes in the one before."""
    made = []
    for seq, line in enumerate(lines, start=head.seq + 1):
        row = plain_line(line)
        made_of = {
            **row,
            "county_code": place[0],
            "chain": place[1],
            "seq": seq,
            "previous": head.mac,
            "key_id": key.id,
            "at_us": microseconds(line),
        }
        mac = mac_of(key.secret, made_of, international=key.suite is CryptoSuite.INTERNATIONAL)
        head = Head(seq, mac)
        made.append({**row, "key_id": key.id, "mac": mac})
    return made


def plain_line(line: AuditLine) -> dict[str, Any]:
    """The columns of a line that do not depend on its place in a chain."""
    note, origin = line.note, line.origin
    return {
        "at": line.at,
        "account_id": line.account_id,
        "account_name": line.account_name,
        "office": line.office,
        "scope": line.scope,
        "channel": origin.channel.value,
        "source": _storable(origin.source),
        "request_id": origin.request_id,
        "action": note.action,
        "object_kind": note.object_kind,
        "object_id": _storable(note.object_id),
        "detail": _storable_detail(note.detail),
        "before": note.before,
        "after": note.after,
        "reason": _storable(note.reason),
    }


def _storable(words: str | None) -> str | None:
    """A text as the database can keep it; the audit refuses nothing that was done, whatever it is called."""
    plain = (words or "").replace("\x00", "\ufffd")
    return plain.encode("utf-8", "replace").decode() or None


def _storable_detail(detail: Mapping[str, str | int]) -> dict[str, str | int]:
    return {
        name: (_storable(value) or "") if isinstance(value, str) else value for name, value in detail.items()
    }


def microseconds(line: AuditLine) -> int:
    """The moment of a line as its mac takes it in."""
    whole = int(line.at.replace(microsecond=0).timestamp())
    return whole * 1_000_000 + line.at.microsecond


def with_trail(engine: Engine, trail: AuditTrail) -> Engine:
    """The same engine, whose units of work write their audit."""
    return engine.execution_options(**{_OPTION: trail})


def trail_of(engine: Engine) -> AuditTrail:
    """The trail of an engine; raises NotReady for one that has none, so that nothing is written unseen."""
    trail = engine.get_execution_options().get(_OPTION)
    if not isinstance(trail, AuditTrail):
        raise NotReady("此处没有审计，不能写入", code="audit-missing")
    return trail

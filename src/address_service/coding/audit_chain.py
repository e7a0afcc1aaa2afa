"""The chain of the audit: each line carries a keyed digest over itself and over the line before it.

A line's mac is HMAC-SM3 (GB/T 32905-2016; HMAC-SHA-256 with keys of the international suite) over the fields in
`FIELDS`, each preceded by a byte that tells a missing value and by its length, so that no two lines read the same.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives import hashes, hmac

START = bytes(32)
"""What stands for the line before the first one."""

FIELDS = (
    "county_code",
    "chain",
    "seq",
    "previous",
    "key_id",
    "at_us",
    "account_id",
    "account_name",
    "office",
    "scope",
    "channel",
    "source",
    "request_id",
    "action",
    "object_kind",
    "object_id",
    "detail",
    "before",
    "after",
    "reason",
)
"""Every column of a line but its mac; ``at_us`` is the moment in microseconds since 1970 UTC."""

_DOMAIN = b"address-service audit line 1"


class Head(NamedTuple):
    """The end of a chain: how many lines it has, and the mac of the last."""

    seq: int
    mac: bytes


def plain_detail(detail: Mapping[str, Any]) -> str:
    """The one way in which a detail is written for the mac: JSON, keys in order, no blanks."""
    return json.dumps(detail, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def mac_of(secret: bytes, line: Mapping[str, Any], *, international: bool = False) -> bytes:
    """The mac of a line, 32 bytes."""
    return sign(secret, _DOMAIN, [line[name] for name in FIELDS], international=international)


def sign(secret: bytes, domain: bytes, values: list[Any], *, international: bool = False) -> bytes:
    """A keyed digest over values in their order, 32 bytes; what is signed for one domain is good for no other."""
    seal = hmac.HMAC(secret, hashes.SHA256() if international else hashes.SM3())
    seal.update(b"".join([_framed(domain), *map(_framed, values)]))
    return seal.finalize()


def _framed(value: Any) -> bytes:
    if value is None:
        return b"\x00"
    data = _bytes_of(value)
    return b"\x01" + len(data).to_bytes(8, "big") + data


def _bytes_of(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, UUID):
        return value.bytes
    if isinstance(value, dict):
        value = plain_detail(value)
    return str(value).encode("utf-8", "surrogatepass")

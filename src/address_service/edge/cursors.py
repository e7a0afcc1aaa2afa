"""Cursors of lists: opaque to clients, the last id inside."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from address_service.errors import InvalidInput

Limit = Annotated[int, Query(ge=1, le=1000, description="每页条数")]
Cursor = Annotated[str | None, Query(max_length=64, description="上一页答复中的 next_cursor")]


def decode_cursor(cursor: str | None) -> UUID | None:
    """The id in a cursor; raises InvalidInput `cursor-invalid`."""
    if cursor is None:
        return None
    try:
        return UUID(bytes=base64.urlsafe_b64decode(cursor.encode("ascii") + b"=="))
    except (ValueError, binascii.Error) as error:
        raise InvalidInput("cursor 无效，请用上一页答复中的 next_cursor", code="cursor-invalid") from error


def encode_cursor(rows: Sequence[Mapping[str, Any]], limit: int, key: str = "id") -> str | None:
    """The cursor after a page, None after the last one (a full page may be followed by an empty one)."""
    if len(rows) < limit:
        return None
    return base64.urlsafe_b64encode(UUID(str(rows[-1][key])).bytes).decode("ascii").rstrip("=")

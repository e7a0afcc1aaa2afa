"""What rows of the latest extracts call addresses, and what the register calls and called them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.reconcile.aliases import SaidText
from address_service.store.mapping_changes import Span, text_at
from address_service.store.resident_scope import scope_of_villages
from address_service.store.seal import RowKey, Seal


def said_texts(
    conn: Connection, county_code: str, seal: Seal, scope: str, since: datetime | None
) -> list[SaidText]:
    """Rows of the latest finished extract of each office on land under ``scope``, those decided after ``since`` marked.

    None of them where nothing was decided since. Raises NotReady `key-missing`, `seal-broken`.
    """
    args = {"county": county_code, "scope": scope, "since": since}
    with scope_of_villages(conn, county_code, None):
        if not conn.execute(text(_ANY_NEW), args).scalar_one():
            return []
        rows = conn.execute(text(_ROWS), args).all()
    return [_said(seal, row) for row in rows]


def _said(seal: Seal, row: Any) -> SaidText:
    payload = seal.open("extract_row", row.id, RowKey(row.key_id, bytes(row.row_key)), bytes(row.payload))
    return SaidText(payload["text"], payload["book_no"], row.address_id, row.is_new)


def texts_now(conn: Connection, county_code: str, ids: Collection[UUID], to: int) -> dict[UUID, str]:
    """What addresses in force read as of a position of the feed."""
    rows = conn.execute(text(_NOW), {"county": county_code, "ids": list(ids), "to": to})
    return {row.id: row.full_text for row in rows}


def holders_of(
    conn: Connection, county_code: str, texts: Collection[str], span: Span
) -> dict[str, set[UUID]]:
    """Of some texts the addresses that read so somewhere in a span of the feed."""
    args = {"county": county_code, "texts": list(texts), "after": span.after, "to": span.to}
    found: dict[str, set[UUID]] = {}
    for row in conn.execute(text(_HOLDERS), args):
        found.setdefault(row.full_text, set()).add(row.address_id)
    return found


_LATEST = """
SELECT DISTINCT ON (office_code, division_code) id FROM extract
WHERE county_code = :county AND stage = 'done' AND starts_with(division_code, :scope)
ORDER BY office_code, division_code, created_at DESC, id DESC
"""

_IS_DECIDED = "r.decision IN ('accept', 'choose') AND r.decided_address_id IS NOT NULL"
_IS_NEW = f"{_IS_DECIDED} AND (CAST(:since AS timestamptz) IS NULL OR r.decided_at > :since)"

_ANY_NEW = f"""
SELECT EXISTS (SELECT FROM extract_row r WHERE r.county_code = :county AND r.row_key IS NOT NULL
  AND r.extract_id IN ({_LATEST}) AND {_IS_NEW})
"""  # noqa: S608

_ROWS = f"""
SELECT r.id, r.key_id, r.row_key, r.payload, coalesce({_IS_NEW}, false) AS is_new,
       CASE WHEN {_IS_DECIDED} THEN r.decided_address_id END AS address_id
FROM extract_row r
WHERE r.county_code = :county AND r.row_key IS NOT NULL AND r.extract_id IN ({_LATEST})
ORDER BY r.id
"""  # noqa: S608

_NOW = f"""
SELECT a.id, n.full_text FROM address a
{text_at("a.id", ":to", "n")}
WHERE a.county_code = :county AND a.id = ANY(CAST(:ids AS uuid[])) AND n.full_text IS NOT NULL
"""  # noqa: S608

_HOLDERS = """
SELECT DISTINCT full_text, address_id FROM address_version
WHERE county_code = :county AND stage = 'current' AND full_text = ANY(:texts) AND upper_inf(valid)
  AND change_seq <= :to AND (closed_seq IS NULL OR closed_seq > :after)
"""

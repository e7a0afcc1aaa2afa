"""Keys and a backup: which keys the data ask for, whether they are here, and whether they open what they sealed."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from address_service.errors import Conflict, InvalidInput, NotReady, ServiceError
from address_service.store.backup_manifest import DUMP, MANIFEST
from address_service.store.keys import KeyRing, Purpose
from address_service.store.seal import RowKey, Seal

KEY_COLUMNS: tuple[tuple[str, str, str], ...] = (
    (Purpose.SEAL, "household", "key_id"),
    (Purpose.SEAL, "person", "key_id"),
    (Purpose.SEAL, "extract", "key_id"),
    (Purpose.SEAL, "extract_row", "key_id"),
    (Purpose.SEAL, "mapping_package", "key_id"),
    (Purpose.INDEX, "household", "index_key_id"),
    (Purpose.INDEX, "person", "index_key_id"),
    (Purpose.INDEX, "extract_row", "index_key_id"),
    ("totp", "second_factor", "key_id"),
    (Purpose.AUDIT, "audit_line", "key_id"),
    (Purpose.AUDIT, "audit_anchor", "key_id"),
)
"""Where the register says under which key a row was written; a database of an earlier revision lacks some."""

_SEALED = ("household", "person")


def keys_used(conn: "psycopg.Connection[Any]") -> dict[str, tuple[str, ...]]:
    """Ids of the keys that the rows ask for, by purpose; call as a role that sees every row."""
    used: dict[str, set[str]] = {}
    for purpose, table, column in KEY_COLUMNS:
        if _has_table(conn, table):
            query = sql.SQL("SELECT DISTINCT {0}::text FROM registry.{1} WHERE {0} IS NOT NULL")
            rows = conn.execute(query.format(sql.Identifier(column), sql.Identifier(table)))
            used.setdefault(purpose, set()).update(key_id for (key_id,) in rows)
    return {purpose: tuple(sorted(ids)) for purpose, ids in used.items() if ids}


def check_keys(conn: "psycopg.Connection[Any]", ring: KeyRing) -> int:
    """Raise NotReady ``key-missing`` naming the keys that are not here, ``seal-broken`` where one opens nothing.

    One household and one person of each key is opened, since a wrong secret under the right id opens none. Answers
    how many keys the rows ask for.
    """
    used = keys_used(conn)
    require_keys(used, ring)
    for county, table, row_id, key, payload in _samples(conn):
        Seal(ring, county).open(table, row_id, key, payload)
    return sum(map(len, used.values()))


def keys_line(url: str, ring: KeyRing) -> str:
    """A Chinese line for keys that are all here; raises NotReady as `check_keys`."""
    with psycopg.connect(url) as conn:
        count = check_keys(conn, ring)
    return f"密钥齐全（{count} 把），密封数据可读" if count else "没有需要密钥的数据"


def require_keys(used: Mapping[str, Sequence[str]], ring: KeyRing) -> None:
    """Raise NotReady ``key-missing`` unless the ring has all of these keys."""
    missing = [
        f"{purpose} {key_id}"
        for purpose, ids in used.items()
        for key_id in ids
        if not _has(ring, purpose, key_id)
    ]
    if missing:
        raise NotReady(
            f"缺少密钥 {'、'.join(missing)}：密封的居民数据读不出来，审计无法验证。"
            "请把另行保管的密钥放回密钥目录（KEY_DIR），再运行 address-service db check",
            code="key-missing",
        )


def audit_heads(conn: "psycopg.Connection[Any]") -> tuple[tuple[str, int, int, str], ...]:
    """County, chain, number and mac of the last line of each chain of the audit: an anchor of its state."""
    if not _has_table(conn, "audit_head"):
        return ()
    query = "SELECT county_code, chain, seq, encode(mac, 'hex') FROM registry.audit_head ORDER BY 1, 2"
    return tuple((str(county), chain, seq, mac) for county, chain, seq, mac in conn.execute(query))


def _has(ring: KeyRing, purpose: str, key_id: str) -> bool:
    try:
        ring.find(purpose, UUID(key_id))
    except ServiceError as error:
        if error.code != "key-missing":
            raise
        return False
    return True


def _has_table(conn: "psycopg.Connection[Any]", table: str) -> bool:
    return conn.execute("SELECT to_regclass(%s)", [f"registry.{table}"]).fetchone() != (None,)


def _samples(conn: "psycopg.Connection[Any]") -> Iterator[tuple[str, str, UUID, RowKey, bytes]]:
    for table in _SEALED:
        if _has_table(conn, table):
            query = sql.SQL(
                "SELECT DISTINCT ON (county_code, key_id) county_code, id, key_id, row_key, payload"
                " FROM registry.{} WHERE key_id IS NOT NULL ORDER BY county_code, key_id, id"
            )
            for county, row_id, key_id, wrapped, payload in conn.execute(
                query.format(sql.Identifier(table))
            ).fetchall():
                yield county, table, row_id, RowKey(key_id, bytes(wrapped)), bytes(payload)


def export_keys(ring: KeyRing, folder: Path) -> tuple[int, int]:
    """Write every key into its own file of a folder, mode 600; answers how many were new and how many are there.

    Repeating it adds what is missing. Raises InvalidInput ``keys-beside-backup`` where a backup lies in the folder or
    around it, Conflict ``key-differs`` where a file of that name holds something else.
    """
    for place in (folder.absolute(), *folder.absolute().parents):
        if (place / MANIFEST).exists() or (place / DUMP).exists():
            raise InvalidInput(f"{place} 中有备份；密钥须与备份分开保管", code="keys-beside-backup")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = ring.all()
    return sum(_export(folder / f"{key.purpose}.{key.id}.key", f"{key.line()}\n") for key in keys), len(keys)


def _export(file: Path, line: str) -> bool:
    """Write a key where it is not yet; without a link, which a stick's file system does not know."""
    if file.exists():
        if file.read_text(encoding="utf-8", errors="replace") != line:
            raise Conflict(f"{file} 已存在，内容不同，未覆盖", code="key-differs")
        return False
    with os.fdopen(
        os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii"
    ) as target:
        target.write(line)
        target.flush()
        os.fsync(target.fileno())
    return True

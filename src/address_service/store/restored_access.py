"""What a restore brings back to life: sessions and keys that were ended after the backup was made."""

from dataclasses import dataclass
from datetime import datetime

import psycopg

_END_SESSIONS = """
    UPDATE registry.session SET revoked_at = now() WHERE revoked_at IS NULL AND expires_at > now() RETURNING id
"""
_LIVE_KEYS = """
    SELECT k.id::text, a.name, k.label, k.created_at, k.expires_at
    FROM registry.api_key k JOIN registry.account a ON a.county_code = k.county_code AND a.id = k.account_id
    WHERE k.revoked_at IS NULL AND k.expires_at > now() ORDER BY a.name, k.created_at
"""
_REVOKE_KEYS = """
    UPDATE registry.api_key SET revoked_at = now() WHERE revoked_at IS NULL AND expires_at > now() RETURNING id
"""


@dataclass(frozen=True, slots=True)
class LivingKey:
    """An API key that works after a restore, whatever became of it after the backup; its digest stays where it is."""

    id: str
    account: str
    label: str
    created_at: datetime
    expires_at: datetime


def end_sessions(url: str) -> int:
    """End every live session of every county, as an owner or superuser; answers how many."""
    with psycopg.connect(url) as conn:
        return len(conn.execute(_END_SESSIONS).fetchall())


def living_keys(url: str) -> list[LivingKey]:
    """The keys that work, by account."""
    with psycopg.connect(url) as conn:
        return [LivingKey(*row) for row in conn.execute(_LIVE_KEYS).fetchall()]


def revoke_keys(url: str) -> int:
    """End every key that works; answers how many."""
    with psycopg.connect(url) as conn:
        return len(conn.execute(_REVOKE_KEYS).fetchall())

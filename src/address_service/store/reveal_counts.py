"""How often an account had data shown unmasked in an hour, counted by the database for all processes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

_HOUR_S = 3600
_TAKE = text(
    """
    INSERT INTO reveal_count AS r (county_code, account_id, hour, used) VALUES (:county, :account, :hour, 1)
    ON CONFLICT (county_code, account_id, hour) DO UPDATE SET used = r.used + 1 WHERE r.used < :limit
    RETURNING used
    """
)


def take_reveal(conn: Connection, county_code: str, account_id: UUID, now: datetime, limit: int) -> bool:
    """Count one more for this clock hour; False when the account has had as many as it may."""
    if limit < 1:
        return False
    args = {
        "county": county_code,
        "account": account_id,
        "hour": int(now.timestamp()) // _HOUR_S,
        "limit": limit,
    }
    return conn.execute(_TAKE, args).first() is not None

"""How many look-ups of an account found nobody in an hour, counted by the database for all processes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

_HOUR_S = 3600

# Taken before looking, so that look-ups at one moment wait for each other and none passes uncounted.
_TAKE = text(
    """
    INSERT INTO lookup_count AS c (county_code, account_id, hour, used) VALUES (:county, :account, :hour, 1)
    ON CONFLICT (county_code, account_id, hour) DO UPDATE SET used = c.used + 1 WHERE c.used < :limit
    RETURNING used
    """
)
_GIVE_BACK = text(
    """
    UPDATE lookup_count SET used = used - 1
    WHERE county_code = :county AND account_id = :account AND hour = :hour AND used > 0
    """
)


def take_lookup(conn: Connection, county_code: str, account_id: UUID, now: datetime, limit: int) -> bool:
    """Count a look-up for this clock hour as a miss; False when the account has had as many as it may."""
    if limit < 1:
        return False
    args = {**_row(county_code, account_id, now), "limit": limit}
    return conn.execute(_TAKE, args).first() is not None


def give_back_lookup(conn: Connection, county_code: str, account_id: UUID, now: datetime) -> None:
    """Take a look-up that found somebody from the count again."""
    conn.execute(_GIVE_BACK, _row(county_code, account_id, now))


def _row(county_code: str, account_id: UUID, now: datetime) -> dict[str, object]:
    return {"county": county_code, "account": account_id, "hour": int(now.timestamp()) // _HOUR_S}

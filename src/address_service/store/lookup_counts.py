"""How many look-ups of an account found nobody in an hour, counted by the database for all processes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from address_service.store.direct import direct, first_row

_HOUR_S = 3600

# Taken before looking, so that look-ups at one moment wait for each other and none passes uncounted.
_TAKE = direct(
    """
    INSERT INTO lookup_count AS c (county_code, account_id, hour, used) VALUES (:county, :account, :hour, 1)
    ON CONFLICT (county_code, account_id, hour) DO UPDATE SET used = c.used + 1 WHERE c.used < :limit
    RETURNING used
    """
)
_GIVE_BACK = direct(
    """
    UPDATE lookup_count SET used = used - 1
    WHERE county_code = :county AND account_id = :account AND hour = :hour AND used > 0 RETURNING used
    """
)


def take_lookup(conn: Connection, county_code: str, account_id: UUID, now: datetime, limit: int) -> bool:
    """Count a look-up for this clock hour as a miss; False when the account has had as many as it may."""
    if limit < 1:
        return False
    args = {**_row(county_code, account_id, now), "limit": limit}
    return first_row(conn, _TAKE, args) is not None


def give_back_lookup(conn: Connection, county_code: str, account_id: UUID, now: datetime) -> None:
    """Take a look-up that found somebody from the count again."""
    first_row(conn, _GIVE_BACK, _row(county_code, account_id, now))


def _row(county_code: str, account_id: UUID, now: datetime) -> dict[str, object]:
    return {"county": county_code, "account": account_id, "hour": int(now.timestamp()) // _HOUR_S}

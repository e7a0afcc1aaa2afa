"""Serials of codes: counted by the text of a code's head, never by identity, and never given twice."""

from sqlalchemy import Connection, text

_TAKE = text(
    """
    INSERT INTO code_counter (county_code, prefix_key, last_serial) VALUES (:county, :key, :count)
    ON CONFLICT (county_code, prefix_key)
        DO UPDATE SET last_serial = code_counter.last_serial + excluded.last_serial
    RETURNING last_serial
    """
)


def take_serials(conn: Connection, county_code: str, prefix: str, count: int) -> int:
    """Take ``count`` consecutive serials under a head of digits and give the first; serials count from 1.

    ``prefix`` is positions 1-13 of the address code for places, 1-16 for doors, the day (``20260302``) for
    applications; they never meet, since they differ in length. The counter's row stays locked until commit.
    """
    last = conn.execute(_TAKE, {"county": county_code, "key": int(prefix), "count": count}).scalar_one()
    return int(last) - count + 1

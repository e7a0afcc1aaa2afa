"""Named locks that last until commit; the county leads every name."""

from sqlalchemy import Connection, text

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def hold(conn: Connection, county_code: str, name: str) -> None:
    """Let one transaction at a time go on under a name of this county; the others wait here."""
    conn.execute(_LOCK, {"name": f"{county_code} {name}"})


_SHARED = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:name, 0))")


def hold_with_others(conn: Connection, county_code: str, name: str) -> None:
    """Go on beside others that do the same, and wait for whoever holds the name alone."""
    conn.execute(_SHARED, {"name": f"{county_code} {name}"})

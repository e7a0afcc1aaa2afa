"""Named locks that last until commit; the county leads every name."""

from sqlalchemy import Connection, text

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def hold(conn: Connection, county_code: str, name: str) -> None:
    """Let one transaction at a time go on under a name of this county; the others wait here."""
    conn.execute(_LOCK, {"name": f"{county_code} {name}"})

"""Whose extracts a transaction may touch: those of offices within the actor's land; said to the database."""

from sqlalchemy import Connection, text

# Codes of before count: an office of a village that has ended sent what it sent.
_SET = text(
    """
    SELECT set_config('address.offices', (
        SELECT string_agg(code, ',') FROM (
            SELECT :within AS code UNION
            SELECT code_nbs FROM division_version WHERE county_code = :county AND starts_with(code_nbs, :within)) o
    ), true)
    """
)


def open_offices(conn: Connection, county_code: str, division_code: str) -> None:
    """Let the transaction touch the extracts of a division's offices, until it ends."""
    conn.execute(_SET, {"county": county_code, "within": division_code})

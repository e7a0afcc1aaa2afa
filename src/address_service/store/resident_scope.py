"""Whose residents a transaction may touch: said to the database, which holds it for every statement that follows.

Settings end with their transaction, so a pooled connection carries nothing over; where nothing was said nobody is seen.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from address_service.store.direct import direct, first_row

WHOLE_COUNTY = "*"

# A village's people go along when it merges, so those of today or of a day to come are the ones that have any.
_WITHIN = direct(
    """
    SELECT set_config('address.county', :county, true), set_config('address.villages', (
        SELECT coalesce(string_agg(DISTINCT division_id::text, ','), '') FROM division_version
        WHERE county_code = CAST(:county AS char(6)) AND level = 'village' AND upper_inf(recorded) AND upper_inf(valid)
          AND starts_with(code_nbs, :within)), true)
    """
)
_SET = text(
    "SELECT set_config('address.county', :county, true), set_config('address.villages', :villages, true)"
)
_GET = text("SELECT current_setting('address.county', true), current_setting('address.villages', true)")


def open_scope(conn: Connection, county_code: str, division_code: str) -> None:
    """Let the transaction touch the residents of a division: 6 digits the county, 9 a town, 12 a village."""
    if division_code == county_code:
        conn.execute(_SET, {"county": county_code, "villages": WHOLE_COUNTY})
    else:
        first_row(conn, _WITHIN, {"county": county_code, "within": division_code})


def close_scope(conn: Connection) -> None:
    """Let the transaction touch nobody any more."""
    conn.execute(_SET, {"county": "", "villages": ""})


@contextmanager
def scope_of_villages(conn: Connection, county_code: str, villages: Iterable[UUID] | None) -> Iterator[None]:
    """The residents of some villages, None for the whole county, for the length of a block; then what was before.

    What was before comes back also where the block raises, for somebody may catch that and go on in the transaction.
    """
    before = conn.execute(_GET).one()
    wanted = WHOLE_COUNTY if villages is None else ",".join(str(village) for village in villages)
    conn.execute(_SET, {"county": county_code, "villages": wanted})
    again = {"county": before[0] or "", "villages": before[1] or ""}
    try:
        yield
    except BaseException:
        with suppress(SQLAlchemyError):  # a transaction that the server has given up sees nothing any more
            conn.execute(_SET, again)
        raise
    conn.execute(_SET, again)

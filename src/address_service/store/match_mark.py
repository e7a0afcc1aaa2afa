"""How far the register has come for who remembers names or a matching book: a mark that moves with every change."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class BookMark:
    """Two marks are equal if, and only if, the same is known and it is the same day.

    ``reached`` is the last position of the change feed; ``waiting`` and ``closed`` count what has none yet, which only
    grows until it gets one; ``successions`` are never taken back, and ``aliases``, as persons recorded and ended them,
    only added. What a book holds depends on the day, too.
    """

    reached: int
    waiting: int
    closed: int
    successions: int
    aliases: int
    today: date


def book_mark(conn: Connection, county_code: str, today: date) -> BookMark:
    """The mark of all that a matching book is built from; nothing is written and nothing locked."""
    row = conn.execute(text(_BOOK), {"county": county_code}).one()
    return BookMark(row.reached, int(row.waiting), int(row.closed), row.successions, row.aliases, today)


def names_mark(conn: Connection, county_code: str) -> tuple[int, ...]:
    """The mark of the names of divisions and places: versions are only added and closed, so their counts tell."""
    return tuple(conn.execute(text(_NAMES), {"county": county_code}).one())


def _waiting(subject: str) -> str:
    return f"""SELECT count(*) AS waiting, count(*) FILTER (WHERE NOT upper_inf(recorded)) AS closed
    FROM {subject}_version WHERE county_code = :county
      AND (change_seq IS NULL OR (closed_seq IS NULL AND NOT upper_inf(recorded)))"""  # noqa: S608


_BOOK = f"""
SELECT (SELECT coalesce(max(seq), 0) FROM change WHERE county_code = :county) AS reached,
       sum(waiting) AS waiting, sum(closed) AS closed,
       (SELECT count(*) FROM succession WHERE county_code = :county) AS successions,
       (SELECT count(*) FROM alias WHERE county_code = :county AND kind IN ('colloquial', 'police')) AS aliases
FROM ({" UNION ALL ".join(_waiting(subject) for subject in ("division", "place", "address"))}) w
"""  # noqa: S608

_NAMES = """
SELECT d.known, d.closed, p.known, p.closed
FROM (SELECT count(*) AS known, count(*) FILTER (WHERE NOT upper_inf(recorded)) AS closed
      FROM division_version WHERE county_code = :county) d,
     (SELECT count(*) AS known, count(*) FILTER (WHERE NOT upper_inf(recorded)) AS closed
      FROM place_version WHERE county_code = :county) p
"""

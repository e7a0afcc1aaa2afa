"""Search by counted words, pinyin initials and village; rows that are there already get theirs."""

from pathlib import Path
from typing import Any

from alembic import op

from address_service.coding.search_terms import index_words

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql" / "0021_search.sql"
_CHUNK = 5000

_FILL = """
UPDATE registry.address_search s SET initials = d.initials, words = string_to_array(d.words, ' ')
FROM unnest(%s::text[], %s::uuid[], %s::text[], %s::text[]) AS d (county_code, address_id, initials, words)
WHERE s.county_code = d.county_code AND s.address_id = d.address_id
"""

# After the rows, which is faster. left() because a tail with many old texts is longer than an index entry may be.
_INDEXES = """
SET LOCAL search_path = registry, public;
CREATE INDEX address_search_grams ON address_search USING gin (bigrams, words);
CREATE INDEX address_search_lead ON address_search (county_code, (left(tail, 60) COLLATE "C"));
CREATE INDEX address_search_village ON address_search (county_code, division_id, (left(tail, 60) COLLATE "C"));
ANALYZE address_search;
"""

_DOWN = """
SET LOCAL search_path = registry, public;
DROP INDEX address_search_grams, address_search_lead, address_search_village;
ALTER TABLE address_search DROP COLUMN division_id, DROP COLUMN initials, DROP COLUMN words;
CREATE INDEX address_search_bigrams ON address_search USING gin (bigrams);
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    conn = op.get_bind().connection.driver_connection
    conn.execute(_SQL.read_text(encoding="utf-8"))
    with conn.cursor(name="tails") as tails:
        tails.execute("SELECT county_code::text, address_id, tail FROM registry.address_search")
        while rows := tails.fetchmany(_CHUNK):
            conn.execute(_FILL, _documents(rows))
    conn.execute(_INDEXES)


def _documents(rows: list[tuple[Any, ...]]) -> tuple[list[Any], ...]:
    documents = [(county, key, *index_words(tail.split("\n"))) for county, key, tail in rows]
    return (
        [county for county, *_ in documents],
        [key for _, key, *_ in documents],
        [letters for _, _, letters, _ in documents],
        [" ".join(words) for *_, words in documents],
    )


def downgrade() -> None:
    """Takes away what upgrading derives again."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().connection.driver_connection.execute(_DOWN)

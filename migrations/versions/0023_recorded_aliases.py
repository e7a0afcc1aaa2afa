"""Aliases that a person records, each once at a time, with who recorded it and where it is known from."""

from pathlib import Path

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql" / "0023_recorded_aliases.sql"

_DOWN = """
SET LOCAL search_path = registry, public;
DROP INDEX alias_by_person;
ALTER TABLE alias DROP CONSTRAINT alias_once, DROP CONSTRAINT alias_by_person, DROP COLUMN note, DROP COLUMN actor_id;
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().connection.driver_connection.execute(_SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    """Keeps the texts, and lets go of who recorded them and where they are known from."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().connection.driver_connection.execute(_DOWN)

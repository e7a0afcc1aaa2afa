"""Dictionaries of the population system over time, and the reviewed crosswalk between them and the register."""

from pathlib import Path

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql" / "0020_police_dictionaries.sql"

_DOWN = """
SET LOCAL search_path = registry, public;
DROP TABLE crosswalk_decision, crosswalk, police_entry, police_dictionary;
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().connection.driver_connection.execute(_SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    """Takes dictionaries and crosswalk with it."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().connection.driver_connection.execute(_DOWN)

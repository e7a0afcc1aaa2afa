"""Mapping packages for registers that no network reaches: consumers, packages in a chain, their rows."""

from pathlib import Path

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql" / "0019_mapping_packages.sql"

_DOWN = """
SET LOCAL search_path = registry, public;
DROP TABLE mapping_row, mapping_package, mapping_consumer;
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().connection.driver_connection.execute(_SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    """Takes the packages with it; the change feed stays."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().connection.driver_connection.execute(_DOWN)

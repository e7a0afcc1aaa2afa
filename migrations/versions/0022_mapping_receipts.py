"""Receipts of mapping packages, refused rows that persons settle, papers of households to re-issue."""

from pathlib import Path

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql" / "0022_mapping_receipts.sql"

_DOWN = """
SET LOCAL search_path = registry, public;
DROP TABLE paper, mapping_refusal, mapping_receipt_row, mapping_receipt;
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().connection.driver_connection.execute(_SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    """Takes receipts and the list of papers with it."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().connection.driver_connection.execute(_DOWN)

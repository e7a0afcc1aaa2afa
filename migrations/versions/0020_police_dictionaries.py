"""Police dictionaries over time with their reviewed crosswalk; receipts of packages, refusals, papers to re-issue."""

from pathlib import Path

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql"

_DOWN = """
SET LOCAL search_path = registry, public;
DROP TABLE paper, mapping_refusal, mapping_receipt_row, mapping_receipt;
DROP TABLE crosswalk_decision, crosswalk, police_entry, police_dictionary;
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name in ("0020_police_dictionaries.sql", "0020_mapping_receipts.sql"):
        op.get_bind().connection.driver_connection.execute((_SQL / name).read_text(encoding="utf-8"))


def downgrade() -> None:
    """Takes dictionaries, crosswalk, receipts and papers with it."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().connection.driver_connection.execute(_DOWN)

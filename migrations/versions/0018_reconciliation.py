"""Population extracts held against the register: sealed rows, outcomes, decisions."""

from pathlib import Path

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql" / "0018_reconciliation.sql"

_DOWN = """
SET LOCAL search_path = registry, public;
-- Decisions on extracts go with the extracts; without the new kind the old constraints hold again.
DELETE FROM residents_decision WHERE kind = 'withdraw_extract';
ALTER TABLE residents_decision
    DROP CONSTRAINT residents_decision_subject,
    DROP CONSTRAINT residents_decision_kind_check,
    DROP COLUMN extract_id,
    ADD CONSTRAINT residents_decision_kind_check
        CHECK (kind IN ('withdraw_import', 'destroy_person', 'destroy_household')),
    ADD CONSTRAINT residents_decision_subject CHECK
        (CASE kind WHEN 'withdraw_import' THEN import_id IS NOT NULL ELSE subject_id IS NOT NULL END);
DROP TABLE extract_decision, extract_reject, extract_row, extract;
DROP FUNCTION extract_offices();
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().connection.driver_connection.execute(_SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    """Takes the extracts and the decisions on them with it."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().connection.driver_connection.execute(_DOWN)

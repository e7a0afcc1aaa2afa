"""Reservations follow their construction plan: numbers added, given up, expiry and holder amended."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql" / "0007_reservation_review.sql"

# What was decided in between stays, so the older check is not held against it.
_DOWN = """
ALTER TABLE registry.reservation_decision
    DROP CONSTRAINT reservation_decision_kind,
    DROP CONSTRAINT reservation_decision_kind_known,
    DROP COLUMN added,
    DROP COLUMN numbers,
    ADD CONSTRAINT reservation_decision_kind_check CHECK (kind IN ('release', 'extend')) NOT VALID,
    ADD CONSTRAINT reservation_decision_kind CHECK (CASE kind WHEN 'extend' THEN expires_on IS NOT NULL AND freed = 0
        ELSE expires_on IS NULL END) NOT VALID
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().connection.driver_connection.execute(_SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(_DOWN)

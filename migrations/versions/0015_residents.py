"""Residents under seal: households, persons, residencies, their history, row-level security."""

from pathlib import Path

from alembic import op

revision = "0015"
down_revision = "0012"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql" / "0015_residents.sql"

_DOWN = """
DROP TABLE registry.reveal_count, registry.resident_event, registry.sealed_history, registry.residency,
    registry.household_member, registry.household_address, registry.person, registry.household,
    registry.residents_decision;
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().connection.driver_connection.execute(_SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(_DOWN)

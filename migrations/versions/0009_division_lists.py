"""Yearly lists of divisions with what they propose and what persons decided."""

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql" / "0009_division_lists.sql"

# Events of the two new kinds stay, so the older check is not held against them.
_DOWN = """
DROP TABLE registry.division_proposal, registry.division_list_row, registry.division_list;
ALTER TABLE registry.event
    DROP CONSTRAINT event_kind_check,
    ADD CONSTRAINT event_kind_check CHECK (kind IN ('create', 'approve', 'reject', 'rename', 'respell', 'recode',
        'renumber', 'merge', 'split', 'swap', 'retire', 'reassign', 'correct', 'abolish', 'boundary')) NOT VALID
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().connection.driver_connection.execute(_SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(_DOWN)

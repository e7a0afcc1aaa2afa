"""Mergers and splits of villages: plans, choices and what a commit did to each thing."""

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql" / "0010_division_changes.sql"

_DOWN = """
REVOKE UPDATE (place_id) ON registry.reservation FROM address_app;
REVOKE UPDATE (division_id, place_id) ON registry.application FROM address_app;
DROP INDEX registry.parcel_division, registry.lane_division;
DROP TABLE registry.division_change_item, registry.division_change_choice, registry.division_change_party,
    registry.division_change_plan
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().connection.driver_connection.execute(_SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(_DOWN)

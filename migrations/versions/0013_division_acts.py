"""Acts on single divisions and names by two persons, and scans of decrees beside the acts."""

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql" / "0013_division_acts.sql"

_DOWN = """
DROP TABLE registry.attachment, registry.division_act;
DROP INDEX registry.address_change_event, registry.renumbering_plan_event;
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().connection.driver_connection.execute(_SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(_DOWN)

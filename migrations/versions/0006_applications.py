"""Applications at the counter, the papers shown, and every step."""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql" / "0006_applications.sql"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().connection.driver_connection.execute(_SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE registry.application_step, registry.application_evidence, registry.application")

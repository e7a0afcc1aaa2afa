"""Schema v1: the register."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql" / "0001_register.sql"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    # The driver itself, without parameters: many statements at once, and a percent sign is only that.
    op.get_bind().connection.driver_connection.execute(_SQL.read_text(encoding="utf-8"))
    # So that the service can tell at start-up that the database is older or newer than itself.
    op.execute("GRANT SELECT ON public.schema_version TO address_app, address_read")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP SCHEMA registry CASCADE")

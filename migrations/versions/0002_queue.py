"""Job queue: procrastinate's own tables, in a schema of their own."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# A test holds the installed version to this one. Before it is raised, freeze the SQL of this version beside
# 0001_register.sql, and write a migration from procrastinate's own `sql/migrations`.
PROCRASTINATE = "3.10.0"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE SCHEMA queue")
    op.execute("SET LOCAL search_path = queue, public")
    op.get_bind().connection.driver_connection.execute(SchemaManager.get_schema())
    op.execute("GRANT USAGE ON SCHEMA queue TO address_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA queue TO address_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA queue TO address_app")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP SCHEMA queue CASCADE")

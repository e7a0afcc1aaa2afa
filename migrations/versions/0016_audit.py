"""The audit: lines in keyed chains, heads, anchors, and the functions that alone write them."""

from pathlib import Path

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql" / "0016_audit.sql"

_DOWN = """
DROP FUNCTION registry.audit_append(text, integer, bigint, bytea, jsonb, boolean);
DROP FUNCTION registry.audit_keep_anchor(text, bigint, timestamptz, jsonb, uuid, bytea, bytea);
DROP TABLE registry.audit_anchor, registry.audit_head, registry.audit_line;
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().connection.driver_connection.execute(_SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    """Takes the audit with it: export it before."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(_DOWN)

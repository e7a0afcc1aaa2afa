"""Lineage: exact old texts, successor edges by groups, acts on single addresses, the change feed."""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql" / "0011_lineage.sql"

_DOWN = """
DROP TABLE registry.change_consumer, registry.change, registry.address_change;
ALTER TABLE registry.division_version DROP COLUMN change_seq, DROP COLUMN closed_seq;
ALTER TABLE registry.place_version DROP COLUMN change_seq, DROP COLUMN closed_seq;
ALTER TABLE registry.address_version DROP COLUMN change_seq, DROP COLUMN closed_seq;
ALTER TABLE registry.succession DROP COLUMN area_share, DROP COLUMN groups;
DROP INDEX registry.division_version_name, registry.alias_tail, registry.address_version_tail;
DROP FUNCTION registry.text_tail(text);
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().connection.driver_connection.execute(_SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(_DOWN)

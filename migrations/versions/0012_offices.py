"""Offices that came with residents and the three administrators kept apart (三员分立)."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_BEFORE = (
    "'admin', 'civil_affairs', 'natural_resources', 'village', 'county', 'field_team', 'police', 'finance', "
    "'leading_group'"
)
_ADDED = "'social_security', 'installer', 'assistant', 'security_admin', 'audit_admin'"


def _allow(roles: str) -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE registry.account DROP CONSTRAINT account_role_check")
    op.execute(f"ALTER TABLE registry.account ADD CONSTRAINT account_role_check CHECK (role IN ({roles}))")


def upgrade() -> None:
    _allow(f"{_BEFORE}, {_ADDED}")


def downgrade() -> None:
    """Refused by the constraint while an account holds one of the added offices."""
    _allow(_BEFORE)

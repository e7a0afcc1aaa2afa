"""Accounts: passwords, tries, second factors, idle sessions, scopes with dates, keys with part of the rights."""

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql" / "0014_accounts.sql"

# Sessions that no key opened cannot be kept; an account without an office becomes disabled, in the weakest of offices.
_DOWN = """
DROP TABLE registry.session_activity, registry.recovery_code, registry.second_factor, registry.sign_in_source,
    registry.sign_in_guard, registry.password;
DROP INDEX registry.session_account, registry.api_key_account;
DELETE FROM registry.session WHERE key_id IS NULL;
ALTER TABLE registry.session DROP CONSTRAINT session_opened_by_key, DROP COLUMN opened_by,
    ALTER COLUMN key_id SET NOT NULL;
UPDATE registry.api_key SET revoked_at = coalesce(revoked_at, now()) WHERE rights IS NOT NULL;
ALTER TABLE registry.api_key DROP COLUMN rights;
UPDATE registry.account SET role = 'finance', disabled_at = coalesce(disabled_at, now()) WHERE role = 'pending';
ALTER TABLE registry.account DROP CONSTRAINT account_identity_once, DROP CONSTRAINT account_dates,
    DROP CONSTRAINT account_role_check, DROP COLUMN identity, DROP COLUMN valid_from, DROP COLUMN valid_until,
    ADD CONSTRAINT account_role_check CHECK (role IN ('admin', 'civil_affairs', 'natural_resources', 'village',
        'county', 'field_team', 'police', 'finance', 'leading_group', 'social_security', 'installer', 'assistant',
        'security_admin', 'audit_admin'));
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().connection.driver_connection.execute(_SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(_DOWN)

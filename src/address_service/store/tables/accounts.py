"""Accounts, sessions and what opens them: columns and types only."""

from sqlalchemy import ARRAY, UUID, BigInteger, Boolean, Column, Date, Integer, LargeBinary, Text

from address_service.store.tables.columns import AWARE, county_table

account = county_table(
    "account",
    Column("id", UUID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("division_code", Text, nullable=False),
    Column("created_at", AWARE, nullable=False),
    Column("disabled_at", AWARE),
    Column("valid_from", Date),
    Column("valid_until", Date),
    Column("identity", Text),
)

api_key = county_table(
    "api_key",
    Column("id", UUID, primary_key=True),
    Column("account_id", UUID, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("label", Text, nullable=False),
    Column("created_at", AWARE, nullable=False),
    Column("expires_at", AWARE, nullable=False),
    Column("revoked_at", AWARE),
    Column("rights", ARRAY(Text)),
)

session = county_table(
    "session",
    Column("id", UUID, primary_key=True),
    Column("account_id", UUID, nullable=False),
    Column("key_id", UUID),
    Column("digest", LargeBinary, nullable=False),
    Column("csrf_token", Text, nullable=False),
    Column("created_at", AWARE, nullable=False),
    Column("expires_at", AWARE, nullable=False),
    Column("revoked_at", AWARE),
    Column("opened_by", Text, nullable=False),
)

session_activity = county_table(
    "session_activity",
    Column("session_id", UUID, primary_key=True),
    Column("seen_at", AWARE, nullable=False),
)

password = county_table(
    "password",
    Column("account_id", UUID, primary_key=True),
    Column("serial", Integer, primary_key=True, autoincrement=False),
    Column("hash", Text, nullable=False),
    Column("set_at", AWARE, nullable=False),
    Column("one_time", Boolean, nullable=False),
    Column("expires_at", AWARE),
)

sign_in_guard = county_table(
    "sign_in_guard",
    Column("account_id", UUID, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("locked_until", AWARE),
)

sign_in_source = county_table(
    "sign_in_source",
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    Column("failures", Integer, nullable=False),
    Column("counted_from", AWARE, nullable=False),
    Column("waits_until", AWARE),
)

sign_in_pair = county_table(
    "sign_in_pair",
    Column("account_id", UUID, primary_key=True),
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    Column("failures", Integer, nullable=False),
    Column("locks", Integer, nullable=False),
    Column("locked_until", AWARE),
    Column("failed_at", AWARE, nullable=False),
)

second_factor = county_table(
    "second_factor",
    Column("id", UUID, primary_key=True),
    Column("account_id", UUID, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("key_id", UUID, nullable=False),
    Column("created_at", AWARE, nullable=False),
    Column("confirmed_at", AWARE),
    Column("last_step", BigInteger, nullable=False),
    Column("removed_at", AWARE),
)

recovery_code = county_table(
    "recovery_code",
    Column("id", UUID, primary_key=True),
    Column("factor_id", UUID, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("used_at", AWARE),
)

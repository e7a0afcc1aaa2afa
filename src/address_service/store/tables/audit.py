"""The audit's lines, heads and anchors: columns and types only."""

from sqlalchemy import UUID, BigInteger, Column, Integer, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB

from address_service.store.tables.columns import AWARE, county_table

audit_line = county_table(
    "audit_line",
    Column("chain", Integer, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("at", AWARE, nullable=False),
    Column("account_id", UUID, nullable=False),
    Column("account_name", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("source", Text),
    Column("request_id", UUID),
    Column("action", Text, nullable=False),
    Column("object_kind", Text, nullable=False),
    Column("object_id", Text),
    Column("detail", JSONB, nullable=False),
    Column("before", LargeBinary),
    Column("after", LargeBinary),
    Column("reason", Text),
    Column("key_id", UUID, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("mac", LargeBinary, nullable=False),
)

audit_head = county_table(
    "audit_head",
    Column("chain", Integer, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("mac", LargeBinary, nullable=False),
)

audit_anchor = county_table(
    "audit_anchor",
    Column("no", BigInteger, primary_key=True),
    Column("at", AWARE, nullable=False),
    Column("heads", JSONB, nullable=False),
    Column("key_id", UUID, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("mac", LargeBinary, nullable=False),
)

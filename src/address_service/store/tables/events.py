"""Decrees and their edges, requests answered once, the change feed: columns and types only."""

from sqlalchemy import ARRAY, UUID, BigInteger, Column, Date, Integer, LargeBinary, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB

from address_service.store.tables.columns import AWARE, county_table

idempotency = county_table(
    "idempotency",
    Column("account_id", UUID, primary_key=True),
    Column("key", UUID, primary_key=True),
    Column("request_digest", LargeBinary, nullable=False),
    Column("status", Integer),
    Column("response", JSONB),
    Column("created_at", AWARE, nullable=False),
)

event = county_table(
    "event",
    Column("id", UUID, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("decree_no", Text),
    Column("effective_on", Date, nullable=False),
    Column("note", Text, nullable=False),
    Column("details", JSONB, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("recorded_at", AWARE, nullable=False),
)

succession = county_table(
    "succession",
    Column("id", UUID, primary_key=True),
    Column("event_id", UUID, nullable=False),
    Column("subject", Text, nullable=False),
    Column("predecessor_id", UUID, nullable=False),
    Column("successor_id", UUID, nullable=False),
    Column("share", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("area_share", Numeric),
    Column("groups", ARRAY(Text)),
)

attachment = county_table(
    "attachment",
    Column("id", UUID, primary_key=True),
    Column("division_act_id", UUID),
    Column("division_change_id", UUID),
    Column("renumbering_id", UUID),
    Column("address_change_id", UUID),
    Column("digest", LargeBinary, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("filename", Text, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("attached_at", AWARE, nullable=False),
)

change = county_table(
    "change",
    Column("seq", BigInteger, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("subject_id", UUID, nullable=False),
    Column("event_id", UUID),
    Column("division_ids", ARRAY(UUID), nullable=False),
    Column("known_at", AWARE, nullable=False),
)

change_consumer = county_table(
    "change_consumer",
    Column("id", UUID, primary_key=True),
    Column("account_id", UUID, nullable=False),
    Column("name", Text, nullable=False),
    Column("acknowledged", BigInteger, nullable=False),
    Column("created_at", AWARE, nullable=False),
    Column("acknowledged_at", AWARE, nullable=False),
)

"""Tables of mapping packages: columns and types only."""

from sqlalchemy import ARRAY, UUID, BigInteger, Boolean, Column, Date, Integer, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB

from address_service.store.tables.columns import AWARE, county_table

mapping_consumer = county_table(
    "mapping_consumer",
    Column("id", UUID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("division_code", Text, nullable=False),
    Column("profile", Text, nullable=False),
    Column("encoding", Text, nullable=False),
    Column("start_cursor", BigInteger, nullable=False),
    Column("acknowledged", BigInteger, nullable=False),
    Column("acknowledged_sequence", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("created_at", AWARE, nullable=False),
)

mapping_package = county_table(
    "mapping_package",
    Column("id", UUID, primary_key=True),
    Column("consumer_id", UUID, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("previous_sequence", Integer),
    Column("from_cursor", BigInteger, nullable=False),
    Column("to_cursor", BigInteger, nullable=False),
    Column("stage", Text, nullable=False),
    Column("profile", Text, nullable=False),
    Column("encoding", Text, nullable=False),
    Column("counts", JSONB, nullable=False),
    Column("digest", Text, nullable=False),
    Column("previous_digest", Text, nullable=False),
    Column("key_id", UUID, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("issued_by", UUID, nullable=False),
    Column("issued_at", AWARE, nullable=False),
    Column("acknowledged_by", UUID),
    Column("acknowledged_at", AWARE),
)

mapping_row = county_table(
    "mapping_row",
    Column("id", UUID, primary_key=True),
    Column("package_id", UUID, nullable=False),
    Column("row_no", Integer, nullable=False),
    Column("address_id", UUID, nullable=False),
    Column("heir_id", UUID, nullable=False),
    Column("household_id", UUID),
    Column("old_text", Text),
    Column("new_text", Text),
    Column("kinds", ARRAY(Text), nullable=False),
    Column("decrees", ARRAY(Text), nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("change_seq", BigInteger, nullable=False),
    Column("keeps_arrival", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("reason_text", Text, nullable=False),
    Column("revision", Integer, nullable=False),
)

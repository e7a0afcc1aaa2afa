"""Tables of receipts, refusals and papers as SQLAlchemy Core sees them: columns and types only, as in `tables`."""

from sqlalchemy import CHAR, UUID, Column, DateTime, Integer, LargeBinary, Table, Text

from address_service.store.tables import metadata

mapping_receipt = Table(
    "mapping_receipt",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("package_id", UUID, nullable=False),
    Column("filename", Text, nullable=False),
    Column("file_digest", LargeBinary, nullable=False),
    Column("read_count", Integer, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
)

mapping_receipt_row = Table(
    "mapping_receipt_row",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("receipt_id", UUID, primary_key=True),
    Column("row_id", UUID, primary_key=True),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

mapping_refusal = Table(
    "mapping_refusal",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("row_id", UUID, nullable=False),
    Column("package_id", UUID, nullable=False),
    Column("state", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("settled_by", UUID),
    Column("settled_at", DateTime(timezone=True)),
    Column("resent_package_id", UUID),
    Column("revision", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

paper = Table(
    "paper",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("village_id", UUID, nullable=False),
    Column("household_id", UUID, nullable=False),
    Column("row_id", UUID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("copies", Integer, nullable=False),
    Column("old_text", Text, nullable=False),
    Column("new_text", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("issued_by", UUID),
    Column("issued_at", DateTime(timezone=True)),
    Column("collected_by", UUID),
    Column("collected_at", DateTime(timezone=True)),
    Column("revision", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

"""Tables of receipts, refusals and papers: columns and types only."""

from sqlalchemy import UUID, Column, Integer, LargeBinary, Text

from address_service.store.tables.columns import AWARE, county_table

mapping_receipt = county_table(
    "mapping_receipt",
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
    Column("received_at", AWARE, nullable=False),
)

mapping_receipt_row = county_table(
    "mapping_receipt_row",
    Column("receipt_id", UUID, primary_key=True),
    Column("row_id", UUID, primary_key=True),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

mapping_refusal = county_table(
    "mapping_refusal",
    Column("id", UUID, primary_key=True),
    Column("row_id", UUID, nullable=False),
    Column("package_id", UUID, nullable=False),
    Column("state", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("settled_by", UUID),
    Column("settled_at", AWARE),
    Column("resent_package_id", UUID),
    Column("revision", Integer, nullable=False),
    Column("created_at", AWARE, nullable=False),
)

paper = county_table(
    "paper",
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
    Column("issued_at", AWARE),
    Column("collected_by", UUID),
    Column("collected_at", AWARE),
    Column("revision", Integer, nullable=False),
    Column("created_at", AWARE, nullable=False),
)

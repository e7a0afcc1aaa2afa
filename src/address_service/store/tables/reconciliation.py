"""Tables of population extracts: columns and types only."""

from sqlalchemy import ARRAY, UUID, Boolean, Column, Integer, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB

from address_service.store.tables.columns import AWARE, county_table

extract = county_table(
    "extract",
    Column("id", UUID, primary_key=True),
    Column("office_code", Text, nullable=False),
    Column("division_code", Text, nullable=False),
    Column("layout", Text, nullable=False),
    Column("upload", Text, nullable=False),
    Column("file_digest", LargeBinary, nullable=False),
    Column("stage", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("last_row", Integer, nullable=False),
    Column("counts", JSONB, nullable=False),
    Column("report", JSONB, nullable=False),
    Column("row_key", LargeBinary),
    Column("key_id", UUID),
    Column("payload", LargeBinary),
    Column("actor_id", UUID, nullable=False),
    Column("created_at", AWARE, nullable=False),
    Column("finished_at", AWARE),
)

extract_row = county_table(
    "extract_row",
    Column("id", UUID, primary_key=True),
    Column("extract_id", UUID, nullable=False),
    Column("row_no", Integer, nullable=False),
    Column("office_code", Text, nullable=False),
    Column("village_id", UUID),
    Column("outcome", Text, nullable=False),
    Column("match_stage", Text, nullable=False),
    Column("address_id", UUID),
    Column("person_id", UUID),
    Column("findings", ARRAY(Text), nullable=False),
    Column("decision", Text),
    Column("decided_address_id", UUID),
    Column("decided_by", UUID),
    Column("decided_at", AWARE),
    Column("replayed_from", UUID),
    Column("revision", Integer, nullable=False),
    Column("row_key", LargeBinary),
    Column("key_id", UUID),
    Column("payload", LargeBinary),
    Column("answer", LargeBinary),
    Column("memory_index", LargeBinary),
    Column("id_no_index", LargeBinary),
    Column("index_key_id", UUID),
    Column("created_at", AWARE, nullable=False),
)

extract_reject = county_table(
    "extract_reject",
    Column("extract_id", UUID, primary_key=True),
    Column("row_no", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("field", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
)

extract_decision = county_table(
    "extract_decision",
    Column("id", UUID, primary_key=True),
    Column("extract_id", UUID, nullable=False),
    Column("row_id", UUID, nullable=False),
    Column("office_code", Text, nullable=False),
    Column("village_id", UUID),
    Column("revision", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("address_id", UUID),
    Column("is_bulk", Boolean, nullable=False),
    Column("replayed_from", UUID),
    Column("actor_id", UUID, nullable=False),
    Column("decided_at", AWARE, nullable=False),
)

"""Tables of residents: columns and types only."""

from sqlalchemy import CHAR, UUID, BigInteger, Column, Date, Integer, LargeBinary, Text
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, TSTZRANGE

from address_service.store.tables.columns import AWARE, county_table

residents_decision = county_table(
    "residents_decision",
    Column("id", UUID, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("import_id", UUID),
    Column("extract_id", UUID),
    Column("subject_id", UUID),
    Column("document_no", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("households", Integer, nullable=False),
    Column("persons", Integer, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("decided_at", AWARE, nullable=False),
)

household = county_table(
    "household",
    Column("id", UUID, primary_key=True),
    Column("village_id", UUID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("row_key", LargeBinary),
    Column("key_id", UUID),
    Column("payload", LargeBinary),
    Column("book_no_index", LargeBinary),
    Column("index_key_id", UUID),
    Column("ended_on", Date),
    Column("import_id", UUID),
    Column("actor_id", UUID, nullable=False),
    Column("created_at", AWARE, nullable=False),
)

person = county_table(
    "person",
    Column("id", UUID, primary_key=True),
    Column("village_id", UUID, nullable=False),
    Column("stage", Text, nullable=False),
    Column("end_reason", Text),
    Column("ended_on", Date),
    Column("document_no", Text),
    Column("revision", Integer, nullable=False),
    Column("row_key", LargeBinary),
    Column("key_id", UUID),
    Column("payload", LargeBinary),
    Column("id_no_index", LargeBinary),
    Column("name_index", LargeBinary),
    Column("phone_index", LargeBinary),
    Column("index_key_id", UUID),
    Column("import_id", UUID),
    Column("actor_id", UUID, nullable=False),
    Column("created_at", AWARE, nullable=False),
)

household_address = county_table(
    "household_address",
    Column("id", UUID, primary_key=True),
    Column("village_id", UUID, nullable=False),
    Column("household_id", UUID, nullable=False),
    Column("address_id", UUID, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("valid", DATERANGE, nullable=False),
    Column("recorded", TSTZRANGE, nullable=False),
)

household_member = county_table(
    "household_member",
    Column("id", UUID, primary_key=True),
    Column("village_id", UUID, nullable=False),
    Column("household_id", UUID, nullable=False),
    Column("household_kind", Text, nullable=False),
    Column("person_id", UUID, nullable=False),
    Column("relation", CHAR(2), nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("valid", DATERANGE, nullable=False),
    Column("recorded", TSTZRANGE, nullable=False),
)

residency = county_table(
    "residency",
    Column("id", UUID, primary_key=True),
    Column("village_id", UUID, nullable=False),
    Column("person_id", UUID, nullable=False),
    Column("address_id", UUID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("arrived_on", Date),
    Column("actor_id", UUID, nullable=False),
    Column("valid", DATERANGE, nullable=False),
    Column("recorded", TSTZRANGE, nullable=False),
)

sealed_history = county_table(
    "sealed_history",
    Column("id", UUID, primary_key=True),
    Column("village_id", UUID, nullable=False),
    Column("subject", Text, nullable=False),
    Column("subject_id", UUID, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("replaced_at", AWARE, nullable=False),
)

resident_event = county_table(
    "resident_event",
    Column("id", UUID, primary_key=True),
    Column("village_id", UUID, nullable=False),
    Column("subject", Text, nullable=False),
    Column("subject_id", UUID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("document_no", Text, nullable=False),
    Column("details", JSONB, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("recorded_at", AWARE, nullable=False),
)

reveal_count = county_table(
    "reveal_count",
    Column("account_id", UUID, primary_key=True),
    Column("hour", BigInteger, primary_key=True),
    Column("used", Integer, nullable=False),
)

lookup_count = county_table(
    "lookup_count",
    Column("account_id", UUID, primary_key=True),
    Column("hour", BigInteger, primary_key=True),
    Column("used", Integer, nullable=False),
)

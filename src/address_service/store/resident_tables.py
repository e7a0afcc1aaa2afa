"""Tables of residents as SQLAlchemy Core sees them: columns and types only, as in `tables`."""

from sqlalchemy import CHAR, UUID, BigInteger, Column, Date, DateTime, Integer, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, TSTZRANGE

from address_service.store.tables import metadata

residents_decision = Table(
    "residents_decision",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
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
    Column("decided_at", DateTime(timezone=True), nullable=False),
)

household = Table(
    "household",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
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
    Column("created_at", DateTime(timezone=True), nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
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
    Column("created_at", DateTime(timezone=True), nullable=False),
)

household_address = Table(
    "household_address",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("village_id", UUID, nullable=False),
    Column("household_id", UUID, nullable=False),
    Column("address_id", UUID, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("valid", DATERANGE, nullable=False),
    Column("recorded", TSTZRANGE, nullable=False),
)

household_member = Table(
    "household_member",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
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

residency = Table(
    "residency",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
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

sealed_history = Table(
    "sealed_history",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("village_id", UUID, nullable=False),
    Column("subject", Text, nullable=False),
    Column("subject_id", UUID, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("replaced_at", DateTime(timezone=True), nullable=False),
)

resident_event = Table(
    "resident_event",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("village_id", UUID, nullable=False),
    Column("subject", Text, nullable=False),
    Column("subject_id", UUID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("document_no", Text, nullable=False),
    Column("details", JSONB, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

reveal_count = Table(
    "reveal_count",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("account_id", UUID, primary_key=True),
    Column("hour", BigInteger, primary_key=True),
    Column("used", Integer, nullable=False),
)

lookup_count = Table(
    "lookup_count",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("account_id", UUID, primary_key=True),
    Column("hour", BigInteger, primary_key=True),
    Column("used", Integer, nullable=False),
)

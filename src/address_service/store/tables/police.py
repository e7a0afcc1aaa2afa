"""Tables of police dictionaries: columns and types only."""

from sqlalchemy import UUID, Boolean, Column, Computed, Date, Integer, LargeBinary, Text
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, TSTZRANGE

from address_service.store.tables.columns import AWARE, county_table

police_dictionary = county_table(
    "police_dictionary",
    Column("id", UUID, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("office_code", Text, nullable=False),
    Column("list_day", Date, nullable=False),
    Column("is_complete", Boolean, nullable=False),
    Column("filename", Text, nullable=False),
    Column("file_digest", LargeBinary, nullable=False),
    Column("rows_digest", UUID, nullable=False),
    Column("summary", JSONB, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("imported_at", AWARE, nullable=False),
)

police_entry = county_table(
    "police_entry",
    Column("id", UUID, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("parent_code", Text, nullable=False),
    Column("dictionary_id", UUID, nullable=False),
    Column("valid", DATERANGE, nullable=False),
    Column("recorded", TSTZRANGE, nullable=False),
)

crosswalk = county_table(
    "crosswalk",
    Column("id", UUID, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("division_id", UUID),
    Column("place_id", UUID),
    Column("target_id", UUID, Computed("coalesce(division_id, place_id)", persisted=True), nullable=False),
    Column("office_code", Text, nullable=False),
    Column("ground", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("rivals", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("proposed_by", UUID, nullable=False),
    Column("proposed_at", AWARE, nullable=False),
    Column("decided_by", UUID),
    Column("decided_at", AWARE),
    Column("valid", DATERANGE),
    Column("revision", Integer, nullable=False),
)

crosswalk_decision = county_table(
    "crosswalk_decision",
    Column("id", UUID, primary_key=True),
    Column("crosswalk_id", UUID, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("effective_on", Date),
    Column("note", Text, nullable=False),
    Column("is_bulk", Boolean, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("decided_at", AWARE, nullable=False),
)

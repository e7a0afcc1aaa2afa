"""The county and its divisions over time, yearly lists and acts on them: columns and types only."""

from sqlalchemy import ARRAY, CHAR, UUID, BigInteger, Boolean, Column, Date, Integer, LargeBinary, Text
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, TSTZRANGE

from address_service.store.tables.columns import AWARE, county_table, geometry, map_twin

county = county_table(
    "county",
    Column("name", Text, nullable=False),
    Column("prefecture_name", Text, nullable=False),
    Column("province_name", Text, nullable=False),
    Column("postcode", CHAR(6), nullable=False),
    Column("measure_srid", Integer, nullable=False),
    Column("extent", geometry("POLYGON", 4490)),
    Column("is_synthetic", Boolean, nullable=False),
)

division = county_table(
    "division",
    Column("id", UUID, primary_key=True),
    Column("created_at", AWARE, nullable=False),
)

division_version = county_table(
    "division_version",
    Column("id", UUID, primary_key=True),
    Column("division_id", UUID, nullable=False),
    Column("level", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("code_nbs", Text, nullable=False),
    Column("code_mca", Text),
    Column("parent_id", UUID),
    Column("urban_rural_class", Text),
    Column("name_state", Text, nullable=False),
    Column("decree_no", Text),
    Column("boundary", geometry("MULTIPOLYGON", 4490)),
    Column("boundary_3857", geometry("MULTIPOLYGON", 3857), map_twin("boundary")),
    Column("valid", DATERANGE, nullable=False),
    Column("recorded", TSTZRANGE, nullable=False),
    Column("event_id", UUID, nullable=False),
    Column("change_seq", BigInteger),
    Column("closed_seq", BigInteger),
)

division_list = county_table(
    "division_list",
    Column("id", UUID, primary_key=True),
    Column("system", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("list_day", Date, nullable=False),
    Column("filename", Text, nullable=False),
    Column("file_digest", LargeBinary, nullable=False),
    Column("rows_digest", UUID, nullable=False),
    Column("summary", JSONB, nullable=False),
    Column("import_id", UUID, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("imported_at", AWARE, nullable=False),
)

division_list_row = county_table(
    "division_list_row",
    Column("list_id", UUID, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("code_mca", Text),
    Column("urban_rural_class", Text),
)

division_proposal = county_table(
    "division_proposal",
    Column("id", UUID, primary_key=True),
    Column("list_id", UUID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("old_code", Text),
    Column("old_name", Text),
    Column("new_code", Text),
    Column("new_name", Text),
    Column("division_id", UUID),
    Column("is_later", Boolean, nullable=False),
    Column("evidence", JSONB, nullable=False),
    Column("candidates", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("superseded_by", UUID),
    Column("outcome", Text),
    Column("decided_by", UUID),
    Column("decided_at", AWARE),
    Column("decree_no", Text),
    Column("effective_on", Date),
    Column("note", Text, nullable=False),
    Column("event_id", UUID),
)

division_act = county_table(
    "division_act",
    Column("id", UUID, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("division_id", UUID),
    Column("place_id", UUID),
    Column("proposal_id", UUID),
    Column("codes", ARRAY(Text), nullable=False),
    Column("request", JSONB, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("note", Text, nullable=False),
    Column("seen_digest", UUID, nullable=False),
    Column("summary", JSONB, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("created_at", AWARE, nullable=False),
    Column("decree_no", Text),
    Column("event_id", UUID),
    Column("decided_by", UUID),
    Column("decided_at", AWARE),
)

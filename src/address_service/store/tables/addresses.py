"""Addresses over time, their other names and acts on single ones: columns and types only."""

from sqlalchemy import ARRAY, CHAR, UUID, BigInteger, Column, Date, Integer, Text
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, TSTZRANGE

from address_service.store.tables.columns import AWARE, county_table, geometry, map_twin

address = county_table(
    "address",
    Column("id", UUID, primary_key=True),
    Column("code", CHAR(26), nullable=False),
    Column("scheme", Text, nullable=False),
    Column("parent_id", UUID),
    Column("created_at", AWARE, nullable=False),
)

address_version = county_table(
    "address_version",
    Column("id", UUID, primary_key=True),
    Column("address_id", UUID, nullable=False),
    Column("stage", Text, nullable=False),
    Column("division_id", UUID, nullable=False),
    Column("place_id", UUID, nullable=False),
    Column("main", Integer, nullable=False),
    Column("sub", Integer, nullable=False),
    Column("building_label", Text, nullable=False),
    Column("unit_label", Text, nullable=False),
    Column("floor_label", Text, nullable=False),
    Column("room_label", Text, nullable=False),
    Column("full_text", Text, nullable=False),
    Column("position", geometry("POINT", 4490), nullable=False),
    Column("position_3857", geometry("POINT", 3857), map_twin("position")),
    Column("decree_no", Text),
    Column("drafted_by", UUID, nullable=False),
    Column("approved_by", UUID),
    Column("event_id", UUID, nullable=False),
    Column("valid", DATERANGE, nullable=False),
    Column("recorded", TSTZRANGE, nullable=False),
    Column("change_seq", BigInteger),
    Column("closed_seq", BigInteger),
)

address_building = county_table(
    "address_building",
    Column("id", UUID, primary_key=True),
    Column("address_id", UUID, nullable=False),
    Column("building_id", UUID, nullable=False),
    Column("valid", DATERANGE, nullable=False),
    Column("recorded", TSTZRANGE, nullable=False),
)

alias = county_table(
    "alias",
    Column("id", UUID, primary_key=True),
    Column("address_id", UUID, nullable=False),
    Column("text", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("valid", DATERANGE, nullable=False),
    Column("recorded", TSTZRANGE, nullable=False),
    Column("note", Text, nullable=False),
    Column("actor_id", UUID),
)

address_search = county_table(
    "address_search",
    Column("address_id", UUID, primary_key=True),
    Column("tail", Text, nullable=False),
    Column("bigrams", ARRAY(Text), nullable=False),
    Column("division_id", UUID),
    Column("initials", Text, nullable=False),
    Column("words", ARRAY(Text), nullable=False),
)

address_change = county_table(
    "address_change",
    Column("id", UUID, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("place_id", UUID, nullable=False),
    Column("address_id", UUID),
    Column("details", JSONB, nullable=False),
    Column("seen_digest", UUID, nullable=False),
    Column("note", Text, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("created_at", AWARE, nullable=False),
    Column("decree_no", Text),
    Column("effective_on", Date),
    Column("event_id", UUID),
    Column("decided_by", UUID),
    Column("decided_at", AWARE),
)

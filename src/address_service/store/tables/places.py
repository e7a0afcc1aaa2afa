"""Places of villages, who belongs to them, and the counters of their codes: columns and types only."""

from sqlalchemy import CHAR, UUID, BigInteger, Column, Integer, Text
from sqlalchemy.dialects.postgresql import DATERANGE, TSTZRANGE

from address_service.store.tables.columns import AWARE, county_table, geometry, map_twin

code_counter = county_table(
    "code_counter",
    Column("prefix_key", BigInteger, primary_key=True),
    Column("last_serial", Integer, nullable=False),
)

place = county_table(
    "place",
    Column("id", UUID, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("code_prefix", CHAR(16), nullable=False),
    Column("created_at", AWARE, nullable=False),
)

place_version = county_table(
    "place_version",
    Column("id", UUID, primary_key=True),
    Column("place_id", UUID, nullable=False),
    Column("division_id", UUID, nullable=False),
    Column("parent_place_id", UUID),
    Column("name", Text, nullable=False),
    Column("street_kind", Text),
    Column("name_state", Text, nullable=False),
    Column("decree_no", Text),
    Column("origin", Text, nullable=False),
    Column("geom", geometry("GEOMETRY", 4490)),
    Column("geom_3857", geometry("GEOMETRY", 3857), map_twin("geom")),
    Column("valid", DATERANGE, nullable=False),
    Column("recorded", TSTZRANGE, nullable=False),
    Column("event_id", UUID, nullable=False),
    Column("change_seq", BigInteger),
    Column("closed_seq", BigInteger),
)

lane = county_table(
    "lane",
    Column("id", UUID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("division_id", UUID),
    Column("geom", geometry("LINESTRING", 4490), nullable=False),
    Column("geom_3857", geometry("LINESTRING", 3857), map_twin("geom")),
    Column("feature_key", UUID, nullable=False),
    Column("import_id", UUID, nullable=False),
)

membership = county_table(
    "membership",
    Column("id", UUID, primary_key=True),
    Column("building_id", UUID, nullable=False),
    Column("place_id", UUID, nullable=False),
    Column("source", Text, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("valid", DATERANGE, nullable=False),
    Column("recorded", TSTZRANGE, nullable=False),
)

"""Layers of the land: parcels, buildings, plans of construction, numbers as surveyed: columns and types only."""

from sqlalchemy import UUID, Boolean, Column, Date, Integer, Text

from address_service.store.tables.columns import AWARE, county_table, geometry, map_twin

parcel = county_table(
    "parcel",
    Column("id", UUID, primary_key=True),
    Column("parcel_code", Text, nullable=False),
    Column("real_estate_unit_code", Text),
    Column("use", Text, nullable=False),
    Column("location_text", Text, nullable=False),
    Column("division_id", UUID),
    Column("geom", geometry("MULTIPOLYGON", 4490), nullable=False),
    Column("geom_3857", geometry("MULTIPOLYGON", 3857), map_twin("geom")),
    Column("row_digest", UUID, nullable=False),
    Column("import_id", UUID, nullable=False),
)

building = county_table(
    "building",
    Column("id", UUID, primary_key=True),
    Column("building_code", Text, nullable=False),
    Column("real_estate_unit_code", Text),
    Column("parcel_id", UUID),
    Column("division_id", UUID),
    Column("use", Text, nullable=False),
    Column("floors", Integer, nullable=False),
    Column("units", Integer, nullable=False),
    Column("rooms_per_floor", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("gate", geometry("POINT", 4490)),
    Column("geom", geometry("MULTIPOLYGON", 4490), nullable=False),
    Column("geom_3857", geometry("MULTIPOLYGON", 3857), map_twin("geom")),
    Column("row_digest", UUID, nullable=False),
    Column("import_id", UUID, nullable=False),
)

construction_plan = county_table(
    "construction_plan",
    Column("id", UUID, primary_key=True),
    Column("plan_no", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("place_id", UUID, nullable=False),
    Column("side", Text),
    Column("planned_doors", Integer, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("decree_no", Text, nullable=False),
    Column("expires_on", Date, nullable=False),
    Column("geom", geometry("GEOMETRY", 4490), nullable=False),
    Column("geom_3857", geometry("GEOMETRY", 3857), map_twin("geom")),
    Column("row_digest", UUID, nullable=False),
    Column("import_id", UUID, nullable=False),
)

overview_cell = county_table(
    "overview_cell",
    Column("zoom", Integer, primary_key=True),
    Column("cell_x", Integer, primary_key=True),
    Column("cell_y", Integer, primary_key=True),
    Column("address_count", Integer, nullable=False),
    Column("center_3857", geometry("POINT", 3857), nullable=False),
)

existing_address = county_table(
    "existing_address",
    Column("id", UUID, primary_key=True),
    Column("building_id", UUID, nullable=False),
    Column("place_id", UUID, nullable=False),
    Column("main", Integer, nullable=False),
    Column("sub", Integer, nullable=False),
    Column("old_text", Text, nullable=False),
    Column("valid_from", Date),
    Column("plate_state", Text, nullable=False),
    Column("row_digest", UUID, nullable=False),
    Column("import_id", UUID, nullable=False),
    Column("kept", Boolean, nullable=False),
)

survey_decision = county_table(
    "survey_decision",
    Column("id", UUID, primary_key=True),
    Column("existing_address_id", UUID, nullable=False),
    Column("building_id", UUID, nullable=False),
    Column("place_id", UUID, nullable=False),
    Column("main", Integer, nullable=False),
    Column("sub", Integer, nullable=False),
    Column("kept", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("recorded_at", AWARE, nullable=False),
)

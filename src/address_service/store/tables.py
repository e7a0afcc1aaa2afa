"""Tables of the register as SQLAlchemy Core sees them: columns and types only.

Constraints, indexes and privileges stand in `migrations/sql`, where they are read and reviewed as SQL; a test compares
every column here with the migrated database. Geometry is EPSG:4490 (lon, lat); `*_3857` columns are generated from it.
"""

from geoalchemy2 import Geometry
from sqlalchemy import (
    ARRAY,
    CHAR,
    REAL,
    UUID,
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, TSTZRANGE

metadata = MetaData(schema="registry")

_AWARE = DateTime(timezone=True)


def _geometry(kind: str, srid: int) -> Geometry:
    return Geometry(kind, srid=srid, spatial_index=False)


def _twin(column: str) -> Computed:
    """Map coordinates computed by the database from the stored ones."""
    return Computed(f"ST_Transform({column}, 3857)", persisted=True)


county = Table(
    "county",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("name", Text, nullable=False),
    Column("prefecture_name", Text, nullable=False),
    Column("province_name", Text, nullable=False),
    Column("postcode", CHAR(6), nullable=False),
    Column("measure_srid", Integer, nullable=False),
    Column("extent", _geometry("POLYGON", 4490)),
    Column("is_synthetic", Boolean, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("division_code", Text, nullable=False),
    Column("created_at", _AWARE, nullable=False),
    Column("disabled_at", _AWARE),
    Column("valid_from", Date),
    Column("valid_until", Date),
    Column("identity", Text),
)

api_key = Table(
    "api_key",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("account_id", UUID, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("label", Text, nullable=False),
    Column("created_at", _AWARE, nullable=False),
    Column("expires_at", _AWARE, nullable=False),
    Column("revoked_at", _AWARE),
    Column("rights", ARRAY(Text)),
)

session = Table(
    "session",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("account_id", UUID, nullable=False),
    Column("key_id", UUID),
    Column("digest", LargeBinary, nullable=False),
    Column("csrf_token", Text, nullable=False),
    Column("created_at", _AWARE, nullable=False),
    Column("expires_at", _AWARE, nullable=False),
    Column("revoked_at", _AWARE),
    Column("opened_by", Text, nullable=False),
)

session_activity = Table(
    "session_activity",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("session_id", UUID, primary_key=True),
    Column("seen_at", _AWARE, nullable=False),
)

password = Table(
    "password",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("account_id", UUID, primary_key=True),
    Column("serial", Integer, primary_key=True, autoincrement=False),
    Column("hash", Text, nullable=False),
    Column("set_at", _AWARE, nullable=False),
    Column("one_time", Boolean, nullable=False),
    Column("expires_at", _AWARE),
)

sign_in_guard = Table(
    "sign_in_guard",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("account_id", UUID, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("locked_until", _AWARE),
)

sign_in_source = Table(
    "sign_in_source",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    Column("failures", Integer, nullable=False),
    Column("counted_from", _AWARE, nullable=False),
    Column("waits_until", _AWARE),
)

sign_in_pair = Table(
    "sign_in_pair",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("account_id", UUID, primary_key=True),
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    Column("failures", Integer, nullable=False),
    Column("locks", Integer, nullable=False),
    Column("locked_until", _AWARE),
    Column("failed_at", _AWARE, nullable=False),
)

second_factor = Table(
    "second_factor",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("account_id", UUID, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("key_id", UUID, nullable=False),
    Column("created_at", _AWARE, nullable=False),
    Column("confirmed_at", _AWARE),
    Column("last_step", BigInteger, nullable=False),
    Column("removed_at", _AWARE),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("factor_id", UUID, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("used_at", _AWARE),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("account_id", UUID, primary_key=True),
    Column("key", UUID, primary_key=True),
    Column("request_digest", LargeBinary, nullable=False),
    Column("status", Integer),
    Column("response", JSONB),
    Column("created_at", _AWARE, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("decree_no", Text),
    Column("effective_on", Date, nullable=False),
    Column("note", Text, nullable=False),
    Column("details", JSONB, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("recorded_at", _AWARE, nullable=False),
)

succession = Table(
    "succession",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("event_id", UUID, nullable=False),
    Column("subject", Text, nullable=False),
    Column("predecessor_id", UUID, nullable=False),
    Column("successor_id", UUID, nullable=False),
    Column("share", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("area_share", Numeric),
    Column("groups", ARRAY(Text)),
)

import_run = Table(
    "import_run",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("layer", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("file_digest", LargeBinary, nullable=False),
    Column("options", JSONB, nullable=False),
    Column("dry_run", Boolean, nullable=False),
    Column("stage", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("read_count", Integer, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("report", JSONB, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("created_at", _AWARE, nullable=False),
    Column("finished_at", _AWARE),
)

import_reject = Table(
    "import_reject",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("import_id", UUID, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("row_no", Integer),
    Column("field", Text),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("value", Text, nullable=False),
)

layer_history = Table(
    "layer_history",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("layer", Text, nullable=False),
    Column("feature_id", UUID, nullable=False),
    Column("row", JSONB, nullable=False),
    Column("replaced_at", _AWARE, nullable=False),
    Column("import_id", UUID),
)

division = Table(
    "division",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("created_at", _AWARE, nullable=False),
)

division_version = Table(
    "division_version",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
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
    Column("boundary", _geometry("MULTIPOLYGON", 4490)),
    Column("boundary_3857", _geometry("MULTIPOLYGON", 3857), _twin("boundary")),
    Column("valid", DATERANGE, nullable=False),
    Column("recorded", TSTZRANGE, nullable=False),
    Column("event_id", UUID, nullable=False),
    Column("change_seq", BigInteger),
    Column("closed_seq", BigInteger),
)

code_counter = Table(
    "code_counter",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("prefix_key", BigInteger, primary_key=True),
    Column("last_serial", Integer, nullable=False),
)

place = Table(
    "place",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("code_prefix", CHAR(16), nullable=False),
    Column("created_at", _AWARE, nullable=False),
)

place_version = Table(
    "place_version",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("place_id", UUID, nullable=False),
    Column("division_id", UUID, nullable=False),
    Column("parent_place_id", UUID),
    Column("name", Text, nullable=False),
    Column("street_kind", Text),
    Column("name_state", Text, nullable=False),
    Column("decree_no", Text),
    Column("origin", Text, nullable=False),
    Column("geom", _geometry("GEOMETRY", 4490)),
    Column("geom_3857", _geometry("GEOMETRY", 3857), _twin("geom")),
    Column("valid", DATERANGE, nullable=False),
    Column("recorded", TSTZRANGE, nullable=False),
    Column("event_id", UUID, nullable=False),
    Column("change_seq", BigInteger),
    Column("closed_seq", BigInteger),
)

lane = Table(
    "lane",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("division_id", UUID),
    Column("geom", _geometry("LINESTRING", 4490), nullable=False),
    Column("geom_3857", _geometry("LINESTRING", 3857), _twin("geom")),
    Column("feature_key", UUID, nullable=False),
    Column("import_id", UUID, nullable=False),
)

parcel = Table(
    "parcel",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("parcel_code", Text, nullable=False),
    Column("real_estate_unit_code", Text),
    Column("use", Text, nullable=False),
    Column("location_text", Text, nullable=False),
    Column("division_id", UUID),
    Column("geom", _geometry("MULTIPOLYGON", 4490), nullable=False),
    Column("geom_3857", _geometry("MULTIPOLYGON", 3857), _twin("geom")),
    Column("row_digest", UUID, nullable=False),
    Column("import_id", UUID, nullable=False),
)

building = Table(
    "building",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
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
    Column("gate", _geometry("POINT", 4490)),
    Column("geom", _geometry("MULTIPOLYGON", 4490), nullable=False),
    Column("geom_3857", _geometry("MULTIPOLYGON", 3857), _twin("geom")),
    Column("row_digest", UUID, nullable=False),
    Column("import_id", UUID, nullable=False),
)

membership = Table(
    "membership",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("building_id", UUID, nullable=False),
    Column("place_id", UUID, nullable=False),
    Column("source", Text, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("valid", DATERANGE, nullable=False),
    Column("recorded", TSTZRANGE, nullable=False),
)

construction_plan = Table(
    "construction_plan",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
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
    Column("geom", _geometry("GEOMETRY", 4490), nullable=False),
    Column("geom_3857", _geometry("GEOMETRY", 3857), _twin("geom")),
    Column("row_digest", UUID, nullable=False),
    Column("import_id", UUID, nullable=False),
)

address = Table(
    "address",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("code", CHAR(26), nullable=False),
    Column("scheme", Text, nullable=False),
    Column("parent_id", UUID),
    Column("created_at", _AWARE, nullable=False),
)

address_version = Table(
    "address_version",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
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
    Column("position", _geometry("POINT", 4490), nullable=False),
    Column("position_3857", _geometry("POINT", 3857), _twin("position")),
    Column("decree_no", Text),
    Column("drafted_by", UUID, nullable=False),
    Column("approved_by", UUID),
    Column("event_id", UUID, nullable=False),
    Column("valid", DATERANGE, nullable=False),
    Column("recorded", TSTZRANGE, nullable=False),
    Column("change_seq", BigInteger),
    Column("closed_seq", BigInteger),
)

address_building = Table(
    "address_building",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("address_id", UUID, nullable=False),
    Column("building_id", UUID, nullable=False),
    Column("valid", DATERANGE, nullable=False),
    Column("recorded", TSTZRANGE, nullable=False),
)

alias = Table(
    "alias",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("address_id", UUID, nullable=False),
    Column("text", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("valid", DATERANGE, nullable=False),
    Column("recorded", TSTZRANGE, nullable=False),
    Column("note", Text, nullable=False),
    Column("actor_id", UUID),
)

address_search = Table(
    "address_search",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("address_id", UUID, primary_key=True),
    Column("tail", Text, nullable=False),
    Column("bigrams", ARRAY(Text), nullable=False),
    Column("division_id", UUID),
    Column("initials", Text, nullable=False),
    Column("words", ARRAY(Text), nullable=False),
)

overview_cell = Table(
    "overview_cell",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("zoom", Integer, primary_key=True),
    Column("cell_x", Integer, primary_key=True),
    Column("cell_y", Integer, primary_key=True),
    Column("address_count", Integer, nullable=False),
    Column("center_3857", _geometry("POINT", 3857), nullable=False),
)

existing_address = Table(
    "existing_address",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
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

numbering_policy = Table(
    "numbering_policy",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("parameters", JSONB, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("created_at", _AWARE, nullable=False),
)

numbering_plan = Table(
    "numbering_plan",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("place_id", UUID, nullable=False),
    Column("policy_id", UUID, nullable=False),
    Column("stage", Text, nullable=False),
    Column("ledger_digest", UUID, nullable=False),
    Column("summary", JSONB, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("created_at", _AWARE, nullable=False),
    Column("decided_at", _AWARE),
)

numbering_plan_item = Table(
    "numbering_plan_item",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("plan_id", UUID, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("building_ids", ARRAY(UUID), nullable=False),
    Column("construction_plan_id", UUID),
    Column("main", Integer, nullable=False),
    Column("sub", Integer, nullable=False),
    Column("kept", Boolean, nullable=False),
    Column("side", Text),
    Column("offset_m", REAL),
    Column("gate", _geometry("POINT", 4490)),
    Column("reasons", JSONB, nullable=False),
)

reservation = Table(
    "reservation",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("place_id", UUID, nullable=False),
    Column("construction_plan_id", UUID),
    Column("purpose", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("decree_no", Text, nullable=False),
    Column("expires_on", Date),
    Column("stage", Text, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("created_at", _AWARE, nullable=False),
)

reservation_decision = Table(
    "reservation_decision",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("reservation_id", UUID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("decree_no", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("expires_before", Date),
    Column("expires_on", Date),
    Column("freed", Integer, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("recorded_at", _AWARE, nullable=False),
    Column("added", Integer, nullable=False),
    Column("numbers", ARRAY(Text), nullable=False),
)

door_number = Table(
    "door_number",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("place_id", UUID, primary_key=True),
    Column("main", Integer, primary_key=True),
    Column("sub", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("reservation_id", UUID),
    Column("holder_id", UUID),
    Column("last_holder_id", UUID),
    Column("side", Text),
    Column("offset_m", REAL),
    Column("policy_id", UUID),
    Column("reasons", JSONB, nullable=False),
    Column("changed_at", _AWARE, nullable=False),
)

plate_batch = Table(
    "plate_batch",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("batch_no", Text, nullable=False),
    Column("division_id", UUID),
    Column("place_id", UUID),
    Column("profile", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("plate_count", Integer, nullable=False),
    Column("preflight", JSONB, nullable=False),
    Column("files", JSONB, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("created_at", _AWARE, nullable=False),
)

plate = Table(
    "plate",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("address_id", UUID, nullable=False),
    Column("batch_id", UUID, nullable=False),
    Column("profile", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("stage", Text, nullable=False),
    Column("name_text", Text, nullable=False),
    Column("number_text", Text, nullable=False),
    Column("changed_at", _AWARE, nullable=False),
)

# ---------------------------------------------------------------- renumbering plans

renumbering_plan = Table(
    "renumbering_plan",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("place_id", UUID, nullable=False),
    Column("policy_id", UUID),
    Column("before_policy_id", UUID),
    Column("stage", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("reassign_decree_no", Text),
    Column("undoes", UUID),
    Column("ledger_digest", UUID, nullable=False),
    Column("summary", JSONB, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("created_at", _AWARE, nullable=False),
    Column("decree_no", Text),
    Column("effective_on", Date),
    Column("event_id", UUID),
    Column("decided_by", UUID),
    Column("decided_at", _AWARE),
)

renumbering_change = Table(
    "renumbering_change",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("plan_id", UUID, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("address_id", UUID, nullable=False),
    Column("before_main", Integer, nullable=False),
    Column("before_sub", Integer, nullable=False),
    Column("after_main", Integer, nullable=False),
    Column("after_sub", Integer, nullable=False),
    Column("old_text", Text, nullable=False),
    Column("new_text", Text, nullable=False),
    Column("rooms", JSONB, nullable=False),
    Column("reclaims", Boolean, nullable=False),
    Column("before_line", JSONB, nullable=False),
    Column("side", Text),
    Column("offset_m", REAL),
    Column("policy_id", UUID),
    Column("gate", _geometry("POINT", 4490), nullable=False),
    Column("reasons", JSONB, nullable=False),
)

# ---------------------------------------------------------------- decisions on surveyed numbers

survey_decision = Table(
    "survey_decision",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("existing_address_id", UUID, nullable=False),
    Column("building_id", UUID, nullable=False),
    Column("place_id", UUID, nullable=False),
    Column("main", Integer, nullable=False),
    Column("sub", Integer, nullable=False),
    Column("kept", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("recorded_at", _AWARE, nullable=False),
)

# ---------------------------------------------------------------- applications at the counter

application = Table(
    "application",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("application_no", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("division_id", UUID, nullable=False),
    Column("place_id", UUID),
    Column("building_id", UUID),
    Column("subject_id", UUID),
    Column("address_id", UUID),
    Column("request", Text, nullable=False),
    Column("room_label", Text, nullable=False),
    Column("wanted_main", Integer),
    Column("wanted_sub", Integer),
    Column("taken_main", Integer),
    Column("taken_sub", Integer),
    Column("received_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("decided_at", _AWARE),
    Column("decided_by", UUID),
    Column("decision_note", Text, nullable=False),
    Column("renumbering_plan_id", UUID),
    Column("plate_batch_id", UUID),
    Column("actor_id", UUID, nullable=False),
    Column("created_at", _AWARE, nullable=False),
)

application_evidence = Table(
    "application_evidence",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("application_id", UUID, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("document_no", Text, nullable=False),
    Column("issued_by", Text, nullable=False),
    Column("issued_on", Date),
    Column("note", Text, nullable=False),
)

application_step = Table(
    "application_step",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("application_id", UUID, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("plate_id", UUID),
    Column("actor_id", UUID, nullable=False),
    Column("recorded_at", _AWARE, nullable=False),
)

# ---------------------------------------------------------------- yearly lists of divisions

division_list = Table(
    "division_list",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
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
    Column("imported_at", _AWARE, nullable=False),
)

division_list_row = Table(
    "division_list_row",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("list_id", UUID, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("code_mca", Text),
    Column("urban_rural_class", Text),
)

division_proposal = Table(
    "division_proposal",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
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
    Column("decided_at", _AWARE),
    Column("decree_no", Text),
    Column("effective_on", Date),
    Column("note", Text, nullable=False),
    Column("event_id", UUID),
)

# ---------------------------------------------------------------- lineage: acts on single addresses, the change feed

address_change = Table(
    "address_change",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("place_id", UUID, nullable=False),
    Column("address_id", UUID),
    Column("details", JSONB, nullable=False),
    Column("seen_digest", UUID, nullable=False),
    Column("note", Text, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("created_at", _AWARE, nullable=False),
    Column("decree_no", Text),
    Column("effective_on", Date),
    Column("event_id", UUID),
    Column("decided_by", UUID),
    Column("decided_at", _AWARE),
)

division_act = Table(
    "division_act",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
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
    Column("created_at", _AWARE, nullable=False),
    Column("decree_no", Text),
    Column("event_id", UUID),
    Column("decided_by", UUID),
    Column("decided_at", _AWARE),
)

attachment = Table(
    "attachment",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("division_act_id", UUID),
    Column("division_change_id", UUID),
    Column("renumbering_id", UUID),
    Column("address_change_id", UUID),
    Column("digest", LargeBinary, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("filename", Text, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("attached_at", _AWARE, nullable=False),
)

change = Table(
    "change",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("subject_id", UUID, nullable=False),
    Column("event_id", UUID),
    Column("division_ids", ARRAY(UUID), nullable=False),
    Column("known_at", _AWARE, nullable=False),
)

change_consumer = Table(
    "change_consumer",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("account_id", UUID, nullable=False),
    Column("name", Text, nullable=False),
    Column("acknowledged", BigInteger, nullable=False),
    Column("created_at", _AWARE, nullable=False),
    Column("acknowledged_at", _AWARE, nullable=False),
)

# ---------------------------------------------------------------- mergers and splits of divisions

division_change_plan = Table(
    "division_change_plan",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("asked", JSONB, nullable=False),
    Column("undoes", UUID),
    Column("seen_digest", UUID, nullable=False),
    Column("summary", JSONB, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("created_at", _AWARE, nullable=False),
    Column("decree_no", Text),
    Column("event_id", UUID),
    Column("successor_id", UUID),
    Column("decided_by", UUID),
    Column("decided_at", _AWARE),
)

division_change_party = Table(
    "division_change_party",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("plan_id", UUID, primary_key=True),
    Column("division_id", UUID, primary_key=True),
    Column("part", Text, nullable=False),
)

division_change_choice = Table(
    "division_change_choice",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("plan_id", UUID, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("subject_id", UUID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("into_id", UUID),
    Column("actor_id", UUID, nullable=False),
    Column("recorded_at", _AWARE, nullable=False),
)

division_change_item = Table(
    "division_change_item",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("plan_id", UUID, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("subject_id", UUID, primary_key=True),
    Column("from_division_id", UUID, nullable=False),
    Column("to_division_id", UUID, nullable=False),
    Column("before", JSONB, nullable=False),
    Column("after", JSONB, nullable=False),
)

# ---------------------------------------------------------------- audit

audit_line = Table(
    "audit_line",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("chain", Integer, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("at", _AWARE, nullable=False),
    Column("account_id", UUID, nullable=False),
    Column("account_name", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("source", Text),
    Column("request_id", UUID),
    Column("action", Text, nullable=False),
    Column("object_kind", Text, nullable=False),
    Column("object_id", Text),
    Column("detail", JSONB, nullable=False),
    Column("before", LargeBinary),
    Column("after", LargeBinary),
    Column("reason", Text),
    Column("key_id", UUID, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("mac", LargeBinary, nullable=False),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("chain", Integer, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("mac", LargeBinary, nullable=False),
)

audit_anchor = Table(
    "audit_anchor",
    metadata,
    Column("county_code", CHAR(6), primary_key=True),
    Column("no", BigInteger, primary_key=True),
    Column("at", _AWARE, nullable=False),
    Column("heads", JSONB, nullable=False),
    Column("key_id", UUID, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("mac", LargeBinary, nullable=False),
)

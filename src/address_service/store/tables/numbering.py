"""The ledger of numbers, plans that give them, and numbers held in reserve: columns and types only."""

from sqlalchemy import ARRAY, REAL, UUID, Boolean, Column, Date, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB

from address_service.store.tables.columns import AWARE, county_table, geometry

numbering_policy = county_table(
    "numbering_policy",
    Column("id", UUID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("parameters", JSONB, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("created_at", AWARE, nullable=False),
)

numbering_plan = county_table(
    "numbering_plan",
    Column("id", UUID, primary_key=True),
    Column("place_id", UUID, nullable=False),
    Column("policy_id", UUID, nullable=False),
    Column("stage", Text, nullable=False),
    Column("ledger_digest", UUID, nullable=False),
    Column("summary", JSONB, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("created_at", AWARE, nullable=False),
    Column("decided_at", AWARE),
)

numbering_plan_item = county_table(
    "numbering_plan_item",
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
    Column("gate", geometry("POINT", 4490)),
    Column("reasons", JSONB, nullable=False),
)

reservation = county_table(
    "reservation",
    Column("id", UUID, primary_key=True),
    Column("place_id", UUID, nullable=False),
    Column("construction_plan_id", UUID),
    Column("purpose", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("decree_no", Text, nullable=False),
    Column("expires_on", Date),
    Column("stage", Text, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("created_at", AWARE, nullable=False),
)

reservation_decision = county_table(
    "reservation_decision",
    Column("id", UUID, primary_key=True),
    Column("reservation_id", UUID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("decree_no", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("expires_before", Date),
    Column("expires_on", Date),
    Column("freed", Integer, nullable=False),
    Column("actor_id", UUID, nullable=False),
    Column("recorded_at", AWARE, nullable=False),
    Column("added", Integer, nullable=False),
    Column("numbers", ARRAY(Text), nullable=False),
)

door_number = county_table(
    "door_number",
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
    Column("changed_at", AWARE, nullable=False),
)

renumbering_plan = county_table(
    "renumbering_plan",
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
    Column("created_at", AWARE, nullable=False),
    Column("decree_no", Text),
    Column("effective_on", Date),
    Column("event_id", UUID),
    Column("decided_by", UUID),
    Column("decided_at", AWARE),
)

renumbering_change = county_table(
    "renumbering_change",
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
    Column("gate", geometry("POINT", 4490), nullable=False),
    Column("reasons", JSONB, nullable=False),
)

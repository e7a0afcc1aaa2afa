"""Mergers and splits of divisions: columns and types only."""

from sqlalchemy import UUID, Column, Date, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB

from address_service.store.tables.columns import AWARE, county_table

division_change_plan = county_table(
    "division_change_plan",
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
    Column("created_at", AWARE, nullable=False),
    Column("decree_no", Text),
    Column("event_id", UUID),
    Column("successor_id", UUID),
    Column("decided_by", UUID),
    Column("decided_at", AWARE),
)

division_change_party = county_table(
    "division_change_party",
    Column("plan_id", UUID, primary_key=True),
    Column("division_id", UUID, primary_key=True),
    Column("part", Text, nullable=False),
)

division_change_choice = county_table(
    "division_change_choice",
    Column("plan_id", UUID, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("subject_id", UUID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("into_id", UUID),
    Column("actor_id", UUID, nullable=False),
    Column("recorded_at", AWARE, nullable=False),
)

division_change_item = county_table(
    "division_change_item",
    Column("plan_id", UUID, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("subject_id", UUID, primary_key=True),
    Column("from_division_id", UUID, nullable=False),
    Column("to_division_id", UUID, nullable=False),
    Column("before", JSONB, nullable=False),
    Column("after", JSONB, nullable=False),
)

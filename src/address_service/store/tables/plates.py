"""Plates and their batches: columns and types only."""

from sqlalchemy import UUID, Column, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB

from address_service.store.tables.columns import AWARE, county_table

plate_batch = county_table(
    "plate_batch",
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
    Column("created_at", AWARE, nullable=False),
)

plate = county_table(
    "plate",
    Column("id", UUID, primary_key=True),
    Column("address_id", UUID, nullable=False),
    Column("batch_id", UUID, nullable=False),
    Column("profile", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("stage", Text, nullable=False),
    Column("name_text", Text, nullable=False),
    Column("number_text", Text, nullable=False),
    Column("changed_at", AWARE, nullable=False),
)

"""Runs of imports, what they refused and what they replaced: columns and types only."""

from sqlalchemy import UUID, BigInteger, Boolean, Column, Identity, Integer, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB

from address_service.store.tables.columns import AWARE, county_table

import_run = county_table(
    "import_run",
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
    Column("created_at", AWARE, nullable=False),
    Column("finished_at", AWARE),
)

import_reject = county_table(
    "import_reject",
    Column("import_id", UUID, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("row_no", Integer),
    Column("field", Text),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("value", Text, nullable=False),
)

layer_history = county_table(
    "layer_history",
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("layer", Text, nullable=False),
    Column("feature_id", UUID, nullable=False),
    Column("row", JSONB, nullable=False),
    Column("replaced_at", AWARE, nullable=False),
    Column("import_id", UUID),
)

"""Applications at the counter: columns and types only."""

from sqlalchemy import UUID, Column, Date, Integer, Text

from address_service.store.tables.columns import AWARE, county_table

application = county_table(
    "application",
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
    Column("decided_at", AWARE),
    Column("decided_by", UUID),
    Column("decision_note", Text, nullable=False),
    Column("renumbering_plan_id", UUID),
    Column("plate_batch_id", UUID),
    Column("actor_id", UUID, nullable=False),
    Column("created_at", AWARE, nullable=False),
)

application_evidence = county_table(
    "application_evidence",
    Column("application_id", UUID, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("document_no", Text, nullable=False),
    Column("issued_by", Text, nullable=False),
    Column("issued_on", Date),
    Column("note", Text, nullable=False),
)

application_step = county_table(
    "application_step",
    Column("application_id", UUID, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("plate_id", UUID),
    Column("actor_id", UUID, nullable=False),
    Column("recorded_at", AWARE, nullable=False),
)

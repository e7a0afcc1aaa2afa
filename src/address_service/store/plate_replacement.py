"""The plates of an address that are in force, and the end of one that is lost."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, case, select, update

from address_service.model.plates import BatchStage, PlateStage
from address_service.store.tables.applications import application_step
from address_service.store.tables.plates import plate, plate_batch

# A plate of ours that was made for an address ({address}) and is replaced by now: it came in the place of whatever hung
# there before, so that what the survey found on the wall is no longer there.
CAME_DOWN = """EXISTS (SELECT FROM plate gone
    JOIN plate_batch made ON made.county_code = gone.county_code AND made.id = gone.batch_id
        AND made.stage IN ('printed', 'made')
    WHERE gone.county_code = :county AND gone.address_id = {address} AND gone.stage = 'replaced')"""

_ENDED = (PlateStage.SKIPPED, PlateStage.REPLACED)


@dataclass(frozen=True, slots=True)
class PlateInForce:
    """A plate that hangs on a wall or will; ``waits_in`` is the batch that is ordered and not printed yet, or None."""

    id: UUID
    profile: str
    number_text: str
    token: str
    waits_in: str | None


def plates_in_force(conn: Connection, county_code: str, address_id: UUID) -> list[PlateInForce]:
    """The plates of an address, of whatever profile, the oldest first."""
    c, b = plate.c, plate_batch.c
    waits_in = case((b.stage == BatchStage.ORDERED, b.batch_no), else_=None)
    query = (
        select(c.id, c.profile, c.number_text, c.token, waits_in)
        .join(plate_batch, (b.county_code == c.county_code) & (b.id == c.batch_id))
        .where(c.county_code == county_code, c.address_id == address_id, c.stage.not_in(_ENDED))
        .order_by(c.id)
    )
    return [PlateInForce(*row) for row in conn.execute(query)]


def replaced_profile(conn: Connection, county_code: str, application_id: UUID) -> str | None:
    """The profile of the plate that was replaced on behalf of an application, None where none was."""
    s, c = application_step.c, plate.c
    query = (
        select(c.profile)
        .join(application_step, (s.county_code == c.county_code) & (s.plate_id == c.id))
        .where(s.county_code == county_code, s.application_id == application_id)
        .order_by(s.position.desc())
        .limit(1)
    )
    return conn.execute(query).scalar()


def replace_plate(conn: Connection, county_code: str, plate_id: UUID, now: datetime) -> None:
    """End a plate, so that another one may be ordered; its token goes on leading to the address."""
    c = plate.c
    conn.execute(
        update(plate)
        .where(c.county_code == county_code, c.id == plate_id)
        .values(stage=PlateStage.REPLACED, changed_at=now)
    )

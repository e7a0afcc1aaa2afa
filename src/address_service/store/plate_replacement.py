"""The plates of an address that are in force, and the end of one that is lost."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select, update

from address_service.model.plates import PlateStage
from address_service.store.tables import plate

_ENDED = (PlateStage.SKIPPED, PlateStage.REPLACED)


@dataclass(frozen=True, slots=True)
class PlateInForce:
    """A plate that hangs on a wall or will."""

    id: UUID
    profile: str
    number_text: str
    token: str


def plates_in_force(conn: Connection, county_code: str, address_id: UUID) -> list[PlateInForce]:
    """The plates of an address, of whatever profile, the oldest first."""
    c = plate.c
    query = (
        select(c.id, c.profile, c.number_text, c.token)
        .where(c.county_code == county_code, c.address_id == address_id, c.stage.not_in(_ENDED))
        .order_by(c.id)
    )
    return [PlateInForce(*row) for row in conn.execute(query)]


def replace_plate(conn: Connection, county_code: str, plate_id: UUID, now: datetime) -> None:
    """End a plate, so that another one may be ordered; its token goes on leading to the address."""
    c = plate.c
    conn.execute(
        update(plate)
        .where(c.county_code == county_code, c.id == plate_id)
        .values(stage=PlateStage.REPLACED, changed_at=now)
    )

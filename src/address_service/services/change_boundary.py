"""The act of another boundary; who lies where is not moved by it."""

from uuid import UUID

import shapely

from address_service.errors import InvalidInput
from address_service.model.addresses import EventKind
from address_service.model.divisions import Division
from address_service.services.change_division import hold_division
from address_service.services.division_act import Act, record_act
from address_service.services.reread_addresses import Reread
from address_service.store.work import Work


def change_boundary(work: Work, old: Division, boundary: shapely.Geometry, act: Act) -> tuple[UUID, Reread]:
    """Another boundary (EPSG:4490) from the day on; who lies where is not moved by it."""
    if not isinstance(boundary, shapely.Polygon | shapely.MultiPolygon) or not _is_sound(boundary):
        raise InvalidInput("界线应为有效的面（EPSG:4490）", code="boundary-invalid")
    hold_division(work, old, act)
    event_id = record_act(work, act, EventKind.BOUNDARY)
    shape = shapely.MultiPolygon([boundary]) if isinstance(boundary, shapely.Polygon) else boundary
    work.divisions.set_boundary(old.id, shape, act.effective_on, act.effective_on, event_id, work.now)
    return event_id, Reread()


def _is_sound(shape: shapely.Polygon | shapely.MultiPolygon) -> bool:
    return bool(shapely.is_valid(shape)) and not shapely.is_empty(shape)

"""What the map page starts from."""

from fastapi import APIRouter, Request

from address_service.api.schemas.visitor import MapSettings, SignedIn
from address_service.edge.sign_in import find_session
from address_service.edge.work import AnonymousWork, HouseDep
from address_service.model.accounts import Actor
from address_service.settings import MapAccess
from address_service.store.map_frame import load_map_frame

router = APIRouter(prefix="/map-settings", tags=["地图"])


@router.get("", summary="地图初始设置")
def get_map_settings(request: Request, work: AnonymousWork, house: HouseDep) -> MapSettings:
    """County, extent and who is signed in; the extent only for those who may see the map."""
    session = find_session(request, work)
    frame = load_map_frame(work.conn, work.county_code, work.today)
    visible = session is not None or house.settings.map_access is MapAccess.OPEN
    bounds = frame.bounds if visible else frame.county_bounds
    return MapSettings(
        county_name=frame.county_name,
        center=[(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2],
        bounds=list(bounds),
        synthetic=frame.synthetic,
        map_review_no=house.settings.map_review_no,
        signed_in=_signed_in(session.actor) if session else None,
        csrf_token=session.csrf_token if session else None,
    )


def _signed_in(actor: Actor) -> SignedIn:
    rights = sorted(str(right) for right in actor.rights)
    return SignedIn(name=actor.name, role=actor.role, rights=rights, division_code=actor.division_code)

"""Who is signed in, and what the map starts with."""

from pydantic import BaseModel

from address_service.model.accounts import Role


class SignedIn(BaseModel):
    """Who is signed in."""

    name: str
    role: Role
    rights: list[str]
    division_code: str


class MapSettings(BaseModel):
    """What the map page starts from."""

    county_name: str
    center: list[float]
    bounds: list[float]
    synthetic: bool
    map_review_no: str | None
    signed_in: SignedIn | None
    csrf_token: str | None

"""What lists of households and of persons are narrowed to: the same words for both."""

from typing import Annotated, Literal

from fastapi import Depends, Query

from address_service.api.schemas.base import DivisionCodeText
from address_service.services.read_residents import Narrowed

_AddressCode = Annotated[str | None, Query(pattern=r"^[0-9]{26}$", description="地址编码，含其户室")]
_Code = Annotated[str | None, Query(min_length=1, max_length=100)]
_AddressState = Annotated[Literal["ended"] | None, Query(description="ended：只列现登记或居住的地址已注销的")]


def _narrowed(
    village: DivisionCodeText | None = None,
    address_code: _AddressCode = None,
    building_code: _Code = None,
    parcel_code: _Code = None,
    address_state: _AddressState = None,
) -> Narrowed:
    return Narrowed(village, address_code, building_code, parcel_code, address_state == "ended")


NarrowedQuery = Annotated[Narrowed, Depends(_narrowed)]
"""A division, a door with its rooms, a building or a parcel, and whether the address has ended."""

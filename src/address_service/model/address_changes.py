"""Acts on single addresses by decree (单条地址变更)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from address_service.model.numbers import DoorNumber


class AddressAct(StrEnum):
    """What is to happen to an address.

    retire 注销 (the house is gone), merge 并门 (two doors become one), split 分门, replace 换码 (an authority demands
    a new code), reassign 改派 (a retired number for another house), correct 更正 (what we knew was wrong).
    """

    RETIRE = "retire"
    MERGE = "merge"
    SPLIT = "split"
    REPLACE = "replace"
    REASSIGN = "reassign"
    CORRECT = "correct"


@dataclass(frozen=True, slots=True)
class SplitPart:
    """A new door of a split: its houses and its number."""

    building_ids: tuple[UUID, ...]
    number: DoorNumber


@dataclass(frozen=True, slots=True)
class ActRequest:
    """What is asked for; which members belong to which act is checked where it is drawn.

    ``code`` is the address concerned, ``into`` the door that it is merged into, ``stays`` whether a door that is split
    keeps its number for the houses left, ``number`` the number that is given again or that ought to be, ``position``
    lon and lat (EPSG:4490) that ought to be. A correction holds from ``since`` (None: from when the version began) to
    before ``until`` (None: still).
    """

    act: AddressAct
    code: str | None = None
    note: str = ""
    into: str | None = None
    stays: bool = True
    parts: tuple[SplitPart, ...] = ()
    place_id: UUID | None = None
    building_id: UUID | None = None
    number: DoorNumber | None = None
    position: tuple[float, float] | None = None
    since: date | None = None
    until: date | None = None

"""Lineage (沿革): any old address to today's and back, and the whole life of one address."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query

from address_service.api.schemas.lineage import AddressHistory, Resolution, without_notes
from address_service.edge.reading import readable_history
from address_service.edge.reading_scans import with_scans
from address_service.edge.sign_in import is_nobody
from address_service.edge.work import HouseDep, LookingWork
from address_service.errors import InvalidInput
from address_service.services.resolve_address import resolve_code, resolve_reading
from address_service.store.address_history import load_address_history

router = APIRouter(tags=["沿革"])


@router.get("/resolve", summary="按旧地址查今地址，或反查")
def get_resolution(
    work: LookingWork,
    house: HouseDep,
    text: Annotated[str | None, Query(max_length=200, description="地址文字；省市县镇可写可不写")] = None,
    code: Annotated[str | None, Query(pattern=r"^[0-9]{26}$", description="或26位地址编码")] = None,
    on: Annotated[date | None, Query(description="文字是哪一天的；不写则列出历来的持有者")] = None,
    to: Annotated[date | None, Query(description="求哪一天的地址，缺省今天；可早于 on")] = None,
) -> Resolution:
    """What an address of one day is on another, by the chain of recorded events; what is unsure is said so.

    A text that nobody held as it stands is read, and tried as the register spells it: `read_as`.
    """
    if (text is None) == (code is None):
        raise InvalidInput("text 与 code 须给出其一", code="text-or-code")
    day = to or work.today
    if text is None:
        found = Resolution.of(resolve_code(work, code or "", on, day))
    else:
        answer, spelt = resolve_reading(work, text, on, day, lambda: house.books.gazetteer(work))
        found = Resolution.of(answer, spelt)
    return without_notes(found) if is_nobody(work.actor) else found


@router.get("/addresses/{code}/history", summary="一条地址的历史")
def get_history(
    work: LookingWork,
    code: Annotated[str, Path(pattern=r"^[0-9]{26}$", description="26位地址编码")],
) -> AddressHistory:
    """All versions with both times, events with their decrees, predecessors and successors, other texts.

    Drafts and rejections show to accounts of their division alone.
    """
    history = load_address_history(work.conn, work.county_code, code)
    return AddressHistory.of(with_scans(work, readable_history(work.actor, history)))

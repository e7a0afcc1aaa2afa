"""The change feed (变更流): read in order from any position, and say how far one has come."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from address_service.api.schemas.feed import ChangeItem, ChangePage, ConsumerBody, ConsumerItem, ConsumerList
from address_service.edge.reading import scope_prefix
from address_service.edge.work import ReadWork, SubscribeWork, WatchWork
from address_service.model.accounts import Right
from address_service.services.free_text import refuse_personal_numbers
from address_service.store.change_consumers import ConsumerRepository
from address_service.store.feed import Feed
from address_service.store.feed_positions import waiting
from address_service.store.work import Work

router = APIRouter(tags=["变更流"])

Position = Annotated[
    str | None, Query(pattern=r"^[0-9]{1,18}$", description="上次读到的位置（reached），缺省从头")
]


@router.get("/changes", summary="按顺序读取变更")
def get_changes(
    work: ReadWork,
    cursor: Position = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="每页条数")] = 200,
) -> ChangePage:
    """Every change once, in order, each with the whole state right after; nothing is ever inserted before a position.

    Who puts `state` in place of what it had of a thing has, at the end, what the register has. Accounts see the
    changes of their division; what leaves it comes once more, with an empty state and `left_scope`.
    """
    page = _feed(work).page(int(cursor or 0), limit, work.today)
    return ChangePage(
        items=[ChangeItem.of(change) for change in page.changes],
        next_cursor=str(page.reached) if page.more else None,
        reached=str(page.reached),
    )


@router.put("/change-consumers/{name}", summary="确认读到的位置")
def put_consumer(
    work: SubscribeWork,
    name: Annotated[str, Path(min_length=1, max_length=60, description="自取的名称，每账户内唯一")],
    body: ConsumerBody,
) -> ConsumerItem:
    """Acknowledge a position, the first time under a new name; it never goes back. Repeating it changes nothing."""
    refuse_personal_numbers(name)
    last = _feed(work).last()
    consumers = ConsumerRepository(work.conn, work.county_code)
    done = consumers.acknowledge(work.actor.account_id, name, int(body.cursor), last, work.now)
    return ConsumerItem.of(done, last, waiting(work.conn, work.county_code))


@router.get("/change-consumers", summary="列出变更的订阅者")
def list_consumers(work: WatchWork) -> ConsumerList:
    """One's own consumers with how far behind each is; an administrator of the county sees everybody's."""
    everybody = Right.ADMINISTER in work.actor.rights and scope_prefix(work.actor) is None
    found = ConsumerRepository(work.conn, work.county_code).all(None if everybody else work.actor.account_id)
    last, behind = _feed(work).last(), waiting(work.conn, work.county_code)
    return ConsumerList(items=[ConsumerItem.of(one, last, behind) for one in found], next_cursor=None)


def _feed(work: Work) -> Feed:
    return Feed(work.conn, work.county_code, scope_prefix(work.actor))

"""Reading and matching of texts for machines: nothing is written, and nobody is named."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from address_service.api.schemas.match import MatchBody, MatchItem, MatchResults, ReadingAnswer
from address_service.coding.grammar import read_address
from address_service.edge.read_access import KnownAccount
from address_service.edge.rights import Right
from address_service.edge.sign_in import ApiKey, now
from address_service.edge.work import HouseDep, LookingWork, signed_in_work
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.match_texts import home_of, match_asks, read_ask, show_answers
from address_service.store.work import TIME_ZONE

router = APIRouter(tags=["地址匹配"])

SECONDS = 20.0
"""As long as the rows of one batch are matched."""


@router.get("/addresses/canonical", summary="把地址文字拆成要素，并求其规范键")
def get_canonical(
    work: LookingWork,
    house: HouseDep,
    text: Annotated[str, Query(max_length=500, description="任何写法的地址文字；超过240字的部分不看")],
) -> ReadingAnswer:
    """A text read by the names on record: elements with their spans, what was left over, how far it got and why."""
    refuse_personal_numbers(text)
    return ReadingAnswer.of(read_address(text, house.books.gazetteer(work)))


@router.post("/match", summary="成批匹配地址文字")
def post_match(
    request: Request, house: HouseDep, scope: KnownAccount, api_key: ApiKey, body: MatchBody
) -> MatchResults:
    """Which address of today each text means, candidates, or nothing, with why; a bad row is told at its place.

    Only addresses of one's own land are answered. Nothing is linked that is not sure.
    """
    today = now().astimezone(TIME_ZONE).date()
    # The turn is waited for outside of any transaction, so that a crowd holds no connections.
    with house.books.turn():
        book = house.books.book(house.engine, house.keys, house.settings.county_code, today)
        home = home_of(book, scope)
        answers = match_asks([read_ask(row.row(), home) for row in body.rows], book, SECONDS)
    with signed_in_work(request, api_key, Right.READ) as work:
        found = show_answers(work, answers)
    return MatchResults(on=today, items=[MatchItem.of(at, one) for at, one in enumerate(found)])

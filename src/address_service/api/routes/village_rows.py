"""Rows of extracts that reviewers sent to a village (转村核实), and what the village answers."""

from uuid import UUID

from fastapi import APIRouter, Response

from address_service.api.schemas.reconciliation import RowItem, RowPage, VillageAnswerBody
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.if_match import ReadRevision
from address_service.edge.residents import NO_STORE
from address_service.edge.work import EnrolWork
from address_service.services.decide_extract_row import answer_row
from address_service.services.read_extract_rows import list_sent_rows, row_cards

router = APIRouter(prefix="/village-rows", tags=["人口底册"])


@router.get("", summary="列出转村核实的底册行（脱敏）")
def list_village_rows(
    work: EnrolWork, response: Response, limit: Limit = 100, cursor: Cursor = None
) -> RowPage:
    """Rows that wait for an answer of one's own villages, whoever sent the extract."""
    response.headers.update(NO_STORE)
    cards = list_sent_rows(work, decode_cursor(cursor), limit)
    ids = [{"id": card.row.id} for card in cards]
    return RowPage(
        items=[RowItem.of(card, work.today) for card in cards], next_cursor=encode_cursor(ids, limit)
    )


@router.post("/{row_id}/answer", summary="村（居）核实后答复")
def post_village_answer(
    work: EnrolWork, response: Response, row_id: UUID, body: VillageAnswerBody, revision: ReadRevision
) -> RowItem:
    """Name one of one's own addresses, or send the row back; 409 names who was first."""
    response.headers.update(NO_STORE)
    row = answer_row(work, row_id, revision, body.address_code)
    return RowItem.of(row_cards(work, [row])[0], work.today)

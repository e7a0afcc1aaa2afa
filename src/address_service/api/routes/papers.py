"""Papers to re-issue (换发证件): by household after a receipt, heads masked; progress without anybody in it."""

from uuid import UUID

from fastapi import APIRouter, Response

from address_service.api.schemas.base import DivisionCodeText
from address_service.api.schemas.receipt import (
    PaperCount,
    PaperItem,
    PaperPage,
    PaperProgress,
    PaperStateBody,
)
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.if_match import ReadRevision
from address_service.edge.residents import NO_STORE
from address_service.edge.work import PapersWork, ReadWork
from address_service.model.receipts import PaperKind, PaperState
from address_service.services.renew_papers import advance_paper, export_papers, list_papers
from address_service.services.scope import require_scope
from address_service.store.papers import PaperFilter
from address_service.store.work import Work

router = APIRouter(prefix="/papers", tags=["换发证件"])
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("", summary="列出换发证件（脱敏）")
def get_papers(
    work: PapersWork,
    response: Response,
    village: DivisionCodeText | None = None,
    state: PaperState | None = None,
    kind: PaperKind | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> PaperPage:
    """Papers that show an old address, by household."""
    response.headers.update(NO_STORE)
    cards = list_papers(work, _filter(work, village, state, kind), decode_cursor(cursor), limit)
    ids = [{"id": card.paper.id} for card in cards]
    return PaperPage(items=[PaperItem.of(card) for card in cards], next_cursor=encode_cursor(ids, limit))


@router.get("/export", summary="导出换发证件名单", response_class=Response)
def get_export(
    work: PapersWork,
    village: DivisionCodeText | None = None,
    state: PaperState | None = None,
    kind: PaperKind | None = None,
) -> Response:
    """The list as XLSX for the office, heads masked."""
    content = export_papers(work, _filter(work, village, state, kind))
    named = {**NO_STORE, "Content-Disposition": 'attachment; filename="papers.xlsx"'}
    return Response(content, media_type=_XLSX, headers=named)


@router.get("/progress", summary="换发证件的进度")
def get_progress(work: ReadWork) -> PaperProgress:
    """How many papers are how far, by village of the account's scope; nobody's data are in it."""
    return PaperProgress(
        items=[PaperCount.of(dict(row)) for row in work.papers.progress(work.actor.division_code)]
    )


@router.post("/{paper_id}/state", summary="办理换发证件")
def post_state(
    work: PapersWork, response: Response, paper_id: UUID, body: PaperStateBody, revision: ReadRevision
) -> PaperItem:
    """Issued, or collected once issued; by the account and now."""
    response.headers.update(NO_STORE)
    return PaperItem.of(advance_paper(work, paper_id, revision, PaperState(body.state)))


def _filter(work: Work, village: str | None, state: PaperState | None, kind: PaperKind | None) -> PaperFilter:
    if village is not None:
        require_scope(work.actor, village)
    return PaperFilter(village or work.actor.division_code, state, kind)

"""Yearly lists of divisions (区划名录), what they propose, and what persons decide."""

from datetime import date
from pathlib import PurePath
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import JSONResponse

from address_service.api.answers import job_members
from address_service.api.schemas.base import Line
from address_service.api.schemas.division import (
    DivisionListCard,
    DivisionListItem,
    DivisionListPage,
    DivisionProposalItem,
    DivisionProposalPage,
)
from address_service.api.schemas.division_act import ProposalDecisionBody
from address_service.api.schemas.jobs import JobItem
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.idempotency import IdempotencyKey, answer_once, digest_of_upload
from address_service.edge.reading import readable_proposal, scope_prefix
from address_service.edge.work import HouseDep, ImportWork, NameWork, ReadWork
from address_service.errors import NotFound
from address_service.model.division_lists import ListSystem, ProposalState
from address_service.services.decide_on_proposal import decide_on_proposal
from address_service.services.queue_import import ImportLayer, ImportOptions, queue_import
from address_service.store.division_lists import DivisionLists
from address_service.store.division_proposals import DivisionProposals

router = APIRouter(tags=["区划名录"])


@router.post("/division-lists", status_code=202, summary="上传区划名录", response_model=JobItem)
def post_list(
    request: Request,
    work: ImportWork,
    house: HouseDep,
    file: Annotated[UploadFile, File(description="CSV、XLSX")],
    year: Annotated[int, Form(ge=1949, le=2200, description="名录年份")],
    system: Annotated[ListSystem, Form(description="统计或民政代码")] = ListSystem.NBS,
    list_day: Annotated[date | None, Form(description="名录所反映的日期，缺省为该年1月1日")] = None,
    dry_run: Annotated[bool, Form(description="只比较，不写入")] = False,
    mapping: Annotated[str | None, Form(max_length=20_000, description="字段对照（YAML）")] = None,
    decree_no: Annotated[Line | None, Form(description="批准文号")] = None,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Take a list and compare it in the background; the job's report names what is to be decided."""
    options = ImportOptions(
        dry_run=dry_run, mapping=mapping, valid_from=list_day, decree_no=decree_no, year=year, system=system
    )
    name = PurePath(file.filename or "upload").name[:200]
    max_bytes = house.settings.max_upload_mb << 20

    def act() -> JobItem:
        layer = ImportLayer.DIVISIONS
        run_id = queue_import(work, house.files, layer, name, file.file, max_bytes, options)
        return JobItem.model_validate(job_members(work.imports.get(run_id)))

    sent = {"filename": name, "options": options.plain(), "sha256": digest_of_upload(file) if key else ""}
    return answer_once(request, work, key, sent, 202, act)


@router.get("/division-lists", summary="列出区划名录")
def list_lists(work: ReadWork, limit: Limit = 100, cursor: Cursor = None) -> DivisionListPage:
    """Lists with what they proposed, oldest import first."""
    rows = DivisionLists(work.conn, work.county_code).lists(decode_cursor(cursor), limit)
    return DivisionListPage(
        items=[DivisionListItem.model_validate(r) for r in rows], next_cursor=encode_cursor(rows, limit)
    )


@router.get("/division-lists/{list_id}", summary="查看区划名录")
def get_list(work: ReadWork, list_id: UUID) -> DivisionListCard:
    """A list with its lines as they were imported."""
    lists = DivisionLists(work.conn, work.county_code)
    found = lists.lists(None, 1, list_id)
    if not found:
        raise NotFound(f"没有区划名录 {list_id}", code="division-list-not-found")
    lines = [
        {
            "position": row.position,
            "code": row.code,
            "name": row.name,
            "code_mca": row.code_mca,
            "urban_rural_class": row.urban_rural_class,
        }
        for row in lists.rows(list_id)
    ]
    return DivisionListCard.model_validate({**found[0], "items": lines})


@router.get("/division-proposals", summary="列出区划变更建议")
def list_proposals(
    work: ReadWork,
    state: ProposalState | None = None,
    list_id: UUID | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> DivisionProposalPage:
    """What lists propose in the account's scope."""
    rows = DivisionProposals(work.conn, work.county_code).page(
        decode_cursor(cursor), limit, state=state, list_id=list_id, scope=scope_prefix(work.actor)
    )
    return DivisionProposalPage(
        items=[DivisionProposalItem.model_validate(r) for r in rows], next_cursor=encode_cursor(rows, limit)
    )


@router.get("/division-proposals/{proposal_id}", summary="查看区划变更建议")
def get_proposal(work: ReadWork, proposal_id: UUID) -> DivisionProposalItem:
    """A proposal with its evidence and candidates."""
    return DivisionProposalItem.model_validate(readable_proposal(work, proposal_id))


@router.post(
    "/division-proposals/{proposal_id}/decide",
    summary="决定区划变更建议",
    response_model=DivisionProposalItem,
)
def post_decision(
    request: Request,
    work: NameWork,
    proposal_id: UUID,
    body: ProposalDecisionBody,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Say what happened, which becomes an act for somebody else to approve; or that nothing did, which ends it."""

    def act() -> DivisionProposalItem:
        decide_on_proposal(work, body.asked(proposal_id))
        return DivisionProposalItem.model_validate(readable_proposal(work, proposal_id))

    return answer_once(request, work, key, body, 200, act)

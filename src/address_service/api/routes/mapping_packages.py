"""Mapping packages (对照包): consumers, packages issued to them in a chain, archives for an isolated network."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from address_service.api.schemas.mapping import (
    AcknowledgeBody,
    ArchiveBody,
    MappingConsumerBody,
    MappingConsumerItem,
    MappingConsumerPage,
    MappingPackageBody,
    MappingPackageCard,
    MappingPackageItem,
    MappingPackagePage,
    MappingRowItem,
    MappingRowPage,
    ProfileItem,
)
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.idempotency import IdempotencyKey, answer_once
from address_service.edge.if_match import ReadRevision
from address_service.edge.reading import scope_prefix
from address_service.edge.residents import NO_STORE
from address_service.edge.work import ExchangeWork
from address_service.model.mapping import MappingConsumer, RowState
from address_service.reconcile.package_columns import profile_names, read_profile
from address_service.services.issue_mapping_package import (
    acknowledge_package,
    archive_of,
    issue_mapping_package,
    readable,
    register_consumer,
)
from address_service.services.mapping_draft import changes_for
from address_service.store.mapping_packages import MappingPackages
from address_service.store.work import Work

router = APIRouter(tags=["对照包"])


@router.post(
    "/mapping-consumers", status_code=201, summary="登记接收单位", response_model=MappingConsumerItem
)
def post_mapping_consumer(
    request: Request, work: ExchangeWork, body: MappingConsumerBody, key: IdempotencyKey = None
) -> JSONResponse:
    """Register a consumer within one's scope; packages for it are numbered from 1 without gaps."""

    def act() -> MappingConsumerItem:
        done = register_consumer(
            work, body.name, body.division, body.profile, body.encoding, from_now=body.from_now
        )
        return _consumer(work, done)

    return answer_once(request, work, key, body, 201, act)


@router.get("/mapping-consumers", summary="列出接收单位")
def list_mapping_consumers(
    work: ExchangeWork, limit: Limit = 100, cursor: Cursor = None
) -> MappingConsumerPage:
    """Consumers within one's scope with what waits for each, and the column profiles there are."""
    found = _packages(work).consumers(scope_prefix(work.actor) or "", decode_cursor(cursor), limit)
    profiles = [read_profile(name) for name in profile_names()]
    return MappingConsumerPage(
        items=[_consumer(work, one) for one in found],
        profiles=[
            ProfileItem(name=one.name, title=one.title, columns=[title for title, _ in one.columns])
            for one in profiles
        ],
        next_cursor=encode_cursor([{"id": one.id} for one in found], limit),
    )


@router.post("/mapping-packages", status_code=201, summary="生成对照包", response_model=MappingPackageItem)
def post_mapping_package(
    request: Request, work: ExchangeWork, body: MappingPackageBody, key: IdempotencyKey = None
) -> JSONResponse:
    """All that was approved since the last acknowledged package; the same package again until it is acknowledged."""

    def act() -> MappingPackageItem:
        return MappingPackageItem.of(issue_mapping_package(work, body.consumer_id))

    return answer_once(request, work, key, body, 201, act)


@router.get("/mapping-packages", summary="列出对照包")
def list_mapping_packages(
    work: ExchangeWork,
    consumer: Annotated[UUID | None, Query(description="接收单位")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> MappingPackagePage:
    """Packages of consumers within one's scope, the latest first."""
    scope = scope_prefix(work.actor) or ""
    found = _packages(work).page(scope, consumer, decode_cursor(cursor), limit)
    return MappingPackagePage(
        items=[MappingPackageItem.of(one) for one in found],
        next_cursor=encode_cursor([{"id": one.id} for one in found], limit),
    )


@router.get("/mapping-packages/{package_id}", summary="查看一个对照包")
def get_mapping_package(work: ExchangeWork, package_id: UUID) -> MappingPackageCard:
    """A package with its rows by state."""
    package = MappingPackageItem.of(readable(work, package_id))
    return MappingPackageCard(**package.model_dump(), states=_packages(work).states(package_id))


@router.get("/mapping-packages/{package_id}/rows", summary="列出对照包各行")
def get_mapping_rows(
    work: ExchangeWork,
    package_id: UUID,
    state: RowState | None = None,
    limit: Limit = 100,
    cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,9}$", description="上一页的 next_cursor")] = None,
) -> MappingRowPage:
    """Rows under the numbers of the files, those held back with the reason; of households no number."""
    readable(work, package_id)
    rows = _packages(work).rows(package_id, state, int(cursor or 0), limit)
    following = str(rows[-1].row_no) if len(rows) == limit else None
    return MappingRowPage(items=[MappingRowItem.of(row) for row in rows], next_cursor=following)


@router.post("/mapping-packages/{package_id}/archive", summary="下载对照包", response_class=Response)
def post_mapping_archive(work: ExchangeWork, package_id: UUID, body: ArchiveBody) -> Response:
    """The package as a zip under AES-256 that ordinary tools open with the passphrase, which is kept nowhere."""
    package = readable(work, package_id)
    content = archive_of(work, package_id, body.passphrase.get_secret_value())
    name = f"mapping-{package.sequence:04d}.zip"
    headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/zip", headers=headers)


@router.post("/mapping-packages/{package_id}/acknowledge", summary="确认对方已导入对照包")
def post_acknowledge(
    work: ExchangeWork, package_id: UUID, revision: ReadRevision, body: AcknowledgeBody
) -> MappingPackageItem:
    """The other side has taken the package; only then is a next one made. Repeating it changes nothing."""
    return MappingPackageItem.of(acknowledge_package(work, package_id, revision, body.digest))


def _consumer(work: Work, one: MappingConsumer) -> MappingConsumerItem:
    packages = _packages(work)
    last = packages.last_of(one.id)
    is_open = last is not None and last.sequence > one.acknowledged_sequence
    waiting = changes_for(work, one).waiting(last.to_cursor if last and is_open else one.acknowledged)
    held = last.counts["held"] if last else 0
    return MappingConsumerItem.of(one, waiting, held, last.id if last and is_open else None)


def _packages(work: Work) -> MappingPackages:
    return MappingPackages(work.conn, work.county_code)

"""The web application: routes, problems, pages and the read lane put together."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.concurrency import run_in_threadpool

from address_service import __version__
from address_service.api.metrics import CountRequests, Metrics
from address_service.api.routes import (
    address_aliases,
    address_changes,
    addresses,
    applications,
    attachments,
    audit_trail,
    changes,
    counter,
    crosswalk,
    division_acts,
    division_boundaries,
    division_changes,
    division_lists,
    divisions,
    handout,
    health,
    households,
    jobs,
    layers,
    lineage,
    map_settings,
    mapping_packages,
    mapping_receipts,
    matches,
    me,
    names,
    number_audits,
    numbering_plans,
    papers,
    places,
    plates,
    police_dictionaries,
    reconciliations,
    renumbering_plans,
    reservations,
    resident_templates,
    residents,
    site_reviews,
    users,
    village_rows,
)
from address_service.api.schemas.base import Problem
from address_service.edge.body_limit import LimitBodies
from address_service.edge.problems import MEDIA_TYPE, install_problem_handlers
from address_service.edge.read_access import make_account_check
from address_service.edge.refusals import RefusalGate
from address_service.edge.turns import turns_among
from address_service.edge.work import House
from address_service.store.read_lane import ReadLane

_DESCRIPTION = """\
乡镇标准地址与门牌管理服务接口。

* 除公开页面外，请求须带 `X-API-Key`，或由已登录的页面发出。
* 列表以 `limit`、`cursor` 翻页；写入可带 `Idempotency-Key`，重发不重做。
* 出错时答复 RFC 9457 `application/problem+json`，`code` 稳定，`title` 为中文说明。
* 坐标为 EPSG:4490，经度在前。
"""

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": words,
        "model": Problem,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, words in (
        (400, "请求无法理解"),
        (401, "未登录"),
        (403, "无权"),
        (404, "没有找到"),
        (409, "与现状冲突"),
        (412, "已被他人更改"),
        (413, "内容过大"),
        (422, "内容有误"),
        (429, "次数过多"),
        (503, "服务尚未就绪"),
    )
}

_ROUTERS = (
    divisions.router,
    division_boundaries.router,
    division_lists.router,
    names.router,
    division_changes.router,
    division_acts.router,
    attachments.router,
    places.router,
    counter.router,
    applications.router,
    reservations.router,
    site_reviews.router,
    layers.router,
    numbering_plans.router,
    renumbering_plans.router,
    number_audits.router,
    lineage.router,
    changes.router,
    address_aliases.router,
    address_changes.router,
    matches.router,
    addresses.router,
    handout.router,
    plates.router,
    jobs.router,
    households.router,
    resident_templates.router,
    residents.router,
    reconciliations.router,
    police_dictionaries.router,
    crosswalk.router,
    mapping_packages.router,
    village_rows.router,
    mapping_receipts.router,
    papers.router,
    users.router,
    audit_trail.router,
    me.router,
    map_settings.router,
)


def build_app(house: House, lane: ReadLane, read_router: APIRouter) -> FastAPI:
    """The API, its read lane included; `web.site` adds the pages."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(lambda: None)  # what that imports took the first caller's time
        async with lane:
            yield
        house.engine.dispose()

    app = FastAPI(
        title="乡镇标准地址服务",
        version=__version__,
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.state.house = house
    app.state.read_lane = lane
    app.state.metrics = Metrics()
    app.state.turns = turns_among(house.settings.processes)
    app.state.account_check = make_account_check(house)
    app.state.refusal_gate = RefusalGate()
    upload_bytes = house.settings.max_upload_mb << 20
    app.add_middleware(LimitBodies, upload_bytes=upload_bytes, require_account=app.state.account_check)
    app.add_middleware(CountRequests, metrics=app.state.metrics)
    install_problem_handlers(app)
    app.include_router(read_router, responses=_PROBLEMS)
    versioned = APIRouter(prefix="/api/v1", responses=_PROBLEMS)
    for router in _ROUTERS:
        versioned.include_router(router)
    app.include_router(versioned)
    app.include_router(health.router)
    logging.getLogger("address_service").setLevel(house.settings.log_level.upper())
    return app

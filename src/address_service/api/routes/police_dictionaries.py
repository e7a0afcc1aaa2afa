"""Police dictionaries (公安字典: jlx, pcs, zrq, jcwh): lists over time, their entries, the codes of an address."""

import tempfile
from datetime import date
from pathlib import Path, PurePath
from typing import Annotated

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import JSONResponse

from address_service.api.schemas.police import (
    DictionaryItem,
    DictionaryPage,
    DictionaryReportItem,
    EntryItem,
    EntryPage,
    PoliceCodesItem,
)
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.idempotency import IdempotencyKey, answer_once, digest_of_upload
from address_service.edge.work import ExchangeWork, HouseDep
from address_service.gis.layer_read import ReadLimits
from address_service.model.police_dictionaries import DictionaryKind
from address_service.services.import_police_dictionary import (
    MOST_BYTES,
    DictionaryOptions,
    import_police_dictionary,
)
from address_service.services.read_police_codes import read_police_codes
from address_service.store.police_dictionaries import PoliceDictionaries

router = APIRouter(prefix="/police-dictionaries", tags=["公安字典"])
OnDay = Annotated[date | None, Query(description="哪一天；缺省为今天")]


@router.post("", summary="导入公安字典", response_model=DictionaryReportItem)
def post_dictionary(
    request: Request,
    work: ExchangeWork,
    house: HouseDep,
    file: Annotated[UploadFile, File(description="CSV 或 XLSX，GBK 或 UTF-8")],
    kind: Annotated[DictionaryKind, Form(description="jlx、pcs、zrq、jcwh")],
    list_day: Annotated[date | None, Form(description="字典所反映的日期；缺省为今天")] = None,
    is_complete: Annotated[bool, Form(description="全量：本单位以前导入而本表没有的代码自该日停用")] = False,
    dry_run: Annotated[bool, Form(description="只检查，不写入")] = False,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Take a list; the same again changes nothing. What its codes may mean is proposed for review."""
    options = DictionaryOptions(kind, list_day, is_complete, dry_run)
    name = PurePath(file.filename or "dictionary").name[-200:]
    most = house.settings.max_unpacked_mb << 20

    def act() -> DictionaryReportItem:
        data = file.file.read(MOST_BYTES + 1)
        with tempfile.TemporaryDirectory(dir=house.files.work_folder()) as folder:
            limits = ReadLimits(Path(folder), max_unpacked_bytes=most)
            return DictionaryReportItem.of(import_police_dictionary(work, data, name, limits, options))

    sent = {
        "filename": name, "kind": kind, "list_day": str(list_day), "is_complete": is_complete, "dry_run": dry_run,
        "sha256": digest_of_upload(file) if key else "",
    }  # fmt: skip
    return answer_once(request, work, key, sent, 200, act)


@router.get("", summary="列出已导入的公安字典")
def list_dictionaries(work: ExchangeWork, limit: Limit = 100, cursor: Cursor = None) -> DictionaryPage:
    """Lists as they were imported, the latest first."""
    rows = PoliceDictionaries(work.conn, work.county_code).lists(decode_cursor(cursor), limit)
    return DictionaryPage(
        items=[DictionaryItem.of(row) for row in rows], next_cursor=encode_cursor(rows, limit)
    )


@router.get("/codes/{address_code}", summary="查一个地址的公安代码")
def get_codes(work: ExchangeWork, address_code: str, on: OnDay = None) -> PoliceCodesItem:
    """What the police call the place of an address on a day, and which codes lack."""
    day = on or work.today
    return PoliceCodesItem.of(address_code, day, read_police_codes(work, address_code, day))


@router.get("/{kind}/entries", summary="列出字典条目")
def list_entries(
    work: ExchangeWork,
    kind: DictionaryKind,
    on: OnDay = None,
    name: Annotated[str, Query(max_length=100, description="名称的一部分")] = "",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> EntryPage:
    """Codes in force on a day."""
    dictionaries = PoliceDictionaries(work.conn, work.county_code)
    rows = dictionaries.page(kind, on or work.today, decode_cursor(cursor), limit, name)
    return EntryPage(
        items=[EntryItem.model_validate(row) for row in rows], next_cursor=encode_cursor(rows, limit)
    )

"""Use-case: the slips that an applicant takes home: the receipt (受理回执) and the notice of the end (办结通知)."""

import logging
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from address_service.errors import Conflict
from address_service.model.addresses import Stage
from address_service.model.applications import ApplicationKind, ApplicationStage, EvidenceKind
from address_service.model.codes import AddressCode
from address_service.model.labels import label
from address_service.model.numbers import DoorNumber
from address_service.plates.fonts import FontSet, name_character
from address_service.plates.receipt import PrintedSlip, Slip, render_slip
from address_service.services.scope import require_scope
from address_service.store.application_views import ApplicationViews
from address_service.store.county import load_county
from address_service.store.work import TIME_ZONE, Work

_log = logging.getLogger("address_service.slips")

_HINT = "凭本单编号，可在受理窗口或村（居）民委员会查询办理情况。"
_SIGNED = "经办（盖章）："


def write_receipt(work: Work, application_id: UUID, office: str | None, fonts: FontSet) -> PrintedSlip:
    """The receipt of an application as PDF: what is asked, the papers shown, received when and due when."""
    card = _card(work, application_id)
    rows = (
        ("申请类别", label(ApplicationKind(card["kind"]))),
        ("房屋地址", _where(card)),
        ("申请事项", card["request"]),
        ("所求", _wanted(card)),
        ("提交材料", _papers(card["evidence"])),
        ("受理日期", _day(card["received_on"])),
        ("办理期限", f"{_day(card['due_on'])}前"),
    )
    return _print(work, card, "受理回执", rows, _day(card["received_on"]), office, fonts)


def write_notice(work: Work, application_id: UUID, office: str | None, fonts: FontSet) -> PrintedSlip:
    """The notice of what became of an application: the new address with its code, or the reason of the refusal.

    Raises Conflict `application-undecided` while it is open to decision or the county has not approved.
    """
    card = _card(work, application_id)
    rows = (
        ("申请类别", label(ApplicationKind(card["kind"]))),
        ("房屋地址", _where(card)),
        *_outcome(card),
    )
    decided_on = card["decided_at"].astimezone(TIME_ZONE).date() if card["decided_at"] else work.today
    return _print(work, card, "办结通知", rows, _day(decided_on), office, fonts)


def _card(work: Work, application_id: UUID) -> dict[str, Any]:
    card = ApplicationViews(work.conn, work.county_code, work.today).one(application_id)
    require_scope(work.actor, card["village_code"])
    return card


def _outcome(card: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    stage, kind = ApplicationStage(card["stage"]), ApplicationKind(card["kind"])
    if stage is ApplicationStage.REFUSED:
        return (("办理结果", "不予办理"), ("理由", card["decision_note"]))
    if stage not in (ApplicationStage.ACCEPTED, ApplicationStage.CLOSED):
        raise Conflict("申请尚未办理，没有办结通知", code="application-undecided")
    if kind is ApplicationKind.CORRECTION:
        wanted = str(DoorNumber(card["wanted_main"], card["wanted_sub"])) if card["wanted_main"] else ""
        result = f"同意更正为{wanted}，改号后另行通知" if wanted else "已核实处理"
        return (("办理结果", result), ("说明", card["decision_note"]))
    if card["address_stage"] != Stage.CURRENT:
        raise Conflict("地址尚待县级批准，批准后才能发办结通知", code="application-undecided")
    result = "补发门牌，原门牌作废" if kind is ApplicationKind.LOST_PLATE else "准予编号"
    plate = f"批次 {card['plate_batch_no']}" if card["plate_batch_no"] else "未订制"
    return (
        ("办理结果", result),
        ("标准地址", card["full_text"]),
        ("地址编码", AddressCode(card["address_code"]).grouped),
        ("批准文号", card["decree_no"] or ""),
        ("生效日期", _day(card["valid_from"])),
        ("门牌", plate),
    )


def _where(card: Mapping[str, Any]) -> str:
    if card["subject_text"]:
        return str(card["subject_text"])
    place = card["place"] or ""
    place = "" if place == card["village"] else place
    return f"{card['village']}{place}，建筑编号 {card['building_code']}"


def _wanted(card: Mapping[str, Any]) -> str:
    number = str(DoorNumber(card["wanted_main"], card["wanted_sub"])) if card["wanted_main"] else ""
    return " ".join(part for part in (number, card["room_label"]) if part)


def _papers(evidence: Sequence[Mapping[str, Any]]) -> str:
    return "；".join(_paper(paper) for paper in evidence) or "无"


def _paper(paper: Mapping[str, Any]) -> str:
    parts = (label(EvidenceKind(paper["kind"])), paper["document_no"], paper["issued_by"])
    return " ".join(part for part in parts if part)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _print(
    work: Work,
    card: Mapping[str, Any],
    title: str,
    rows: tuple[tuple[str, str], ...],
    dated: str,
    office: str | None,
    fonts: FontSet,
) -> PrintedSlip:
    county = load_county(work.conn, work.county_code)
    slip = Slip(
        title=title,
        office=office or f"{county.name}标准地址受理窗口",
        number=card["application_no"],
        rows=tuple((name, text) for name, text in rows if text),
        hint=_HINT,
        signed=_SIGNED,
        dated=dated,
        synthetic=county.is_synthetic,
    )
    printed = render_slip(slip, fonts)
    if printed.missing:
        _log.warning(
            "%s %s: no font has %s", title, slip.number, " ".join(map(name_character, printed.missing))
        )
    return printed

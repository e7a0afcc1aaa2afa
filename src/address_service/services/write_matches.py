"""Use-case: a list of addresses as a file in its own order, with what each row means today behind its columns."""

from collections.abc import Sequence

from address_service.coding.matching import MatchStage, Outcome
from address_service.gis.match_lists import MatchList
from address_service.plates.plain_table import table_book, table_text
from address_service.services.match_texts import Candidate, Matched, RowError

ADDED = ("匹配结果", "标准地址", "地址编码", "依据", "领先", "候选", "说明", "规范键")
"""Columns behind those of the file."""
OUTCOMES = {
    Outcome.ACCEPTED: "自动关联",
    Outcome.AMBIGUOUS: "多候选",
    Outcome.UNMATCHED: "无法匹配",
    Outcome.ELSEWHERE: "非本辖区",
}
REFUSED = "未匹配"
_STAGES = {
    MatchStage.EXTERNAL_ID: "外部编号",
    MatchStage.EXACT: "现行地址",
    MatchStage.LINEAGE: "沿革",
    MatchStage.ELEMENTS: "要素",
    MatchStage.FUZZY: "近似",
    MatchStage.NONE: "",
}


def write_matches(
    listed: MatchList, found: Sequence[Matched | RowError], suffix: str, encoding: str
) -> bytes:
    """The rows with their answers as ``.xlsx``, or as CSV in ``gbk`` or ``utf-8``."""
    head = (*listed.header, *ADDED)
    lines = [(*line.cells, *_added(one)) for line, one in zip(listed.lines, found, strict=True)]
    return (
        table_book("地址匹配结果", "匹配结果", head, lines)
        if suffix == ".xlsx"
        else table_text(head, lines, encoding)
    )


def outcome_text(found: Matched | RowError) -> str:
    """What a row came to, in Chinese."""
    return REFUSED if isinstance(found, RowError) else OUTCOMES[found.outcome]


def _added(found: Matched | RowError) -> tuple[str, ...]:
    if isinstance(found, RowError):
        return (REFUSED, "", "", "", "", "", found.message, "")
    address = found.address
    return (
        outcome_text(found), address.full_text if address else "", address.code if address else "",
        _STAGES[MatchStage(found.stage)], f"{found.margin:g}", "；".join(map(_candidate, found.candidates)),
        "；".join(reason.message for reason in found.reasons), found.key,
    )  # fmt: skip


def _candidate(one: Candidate) -> str:
    why = "，".join(reason.message for reason in one.reasons)
    return f"{one.address.full_text}（{one.address.code}，{one.score:g}分{'：' + why if why else ''}）"

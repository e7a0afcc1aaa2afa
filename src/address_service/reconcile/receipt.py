"""A receipt of a mapping package read line by line: which rows the other side took, which it refused and why."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from address_service.coding.personal_numbers import holds_personal_number
from address_service.errors import Conflict
from address_service.model.mapping import RowState

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "sequence": ("包号", "对照包号", "批次号", "sequence"),
    "row_no": ("对照号", "行号", "序号", "row_no"),
    "result": ("结果", "处理结果", "导入结果", "状态", "result"),
    "reason": ("原因", "拒绝原因", "失败原因", "说明", "备注", "reason"),
    "digest": ("摘要", "包摘要", "SM3", "digest"),
    "new_text": ("新地址", "bzdz", "new_text"),
}
MAX_REASON = 200
UNSAID, WITHHELD = "对方未说明原因", "原因中含个人信息，未保存"
_TAKEN = frozenset(("接受", "已接受", "成功", "导入成功", "通过", "已导入", "1", "Y", "OK", "ACCEPTED"))
_REFUSED = frozenset(("拒绝", "已拒绝", "失败", "导入失败", "不通过", "未导入", "0", "N", "REFUSED"))


@dataclass(frozen=True, slots=True)
class SentRow:
    """A row of the package as it stands."""

    id: UUID
    row_no: int
    state: RowState
    new_text: str | None


@dataclass(frozen=True, slots=True)
class ReceiptFault:
    """Why a line is not taken."""

    line_no: int
    field: str
    code: str
    message: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """Rows that change by a receipt, how many say again what is known, and lines that are not taken."""

    accepted: tuple[UUID, ...]
    refused: tuple[tuple[UUID, str], ...]
    unchanged: int
    faults: tuple[ReceiptFault, ...]


@dataclass(slots=True)
class _Voice:
    """What all lines about one row say together."""

    line_no: int
    is_refused: bool
    reasons: list[str]


def read_receipt(
    lines: Iterable[tuple[int, Mapping[str, str]]], sequence: int, digest: str, rows: Iterable[SentRow]
) -> Answered:
    """What lines, as (line, cells by field), say of the rows of the package with a number and a digest.

    Several lines of one row (its steps) are one answer: refused where any of them is. A refused row may be accepted
    later, an accepted one is not refused any more. Raises Conflict `receipt-other-package`, `receipt-digest-differs`:
    such a file is about something else and is refused whole.
    """
    known = {row.row_no: row for row in rows}
    voices: dict[int, _Voice] = {}
    faults: list[ReceiptFault] = []
    for line_no, cells in lines:
        _refuse_other(line_no, cells, sequence, digest)
        fault = _fault(line_no, cells, known)
        if fault is not None:
            faults.append(fault)
            continue
        is_refused = _word(cells["result"]) in _REFUSED
        voice = voices.setdefault(_number(cells["row_no"]) or 0, _Voice(line_no, False, []))
        voice.is_refused |= is_refused
        if is_refused:
            voice.reasons.append(_reason(cells.get("reason", "")))
    return _weighed(voices, known, faults)


def _weighed(
    voices: Mapping[int, _Voice], known: Mapping[int, SentRow], faults: list[ReceiptFault]
) -> Answered:
    accepted: list[UUID] = []
    refused: list[tuple[UUID, str]] = []
    unchanged = 0
    for row_no, voice in voices.items():
        row = known[row_no]
        if row.state is (RowState.REFUSED if voice.is_refused else RowState.ACCEPTED):
            unchanged += 1
        elif row.state is RowState.ACCEPTED:
            message = "此行已回执为接受，不能再改为拒绝；如确有问题请另行处理"
            faults.append(ReceiptFault(voice.line_no, "result", "receipt-row-answered", message))
        elif voice.is_refused:
            refused.append((row.id, "；".join(dict.fromkeys(voice.reasons))[:MAX_REASON]))
        else:
            accepted.append(row.id)
    return Answered(
        tuple(accepted), tuple(refused), unchanged, tuple(sorted(faults, key=lambda one: one.line_no))
    )


def _refuse_other(line_no: int, cells: Mapping[str, str], sequence: int, digest: str) -> None:
    if "sequence" in cells and _number(cells["sequence"]) != sequence:
        message = f"第{line_no}行是对照包 {cells['sequence'][:20]} 的回执，不是第 {sequence} 号包的，整份未收"
        raise Conflict(message, code="receipt-other-package")
    if "digest" in cells and cells["digest"].strip().lower() != digest:
        message = f"第{line_no}行所报摘要与本包不同，对方导入的不是这个包，整份未收"
        raise Conflict(message, code="receipt-digest-differs")


def _fault(line_no: int, cells: Mapping[str, str], known: Mapping[int, SentRow]) -> ReceiptFault | None:
    number = _number(cells.get("row_no", ""))
    row = known.get(number) if number is not None else None
    if row is None:
        return ReceiptFault(
            line_no, "row_no", "receipt-row-unknown", "包内没有这个对照号", cells.get("row_no", "")[:80]
        )
    if row.state is RowState.HELD:
        return ReceiptFault(
            line_no, "row_no", "receipt-row-held", "此行暂未下发，不应有回执", str(row.row_no)
        )
    if "new_text" in cells and _plain(cells["new_text"]) != _plain(row.new_text or ""):
        return ReceiptFault(
            line_no, "new_text", "receipt-row-differs", "新地址与下发的不同", cells["new_text"][:80]
        )
    word = _word(cells.get("result", ""))
    if word not in _TAKEN and word not in _REFUSED:
        return ReceiptFault(line_no, "result", "receipt-result-unknown", "结果应为“接受”或“拒绝”", word[:80])
    return None


def _number(text: str) -> int | None:
    plain = _plain(text)
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else None


def _word(text: str) -> str:
    return _plain(text).upper()


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _reason(text: str) -> str:
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())[:MAX_REASON]
    if holds_personal_number(plain):
        return WITHHELD
    return plain or UNSAID

"""The list of findings of an audit, for an office to go through in a spreadsheet."""

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from address_service.coding.spreadsheet_text import plain_cell
from address_service.model.findings import Severity
from address_service.model.labels import label
from address_service.services.audit_numbers import NumberAudit, Remedy

HEADER = (
    *("村代码", "村", "地名", "轻重", "问题", "说明", "门牌号", "地址编码", "建筑编号", "相关门牌号"),
    *("建议号", "处理办法", "经度", "纬度", "问题代码"),
)
_REMEDIES = {Remedy.RENUMBER: "拟入改号方案", Remedy.NOT_KEEP: "不沿用旧号", None: "人工处理"}


def write_findings(path: Path, audits: Sequence[NumberAudit], severities: Collection[Severity]) -> int:
    """Write a CSV file, UTF-8 with BOM, whole or not at all; gives the number of findings in it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    rows = [row for done in audits for row in _rows(done, severities)]
    writer.writerows([[plain_cell(cell) for cell in row] for row in rows])
    part = path.with_name(f".part-{path.name}")
    part.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    part.replace(path)
    return len(rows)


def _rows(done: NumberAudit, severities: Collection[Severity]) -> Iterator[list[str]]:
    place = done.context
    for found in done.findings:
        if found.severity not in severities:
            continue
        *others, last = found.doors or (None,)
        yield [
            *(place.village_code, place.village, place.name),
            *(label(found.severity), label(found.code), found.text),
            *((str(last.number), last.code or "", "、".join(last.building_codes)) if last else ("", "", "")),
            "、".join(str(other.number) for other in others if other),
            *(str(found.proposal or ""), _REMEDIES[found.remedy]),
            *(f"{found.at[0]:.7f}", f"{found.at[1]:.7f}", found.code),
        ]

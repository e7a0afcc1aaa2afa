"""An extract goes back as a file in its own order, with what its rows came to; cells stay text."""

import csv
import io

import openpyxl
import pytest

from address_service.model.reconciliation import RowDecision
from address_service.model.residents import RevealPurpose
from address_service.services.decide_extract_row import decide_row
from address_service.services.export_extract import ADDED, export_extract, reveal_extract
from tests.services.people import HEAD_ID, WIFE_ID, code_of, head
from tests.services.test_reconcile import HEADER, Station, station

__all__ = ["station"]

RARE = "示例𠮷"


def lines_of(content: bytes, file_format: str) -> list[list[str]]:
    if file_format == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "inlineStr", "n"}
        return [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    encoding = "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "gb18030"
    return list(csv.reader(io.StringIO(content.decode(encoding))))


@pytest.mark.parametrize(("file_format", "encoding"), [("xlsx", "gbk"), ("csv", "gbk"), ("csv", "utf-8")])
def test_it_has_the_files_columns_and_behind_them_what_each_row_came_to(
    station: Station, file_format: str, encoding: str
) -> None:
    codes = list(station.texts)
    station.register.enrol(codes[0], head(lives_at=codes[1]))
    found = station.send(
        ("H1", "示例甲", HEAD_ID, station.texts[codes[0]], "=1+1"),
        ("H2", RARE, WIFE_ID, "童市镇烟舟村谁也不认得的老屋", ""),
        ("H3", "示例丙", "", "", ""),
    )
    row = station.own(found)[1]
    decide_row(station.fresh(), row.id, row.revision, RowDecision.CHOOSE, address_code=codes[2])

    head_line, first, second, *alone = lines_of(
        export_extract(station.fresh(), found, file_format, encoding), file_format
    )

    assert head_line == [*HEADER, *ADDED]
    assert first[:4] == ["H1", "示例甲", HEAD_ID, station.texts[codes[0]]]
    assert first[4].removeprefix("'") == "=1+1"
    assert first[5:8] == ["一致", station.texts[codes[0]], codes[0]]
    assert (first[9], first[10:]) == ("人户分离", ["", ""])
    assert (second[1], second[5:8]) == (RARE, ["无法匹配", station.texts[codes[2]], codes[2]])
    assert second[10:] == ["选定", station.work.actor.name]
    # The row without an address was refused; addresses that no row leads to stand behind, without people.
    assert {tuple(line[:5]) for line in alone} == {("",) * 5}
    assert {line[5] for line in alone} == {"仅本库有"}
    assert len(alone) == len(station.rows(found)) - 2


def test_whoever_has_it_in_clear_says_why_is_counted_and_recorded(station: Station) -> None:
    found = station.send(("H1", "示例甲", HEAD_ID, next(iter(station.texts.values())), ""))
    work = station.fresh()
    asked = found, "csv", "utf-8", RevealPurpose.VERIFICATION

    assert code_of(reveal_extract, work, *asked, " ", 1) == "reason-missing"
    content = reveal_extract(work, *asked, "与派出所核对底册", 1)
    assert code_of(reveal_extract, work, *asked, "再看一次", 1) == "reveals-used-up"

    assert HEAD_ID.encode() in content
    note = work.audit_notes[-1]
    assert (note.action, note.reason) == ("reconciliation.export", "与派出所核对底册")
    assert note.detail == {"rows": station.work.extracts.get(found).row_count, "purpose": "verification"}


def test_one_that_is_not_done_is_not_given_out(station: Station) -> None:
    found = station.queue("户号,原地址\nH1,某处\n".encode(), "底册.csv")

    assert code_of(export_extract, station.fresh(), found, "csv", "gbk") == "extract-not-done"

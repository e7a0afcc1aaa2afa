"""Lists of residents as offices keep them: titles, merged blocks, footers, numbers that a spreadsheet has spoilt."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from address_service.errors import InvalidInput
from address_service.gis.layer_read import ReadLimits
from address_service.gis.resident_columns import COLUMNS
from address_service.gis.resident_lists import ResidentList, read_resident_list

LIMITS = ReadLimits(Path("/nonexistent"))
HEADER = ["序号", "户号", "与户主关系", "姓名", "身份证号码", "家庭住址", "备注"]


def workbook(rows: Sequence[Sequence[Any]], *merged: str) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    for area in merged:
        sheet.merge_cells(area)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def as_csv(rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> bytes:
    return "\n".join(",".join(row) for row in rows).encode(encoding)


def read(data: bytes, suffix: str = ".csv") -> ResidentList:
    return read_resident_list(data, suffix, LIMITS)


def names(found: ResidentList) -> list[tuple[int, str]]:
    return [(row.row_no, row.values.get("name", "")) for row in found.rows]


@pytest.mark.parametrize("field", COLUMNS)
def test_a_column_is_known_by_each_of_its_names_however_the_office_decorates_them(field: str) -> None:
    needed = {"name": "姓名", "relation": "与户主关系", "address": "住址"}
    others = [name for key, name in needed.items() if key != field]

    for name in COLUMNS[field]:
        for header in (name, f" *{name}（必填）", f"{name[:2]} {name[2:]}"):
            found = read(as_csv([[*others, header], [*["示例"] * len(others), "值"]]))

            assert found.columns[field] == header.strip(), header


def test_no_name_stands_for_two_columns() -> None:
    every = [name for known in COLUMNS.values() for name in known]

    assert len(every) == len(set(every))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_titles_footers_blank_rows_and_printed_headers_are_nobody_and_are_counted(encoding: str) -> None:
    rows = [
        ["童市镇烟舟村户籍花名册", "", "", "", "", "", ""],
        ["填报单位：烟舟村", "", "", "2026年3月", "", "", ""],
        HEADER,
        ["示例，不导入", "H0", "户主", "示例样", "", "烟舟村1组1号", ""],
        ["1", "H1", "户主", "示例甲", "", "烟舟村1组1号", ""],
        ["　", " ", "", "", "", "　 ", ""],
        HEADER,
        ["2", "H1", "配偶", "示例乙", "", "烟舟村1组1号", ""],
        ["3", "", "", "", "", "", "待补"],
        ["合 计", "", "", "2人", "", "", ""],
        ["共1户2人", "", "", "", "", "", ""],
        ["填表人：示例丙", "", "", "审核人（签字）：", "", "", "日期：2026年3月2日"],
        ["说明：本表一式两份", "", "", "", "", "", ""],
    ]

    found = read(as_csv(rows, encoding))

    assert names(found) == [(2, "示例甲"), (5, "示例乙")]
    assert found.notes[1:] == ["跳过示例行1行、重复的表头1行、合计、填表人等表尾行4行、没有人员内容的行1行"]


def test_a_person_is_not_taken_for_a_footer_or_sample_by_the_name() -> None:
    people = ["注册", "总小明", "示例甲", "审核", "共青", "说明", "单位员"]

    found = read(
        as_csv([["姓名", "与户主关系", "住址"], *[[name, "户主", "烟舟村1组1号"] for name in people]])
    )

    assert [name for _, name in names(found)] == people


def test_merged_cells_of_a_household_stand_for_all_its_rows() -> None:
    rows: list[list[Any]] = [
        ["户籍花名册", *[None] * 6],
        HEADER,
        [1, "H1", "户主", "示例甲", None, "烟舟村1组1号", None],
        [2, None, "配偶", "示例乙", None, None, None],
        [3, None, "子", "示例丙", None, None, None],
        [4, "H2", "户主", "示例丁", None, "烟舟村1组2号", None],
        ["填表人：示例戊", *[None] * 6],
    ]

    found = read(workbook(rows, "A1:G1", "B3:B5", "F3:F5", "A7:G7"), ".xlsx")

    assert [(row.values["book_no"], row.values["address"]) for row in found.rows] == [
        ("H1", "烟舟村1组1号"), ("H1", "烟舟村1组1号"), ("H1", "烟舟村1组1号"), ("H2", "烟舟村1组2号"),
    ]  # fmt: skip
    assert found.notes == ["跳过合计、填表人等表尾行1行"]


def test_a_header_of_two_rows_is_read_by_its_lower_names() -> None:
    rows = [
        ["户号", "家庭成员情况", None, None, "住址"],
        [None, "与户主关系", "姓名", "身份证号", None],
        ["H1", "户主", "示例甲", None, "烟舟村1组1号"],
    ]

    found = read(workbook(rows, "A1:A2", "B1:D1", "E1:E2"), ".xlsx")

    assert names(found) == [(1, "示例甲")]
    assert set(found.columns) == {"book_no", "relation", "name", "id_no", "address"}


@pytest.mark.parametrize(
    "spoilt", ["4.30626E+17", "4.30626198003021E+17", " 4E+17 ", 430626198003021230, 4.3e25]
)
@pytest.mark.parametrize(("place", "field"), [(4, "id_no"), (1, "book_no"), (5, "address")])
def test_digits_that_a_spreadsheet_has_rounded_are_seen_in_text_and_in_numbers(
    spoilt: Any, place: int, field: str
) -> None:
    row: list[Any] = [1, "H1", "户主", "示例甲", None, "烟舟村1组1号", None]
    row[place] = spoilt

    (found,) = read(workbook([HEADER, row]), ".xlsx").rows

    assert found.rounded == (field,)
    assert field not in found.values


def test_a_number_kept_as_a_formula_text_is_the_number() -> None:
    (found,) = read(
        as_csv([HEADER[1:6], ["H1", "户主", "示例甲", '="430626198003021230"', "烟舟村1组1号"]])
    ).rows

    assert found.values["id_no"] == "430626198003021230"


def test_a_second_sheet_that_is_a_list_too_is_said_and_not_read() -> None:
    book = openpyxl.Workbook()
    for title, name in (("一组", "示例甲"), ("二组", "示例乙")):
        sheet = book.create_sheet(title)
        sheet.append(HEADER)
        sheet.append([1, "H1", "户主", name, None, "烟舟村1组1号", None])
    content = io.BytesIO()
    book.save(content)

    found = read(content.getvalue(), ".xlsx")

    assert names(found) == [(1, "示例甲")]
    assert found.notes == ["另有1个工作表也像名册，没有读取；请分开上传"]


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        (["姓名", "与户主关系", "电话"], "户籍地址或门牌二维码或地址编码"),
        (["姓名", "二维码"], "与户主关系"),
        (["与户主关系", "地址编码"], "姓名"),
    ],
)
def test_a_list_without_a_needed_column_is_told_which(header: list[str], missing: str) -> None:
    with pytest.raises(InvalidInput, match=missing) as refused:
        read(as_csv([header, ["值"] * len(header)]))

    assert refused.value.code == "columns-missing"


def test_merged_ranges_without_end_are_refused_and_do_not_fill_the_memory() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEADER)
    for n in range(2, 20_002):
        sheet.cell(n, 150).value = n
        sheet.cell(n, 1).value = n
    sheet.merge_cells("A1:A1")
    content = io.BytesIO()
    book.save(content)
    with_ranges = content.getvalue()
    many = "".join('<mergeCell ref="A2:GR20001"/>' for _ in range(12))
    spoilt = with_part(with_ranges, '<mergeCell ref="A1" />', many)

    with pytest.raises(InvalidInput) as refused:
        read(spoilt, ".xlsx")

    assert refused.value.code == "file-unreadable"


def with_part(book: bytes, old: str, new: str) -> bytes:
    """A workbook with a part of its first sheet's text exchanged."""

    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            made.writestr(name, content)
    return target.getvalue()

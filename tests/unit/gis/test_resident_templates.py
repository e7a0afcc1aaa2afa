"""The forms of residents can be filled in as an office does and are read back as they are."""

import io
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from address_service.coding.address_code import is_valid
from address_service.gis.layer_read import ReadLimits
from address_service.gis.resident_lists import ResidentList, read_resident_list
from address_service.gis.resident_templates import TEMPLATES, TemplateName, render_template

FORMATS = (Path(__file__).parents[3] / "docs" / "formats.md").read_text(encoding="utf-8")
HEADER_ROW, SAMPLE_ROW = 3, 4


def read(content: bytes) -> ResidentList:
    return read_resident_list(content, ".xlsx", ReadLimits(Path("/nonexistent")))


def filled(name: TemplateName, *rows: dict[str, str | int]) -> bytes:
    """The form with rows below the sample, each cell written where the header says."""
    book = openpyxl.load_workbook(io.BytesIO(render_template(name)))
    sheet = book.worksheets[0]
    columns = {cell.value: at for at, cell in enumerate(sheet[HEADER_ROW], start=1)}
    for at, row in enumerate(rows, start=SAMPLE_ROW + 1):
        for title, value in row.items():
            sheet.cell(at, columns[title]).value = value
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize("name", TemplateName)
def test_an_empty_form_brings_nobody_and_every_column_of_it_is_known(name: TemplateName) -> None:
    found = read(render_template(name))

    assert found.rows == []
    assert list(found.columns) == list(TEMPLATES[name].fields)
    assert found.notes == ["跳过示例行1行"]


@pytest.mark.parametrize("name", TemplateName)
def test_a_form_that_was_filled_in_is_read_row_by_row(name: TemplateName) -> None:
    address = "门牌地址" if name is TemplateName.SURVEY else "户籍地址"
    head: dict[str, str | int] = {
        "序号": 1, "户号": "H1", "与户主关系": "户主", "姓名": "示例乙", "公民身份号码": "430626198205064327",
        address: "烟舟村1组1号",
    }  # fmt: skip
    son: dict[str, str | int] = {"序号": 2, "与户主关系": "养子或继子", "姓名": "示例丙"}
    foot: dict[str, str | int] = {"序号": "填表人：示例丁", "姓名": "2026年3月2日"}

    found = read(filled(name, head, son, {}, foot))

    assert [row.values["name"] for row in found.rows] == ["示例乙", "示例丙"]
    assert found.rows[0].values["id_no"] == "430626198205064327"
    assert found.rows[0].values["address"] == "烟舟村1组1号"
    assert [row.row_no for row in found.rows] == [2, 3]


@pytest.mark.parametrize("name", TemplateName)
def test_every_column_is_text_and_choices_drop_down(name: TemplateName) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(render_template(name))).worksheets[0]
    titles = {get_column_letter(at): cell.value for at, cell in enumerate(sheet[HEADER_ROW], start=1)}

    chosen = {
        titles[str(one.sqref).rstrip("0123456789").split(":")[0].rstrip("0123456789")]
        for one in sheet.data_validations.dataValidation
    }

    assert {sheet.cell(SAMPLE_ROW, at + 1).number_format for at in range(len(titles))} == {"@"}
    assert all(sheet.column_dimensions[letter].width for letter in titles)
    assert chosen == {"户类型", "性别", "与户主关系"} & set(titles.values())


@pytest.mark.parametrize("name", TemplateName)
def test_the_same_form_gives_the_same_bytes_and_its_columns_are_documented(name: TemplateName) -> None:
    form = TEMPLATES[name]

    assert render_template(name) == render_template(name)
    assert f"| `{name.value}` | {form.title} | {', '.join(form.header[1:-1])} |" in FORMATS


def test_the_sample_shows_what_would_be_accepted() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(render_template(TemplateName.SURVEY))).worksheets[0]
    sample = dict(
        zip(TEMPLATES[TemplateName.SURVEY].header, (c.value for c in sheet[SAMPLE_ROW]), strict=False)
    )

    assert is_valid(str(sample["地址编码"]))
    assert sample["公民身份号码"] == "390626198003021238"  # the digits 39 belong to no province


@pytest.mark.parametrize("name", TemplateName)
def test_the_guide_tells_a_door_by_columns_that_the_form_has(name: TemplateName) -> None:
    guide = openpyxl.load_workbook(io.BytesIO(render_template(name))).worksheets[1]
    sentence = str(guide["A2"].value)

    told = {title for title in ("地址编码", "门牌二维码", "门牌地址", "户籍地址") if title in sentence}

    assert told == {"地址编码", "门牌二维码", "门牌地址", "户籍地址"} & set(TEMPLATES[name].header)

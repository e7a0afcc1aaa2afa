"""Forms of residents as offices know them (XLSX), to be filled in and imported as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from address_service.gis.passed_rows import SAMPLE_MARK
from address_service.gis.resident_columns import COLUMNS
from address_service.plates.spreadsheet import cell_styles, open_book


class TemplateName(StrEnum):
    """The forms."""

    SURVEY = "survey-form"
    POPULATION = "population-form"
    ROSTER = "household-roster"


@dataclass(frozen=True, slots=True)
class ResidentTemplate:
    """A form: its title, its columns by field, and what this form calls some of them."""

    title: str
    fields: tuple[str, ...]
    called: Mapping[str, str] = field(default_factory=dict)

    @property
    def header(self) -> tuple[str, ...]:
        """The names of its columns, the number of the row first and remarks last."""
        return ("序号", *(self.called.get(name, COLUMNS[name][0]) for name in self.fields), "备注")


_PERSON = ("relation", "name", "id_no", "sex", "born_on", "phone")
TEMPLATES: Mapping[TemplateName, ResidentTemplate] = {
    TemplateName.SURVEY: ResidentTemplate(
        "入户调查表",
        ("address_code", "plate", "address", "book_no", "kind", *_PERSON, "lives_at", "arrived_on"),
        {"address": "门牌地址"},
    ),
    TemplateName.POPULATION: ResidentTemplate(
        "人口信息采集表",
        ("book_no", "kind", *_PERSON, "address", "address_code", "lives_at", "arrived_on"),
    ),
    TemplateName.ROSTER: ResidentTemplate(
        "户籍花名册", ("book_no", "kind", "relation", "name", "sex", "id_no", "address", "arrived_on")
    ),
}
_INVENTED = {
    "address_code": "43062611320840120001800006",
    "plate": "7m3k9t2v8x4q1c6z",
    "address": "湖南省岳阳市平江县童市镇烟舟村12组18号",
    "book_no": "示例0001",
    "kind": "家庭户",
    "relation": "户主",
    "name": "示例甲",
    "id_no": "390626198003021238",
    "sex": "男",
    "born_on": "1980-03-02",
    "phone": "0730-0800000",
    "lives_at": "湖南省岳阳市平江县童市镇烟舟村12组18号",
    "arrived_on": "1998-05-01",
}
"""Who is shown as a sample: no province has 39, and no telephone number goes on with 0 after its area code."""

_WIDTHS = {
    "address_code": 29,
    "plate": 22,
    "address": 40,
    "book_no": 13,
    "name": 11,
    "id_no": 21,
    "born_on": 12,
    "phone": 14,
    "lives_at": 40,
    "relation": 12,
    "arrived_on": 13,
}
_CHOICES: Mapping[str, Sequence[str]] = {
    "kind": ("家庭户", "集体户"),
    "sex": ("男", "女"),
    "relation": (
        "户主", "配偶", "子", "女", "长子", "次子", "长女", "次女", "儿媳", "女婿", "孙子", "孙女", "外孙子", "外孙女",
        "父亲", "母亲", "公公", "婆婆", "岳父", "岳母", "祖父", "祖母", "兄", "弟", "姐姐", "妹妹", "其他",
    ),
}  # fmt: skip
_HEADER_ROW, _SAMPLE_ROW, _LAST_ROW = 2, 3, 2003
_FILLING = "填表单位：　　　　　　　　　填表人：　　　　　　　填表日期：　　　年　　月　　日"
_DOORS = {
    "address_code": "地址编码（26位）",
    "plate": "门牌二维码（扫出的网址或末尾16位编号）",
    "address": "{}（写到门牌号，户室写到室号）",
}
_NOTES = (
    "一、一人一行，同一户的人连着填，户主在前；同一户的门牌只在户主一行填也可以。",
    "二、{}",
    "三、各列已设为文本。从别处粘贴时请选“只粘贴值”，否则身份证号会被改成 4.30626E+17，这样的行不能导入。",
    "四、与户主关系按国家标准的称谓填写，下拉列表里没有的可以直接输入，如“养子或继子”。户内须有且只有一名户主（集体户除外）。",
    "五、出生日期、何时来本址写作 1998-05-01 或 1998年5月1日。有公民身份号码的，性别、出生日期可以不填。",
    "六、第一行是示例，人员、号码、地址均为虚构；序号列写有“示例，不导入”的行不会导入，不必删除。",
    "七、表尾的合计、填表人、审核人等行不会当作人员。宗教信仰、血型、照片等不采集，也不会导入。",
)


def render_template(name: TemplateName) -> bytes:
    """An empty form with one sample row: text columns, drop-down lists, and how it is filled in on a second sheet.

    The same form gives the same bytes.
    """
    form = TEMPLATES[name]
    target, book = open_book(form.title)
    styles = {**cell_styles(book), "sample": _sample_style(book)}
    sheet = book.add_worksheet(form.title)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, form.title, styles["title"])
    sheet.write_string(1, 0, _FILLING)
    for place, title in enumerate(form.header):
        _column(sheet, styles, place, title, form)
    _set_page(sheet, len(form.header))
    guide = book.add_worksheet("填写说明")
    guide.set_column(0, 0, 110)
    for at, words in enumerate(_NOTES):
        guide.write_string(at, 0, words.format(_how_a_door_is_told(form)), styles["long"])
    book.close()
    return target.getvalue()


def _how_a_door_is_told(form: ResidentTemplate) -> str:
    """The sentence about the columns by which this form tells a door."""
    ways = [
        words.format(form.called.get(name, COLUMNS[name][0]))
        for name, words in _DOORS.items()
        if name in form.fields
    ]
    if len(ways) == 1:
        return f"门牌由{ways[0]}认定。"
    return f"门牌填一项即可：{'、'.join(ways)}。填几项的，须指同一个门牌。"


def _column(sheet: Any, styles: Mapping[str, Any], place: int, title: str, form: ResidentTemplate) -> None:
    """One column: all cells text, the header, the sample, and its list of choices."""
    inner = 0 < place <= len(form.fields)
    name = form.fields[place - 1] if inner else ""
    sheet.set_column(place, place, _WIDTHS.get(name, 13 if place == 0 else 9), styles["text"])
    sheet.write_string(_HEADER_ROW, place, title, styles["head"])
    shown = _INVENTED[name] if inner else SAMPLE_MARK if place == 0 else ""
    sheet.write_string(_SAMPLE_ROW, place, shown, styles["sample"])
    if name in _CHOICES:
        choices = {
            "validate": "list", "source": list(_CHOICES[name]), "error_type": "warning",
            "error_title": title, "error_message": "列表里没有这一项，仍要填写吗？",
        }  # fmt: skip
        sheet.data_validation(_SAMPLE_ROW, place, _LAST_ROW, place, choices)


def _sample_style(book: Any) -> Any:
    look = {"num_format": "@", "italic": True, "font_color": "#7A4E00", "bg_color": "#FDF0D5", "border": 1}
    return book.add_format({**look, "font_name": "宋体", "font_size": 10, "border_color": "#9AA5B1"})


def _set_page(sheet: Any, columns: int) -> None:
    sheet.freeze_panes(_HEADER_ROW + 1, 0)
    sheet.set_landscape()
    sheet.set_paper(8 if columns > 12 else 9)  # A3 or A4
    sheet.repeat_rows(_HEADER_ROW)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页，共 &N 页")

"""A dictionary of the population system read row by row: what is an entry, what is refused and why."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from address_service.coding.personal_numbers import holds_personal_number
from address_service.model.police_dictionaries import DictionaryKind

MAX_NAME = 100
_CODE = re.compile("[0-9A-Z]{1,30}")
_EXPONENT = re.compile(r"[0-9.]+E\+?[0-9]+")

COLUMNS: Mapping[DictionaryKind, Mapping[str, tuple[str, ...]]] = {
    DictionaryKind.STREET: {
        "code": ("街路巷代码", "街路巷编码", "jlxdm", "jlxbm", "jlx", "代码", "编码", "dm"),
        "name": ("街路巷名称", "街路巷", "jlxmc", "名称", "mc"),
        "parent": ("居村委会代码", "所属居村委会", "jcwh", "jcwhdm", "上级代码", "xzjd", "ssxq"),
    },
    DictionaryKind.STATION: {
        "code": ("派出所代码", "派出所编码", "机构代码", "pcsdm", "pcs", "代码", "编码", "dm"),
        "name": ("派出所名称", "派出所", "机构名称", "pcsmc", "名称", "mc"),
        "parent": ("上级代码", "上级机构代码", "ssxq"),
    },
    DictionaryKind.BEAT: {
        "code": ("责任区代码", "责任区编码", "警务区代码", "zrqdm", "zrq", "代码", "编码", "dm"),
        "name": ("责任区名称", "责任区", "警务区名称", "zrqmc", "名称", "mc"),
        "parent": ("派出所代码", "所属派出所", "pcs", "pcsdm", "上级代码"),
    },
    DictionaryKind.COMMITTEE: {
        "code": (
            "居村委会代码",
            "居村委会编码",
            "居委会代码",
            "村委会代码",
            "jcwhdm",
            "jcwh",
            "代码",
            "编码",
            "dm",
        ),
        "name": ("居村委会名称", "居村委会", "居委会名称", "村委会名称", "jcwhmc", "名称", "mc"),
        "parent": ("乡镇街道代码", "乡镇代码", "xzjd", "上级代码", "ssxq"),
    },
}
"""Names of columns by dictionary: those of one provincial system, and plain words; what another sends is not known."""


@dataclass(frozen=True, slots=True)
class DictionaryRow:
    """An entry of a list; ``parent_code`` is empty where the list does not say."""

    row_no: int
    code: str
    name: str
    parent_code: str = ""


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row is not taken; ``field`` is code, name or parent, ``value`` what stood there."""

    row_no: int
    field: str
    code: str
    message: str
    value: str = ""


def read_rows(
    rows: Iterable[tuple[int, Mapping[str, str], tuple[str, ...]]],
) -> tuple[list[DictionaryRow], list[RowFault]]:
    """Entries and faults of rows given as (row, cells by field, fields that a spreadsheet has rounded).

    The same entry twice is one; one code under two names or parents is refused the second time.
    """
    entries: dict[str, DictionaryRow] = {}
    faults: list[RowFault] = []
    for row_no, values, rounded in rows:
        found = _entry(row_no, values, rounded)
        if isinstance(found, RowFault):
            faults.append(found)
            continue
        first = entries.setdefault(found.code, found)
        if (first.name, first.parent_code) != (found.name, found.parent_code):
            message = f"代码 {found.code} 与第{first.row_no}行重复而内容不同"
            faults.append(RowFault(row_no, "code", "dictionary-code-twice", message, found.code))
    return list(entries.values()), faults


def _entry(row_no: int, values: Mapping[str, str], rounded: tuple[str, ...]) -> DictionaryRow | RowFault:
    code, parent = (_code(values.get(field, "")) for field in ("code", "parent"))
    name = " ".join(unicodedata.normalize("NFKC", values.get("name", "")).split())
    for field, value in (("code", code), ("parent", parent)):
        if field in rounded or _EXPONENT.fullmatch(value):
            message = "编码被表格软件改写成了数字，请以文本格式另存后重发"
            return RowFault(row_no, field, "code-rounded", message, value[:80])
        if value and not _CODE.fullmatch(value):
            message = "编码应为 1 至 30 位数字或字母"
            return RowFault(row_no, field, "dictionary-code-malformed", message, value[:80])
    if not code:
        return RowFault(row_no, "code", "dictionary-code-missing", "缺少编码")
    if not name:
        return RowFault(row_no, "name", "dictionary-name-missing", "缺少名称")
    if len(name) > MAX_NAME or not name.isprintable():
        return RowFault(
            row_no,
            "name",
            "dictionary-name-malformed",
            f"名称过长（至多{MAX_NAME}字）或含控制字符",
            name[:80],
        )
    if holds_personal_number(name):
        message = "名称中有证件或手机号码，不予导入"
        return RowFault(row_no, "name", "personal-data-not-here", message)
    return DictionaryRow(row_no, code, name, parent)


def _code(value: str) -> str:
    return "".join(unicodedata.normalize("NFKC", value).split()).upper()

"""Layouts of population extracts: which column of which system is what, written as YAML, one profile a system."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from address_service.coding.plain_yaml import UnreadableYaml, read_plain_yaml
from address_service.errors import InvalidInput

FIELDS: Mapping[str, str] = {
    "address": "原地址",
    "external_id": "门楼牌编号",
    "id_no": "公民身份号码",
    "name": "姓名",
    "book_no": "户号",
    "street": "街路巷",
    "door_no": "门楼牌号",
    "door_detail": "门楼详址",
    "village": "居村委会",
}
"""What a column may be, with its Chinese name."""
IDENTIFYING = ("id_no", "book_no", "external_id")
"""One of these at least stands beside the address, so that a decision is found again."""
_PARTS = frozenset({"street", "door_no", "door_detail", "village"})
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Layout:
    """One system's extract.

    ``columns`` names the columns of each field, the usual one first; ``recognised_by`` are fields whose columns are all
    there in such a file; ``compose`` are the fields that make the address where its own cell is empty.
    """

    id: str
    title: str
    columns: Mapping[str, tuple[str, ...]]
    recognised_by: tuple[str, ...] = ()
    compose: tuple[str, ...] = ()


def read_layout(text: str) -> Layout:
    """A layout from YAML; raises InvalidInput `layout-malformed`, which says what is wrong."""
    try:
        content = read_plain_yaml(text)
    except UnreadableYaml as error:
        raise _malformed(str(error)) from None
    if not isinstance(content, dict) or set(content) - {"id", "title", "columns", "recognised_by", "compose"}:
        raise _malformed("只能有 id、title、columns、recognised_by、compose")
    columns = _columns(content.get("columns"))
    return Layout(
        _word(content.get("id"), "id"),
        _word(content.get("title"), "title"),
        columns,
        _fields(content.get("recognised_by") or [], "recognised_by", set(columns)),
        _fields(content.get("compose") or [], "compose", set(columns) & _PARTS),
    )


def _columns(content: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(content, dict) or not content:
        raise _malformed("columns 应为“字段: [列名, …]”")
    columns = {}
    for name, titles in content.items():
        if name not in FIELDS:
            raise _malformed(f"columns 中的字段只能是 {'、'.join(FIELDS)}")
        titles = [titles] if isinstance(titles, str) else titles
        if not isinstance(titles, list) or not titles:
            raise _malformed(f"{name} 应为一个或几个列名")
        columns[str(name)] = tuple(_word(title, str(name)) for title in titles)
    return columns


def _fields(content: Any, name: str, known: Collection[str]) -> tuple[str, ...]:
    if not isinstance(content, list) or any(one not in known for one in content):
        raise _malformed(f"{name} 应是 columns 中字段的列表")
    return tuple(content)


def _word(value: Any, name: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST:
        raise _malformed(f"{name} 应为不超过{_LONGEST}字的文字")
    return value.strip()


def _malformed(what: str) -> InvalidInput:
    return InvalidInput(f"底册格式文件有误：{what}", code="layout-malformed")

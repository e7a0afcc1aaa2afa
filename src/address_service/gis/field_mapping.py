"""Column mapping (列对应): what a YAML file says about a source file, where its own names do not tell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from address_service.coding.plain_yaml import UnreadableYaml, read_plain_yaml
from address_service.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """How to read one file.

    ``columns`` maps a canonical field (or ``lon lat x y wkt``) to a column of the file, ``constants`` to one
    value for all rows, ``values`` to replacements of cells before they are read. ``crs`` is the EPSG number
    that overrules the file's own statement, ``encoding`` that of its text, ``source_layer`` the layer or sheet.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    keep_holder: bool = False
    crs: int | None = None
    encoding: str | None = None
    source_layer: str | None = None

    @classmethod
    def from_yaml(cls, text: str) -> "FieldMapping":
        """Read a mapping file; raises `InvalidInput` with code ``mapping-malformed``.

        A column is a name, or a member with ``column``, ``values`` and ``constant``.
        """
        document = _document(text)
        if not isinstance(document, dict):
            raise _malformed("最外层应为键值对")
        unknown = set(document) - {"fields", "keep_holder", "crs", "encoding", "layer"}
        if unknown:
            raise _malformed(f"不认识的键：{'、'.join(sorted(map(str, unknown)))}")
        columns, constants, values = _fields(document.get("fields") or {})
        return cls(
            columns,
            constants,
            values,
            keep_holder=_flag(document.get("keep_holder", False)),
            crs=_epsg(document.get("crs")),
            encoding=_word(document.get("encoding"), "encoding"),
            source_layer=_word(document.get("layer"), "layer"),
        )


def _document(text: str) -> Any:
    try:
        return read_plain_yaml(text) or {}
    except UnreadableYaml as error:
        raise _malformed(str(error)) from error


def _fields(members: Any) -> tuple[dict[str, str], dict[str, str], dict[str, dict[str, str]]]:
    if not isinstance(members, dict):
        raise _malformed("fields应为“字段: 列名”")
    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    for name, member in members.items():
        rule = member if isinstance(member, dict) else {"column": member}
        if set(rule) - {"column", "values", "constant"}:
            raise _malformed(f"字段{name}只能有column、values、constant")
        if rule.get("column") is not None:
            columns[str(name)] = str(rule["column"])
        if rule.get("constant") is not None:
            constants[str(name)] = str(rule["constant"])
        if rule.get("values") is not None:
            values[str(name)] = _replacements(str(name), rule["values"])
    return columns, constants, values


def _replacements(name: str, pairs: Any) -> dict[str, str]:
    if not isinstance(pairs, dict):
        raise _malformed(f"字段{name}的values应为“原值: 新值”")
    return {str(old): str(new) for old, new in pairs.items()}


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _malformed("keep_holder应为true或false")
    return value


def _epsg(value: Any) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise _malformed("crs应为EPSG编号，例如4547")


def _word(value: Any, key: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise _malformed(f"{key}应为文字")


def _malformed(what: str) -> InvalidInput:
    return InvalidInput(f"列对应文件有误：{what}", code="mapping-malformed")

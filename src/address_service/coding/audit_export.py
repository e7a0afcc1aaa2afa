"""Audit lines as text for others: JSON lines that can be verified with the key, and a table to be read."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from address_service.coding.audit_chain import FIELDS, plain_detail
from address_service.coding.spreadsheet_text import plain_cell

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BYTES = ("previous", "before", "after", "mac")
_IDS = ("key_id", "account_id", "request_id")

COLUMNS = tuple("at" if name == "at_us" else name for name in (*FIELDS, "mac"))
"""Columns of an export, in their order; version 1."""


class ExportFormat(StrEnum):
    """How an export is written."""

    JSONL = "jsonl"
    CSV = "csv"


def exported(lines: Iterable[Mapping[str, Any]], format: ExportFormat) -> Iterator[str]:
    """The lines as text, each with its line break."""
    if format is ExportFormat.JSONL:
        for line in lines:
            yield json.dumps(_plain(line), ensure_ascii=False) + "\n"
        return
    yield "\ufeff" + _row(COLUMNS)
    for line in lines:
        yield _row(_cell(value) for value in _plain(line).values())


def _plain(line: Mapping[str, Any]) -> dict[str, Any]:
    moment = None if line["at_us"] is None else _EPOCH + timedelta(microseconds=line["at_us"])
    row = {**line, "at": moment.isoformat(timespec="microseconds") if moment else None}
    return {name: _text(row[name]) for name in COLUMNS}


def _text(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return str(value) if isinstance(value, UUID) else value


def _cell(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    words = plain_detail(value) if isinstance(value, dict) else "" if value is None else str(value)
    return plain_cell(words)


def _row(cells: Iterable[str]) -> str:
    target = io.StringIO()
    csv.writer(target).writerow(cells)
    return target.getvalue()


def read_exported(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Lines of a JSON export as they are verified; raises ValueError for what is none."""
    for line in lines:
        try:
            row = json.loads(line)
            yield {**row, **_values(row)}
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not an audit line") from error


def _values(row: Mapping[str, Any]) -> dict[str, Any]:
    moment = None if row["at"] is None else datetime.fromisoformat(row["at"])
    found: dict[str, Any] = {name: row[name] for name in FIELDS if name != "at_us"}
    found.update({name: None if row[name] is None else bytes.fromhex(row[name]) for name in _BYTES})
    found.update({name: None if row[name] is None else UUID(row[name]) for name in _IDS})
    found["at_us"] = None if moment is None else (moment - _EPOCH) // timedelta(microseconds=1)
    return found

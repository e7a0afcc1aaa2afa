"""The files of a mapping package and the manifest that counts and digests them; the same delta gives the same bytes."""

import csv
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from io import BytesIO, StringIO

import xlsxwriter
from cryptography.hazmat.primitives import hashes

from address_service.coding.spreadsheet_text import plain_cell
from address_service.reconcile.aliases import NO_ALIASES, Aliases
from address_service.reconcile.change_set import ChangeSet, HeldMove, Move
from address_service.reconcile.package_columns import (
    ALIAS_LABELS,
    HELD_LABELS,
    RANGE_LABELS,
    Codes,
    ColumnProfile,
    fields_of,
    table_of,
)
from address_service.reconcile.ranges import NumberRange, number_ranges
from address_service.reconcile.steps import Step, ordered_steps

MANIFEST = "manifest.json"
FORMAT = 2
_FIRST = frozenset({"steps", "moves", "ranges", "held"})
TABLES = {1: _FIRST, FORMAT: _FIRST | {"aliases"}}
"""The tables of a package by its format, each as CSV and as XLSX."""
_UNDATED = datetime(2000, 1, 1)
_RANGE_TITLES = ["原地址段", "新地址段", "范围类型", "起号", "止号"]
_ALIAS_TITLES = ["贵方地址", "户号", "原地址"]
_HELD_TITLES = ["对照号", "原地址", "新地址", "户号", "原因", "说明"]


class TextEncoding(StrEnum):
    """How the text files are written."""

    GB18030 = "gb18030"
    UTF8_BOM = "utf-8-sig"


@dataclass(frozen=True, slots=True)
class PackageHead:
    """Whom a package is for and where it stands in the chain: ``sequence`` from 1 without gaps, cursors of the change
    feed (``from_cursor`` exclusive), ``previous_digest`` the SM3 of the manifest before, empty for the first."""

    county_code: str
    consumer: str
    sequence: int
    from_cursor: int
    to_cursor: int
    previous_digest: str = ""


def sm3(data: bytes) -> str:
    """SM3 (GB/T 32905-2016) of ``data`` in hex."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize().hex()


def write_content(
    head: PackageHead,
    found: ChangeSet,
    profile: ColumnProfile,
    codes: Codes,
    encoding: TextEncoding,
    still_used: Collection[str] = (),
    aliases: Aliases = NO_ALIASES,
) -> dict[str, bytes]:
    """All files of a package by name, the manifest among them; ``still_used`` as `number_ranges` takes it.

    Moves are numbered from 1 in their order, those held go on from there: by that number receipts name them.
    """
    steps = ordered_steps(found.moves, f"临时-{head.consumer}-{head.sequence}-")
    numbers = {move: str(no) for no, move in enumerate(found.moves, 1)}
    tables = {
        "steps": table_of(profile, [_step_fields(step, numbers, codes) for step in steps]),
        "moves": table_of(profile, [fields_of(m, codes) | {"row_no": no} for m, no in numbers.items()]),
        "ranges": [_RANGE_TITLES, *map(_range_line, number_ranges(found.moves, still_used))],
        "aliases": [
            _ALIAS_TITLES,
            *([one.text, one.household_no or "", one.register_text] for one in aliases.told),
        ],
        "held": [
            _HELD_TITLES,
            *(_held_line(no, one) for no, one in enumerate(found.held, len(numbers) + 1)),
            *(["", text, "", "", ALIAS_LABELS[doubt], ""] for text, doubt in aliases.doubtful),
        ],
    }
    files = {f"{name}.csv": _csv(table, encoding) for name, table in tables.items()}
    files |= {f"{name}.xlsx": _xlsx(name, table) for name, table in tables.items()}
    files["README.txt"] = _readme(head, tables).encode(encoding)
    files[MANIFEST] = _manifest(head, profile, encoding, files, tables)
    return files


def _step_fields(step: Step, numbers: Mapping[Move, str], codes: Codes) -> dict[str, str]:
    texts = {"old_text": step.old_text or "", "new_text": step.new_text or ""}
    return {**fields_of(step.move, codes), **texts, "step_no": str(step.no), "row_no": numbers[step.move]}


def _range_line(one: NumberRange) -> list[str]:
    return [one.old_head, one.new_head, RANGE_LABELS[one.kind], str(one.first), str(one.last)]


def _held_line(no: int, one: HeldMove) -> list[str]:
    move = one.move
    texts = [move.old_text or "", move.new_text or "", move.household_no or ""]
    return [str(no), *texts, HELD_LABELS[one.reason], one.because_of or ""]


def _csv(table: Sequence[Sequence[str]], encoding: TextEncoding) -> bytes:
    target = StringIO(newline="")
    writer = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([plain_cell(cell) for cell in line] for line in table)
    return target.getvalue().encode(encoding)


def _xlsx(name: str, table: Sequence[Sequence[str]]) -> bytes:
    """A sheet of text cells alone, titles in the first row, for importers that look there."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": name, "created": _UNDATED})
    text = book.add_format({"num_format": "@"})
    sheet = book.add_worksheet(name)
    sheet.set_column(0, len(table[0]) - 1, 20, text)
    for at, line in enumerate(table):
        for place, cell in enumerate(line):
            sheet.write_string(at, place, cell, text)
    book.close()
    return target.getvalue()


def _manifest(
    head: PackageHead,
    profile: ColumnProfile,
    encoding: TextEncoding,
    files: Mapping[str, bytes],
    tables: Mapping[str, Sequence[Sequence[str]]],
) -> bytes:
    content = {
        "format": FORMAT,
        **asdict(head),
        "profile": profile.name,
        "encoding": encoding.value,
        "counts": {name: len(table) - 1 for name, table in tables.items()},
        "files": {name: {"bytes": len(data), "sm3": sm3(data)} for name, data in sorted(files.items())},
    }
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8")


def _readme(head: PackageHead, tables: Mapping[str, Sequence[Sequence[str]]]) -> str:
    counts = {name: len(table) - 1 for name, table in tables.items()}
    lines = [
        f"地址变更对照包 第 {head.sequence} 号（变更游标 {head.from_cursor} 之后至 {head.to_cursor}）",
        "",
        f"aliases：贵方地址写法 {counts['aliases']} 行，在 steps 或 moves 之前导入，改为原地址；有户号的只改该户。",
        f"steps：执行步骤 {counts['steps']} 行，供逐行导入。",
        f"moves：变更对照 {counts['moves']} 行，供整批同时导入。两者只用其一。",
        f"ranges：号段对照 {counts['ranges']} 行，与 moves 中只改名称的各行内容相同，供按号段导入的系统选用。",
        f"held：暂不下发 {counts['held']} 行及其原因，待后续包下发，请勿导入。",
        "",
        "一、按包号依次导入，不得跳号；已导入的包号不再导入。",
        "二、逐行导入须按步骤号从小到大，记下已完成的步骤号；中断后从下一步继续。",
        "三、以“临时-”开头的地址只在本包步骤之间使用，全部完成后不应再存在。",
        "四、“户号”有值时只迁该户，无值时迁该地址全部人员；新地址已存在则并入。",
        "五、原地址为空是新增门牌；新地址为空是注销门牌，仍有人员时不得注销，应在回执中列明。",
        "六、“何时来本址”为“不变”的，不得改动该日期。",
        "七、编码较长，请用 XLSX 查看；用表格软件直接打开 CSV 会改写编码。",
    ]
    return "\r\n".join(lines) + "\r\n"

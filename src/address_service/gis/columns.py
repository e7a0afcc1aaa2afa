"""Cells to typed values, column by column; each distinct cell is read once."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from address_service.errors import InvalidInput
from address_service.gis.layer_read import ObjectArray, object_array, shown
from address_service.gis.layers import FieldSpec
from address_service.gis.values import FORMULA_ERRORS, is_destroyed, is_empty


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a cell was refused."""

    code: str
    message: str
    value: str


@dataclass(frozen=True, slots=True)
class Column:
    """Typed values of one field (None where refused) and the refusals by position."""

    values: ObjectArray
    failures: dict[int, Failure]


def read_column(cells: ObjectArray, spec: FieldSpec, replace: Mapping[str, str] | None = None) -> Column:
    """Read one column; empty cells take the default, or are refused where the field is required."""
    replacements = replace or {}
    answers: dict[object, object] = {}
    for cell in cells:
        if cell not in answers:
            answers[cell] = _answer(cell, spec, replacements)
    values = object_array([answers[cell] for cell in cells])
    if not any(type(answer) is Failure for answer in answers.values()):
        return Column(values, {})
    failed = [i for i, value in enumerate(values) if type(value) is Failure]
    failures = {i: values[i] for i in failed}
    values[failed] = None
    return Column(values, failures)


def gather(columns: list[ObjectArray]) -> ObjectArray:
    """The first column, its empty cells filled from the others."""
    gathered = columns[0]
    for further in columns[1:]:
        gathered = object_array(
            [other if is_empty(cell) else cell for cell, other in zip(gathered, further, strict=True)]
        )
    return gathered


def constant_column(text: str | None, spec: FieldSpec, count: int) -> ObjectArray:
    """One value for all rows: the mapping file's constant, or the default; raises `InvalidInput`."""
    value = spec.default if text is None else spec.convert(text)
    return np.full(count, value, dtype=object)


def _answer(cell: object, spec: FieldSpec, replacements: Mapping[str, str]) -> object:
    if replacements and cell is not None:
        cell = replacements.get(str(cell).strip(), cell)
    if is_empty(cell):
        if spec.required:
            return Failure("value-missing", f"“{spec.label}”必填", "")
        return spec.default
    if isinstance(cell, str) and cell in FORMULA_ERRORS:
        return Failure("cell-error", "单元格里是公式的错误值", cell)
    if isinstance(cell, str) and is_destroyed(cell):
        return Failure("text-destroyed", "文字在之前的转码中已损坏，请从原始数据重新导出", shown(cell))
    try:
        return spec.convert(cell)
    except InvalidInput as error:
        return Failure(error.code, error.message, shown(cell))

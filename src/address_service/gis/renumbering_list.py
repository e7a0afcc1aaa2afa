"""A list of doors and the numbers that they are to get: two columns, address code and door number."""

import csv
import io
from pathlib import Path

from address_service.errors import FieldError, InvalidInput
from address_service.gis.encodings import decode_document
from address_service.gis.values import to_door_number
from address_service.model.codes import AddressCode
from address_service.model.numbers import DoorNumber

_CODES = ("code", "地址编码")
_NUMBERS = ("number", "门牌号", "新号")


def read_renumbering_list(path: Path) -> list[tuple[str, DoorNumber]]:
    """Rows of a CSV file with the columns code and number (地址编码, 门牌号).

    Raises InvalidInput `renumbering-list-invalid` that names every bad row.
    """
    text, _ = decode_document(path.read_bytes())
    rows = csv.DictReader(io.StringIO(text, newline=""))
    names = [name.strip() for name in rows.fieldnames or ()]
    rows.fieldnames = names
    code_column, number_column = _column(names, _CODES), _column(names, _NUMBERS)
    found, errors = [], []
    for row_no, row in enumerate(rows, start=1):
        try:
            code = AddressCode((row[code_column] or "").replace(" ", "")).text
            found.append((code, to_door_number(row[number_column] or "")))
        except InvalidInput as error:
            errors.append(FieldError(error.code, error.message, None, row_no))
    if errors:
        raise InvalidInput("改号清单有误", code="renumbering-list-invalid", errors=errors)
    return found


def _column(names: list[str], known: tuple[str, ...]) -> str:
    for name in names:
        if name in known:
            return name
    raise InvalidInput(f"改号清单缺少“{known[1]}”列（或 {known[0]}）", code="renumbering-list-invalid")

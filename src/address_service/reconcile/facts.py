"""What one row of an extract says: its old address, what identifies it, and what of it cannot be used."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from address_service.coding.search_terms import normalise
from address_service.errors import InvalidInput
from address_service.residents.citizen_id import read_citizen_id
from address_service.residents.person import read_book_no

_LONGEST_TEXT = 200
_EXTERNAL = re.compile(r"[0-9A-Za-z_\-]{1,64}")
_CODE = re.compile(r"[0-9]{6,}")
_ROUNDED = "号码被表格软件舍入，请把该列设为文本后重新导出"


@dataclass(frozen=True, slots=True, repr=False)
class RowFacts:
    """One row read; ``id_no`` and ``book_no`` are normalised, and None where missing or unusable."""

    text: str
    external_id: str | None = None
    id_no: str | None = None
    book_no: str | None = None
    name: str | None = None
    has_bad_number: bool = False

    def __repr__(self) -> str:
        """Nothing of the person: representations end up in logs."""
        return "RowFacts(…)"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something of a row that cannot be used; carries no value of it."""

    field: str
    code: str
    message: str


def read_row(
    values: Mapping[str, str], compose: Sequence[str], today: date, rounded: Collection[str] = ()
) -> tuple[RowFacts | None, list[Refusal]]:
    """Read the cells of a row; None where it says no address at all. A bad number is refused, the row goes on."""
    refused = [Refusal(field, "number-rounded", _ROUNDED) for field in rounded]
    text = _text(values, compose)
    external_id = _external(values.get("external_id"), refused)
    if not normalise(text) and external_id is None:
        missing = Refusal("address", "address-missing", "没有地址，也没有门楼牌编号")
        return None, [*refused, missing]
    if len(text) > _LONGEST_TEXT:
        return None, [*refused, Refusal("address", "address-too-long", f"地址超过{_LONGEST_TEXT}字")]
    known = len(refused)
    id_no = _id_no(values.get("id_no"), today, refused)
    has_bad_number = len(refused) > known or "id_no" in rounded
    book_no = _book_no(values.get("book_no"), refused)
    name = (values.get("name") or "").strip() or None
    return RowFacts(text, external_id, id_no, book_no, name, has_bad_number), refused


def memory_key(facts: RowFacts) -> str:
    """By what a decision on a row is found again on the next extract: its text with the closest of its identities."""
    identity = next(
        (
            f"{kind}{value}"
            for kind, value in (("door:", facts.external_id), ("id:", facts.id_no), ("book:", facts.book_no))
            if value is not None
        ),
        "",
    )
    return f"{normalise(facts.text)}|{identity}"


def to_payload(facts: RowFacts, cells: Sequence[str]) -> dict[str, Any]:
    """What of a row is sealed: what was read, and its cells in the file's order for the way back."""
    return {
        "text": facts.text, "external_id": facts.external_id, "id_no": facts.id_no, "book_no": facts.book_no,
        "name": facts.name, "has_bad_number": facts.has_bad_number, "cells": list(cells),
    }  # fmt: skip


def from_payload(payload: Mapping[str, Any]) -> RowFacts:
    """What was sealed of a row, without its cells."""
    return RowFacts(
        payload["text"], payload["external_id"], payload["id_no"], payload["book_no"], payload["name"],
        payload["has_bad_number"],
    )  # fmt: skip


def _text(values: Mapping[str, str], compose: Sequence[str]) -> str:
    if own := (values.get("address") or "").strip():
        return own
    parts = [(values.get(field) or "").strip() for field in compose]
    return "".join(
        part for part in parts if not _CODE.fullmatch(part)
    )  # a code names nothing that can be read


def _external(typed: str | None, refused: list[Refusal]) -> str | None:
    plain = unicodedata.normalize("NFKC", typed or "").strip()
    if not plain:
        return None
    if not _EXTERNAL.fullmatch(plain):
        refused.append(Refusal("external_id", "external-id-malformed", "门楼牌编号只能是字母、数字和短横"))
        return None
    return plain.upper()


def _id_no(typed: str | None, today: date, refused: list[Refusal]) -> str | None:
    if not typed or not typed.strip():
        return None
    try:
        return read_citizen_id(typed, today).number
    except InvalidInput as error:
        refused.append(Refusal("id_no", error.code, error.message))
        return None


def _book_no(typed: str | None, refused: list[Refusal]) -> str | None:
    if not typed or not typed.strip():
        return None
    try:
        return read_book_no(typed)
    except InvalidInput as error:
        refused.append(Refusal("book_no", error.code, error.message))
        return None

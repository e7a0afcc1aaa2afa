"""Other texts of an address (别名): what it was called before, what people call it, how the police write it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class AliasKind(StrEnum):
    """Where another text of an address comes from; persons record the last two, acts and surveys leave the others."""

    FORMER = "former"
    SURVEY = "survey"
    COLLOQUIAL = "colloquial"
    POLICE = "police"


RECORDED = frozenset({AliasKind.COLLOQUIAL, AliasKind.POLICE})
"""What a person records."""


@dataclass(frozen=True, slots=True)
class AliasRequest:
    """An alias to record: held from a day to before another (None: still); ``note`` says where it is known from."""

    kind: AliasKind
    text: str
    valid_from: date
    valid_to: date | None = None
    note: str = ""

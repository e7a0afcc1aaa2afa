"""Door numbers (门牌号) and where on a place they stand."""

from dataclasses import dataclass
from enum import StrEnum

from address_service.errors import InvalidInput

MAX_MAIN = 99_999
MAX_SUB = 999


@dataclass(frozen=True, slots=True, order=True)
class DoorNumber:
    """A visible door number: main 1-99999, sub-number (附号) 0-999 where 0 means none."""

    main: int
    sub: int = 0

    def __post_init__(self) -> None:
        if not (1 <= self.main <= MAX_MAIN and 0 <= self.sub <= MAX_SUB):
            raise InvalidInput(f"门牌号超出范围：{self.main}附{self.sub}", code="door-number-out-of-range")

    def __str__(self) -> str:
        return f"{self.main}号附{self.sub}" if self.sub else f"{self.main}号"


class Side(StrEnum):
    """Side of a street, walking in the direction of numbering."""

    LEFT = "left"
    RIGHT = "right"


class NumberState(StrEnum):
    """State of one row in the ledger of numbers.

    ``VACANT`` (空号) is a number that never came into use: its draft was rejected. It may be issued again, a
    retired one may not.
    """

    RESERVED = "reserved"
    ISSUED = "issued"
    RETIRED = "retired"
    VACANT = "vacant"

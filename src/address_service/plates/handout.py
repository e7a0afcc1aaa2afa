"""The hand-out sheet (门牌发放表) of a batch, for the office alone: plate → door → households, and back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

CONFIDENTIAL = "仅供内部发放使用"
KEEP_INSIDE = "含居民信息：不得交给门牌制作单位，不得张贴、拍照外传；发放完毕后归档或销毁。"
SYNTHETIC = "示例数据，不作凭证"
NOBODY = "无户籍登记"


@dataclass(frozen=True, slots=True)
class HandoutHousehold:
    """A household behind a door, as much of it as one needs who hands out its plate.

    ``head`` and ``book_no`` (户号) are masked already, empty where there is none; ``persons`` counts its members.
    """

    head: str
    book_no: str
    persons: int


@dataclass(frozen=True, slots=True)
class HandoutLine:
    """One plate: ``position`` is its place in walking order, ``page`` its page in the plates' PDF."""

    position: int
    page: int
    address_code: str
    full_text: str
    door_number: str
    households: tuple[HandoutHousehold, ...] = ()


@dataclass(frozen=True, slots=True)
class HandoutSheet:
    """A whole sheet; ``lines`` in walking order. ``synthetic`` prints that the data are a sample."""

    batch_no: str
    profile: str
    printed_on: str
    printed_by: str
    lines: tuple[HandoutLine, ...]
    synthetic: bool = False

    @property
    def heading(self) -> str:
        """Title with batch and size."""
        return f"门牌发放表（{CONFIDENTIAL}）　批次 {self.batch_no}　{self.profile}"

    @property
    def imprint(self) -> str:
        """Who printed it and when."""
        note = f"　{SYNTHETIC}" if self.synthetic else ""
        return f"打印日期 {self.printed_on}　打印人 {self.printed_by}{note}"

    @property
    def totals(self) -> str:
        """What there is to hand out."""
        households = [one for line in self.lines for one in line.households]
        persons = sum(one.persons for one in households)
        return f"门牌 {len(self.lines)} 张　户 {len(households)}　人 {persons}"


@dataclass(frozen=True, slots=True)
class HandoutRow:
    """A line of the sheet: a plate with one of its households, or with none."""

    line: HandoutLine
    household: HandoutHousehold | None
    is_first: bool

    @property
    def cells(self) -> tuple[str, str, str]:
        """Head, household number and persons as they are shown."""
        if self.household is None:
            return NOBODY, "", ""
        one = self.household
        return one.head or "—", one.book_no or "—", str(one.persons)


def walking_rows(lines: Sequence[HandoutLine]) -> Iterator[HandoutRow]:
    """From plate to households: a row for each household, one for a plate that nobody is registered behind."""
    for line in lines:
        for number, household in enumerate(line.households or (None,)):
            yield HandoutRow(line, household, number == 0)


def household_rows(lines: Sequence[HandoutLine]) -> list[HandoutRow]:
    """From household to plate: by the shown end of the household number, then by head and walking order."""
    rows = [row for row in walking_rows(lines) if row.household is not None]
    return sorted(rows, key=_by_household)


def _by_household(row: HandoutRow) -> tuple[bool, str, str, int]:
    book_no, head = ("", "") if row.household is None else (row.household.book_no, row.household.head)
    return not book_no, book_no.lstrip("*"), head, row.line.position

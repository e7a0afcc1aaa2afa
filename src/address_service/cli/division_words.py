"""What the commands for divisions share: reading choices and days, a table."""

from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def read_choice(kind: Any, text: str) -> Any:
    """A member of an enumeration; raises InvalidInput `choice-unknown`, which names them all."""
    from address_service.errors import InvalidInput

    if text not in list(kind):
        raise InvalidInput(f"没有“{text}”，可用：{'、'.join(kind)}", code="choice-unknown")
    return kind(text)


def read_day(text: str | None) -> date | None:
    """A day as written, None for none; raises InvalidInput `date-malformed`."""
    from address_service.errors import InvalidInput

    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInput(f"日期应如 2026-03-02，收到“{text}”", code="date-malformed") from error


def print_table(head: tuple[str, ...], rows: "Iterator[tuple[Any, ...]]") -> None:
    """Print rows under a head."""
    from rich.console import Console
    from rich.table import Table

    table = Table(*head)
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    Console().print(table)

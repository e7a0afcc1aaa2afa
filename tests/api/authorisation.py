"""The hand-written matrix of who may ask what, read from its file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from address_service.model.accounts import Role

_FILE = Path(__file__).with_name("authorisation_matrix.yaml")


@dataclass(frozen=True)
class Line:
    """What an operation answers: to whom, about one's own land, about somebody else's, to nobody."""

    offices: frozenset[str]
    own: int
    other: int
    nobody: int
    scope: str

    def expected(self, role: Role) -> tuple[int, int]:
        """The statuses for an office, about its own land and about somebody else's."""
        return (self.own, self.other) if role.value in self.offices else (403, 403)


@dataclass(frozen=True)
class Matrix:
    """Offices and operations as the file names them."""

    offices: frozenset[str]
    lines: dict[str, Line]
    sessions: dict[str, Line]
    """What takes a browser session of one's own; the offices of these lines are all."""
    apart: dict[str, frozenset[str]]
    """Where the three administrators are apart: of what is not for all, what is left to each of them."""
    refused: dict[str, str]
    """There: operations that are refused to whoever may ask, and why."""

    @property
    def operations(self) -> dict[str, Line]:
        """Lines of keys and of sessions."""
        return self.lines | self.sessions

    def expected_apart(self, operation: str, role: Role) -> tuple[int, int]:
        """As `Line.expected`, where the three administrators are apart."""
        line = self.lines[operation]
        common = {name for name in self.offices if name != Role.PENDING} <= line.offices
        left = common or role.value not in self.apart or operation in self.apart[role.value]
        return line.expected(role) if left and operation not in self.refused else (403, 403)


def read_matrix() -> Matrix:
    """The matrix; raises ValueError for a line that cannot be read and KeyError for an office it does not know."""
    document = yaml.safe_load(_FILE.read_text("utf-8"))
    names: dict[str, str] = document["offices"]
    lines = {op: _line(names, str(line)) for op, line in document["operations"].items()}
    sessions = {op: _line(names, f"any | {line} | session") for op, line in document["sessions"].items()}
    apart: dict[str, Any] = document["apart"]
    refused: dict[str, str] = apart.pop("refused")
    left = {role: frozenset(operations) for role, operations in apart.items()}
    return Matrix(frozenset(names.values()), lines, sessions, left, refused)


def _line(names: dict[str, str], text: str) -> Line:
    offices, own, other, nobody, *scope = (part.strip() for part in text.split("|"))
    match offices:
        case "any":
            may = set(names.values())
        case "all":
            may = set(names.values()) - {Role.PENDING.value}
        case _:
            may = {names[short] for short in offices.split()}
    return Line(frozenset(may), int(own), int(other), int(nobody), scope[0] if scope else "village")

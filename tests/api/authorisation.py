"""The hand-written matrix of who may ask what, read from its file."""

from dataclasses import dataclass
from pathlib import Path

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


def read_matrix() -> Matrix:
    """The matrix; raises ValueError for a line that cannot be read and KeyError for an office it does not know."""
    document = yaml.safe_load(_FILE.read_text("utf-8"))
    names: dict[str, str] = document["offices"]
    lines = {op: _line(names, str(line)) for op, line in document["operations"].items()}
    return Matrix(frozenset(names.values()), lines)


def _line(names: dict[str, str], text: str) -> Line:
    offices, own, other, nobody, *scope = (part.strip() for part in text.split("|"))
    may = names.values() if offices == "all" else (names[short] for short in offices.split())
    return Line(frozenset(may), int(own), int(other), int(nobody), scope[0] if scope else "village")

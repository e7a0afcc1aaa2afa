"""The gazetteer: dated names of divisions and places with their aliases, found longest first at a place in a text."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from address_service.coding.grammar.elements import ElementKind


@dataclass(frozen=True, slots=True)
class NameAlias:
    """Another spelling or a former name; ``start`` None: ever, ``end`` None: still, ``end`` is the first day without."""

    text: str
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name that an identity had over a stretch of time; several of one ``key`` are its names one after another.

    ``kind`` is one of PROVINCE … GROUP, COMPOUND or INSTITUTION; ``parent`` the key of what it lies in. ``name`` with
    its generic term (``烟舟村``, ``竹溪组``, ``3组``). ``end`` is the first day on which it no longer had the name.
    """

    key: str
    kind: ElementKind
    name: str
    parent: str | None = None
    code: str = ""
    start: date | None = None
    end: date | None = None
    aliases: tuple[NameAlias, ...] = field(default=())


class Gazetteer:
    """Names as one register knows them; built once, then only read."""

    __slots__ = ("names",)

    def __init__(self, names: Iterable[KnownName]) -> None:
        """Index names and aliases by what they begin with."""
        self.names = tuple(names)

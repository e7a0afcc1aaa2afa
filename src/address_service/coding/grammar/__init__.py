"""The grammar of addresses: a text as people write it → elements with spans, by known names."""

from address_service.coding.grammar.elements import (
    GA_CODE,
    Element,
    ElementKind,
    LeftOver,
    Level,
    Reading,
    Reason,
)
from address_service.coding.grammar.gazetteer import Gazetteer, KnownName, NameAlias
from address_service.coding.grammar.reader import read_address

__all__ = [
    "GA_CODE",
    "Element",
    "ElementKind",
    "Gazetteer",
    "KnownName",
    "LeftOver",
    "Level",
    "NameAlias",
    "Reading",
    "Reason",
    "read_address",
]

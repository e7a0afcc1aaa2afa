"""A remark that names a village of before: the number behind it may be that village's, 德字村（原石枧村）3组4号."""

from collections.abc import Iterator

from address_service.coding.grammar.elements import Element, Reading
from address_service.coding.grammar.elements import ElementKind as K
from address_service.coding.grammar.gazetteer import Gazetteer
from address_service.coding.grammar.reader import read_address


def texts_of_before(reading: Reading, gazetteer: Gazetteer) -> Iterator[str]:
    """The text with the village of a remark in the place of the one outside, for each remark that names another."""
    village = reading.first(K.VILLAGE)
    for remark in reading.elements:
        if village is None or remark.kind is not K.REMARK:
            continue
        named = read_address(remark.value, gazetteer).first(K.VILLAGE)
        if named is not None and named.keys and not set(named.keys) & set(village.keys):
            yield _put(reading.text, {village: named.text, remark: ""})


def _put(text: str, instead: dict[Element, str]) -> str:
    for element in sorted(instead, key=lambda one: one.span, reverse=True):
        start, end = element.span
        text = text[:start] + instead[element] + text[end:]
    return text

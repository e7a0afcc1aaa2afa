"""A text that nobody held as it stands, spelt as the register would have it: for a second try at lineage."""

from address_service.coding.full_text import chinese_numeral
from address_service.coding.grammar import Element, ElementKind, Gazetteer, Reading
from address_service.coding.grammar.folding import fold_name
from address_service.coding.grammar.gazetteer import Spelling

_UNSURE = frozenset({"names-apart", "unreadable", "text-too-long"})
_MOST_GROUP = 999


def rewritten(reading: Reading, gazetteer: Gazetteer) -> tuple[str, ...]:
    """Texts of the same meaning, the nearest first; none where a part was not understood, or a remark may change it.

    Names that stand on record stay as they are, since they are of their day; others and numbers take the usual form.
    The last resort is the canonical key. A numbered group is tried in both kinds of numerals.
    """
    remarked = any(one.kind is ElementKind.REMARK for one in reading.elements)
    if not reading.key or remarked or any(reason.code in _UNSURE for reason in reading.reasons):
        return ()
    spelt = "".join(_on_record(one, gazetteer) for one in reading.elements)
    texts: tuple[str, ...] = (spelt, reading.key)
    group = reading.first(ElementKind.GROUP)
    if group is not None and group.number and group.number[0] <= _MOST_GROUP:
        chinese = f"{chinese_numeral(group.number[0])}组"
        texts = (
            spelt,
            spelt.replace(group.value, chinese),
            reading.key,
            reading.key.replace(group.value, chinese),
        )
    return tuple(dict.fromkeys(texts))


def _on_record(element: Element, gazetteer: Gazetteer) -> str:
    folded = fold_name(element.text)
    stands = any(
        entry.spelling <= Spelling.ALIAS and entry.key in element.keys for entry in gazetteer.entries(folded)
    )
    return folded if stands or not (element.keys or element.number) else element.value

"""What of an address is searched for, and how a query is cut the same way.

An address is searched by its tail: the text after province, prefecture, county and town, which all addresses of a
county share. Tails are found by their bigrams, since two characters already name a village and trigrams miss them.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MAX_QUERY = 100
"""Characters of a query that are looked at; no address is longer."""

_SUB_NUMBER = re.compile(r"(?<=[0-9])号?[附之‐-―−-]([0-9]+)号?")


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """A query as the index sees it.

    ``text`` is what remains after the heads, ``heads`` what was taken off, ``bigrams`` those of ``text``: all of
    them stand in every address that contains it. A single character is looked for at the start of a line only.
    """

    text: str
    heads: tuple[str, ...]
    bigrams: tuple[str, ...]

    @property
    def anchored_start(self) -> tuple[str, ...]:
        """Bigrams of the addresses that begin with the text."""
        return (*self.bigrams, "^" + self.text[:1])

    @property
    def anchored(self) -> tuple[str, ...]:
        """Bigrams of the addresses that are the text."""
        return (*self.anchored_start, self.text[-1:] + "$")

    def with_one_slip(self) -> list[tuple[str, ...]]:
        """Bigrams that survive when one character is wrong, missing or too many: one set for each place of the slip."""
        pairs = _pairs(self.text[:24])
        sets = (
            tuple(dict.fromkeys(pairs[: max(at - 1, 0)] + pairs[at + 1 :])) for at in range(len(pairs) + 1)
        )
        return [kept for kept in dict.fromkeys(sets) if kept]


def normalise(text: str) -> str:
    """Letters and digits only, in NFKC and upper case; every spelling of a sub-number reads 18附1."""
    folded = _SUB_NUMBER.sub(r"附\1", "".join(unicodedata.normalize("NFKC", text).split()))
    return "".join(c for c in folded.upper() if c.isalnum() and c.isprintable())


def search_document(full_text: str, heads: Sequence[str], aliases: Iterable[str]) -> tuple[str, list[str]]:
    """Tail and bigrams of an address: its text and its aliases, one line each, without the heads.

    ``heads`` are the names of province, prefecture, county and towns, from the widest to the narrowest.
    """
    names = [normalise(head) for head in heads]
    lines = list(dict.fromkeys(_without_heads(normalise(text), names)[0] for text in (full_text, *aliases)))
    lines = lines[:1] + [line for line in lines[1:] if line]
    grams = {gram for line in lines if line for gram in (*_pairs(line), "^" + line[0], line[-1] + "$")}
    return "\n".join(lines), sorted(grams)


def read_query(query: str, heads: Sequence[str]) -> SearchTerms:
    """Cut a query as `search_document` cuts addresses; whatever was typed, the work is bounded by MAX_QUERY."""
    text, taken = _without_heads(
        normalise(query[:MAX_QUERY])[:MAX_QUERY], [normalise(head) for head in heads]
    )
    grams = tuple(dict.fromkeys(_pairs(text))) or (("^" + text,) if text else ())
    return SearchTerms(text, taken, grams)


def _without_heads(text: str, heads: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    taken = []
    for head in heads:
        if head and text.startswith(head):
            text = text[len(head) :]
            taken.append(head)
    return text, tuple(taken)


def _pairs(text: str) -> list[str]:
    return [text[at : at + 2] for at in range(len(text) - 1)]

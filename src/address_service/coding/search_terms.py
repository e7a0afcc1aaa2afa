"""What of an address is searched for, and how a query is cut the same way.

An address is searched by its tail: the text after province, prefecture, county and town, which all addresses of a
county share. Tails are found by their bigrams, since two characters already name a village and trigrams miss them; by
their counted words (12组, 18号, 12组18号), since the bigrams of numbers stand in every village; and by initials.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from address_service.coding.grammar.numerals import value_of
from address_service.coding.initials import initials

MAX_QUERY = 100
"""Characters of a query that are looked at; no address is longer."""

_SPELLED_LINES = 4
_COUNTED = re.compile(r"[0-9]+[^0-9]")
_NUMERAL = re.compile(r"[零〇一二三四五六七八九十百廿卅]+(?=[组号队社栋幢楼单层室]|$)")
_LETTERS = re.compile(r"(?=.*[A-Z]{2}|.*[A-Z][0-9])[A-Z0-9附]+")
_SUB_NUMBER = re.compile(r"(?<=[0-9])号?[附之‐-―−-]([0-9]+)号?")


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """A query as the index sees it.

    ``text`` is what remains after the heads, ``heads`` what was taken off, ``bigrams`` those of ``text``: all of
    them stand in every address that contains it. A single character is looked for at the start of a line only.
    ``words`` are the counted words of ``text``, taken whole: 2组 is not looked for in 12组.
    """

    text: str
    heads: tuple[str, ...]
    bigrams: tuple[str, ...]
    words: tuple[str, ...] = ()

    @property
    def initials(self) -> str:
        """The text as pinyin initials in lower case, empty where it cannot be meant so."""
        return self.text.lower().replace("附", "f") if _LETTERS.fullmatch(self.text) else ""

    @property
    def initial_grams(self) -> tuple[str, ...]:
        """What stands among the words of every address spelled so; two letters stand at the start of a line only."""
        letters = self.initials
        return tuple(dict.fromkeys(_triples(letters))) or ("^" + letters,)

    def in_arabic(self) -> "SearchTerms | None":
        """The same with the numerals of counted words in Arabic, 三组 as 3组; None where there are none."""
        text = _NUMERAL.sub(
            lambda run: str(value) if (value := value_of(run[0])) is not None else run[0], self.text
        )
        return None if text == self.text else replace(_terms(text), heads=self.heads)

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


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """What the index holds of an address.

    ``tail`` is its text and its aliases, one line each, without the heads; ``initials`` the spellings of the first
    lines, one in a line; ``bigrams`` those of all lines; ``words`` counted words of all lines and grams of initials.
    """

    tail: str
    bigrams: list[str]
    initials: str
    words: list[str]


def search_document(full_text: str, heads: Sequence[str], aliases: Iterable[str]) -> SearchDocument:
    """What is searched of an address; ``heads`` are the names from province to towns, the widest first."""
    names = [normalise(head) for head in heads]
    lines = list(dict.fromkeys(_without_heads(normalise(text), names)[0] for text in (full_text, *aliases)))
    lines = lines[:1] + [line for line in lines[1:] if line]
    grams = {gram for line in lines if line for gram in (*_pairs(line), "^" + line[0], line[-1] + "$")}
    letters, words = index_words(lines)
    return SearchDocument("\n".join(lines), sorted(grams), letters, words)


def index_words(lines: Sequence[str]) -> tuple[str, list[str]]:
    """Initials and words of the lines of a tail; old texts are found by initials as the new one is."""
    spelled = [spelling for line in lines[:_SPELLED_LINES] for spelling in initials(line)]
    words = {word for line in lines for word in _counted(line)}
    words.update(gram for letters in spelled for gram in (*_triples(letters), "^" + letters[:2]))
    return "\n".join(spelled), sorted(words)


def read_query(query: str, heads: Sequence[str]) -> SearchTerms:
    """Cut a query as `search_document` cuts addresses; whatever was typed, the work is bounded by MAX_QUERY."""
    text, taken = _without_heads(
        normalise(query[:MAX_QUERY])[:MAX_QUERY], [normalise(head) for head in heads]
    )
    return replace(_terms(text), heads=taken)


def _terms(text: str) -> SearchTerms:
    grams = tuple(dict.fromkeys(_pairs(text))) or (("^" + text,) if text else ())
    return SearchTerms(text, (), grams, tuple(dict.fromkeys(_counted(text))))


def _without_heads(text: str, heads: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    taken = []
    for head in heads:
        if head and text.startswith(head):
            text = text[len(head) :]
            taken.append(head)
    return text, tuple(taken)


def _pairs(text: str) -> list[str]:
    return [text[at : at + 2] for at in range(len(text) - 1)]


def _triples(text: str) -> list[str]:
    return [text[at : at + 3] for at in range(len(text) - 2)]


def _counted(text: str) -> list[str]:
    """Numbers with the character behind them, each by itself and with the one that follows at once."""
    found = list(_COUNTED.finditer(text))
    pairs = [a[0] + b[0] for a, b in pairwise(found) if a.end() == b.start()]
    return [*(one[0] for one in found), *pairs]

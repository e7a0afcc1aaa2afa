"""The search box: addresses by text, pinyin initials, address code, parcel code or building code, within a scope.

Whatever is typed, a search reads a bounded number of rows: candidates come from an index under a limit and are ranked
afterwards. The wider the query, the more of its hits are left out, never the exact ones.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, LiteralString
from uuid import UUID

from address_service.coding.search_terms import MAX_QUERY, SearchTerms, read_query
from address_service.errors import Forbidden, InvalidInput
from address_service.store.read_lane import ReadLane
from address_service.store.search_book import SearchBook, search_book
from address_service.store.search_hits import SearchHit, hit_of
from address_service.store.search_statements import (
    BY_BUILDING,
    BY_CODE,
    BY_INITIALS,
    BY_PARCEL,
    BY_SLIP,
    BY_START,
    BY_TEXT,
    Narrowing,
    Scope,
)

MAX_LIMIT = 100
MOST = 200
"""Candidates of each kind that are ranked; of type-ahead fewer."""
MOST_AHEAD = 60
MOST_SLIPS = 12
FEW = 8
"""Villages that are gone through one by one."""
_CODE = re.compile(r"[0-9]{6,26}")
_PARCEL = re.compile(r"([0-9]{12}[A-Z]{2}[0-9]{5})([A-Z][0-9]{8})?")  # GB/T 37346-2019: 19 or 28 characters
_NUMBER = re.compile(r"[0-9]{1,5}")
_ASSET = re.compile(r"[0-9A-Z_-]{3,40}")

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Hits in order of rank, and where the next page starts."""

    items: list[SearchHit]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A search under way: the query as typed, what bounds it, the page, and how many candidates are ranked."""

    lane: ReadLane
    book: SearchBook
    query: str
    within: str | None
    limit: int
    offset: int = 0
    most: int = MOST

    async def rows(
        self, statement: Callable[[Scope], LiteralString], named: Sequence[str] = (), **more: Any
    ) -> Rows:
        """The rows of the statement for where is searched; one row more than the page holds."""
        villages = self.villages(named)
        if villages == []:
            return []
        is_few = villages is not None and (len(villages) <= FEW or len(more.get("text", "")) == 1)
        scope: Scope = "county" if villages is None else "few" if is_few else "many"
        arguments = {"county": self.lane.county_code, "today": self.lane.today(), "villages": villages}
        page = {"limit": self.limit + 1, "offset": self.offset, "most": self.most}
        return await self.lane.rows(statement(scope), {**arguments, **page, **more})

    def villages(self, named: Sequence[str]) -> list[UUID] | None:
        """Ids of the villages searched, None for the whole county; towns that were dissolved narrow nothing."""
        towns = self.book.within(named) if named else []
        if self.within is None or self.within == self.lane.county_code:
            return towns or None
        inside = self.book.within([self.within])
        return [key for key in inside if key in set(towns)] if towns else inside


async def search_addresses(
    lane: ReadLane, query: str, limit: int = 20, cursor: str | None = None, within: str | None = None
) -> SearchPage:
    """Find current addresses; the best match first, an empty page when nothing of the query can be searched for.

    ``within`` is the code of the division that bounds the search. Raises InvalidInput for a limit outside 1-100 or
    a cursor that no page gave.
    """
    offset = _offset(limit, cursor)
    asked = Asked(lane, await search_book(lane), query, within, limit, offset)
    hits = await _by_identifier(asked) or await _by_words(asked)
    return SearchPage(hits[:limit], str(offset + limit) if len(hits) > limit else None)


async def complete_address(
    lane: ReadLane, query: str, limit: int = 8, within: str | None = None
) -> list[SearchHit]:
    """What may be meant by the beginning of a query, while it is typed; the same order, of fewer candidates."""
    asked = Asked(lane, await search_book(lane), query, within, limit, most=MOST_AHEAD)
    hits = await _by_identifier(asked) or await _by_words(asked)
    return hits[:limit]


def scope_within(scope: str | None, within: str | None) -> str | None:
    """The division that bounds a search asked for by an account; raises Forbidden `out-of-scope`.

    ``scope`` is that of the account, None for a visitor of an open map, who sees what the county has published.
    """
    if within is not None and scope is not None and not within.startswith(scope):
        raise Forbidden(f"辖区不包括 {within}", code="out-of-scope")
    return within or scope


def _offset(limit: int, cursor: str | None) -> int:
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidInput(f"limit应在1至{MAX_LIMIT}之间", code="limit-out-of-range")
    if cursor is None:
        return 0
    if not re.fullmatch(r"[0-9]{1,9}", cursor):
        raise InvalidInput("cursor不是本接口给出的值", code="cursor-malformed")
    return int(cursor)


async def _by_identifier(asked: Asked) -> list[SearchHit]:
    typed = "".join(unicodedata.normalize("NFKC", asked.query[:MAX_QUERY]).split())
    text = typed.upper()
    if _CODE.fullmatch(text):
        return await _by_code(asked, text) or await _by_building(asked, typed)
    if parcel := _PARCEL.fullmatch(text):
        return _hits(await asked.rows(lambda _: BY_PARCEL, code=parcel[1]), parcel[1])
    if _ASSET.fullmatch(text) and not text.isdecimal():
        return await _by_building(asked, typed)
    return []


async def _by_code(asked: Asked, digits: str) -> list[SearchHit]:
    within = asked.within or ""
    start = within if within.startswith(digits) else digits  # no use in reading past what may be shown
    rows = await asked.rows(lambda _: BY_CODE, low=start.ljust(26, "0"), high=start.ljust(26, "9"))
    return _hits(rows, digits)


async def _by_building(asked: Asked, code: str) -> list[SearchHit]:
    return _hits(await asked.rows(lambda _: BY_BUILDING, codes=list({code, code.upper()})), code)


def _hits(rows: Rows, code: str) -> list[SearchHit]:
    return [hit_of(row, SearchTerms(code, (), ())) for row in rows]


async def _by_words(asked: Asked) -> list[SearchHit]:
    typed = read_query(asked.query, list(asked.book.heads))
    if not typed.text:
        code = asked.book.heads[typed.heads[-1]][0] if typed.heads else ""
        return await _by_code(asked, code) if code else []
    for terms in (typed, typed.in_arabic()):
        if terms and (rows := await _by_letters(asked, terms) or await _by_text(asked, terms)):
            return [hit_of(row, terms) for row in rows]
    if asked.offset or len(typed.text) < 3:
        return []
    terms = typed.in_arabic() or typed
    return [hit_of(row, terms) for row in await _by_slip(asked, terms)]


async def _by_letters(asked: Asked, terms: SearchTerms) -> Rows:
    if not terms.initials:
        return []
    rare = asked.book.rare(terms.initial_grams)
    asking = {"letters": terms.initials, "rare_words": rare}
    return await asked.rows(lambda scope: BY_INITIALS[scope, not rare], _towns(asked, terms), **asking)


async def _by_text(asked: Asked, terms: SearchTerms) -> Rows:
    rare = asked.book.rare(terms.bigrams)
    words = asked.book.rare(terms.words[::-1])  # the longest first
    arguments = {
        "text": terms.text,
        "number": int(terms.text) if _NUMBER.fullmatch(terms.text) else None,
        "exact": list(terms.anchored),
        "bigrams": list(terms.bigrams),
        "words": list(terms.words),
        "rare_bigrams": rare,
        "rare_words": words,
    }
    towns = _towns(asked, terms)
    if not words and arguments["number"] is None:
        rows = await asked.rows(BY_START.__getitem__, towns, **arguments)
        if len(rows) > asked.limit or asked.offset + len(rows) >= asked.most:
            return rows
    for narrowing in _narrowings(bool(rare), bool(words)):
        if rows := await asked.rows(partial(_text_statement, narrowing), towns, **arguments):
            return rows
    return []


def _narrowings(by_bigrams: bool, by_words: bool) -> tuple[Narrowing, ...]:
    """One way where something of a text is rare; else the text as it stands, then its grams apart."""
    if not by_bigrams and not by_words:
        return ("nothing", "apart")
    return ("both",) if by_bigrams and by_words else ("words",) if by_words else ("bigrams",)


def _text_statement(narrowing: Narrowing, scope: Scope) -> LiteralString:
    return BY_TEXT[scope, narrowing]


async def _by_slip(asked: Asked, terms: SearchTerms) -> Rows:
    sets = dict.fromkeys(" ".join(asked.book.rare(kept)) for kept in terms.with_one_slip())
    arguments = {
        "text": terms.text,
        "bigrams": list(terms.bigrams),
        "rare_words": asked.book.rare(terms.words[::-1])[:1],
        "sets": [kept for kept in sets if kept][:MOST_SLIPS],
    }
    return await asked.rows(BY_SLIP.__getitem__, _towns(asked, terms), **arguments)


def _towns(asked: Asked, terms: SearchTerms) -> list[str]:
    """Codes of the towns that a query names."""
    return [code for head in terms.heads for code in asked.book.heads[head] if len(code) == 9]

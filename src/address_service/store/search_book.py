"""What a search knows of the county before it asks: heads, villages, and grams too common to be asked for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from address_service.coding.search_terms import normalise
from address_service.store.read_lane import ReadLane
from address_service.store.search_index import HEADS

MOST_ASKED = 6
OFTEN = 40_000
"""Rows from which a gram is common: reading them off the index takes longer than looking through rows in order."""


@dataclass(frozen=True, slots=True)
class SearchBook:
    """Codes by normalised name of what stands before a village, villages in force by id, grams of `OFTEN` rows."""

    heads: Mapping[str, Sequence[str]]
    villages: Sequence[tuple[UUID, str]]
    common: frozenset[str]

    def within(self, codes: Iterable[str]) -> list[UUID]:
        """The villages under some division codes."""
        starts = tuple(codes)
        return [key for key, code in self.villages if code.startswith(starts)]

    def rare(self, grams: Sequence[str]) -> list[str]:
        """The first of them that are not common, as many as are worth asking the index for."""
        return [gram for gram in grams if gram not in self.common][:MOST_ASKED]

    def all_common(self, grams: Sequence[str]) -> bool:
        """Whether none of them narrows a search."""
        return bool(grams) and self.common.issuperset(grams)


async def search_book(lane: ReadLane) -> SearchBook:
    """The book of the lane's county, remembered until the register changes."""
    return await lane.remembered("search-book", lambda: _read(lane))


async def _read(lane: ReadLane) -> SearchBook:
    county = {"county": lane.county_code}
    heads: dict[str, list[str]] = defaultdict(list)
    for name, code in await lane.rows(HEADS, county):
        heads[normalise(name)].append(code)
    villages = await lane.rows(_VILLAGES, {**county, "today": lane.today()})
    common = await lane.rows(_COMMON, {"often": OFTEN})
    return SearchBook(heads, [(key, code) for key, code in villages], frozenset(gram for (gram,) in common))


_VILLAGES: LiteralString = """
SELECT division_id, code_nbs::text FROM division_version
WHERE county_code = %(county)s AND level = 'village' AND upper_inf(recorded) AND valid @> %(today)s
"""

# What ANALYZE has counted; a table that was never analysed is small, or soon is.
_COMMON: LiteralString = """
SELECT e.gram FROM pg_stats s
JOIN pg_class c ON c.oid = 'address_search'::regclass,
LATERAL unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) AS e (gram, share)
WHERE s.schemaname = current_schema() AND s.tablename = 'address_search' AND s.attname IN ('bigrams', 'words')
  AND e.gram IS NOT NULL AND e.share * c.reltuples >= %(often)s
"""

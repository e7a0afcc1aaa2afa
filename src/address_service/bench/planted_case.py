"""A row in the making: the words of a text by their parts, what they say, and what the oracle makes of it."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from address_service.bench.planted_names import TODAY
from address_service.bench.planted_oracle import ENDED, Oracle
from address_service.bench.planted_world import Spot, Stretch

_PREFIXES = (
    "湖南省岳阳市平江县",
    "湖南省平江县",
    "平江县",
    "湖南平江县",
    "岳阳市平江县",
    "湖南省岳阳市",
    "平江",
    "",
)
_WEIGHTS = (6, 5, 5, 2, 2, 1, 1, 4)


@dataclass(slots=True)
class Words:
    """Pieces of a text in their order."""

    prefix: str
    town: str
    village: str
    places: list[str]
    number: str
    inside: str = ""
    before: str = ""
    after: str = ""

    def pieces(self) -> list[str]:
        """The pieces that are not empty."""
        found = (self.prefix, self.town, self.village, *self.places, self.number, self.inside)
        return [piece for piece in found if piece]

    def text(self) -> str:
        """The pieces in one line."""
        return self.before + "".join(self.pieces()) + self.after


@dataclass(slots=True)
class Case:
    """What a kind of corruption works on.

    ``spots``, ``towns`` and ``villages`` are all that the text may say (empty: it says none). ``nothing``: it names no
    door, or none that anybody could tell; ``open``: it shows itself that it may mean several; ``known``: what it means
    is known from elsewhere. ``text`` stands for ``words`` where their order is lost.
    """

    draw: random.Random
    oracle: Oracle
    stretch: Stretch
    on: date | None
    words: Words
    spots: Sequence[Spot]
    towns: Sequence[str]
    villages: Sequence[str]
    nothing: bool = False
    text: str | None = None
    external_id: str | None = None
    home: tuple[str, ...] = ()
    open: bool = False
    known: str | None = None

    @property
    def spot(self) -> Spot:
        """What the stretch's standard text says."""
        return self.stretch.spot

    def says(self, **parts: object) -> None:
        """The text says other parts than the stretch."""
        self.spots = [replace(self.spot, **parts)]  # type: ignore[arg-type]

    def line(self) -> str:
        """The text as planted."""
        return self.words.text() if self.text is None else self.text


Kind = Callable[[Case], bool]
"""Corrupts a case; False where it cannot be done to this one."""


def begin(draw: random.Random, oracle: Oracle, stretch: Stretch) -> Case:
    """A case with the words of a stretch behind a prefix by chance, and with a day in six of ten."""
    spot = stretch.spot
    on = None
    if draw.random() < 0.6:
        last = stretch.end or TODAY
        on = date.fromordinal(draw.randrange(stretch.start.toordinal(), last.toordinal()))
    prefix = draw.choices(_PREFIXES, _WEIGHTS)[0]
    town = "" if draw.random() < (0.15 if not prefix else 0.02) else spot.town
    if town and draw.random() < 0.04 and not town.endswith("街道"):
        town = town[:-1]
    words = Words(prefix, town, spot.village, list(spot.places), spot.number_text(), spot.inside)
    return Case(draw, oracle, stretch, on, words, [spot], [stretch.town_key] if town else [], [spot.village])


def judge(case: Case) -> tuple[bool, str | None]:
    """Whether a row may be planted, and its true answer.

    Planted with an answer: all that the text says fits one address of today. Planted without: it names no door,
    several, or one that is gone for good. Not planted: one that reasonable people could dispute, that is, where only a
    reading that adds what the text leaves out finds a door, or where a name of another time, taken for one in use,
    leads to another door, or where an illegible text has but one meaning.
    """
    if case.known:
        return True, case.known
    if case.nothing:
        return True, None
    fits = case.oracle.fits(case.spots, case.on, towns=case.towns, villages=case.villages)
    found = case.oracle.today(fits)
    if found:
        wide = case.oracle.today(
            case.oracle.fits(
                case.spots, case.on, towns=case.towns, villages=case.villages, names_of_any_time=True
            )
        )
        if len(found) > 1:
            shown = case.open or (len(case.spots) == 1 and len(case.villages) <= 1)
            return shown and len(wide) > 1, None
        return wide == found and not case.open, found.pop() or None
    loosely = case.oracle.fits(case.spots, towns=case.towns, villages=case.villages, district=False)
    return not case.oracle.today(loosely) - {ENDED}, None

"""What a planted county is made of: places, doors, and every text that an address ever had."""

from dataclasses import dataclass, field
from datetime import date

RENUMBERED, GROUPS_RENAMED, REUSED = date(2018, 7, 1), date(2019, 9, 1), date(2020, 4, 1)
SPLIT, JOINED, ENDED = date(2021, 3, 1), date(2022, 6, 1), date(2023, 2, 1)


@dataclass(frozen=True, slots=True)
class Spot:
    """What a text says, by its parts; ``number`` 0: none, ``inside`` is building, unit and room."""

    town: str
    village: str
    places: tuple[str, ...]
    number: int
    sub: int = 0
    inside: str = ""

    def number_text(self) -> str:
        """The door number as the register writes it."""
        return (f"{self.number}号" if self.number else "") + (f"附{self.sub}号" if self.sub else "")

    def tail(self) -> str:
        """From the village on, as the register writes it."""
        return self.village + "".join(self.places) + self.number_text() + self.inside

    def text(self) -> str:
        """The standard text, 地址全称."""
        return f"湖南省岳阳市平江县{self.town}{self.tail()}"


@dataclass(frozen=True, slots=True)
class Stretch:
    """An address had this text from ``start`` to before ``end`` (None: still).

    ``recorded`` False: the register began later; the text follows from what became of its village and group.
    """

    address: str
    spot: Spot
    town_key: str
    village_key: str
    start: date
    end: date | None
    recorded: bool = True


@dataclass(slots=True)
class Group:
    """A place with doors, and where it lay and what it was called from which day: (day, village key, places)."""

    key: str
    kind: str
    trail: list[tuple[date, str, tuple[str, ...]]]
    doors: list["Door"] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its present name."""
        return self.trail[-1][2][-1]


@dataclass(slots=True)
class Door:
    """An address in a place and its numbers by day: (day, number, sub)."""

    address: str
    numbers: list[tuple[date, int, int]]
    inside: str = ""
    end: date | None = None
    successors: tuple[str, ...] = ()
    late: bool = False


@dataclass(frozen=True, slots=True)
class Alias:
    """A recorded other text of an address (曾用地址、俗称)."""

    address: str
    text: str
    start: date | None
    end: date | None


@dataclass(slots=True)
class World:
    """A county: places with doors, and what follows from them."""

    seed: int
    groups: list[Group]
    aliases: list[Alias]
    stretches: list[Stretch]
    successors: dict[str, tuple[str, ...]]

    def current(self) -> list[Stretch]:
        """The addresses in force today, one stretch each."""
        return [one for one in self.stretches if one.end is None and one.address not in self.successors]


def external_id(address: str) -> str | None:
    """The identity of others that every other address has."""
    number = int(address[1:])
    return None if number % 2 else f"MP4306{number:08}"

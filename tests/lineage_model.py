"""A naive register: plain dicts, one entry a day, events applied in the order in which they became known.

Written apart from the service and as dumb as can be, so that the two can be held against each other. A kind of event is
one method; events of divisions can be added the same way.
"""

from copy import deepcopy

Day = int


class NaiveRegister:
    """Who read what on which day, by what is known; addresses are known by their codes."""

    def __init__(self, days: int) -> None:
        self.days = days
        self.reads: dict[str, dict[Day, str]] = {}
        self.also: dict[str, dict[Day, set[str]]] = {}
        self.edges: list[tuple[Day, str, str]] = []
        self.known: list[dict[str, dict[Day, str]]] = []
        self.said: list[tuple[Day, dict[str, dict[Day, str]]]] = []

    # ------------------------------------------------------------ events

    def create(self, code: str, text: str, day: Day) -> None:
        self.reads[code] = dict.fromkeys(range(day, self.days), text)
        self.also[code] = {}

    def renumber(self, texts: dict[str, str], day: Day) -> None:
        for code, text in texts.items():
            for d in range(day, self.days):
                if d in self.reads[code]:
                    self.reads[code][d] = text

    def retire(self, code: str, day: Day) -> None:
        for d in range(day, self.days):
            self.reads[code].pop(d, None)

    def merge(self, code: str, into: str, day: Day) -> None:
        self.edges.append((day, code, into))
        self.retire(code, day)

    def split(self, code: str, parts: dict[str, str], day: Day, *, stays: bool) -> None:
        for part, text in parts.items():
            self.edges.append((day, code, part))
            self.create(part, text, day)
        if not stays:
            self.retire(code, day)

    def correct(self, code: str, text: str, since: Day, until: Day, decided: Day) -> None:
        for d in range(since, until):
            old = self.reads[code].get(d)
            if old is None or old == text:
                continue
            self.reads[code][d] = text
            if d < decided:
                self.also[code].setdefault(d, set()).add(old)

    def remember(self, day: Day) -> int:
        """What is known from now on, which is said on a day; gives its position."""
        self.known.append(deepcopy(self.reads))
        self.said.append((day, self.known[-1]))
        return len(self.known) - 1

    # ------------------------------------------------------------ questions

    def alive(self, day: Day) -> set[str]:
        return {code for code, days in self.reads.items() if day in days}

    def texts(self) -> set[str]:
        now = {text for days in self.reads.values() for text in days.values()}
        return now | {text for days in self.also.values() for some in days.values() for text in some}

    def holders(self, text: str, day: Day) -> set[str]:
        plain = {code for code, days in self.reads.items() if days.get(day) == text}
        return plain | {code for code, days in self.also.items() if text in days.get(day, set())}

    def on_paper(self, text: str, day: Day) -> set[str]:
        """Who held a text on a day by what was known at its end; if nobody holds it by now, by what was known since."""
        sure = self.holders(text, day)
        at_its_end = [known for at, known in self.said if at <= day][-1:]
        times = at_its_end if sure else at_its_end + [known for at, known in self.said if at > day]
        said = {code for known in times for code, days in known.items() if days.get(day) == text}
        return {code for code in said - sure if any(code in self.holders(text, d) for d in range(day))}

    def carried(self, code: str, day: Day, to: Day) -> set[str]:
        """Day by day: on the day of an edge the successor (backward: the predecessor) comes in."""
        found = {code}
        walk = range(day + 1, to + 1) if to >= day else range(day, to, -1)
        for d in walk:
            for _ in self.edges:
                for when, before, after in self.edges:
                    old, new = (before, after) if to >= day else (after, before)
                    if when == d and old in found:
                        found.add(new)
        return found & self.alive(to)

    def resolve(self, text: str, day: Day, to: Day) -> set[str]:
        sure = {one for code in self.holders(text, day) for one in self.carried(code, day, to)}
        papers = {code: max(d for d in self.reads[code] if d <= day) for code in self.on_paper(text, day)}
        return sure | {one for code, last in papers.items() for one in self.carried(code, last, to)}

    def would_cycle(self, before: str, after: str) -> bool:
        found = {after}
        for _ in self.edges:
            found |= {new for _, old, new in self.edges if old in found}
        return before in found

"""A population system on the other side of the gap: plain dictionaries keyed by address text, written without our code.

It knows nothing of the register: it takes the rows of the package's tables as the text they are.
"""

from dataclasses import dataclass, field


@dataclass
class Person:
    name: str
    household: str
    since: str  # 何时来本址


@dataclass
class PopulationSystem:
    doors: dict[str, list[Person]] = field(default_factory=dict)
    applied: set[str] = field(default_factory=set)
    questions: list[str] = field(default_factory=list)

    def add(self, address: str, name: str, household: str = "", since: str = "1998-05-01") -> None:
        self.doors.setdefault(address, []).append(Person(name, household, since))

    def where(self) -> dict[str, str]:
        return {person.name: address for address, people in self.doors.items() for person in people}

    def import_own_spellings(self, rows: list[dict[str, str]]) -> None:
        """Before a package: who stands at one of our spellings stands at what the register calls it."""
        for row in rows:
            leaving = [
                one for one in self.doors.get(row["贵方地址"], []) if row["户号"] in ("", one.household)
            ]
            staying = [one for one in self.doors.pop(row["贵方地址"], []) if one not in leaving]
            if staying:
                self.doors[row["贵方地址"]] = staying
            if leaving:
                self.doors.setdefault(row["原地址"], []).extend(leaving)

    def import_row_by_row(self, package: str, rows: list[dict[str, str]]) -> None:
        """One row after the other, keyed by text; a row taken once is not taken again."""
        for row in sorted(rows, key=lambda row: int(row["步骤号"])):
            mark = f"{package}/{row['步骤号']}"
            if mark not in self.applied:
                self._carry(row)
                self.applied.add(mark)

    def _carry(self, row: dict[str, str]) -> None:
        old, new, household = row["原地址"], row["新地址"], row["户号"]
        leaving = [one for one in self.doors.get(old, []) if household in ("", one.household)]
        if old and not new and leaving:
            self.questions.append(old)
            return
        if old:
            staying = [one for one in self.doors.get(old, []) if one not in leaving]
            self.doors[old] = staying
            if not staying:
                del self.doors[old]
        if new:
            self.doors.setdefault(new, []).extend(leaving)
        if leaving and row["何时来本址"] != "不变":
            self.questions.append(new)

    def import_as_a_set(self, package: str, rows: list[dict[str, str]]) -> None:
        """All rows at once: everybody's new door is looked up by the old one, then all doors are written anew."""
        if package in self.applied:
            return
        whole = {row["原地址"]: row["新地址"] for row in rows if row["原地址"] and not row["户号"]}
        parts = {(row["原地址"], row["户号"]): row["新地址"] for row in rows if row["户号"]}
        after: dict[str, list[Person]] = {row["新地址"]: [] for row in rows if row["新地址"]}
        for address, people in self.doors.items():
            for person in people:
                goal = parts.get((address, person.household)) or whole.get(address) or address
                after.setdefault(goal, []).append(person)
        self.doors = after
        self.applied.add(package)

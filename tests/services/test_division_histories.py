"""Random acts in random order, dated back as they come: names and texts of every day equal a naive replay."""

import random
from datetime import date, timedelta
from typing import Any

import pytest

from address_service.model.divisions import DivisionKind
from address_service.services.approve_addresses import approve_addresses
from address_service.services.change_division import (
    change_division_kind,
    create_division,
    rename_division,
    transfer_division,
)
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.division_act import Act
from address_service.services.plan_numbering import plan_numbering
from address_service.services.rename_place import rename_place
from address_service.store.addresses import Scope
from address_service.store.work import Work

FIRST, LAST = date(2016, 1, 1), date(2026, 3, 1)
DECREE = "示例〔2026〕8号"
ACTS = 14


class Naive:
    """What each thing was called from which day on; a day asks for the latest entry not after it."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[date, str]] = {
            "town": {FIRST: "童市镇"},
            "village": {FIRST: "烟舟村"},
            "place": {FIRST: "12组"},
        }

    def on(self, what: str, day: date) -> str:
        return self.entries[what][max(entry for entry in self.entries[what] if entry <= day)]

    def text(self, day: date) -> str:
        return (
            "湖南省岳阳市平江县"
            + "".join(self.on(what, day) for what in ("town", "village", "place"))
            + "1号"
        )


@pytest.mark.parametrize("seed", range(4))
def test_names_and_texts_of_every_day_equal_a_naive_replay(
    work: Work, approver: Work, town: Any, seed: int
) -> None:
    chance, naive = random.Random(seed), Naive()
    group = town.place("group", "12组", 12)
    town.house("1", 25, 12, group)
    commit_numbering_plan(work, plan_numbering(work, group).id)
    approved = FIRST + timedelta(days=chance.randrange(3000))
    approve_addresses(approver, Scope(place_id=group), "示例〔2020〕1号", approved)
    for serial in range(3):
        create_division(work, f"43062620{serial}", f"示例{serial}镇", Act(FIRST))
    free = [day for day in (FIRST + timedelta(days=n) for n in range(1, (LAST - FIRST).days))]
    days = chance.sample(free, ACTS)
    codes = iter([f"43062620{serial}208" for serial in range(3)])
    for number, day in enumerate(days):
        known = work.divisions.find_by_id(town.village_id, day)
        assert known is not None
        act, name = Act(day, DECREE), f"新名{number}村"
        match chance.choice(["village", "village", "place", "town", "kind"]):
            case "place":
                rename_place(work, group, f"新{number}组", act)
                naive.entries["place"][day] = f"新{number}组"
            case "town" if day > max(naive.entries["town"]) and (code := next(codes, None)):
                transfer_division(work, known, code, act)
                naive.entries["town"][day] = f"示例{code[8]}镇"
            case "kind" if known.kind is DivisionKind.ADMINISTRATIVE_VILLAGE:
                change_division_kind(work, known, DivisionKind.COMMUNITY, f"新名{number}社区", act)
                naive.entries["village"][day] = f"新名{number}社区"
            case _:
                rename_division(work, known, name, act)
                naive.entries["village"][day] = name

    turns = {FIRST, approved, LAST, *days, *(day - timedelta(days=1) for day in days)}
    rows = work.conn.exec_driver_sql(
        "SELECT full_text, lower(valid), upper(valid) FROM address_version WHERE upper_inf(recorded)"
    ).all()
    for day in sorted(turns):
        division = work.divisions.find_by_id(town.village_id, day)
        assert division is not None
        assert division.name == naive.on("village", day)
        read = [text for text, begin, end in rows if begin <= day and (end is None or day < end)]
        assert read == ([naive.text(day)] if day >= approved else []), day

"""Random histories by the real services against a naive register: texts, days, knowledge, successors, the feed."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from address_service.errors import NotFound, ServiceError
from address_service.model.address_changes import ActRequest, AddressAct, SplitPart
from address_service.model.numbers import DoorNumber
from address_service.services.approve_addresses import approve_addresses
from address_service.services.commit_address_change import commit_address_change
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.commit_renumbering import commit_renumbering
from address_service.services.draw_address_change import draw_address_change
from address_service.services.draw_renumbering import Renumbering, draw_renumbering
from address_service.services.plan_numbering import plan_numbering
from address_service.services.renumbering_targets import Wish
from address_service.services.resolve_address import resolve_code, resolve_text
from address_service.store.address_card import load_address_card
from address_service.store.addresses import Scope
from address_service.store.feed import Feed
from address_service.store.work import Work
from tests.lineage_model import NaiveRegister

EXAMPLES = int(os.environ.get("LINEAGE_EXAMPLES", "5"))
EVENTS = int(os.environ.get("LINEAGE_EVENTS", "14"))
"""Few and short by default; LINEAGE_EXAMPLES=50 LINEAGE_EVENTS=200 for a night."""

DECREE, HEAD = "示例〔2026〕9号", "湖南省岳阳市平江县童市镇烟舟村12组"
YARDS, SPARE = 5, 4
MAY_REFUSE = {
    "done",
    "effective-on-too-early",
    "homonym",
    "change-set-refused",
    "nothing-to-change",
    "succession-cycle",
}
CLASHES = """SELECT count(*) FROM address_version a JOIN address_version b ON a.id < b.id AND a.stage = 'current'
    AND b.stage = 'current' AND a.full_text = b.full_text AND a.address_id <> b.address_id
    AND a.valid && b.valid AND a.recorded && b.recorded"""

Op = tuple[str, int, int, int]
Known = dict[tuple[str, UUID], list[dict[str, Any]]]


def words(number: int) -> str:
    return f"{HEAD}{number}号"


class History:
    """One group lived through twice: by the services, and in the naive register."""

    def __init__(self, clerk: Work, county: Work, place: UUID, spare: list[UUID]) -> None:
        self.clerk, self.county, self.place, self.spare = clerk, county, place, list(spare)
        self.base, self.step, self.outcomes, self.cyclic = clerk.today, 0, list[str](), False
        self.model = NaiveRegister(EVENTS + 400)
        self.seen: Known = {}
        self.cursor = 0
        self.moments: list[Any] = []

    def at(self, work: Work) -> Work:
        """The day of the present step, every step a day later."""
        return Work(work.conn, work.actor, self.clerk.now + timedelta(days=self.step, minutes=30))

    def date(self, day: int) -> date:
        return self.base + timedelta(day)

    def ledger(self) -> dict[int, str]:
        query = """SELECT d.main, a.code FROM door_number d JOIN address a ON a.id = d.holder_id
                   WHERE d.place_id = :p AND d.state = 'issued' ORDER BY d.main"""
        return {row.main: row.code for row in self.clerk.conn.execute(text(query), {"p": self.place})}

    def retired(self) -> list[int]:
        query = "SELECT main FROM door_number WHERE place_id = :p AND state = 'retired' ORDER BY main"
        return list(self.clerk.conn.execute(text(query), {"p": self.place}).scalars())

    def fresh(self) -> int:
        query = "SELECT max(main) FROM door_number WHERE place_id = :p"
        return int(self.clerk.conn.execute(text(query), {"p": self.place}).scalar_one()) + 1

    def houses(self, code: str) -> list[UUID]:
        query = """SELECT l.building_id FROM address_building l JOIN address a ON a.id = l.address_id
                   WHERE a.code = :code AND upper_inf(l.recorded) AND upper_inf(l.valid) ORDER BY 1"""
        return list(self.clerk.conn.execute(text(query), {"code": code}).scalars())

    # ------------------------------------------------------------ one step

    def live(self, op: Op) -> None:
        kind, one, other, back = op
        self.step += 1
        codes = sorted(self.ledger().values())
        if not codes:
            return
        first, second = codes[one % len(codes)], codes[(one + 1 + other) % len(codes)]
        outcome, self.cyclic = "done", False
        attempt = self.clerk.conn.begin_nested()
        try:
            getattr(self, f"_{kind}")(first, second, one, max(self.step - back, 1))
            attempt.commit()
        except ServiceError as error:
            attempt.rollback()
            outcome = error.code
        self.outcomes.append(f"{kind} {outcome}")
        assert outcome in MAY_REFUSE, (op, outcome)
        assert outcome != "succession-cycle" or self.cyclic
        assert outcome != "done" or not self.cyclic
        self.model.remember(self.step)
        self.moments.append(self.at(self.clerk).now + timedelta(minutes=1))

    def _decide(self, day: int, act: AddressAct, code: str | None, **more: Any) -> None:
        asked = draw_address_change(self.at(self.clerk), ActRequest(act, code, **more))
        on = None if act is AddressAct.CORRECT else self.date(day)
        commit_address_change(self.at(self.county), asked.id, DECREE, on)

    def _renumber(self, moves: dict[str, int], day: int, decree: str | None = None) -> None:
        wishes = tuple(Wish(code, DoorNumber(main)) for code, main in moves.items())
        asked = Renumbering(self.place, wishes, reassign_decree_no=decree)
        plan = draw_renumbering(self.at(self.clerk), asked, {})
        commit_renumbering(self.at(self.county), plan.id, DECREE, self.date(day))
        self.model.renumber({code: words(main) for code, main in moves.items()}, day)

    def _ring(self, first: str, second: str, one: int, day: int) -> None:
        held = {code: main for main, code in self.ledger().items()}
        ring = list(dict.fromkeys([first, second, sorted(held)[(one * 7) % len(held)]]))
        self._renumber({code: held[ring[(i + 1) % len(ring)]] for i, code in enumerate(ring)}, day)

    def _move(self, first: str, second: str, one: int, day: int) -> None:
        """To a number never used, or by decree to a retired one: the case of #262."""
        retired = self.retired()
        if retired and one % 2:
            self._renumber({first: retired[one % len(retired)]}, day, "示例〔2026〕7号")
        else:
            self._renumber({first: self.fresh()}, day)

    def _retire(self, first: str, second: str, one: int, day: int) -> None:
        houses = self.houses(first)
        self._decide(day, AddressAct.RETIRE, first)
        self.model.retire(first, day)
        self.spare += houses

    def _merge(self, first: str, second: str, one: int, day: int) -> None:
        if first == second:
            return
        self.cyclic = self.model.would_cycle(first, second)
        self._decide(day, AddressAct.MERGE, first, into=second)
        self.model.merge(first, second, day)

    def _back(self, first: str, second: str, one: int, day: int) -> None:
        """A door split off goes back to the one that it came of: the ring that must be refused."""
        pairs = [
            (after, before)
            for _, before, after in self.model.edges
            if {before, after} <= self.model.alive(self.step)
        ]
        if pairs:
            self._merge(*pairs[one % len(pairs)], one, day)

    def _split(self, first: str, second: str, one: int, day: int) -> None:
        houses, stays = self.houses(first), bool(one % 2)
        if len(houses) < 2:
            return
        start = self.fresh()
        leaving = houses[1:2] if stays else houses
        groups = [leaving] if stays else [leaving[:1], leaving[1:]]
        parts = tuple(SplitPart(tuple(some), DoorNumber(start + i)) for i, some in enumerate(groups))
        self._decide(day, AddressAct.SPLIT, first, parts=parts, stays=stays)
        made = {self.ledger()[part.number.main]: words(part.number.main) for part in parts}
        self.model.split(first, made, day, stays=stays)

    def _replace(self, first: str, second: str, one: int, day: int) -> None:
        main = next(n for n, code in self.ledger().items() if code == first)
        self._decide(day, AddressAct.REPLACE, first)
        self.model.split(first, {self.ledger()[main]: words(main)}, day, stays=False)

    def _reassign(self, first: str, second: str, one: int, day: int) -> None:
        retired = self.retired()
        if not retired or not self.spare:
            return
        main, house = retired[one % len(retired)], self.spare[0]
        self._decide(
            day,
            AddressAct.REASSIGN,
            None,
            place_id=self.place,
            building_id=house,
            number=DoorNumber(main),
        )
        self.spare.pop(0)
        self.model.create(self.ledger()[main], words(main), day)

    def _correct(self, first: str, second: str, one: int, day: int) -> None:
        """Of the past alone, or up to now; always to a number nobody had."""
        until = None if one % 2 else day + 1 + one % 5
        main = self.fresh() if until is None else 500 + self.step
        number = DoorNumber(main)
        ends = self.date(until) if until is not None else None
        self._decide(day, AddressAct.CORRECT, first, number=number, since=self.date(day), until=ends)
        self.model.correct(first, words(main), day, until or self.model.days, self.step)

    def _read(self, first: str, second: str, one: int, day: int) -> None:
        """A consumer reads on from where it was, at any time, in pages of any size."""
        self.consume(1 + one % 7)

    # ------------------------------------------------------------ the feed

    def consume(self, limit: int) -> None:
        self.cursor = replay(self.clerk, self.seen, self.cursor, limit)


def replay(work: Work, seen: Known, cursor: int, limit: int) -> int:
    feed = Feed(work.conn, work.county_code)
    while True:
        page = feed.page(cursor, limit, work.today)
        assert [change.seq for change in page.changes] == list(
            range(cursor + 1, cursor + 1 + len(page.changes))
        )
        for change in page.changes:
            seen.pop((change.subject, change.subject_id), None)
            if change.state:
                seen[change.subject, change.subject_id] = [dict(stretch) for stretch in change.state]
        cursor = page.reached
        if not page.more:
            return cursor


def register(work: Work) -> dict[tuple[str, UUID], set[tuple[Any, ...]]]:
    """What the register knows by now, told apart from the feed's own statements."""
    found: dict[tuple[str, UUID], set[tuple[Any, ...]]] = {}
    for subject, told in (("division", "name"), ("place", "name"), ("address", "stage || full_text")):
        query = f"SELECT {subject}_id, {told}, lower(valid), upper(valid) FROM {subject}_version WHERE upper_inf(recorded)"  # noqa: E501
        for key, *facts in work.conn.execute(text(query)):
            found.setdefault((subject, key), set()).add(tuple(facts))
    return found


def told(seen: Known) -> dict[tuple[str, UUID], set[tuple[Any, ...]]]:
    return {
        key: {
            (
                s["stage"] + s["full_text"] if key[0] == "address" else s["name"],
                s["valid_from"],
                s["valid_to"],
            )
            for s in state
        }
        for key, state in seen.items()
    }


@contextmanager
def rolled_back(work: Work) -> Iterator[None]:
    attempt = work.conn.begin_nested()
    try:
        yield
    finally:
        attempt.rollback()


@pytest.fixture
def begin(work: Work, approver: Work, town: Any) -> Callable[[], History]:
    """A group of five yards of two houses each, numbered and approved, and houses without a number."""
    place = town.place("group", "12组", 12)
    for n in range(1, YARDS + 1):
        town.house(str(n), n * 40, 12, place)
        town.house(str(n + 50), n * 40 + 10, 22, place, parcel=str(n))
    commit_numbering_plan(work, plan_numbering(work, place).id)
    approve_addresses(approver, Scope(place_id=place), DECREE, work.today)
    spare = [town.house(str(90 + n), n * 40, 300, place) for n in range(SPARE)]

    def make() -> History:
        history = History(work, approver, place, spare)
        for main, code in history.ledger().items():
            history.model.create(code, words(main), 0)
        history.model.remember(0)
        history.moments.append(approver.now + timedelta(minutes=10))
        return history

    return make


KINDS = ("ring", "move", "retire", "merge", "split", "replace", "reassign", "correct", "read", "back")
OPS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 40), st.integers(0, 40), st.integers(0, 3)),
    min_size=EVENTS // 2,
    max_size=EVENTS,
)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # each example rolls back
@given(ops=OPS)
@example(
    ops=[("split", 1, 0, 0), ("read", 2, 0, 0), ("back", 0, 0, 0), ("merge", 0, 0, 0), ("split", 4, 0, 0)]
)
@example(
    ops=[
        ("retire", 2, 0, 0),
        ("read", 0, 0, 0),
        ("reassign", 0, 0, 0),
        ("correct", 3, 0, 2),
        ("ring", 1, 1, 1),
    ]
)
def test_a_random_history_is_what_the_naive_register_says(
    begin: Callable[[], History], work: Work, ops: list[Op]
) -> None:
    with rolled_back(work):
        history = begin()
        for op in ops:
            history.live(op)
        end = history.step

        for words_, day in ((w, d) for w in sorted(history.model.texts()) for d in range(0, end + 1, 3)):
            _same_targets(history, words_, day, end)
        _same_way_back(history, end)
        _same_knowledge(history, end)
        _same_state(history)
        assert work.conn.execute(text(CLASHES)).scalar_one() == 0


def _same_targets(history: History, words_: str, day: int, to: int) -> None:
    """Every old text of every day leads to exactly the right addresses, and twice to none of them."""
    answer = resolve_text(history.clerk, words_, history.date(day), history.date(to))
    meant = history.model.holders(words_, day) | history.model.on_paper(words_, day)
    expected = history.model.resolve(words_, day, to) if meant else set()

    found = [facts.code for facts in answer.targets]

    assert sorted(found) == sorted(expected), (words_, day)
    assert (answer.outcome == "resolved") == (len(expected) == 1)
    assert {line.held.address_id for line in answer.lines} == _ids(history, meant)


def _ids(history: History, codes: set[str]) -> set[UUID]:
    query = "SELECT id FROM address WHERE code = ANY(:codes)"
    return set(history.clerk.conn.execute(text(query), {"codes": list(codes)}).scalars())


def _same_way_back(history: History, end: int) -> None:
    """Who comes of whom reads the same from both ends."""
    model, today = history.model, history.date(end)
    forward = {
        code: {t.code for t in resolve_code(history.clerk, code, history.base, today).targets}
        for code in model.alive(0)
    }
    for code in model.alive(end):
        back = {t.code for t in resolve_code(history.clerk, code, today, history.base).targets}
        assert back == model.carried(code, end, 0)
        assert back == {old for old, new in forward.items() if code in new}


def _same_knowledge(history: History, end: int) -> None:
    """What was true on a day, as it was known at a moment."""
    for position in range(0, len(history.model.known), 4):
        known, moment = history.model.known[position], history.moments[position]
        for code, days in known.items():
            for day in range(0, end + 1, 4):
                assert _card_text(history, code, day, moment) == days.get(day), (code, day, position)


def _card_text(history: History, code: str, day: int, moment: Any) -> str | None:
    try:
        card = load_address_card(history.clerk.conn, "430626", code, history.date(day), moment)
    except NotFound:
        return None
    return str(card["full_text"]) if card["stage"] == "current" else None


def _same_state(history: History) -> None:
    """A consumer that read along and one that reads from zero end with what the register has."""
    expected = register(history.clerk)

    history.consume(5)
    anew: Known = {}
    replay(history.clerk, anew, 0, 50)

    assert told(history.seen) == expected
    assert told(anew) == expected

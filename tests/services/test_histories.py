"""Random histories of villages, groups and doors at once, by the real services against a naive county."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, event, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from address_service.coding.merger.collisions import Choice, ChoiceKind
from address_service.errors import ServiceError
from address_service.model.address_changes import ActRequest, AddressAct, SplitPart
from address_service.model.addresses import EventKind
from address_service.model.divisions import Division, DivisionKind
from address_service.model.numbers import DoorNumber
from address_service.services.approve_addresses import approve_addresses
from address_service.services.change_division import (
    change_division_kind,
    create_division,
    recode_division,
    rename_division,
    transfer_division,
)
from address_service.services.commit_address_change import commit_address_change
from address_service.services.commit_merger import commit_merger
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.commit_renumbering import commit_renumbering
from address_service.services.division_act import Act
from address_service.services.draw_address_change import draw_address_change
from address_service.services.draw_merger import choose_in_merger, draw_merger, undo_merger
from address_service.services.draw_renumbering import Renumbering, draw_renumbering
from address_service.services.merger_request import DivisionChange, NewVillage
from address_service.services.plan_numbering import plan_numbering
from address_service.services.rename_place import rename_place
from address_service.services.renumbering_targets import Wish
from address_service.services.resolve_address import resolve_code, resolve_text
from address_service.store.addresses import Scope
from address_service.store.work import Work
from tests.division_model import Merger, NaiveCounty
from tests.services.test_lineage_properties import (
    CLASHES,
    DECREE,
    EVENTS,
    EXAMPLES,
    Known,
    _card_text,
    register,
    replay,
    rolled_back,
    told,
)
from tests.services.villages import TERMS, bound, neighbour

TOWNS = {"430626113": "童市镇", "430626114": "示例镇"}
MAY_REFUSE = {
    "done",
    "effective-on-too-early",
    "homonym",
    "nothing-to-change",
    "change-set-refused",
    "succession-cycle",
    "division-name-taken",
    "division-not-found",
    "place-not-found",
    "place-name-taken",
    "collisions-undecided",
    "choice-invalid",
    "undo-impossible",
    "division-code-taken",
    "invariant-violated",
}
Op = tuple[str, int, int, int]


class Histories:
    """Three villages of two groups each, lived through by the services and in the naive county."""

    def __init__(self, clerk: Work, county: Work, villages: dict[UUID, list[UUID]]) -> None:
        self.clerk, self.county, self.base, self.step = clerk, county, clerk.today, 0
        self.model = NaiveCounty(EVENTS + 12)
        self.seen: Known = {}
        self.cursor = 0
        self.moments: list[Any] = []
        self.mergers: list[tuple[UUID, Merger]] = []
        self.outcomes: list[str] = []
        self.codes = 300

    def at(self, work: Work) -> Work:
        return Work(work.conn, work.actor, self.clerk.now + timedelta(days=self.step, minutes=30))

    def date(self, day: int) -> date:
        return self.base + timedelta(day)

    def all(self, query: str, **values: Any) -> list[Any]:
        return list(self.clerk.conn.execute(text(query), values))

    def ledger(self, place: UUID) -> dict[int, str]:
        query = """SELECT d.main, a.code FROM door_number d JOIN address a ON a.id = d.holder_id
                   WHERE d.place_id = :p AND d.state = 'issued' ORDER BY d.main"""
        return {row.main: row.code for row in self.all(query, p=place)}

    def last(self, place: UUID) -> int:
        row = self.all("SELECT coalesce(max(main), 0) AS n FROM door_number WHERE place_id = :p", p=place)[0]
        return int(row.n)

    def new_code(self, town: str) -> str:
        self.codes += 1
        return f"{town}{self.codes}"

    # ------------------------------------------------------------ one step

    def live(self, op: Op) -> None:
        kind, one, other, back = op
        self.step += 1
        outcome, attempt = "done", self.clerk.conn.begin_nested()
        try:
            getattr(self, f"_{kind}")(one, other, max(self.step - back, 1))
            attempt.commit()
        except ServiceError as error:
            attempt.rollback()
            outcome = error.code
        self.outcomes.append(f"{kind} {outcome}")
        event(f"{kind} {outcome}")
        assert outcome in MAY_REFUSE, (op, outcome)
        self.remember()

    def remember(self) -> None:
        self.model.remember(self.step)
        self.moments.append(self.at(self.clerk).now + timedelta(minutes=10))

    def village(self, n: int, day: int) -> Division | None:
        alive = sorted(key for key, days in self.model.village.items() if self.model.days - 1 in days)
        return self.clerk.divisions.find_by_id(alive[n % len(alive)], self.date(day))

    def place(self, n: int) -> UUID:
        query = """SELECT v.place_id FROM place_version v WHERE upper_inf(v.recorded) AND upper_inf(v.valid) AND
                   EXISTS (SELECT FROM door_number d WHERE d.place_id = v.place_id AND d.state = 'issued') ORDER BY 1"""
        found = [row.place_id for row in self.all(query)]
        return UUID(str(found[n % len(found)]))

    def key(self, place: UUID) -> Any:
        """What the naive county calls a place: a revived one by its old place."""
        return self.revived.get(place, place)

    @property
    def revived(self) -> dict[UUID, Any]:
        query = """SELECT i.subject_id, i.to_division_id, i.after ->> 'revived' AS new FROM division_change_item i
                   WHERE i.subject = 'place' AND i.after ? 'revived'"""
        found = self.all(query)
        known: dict[UUID, Any] = {}
        for row in found:
            known[UUID(row.new)] = (known.get(row.subject_id, row.subject_id), row.to_division_id)
        return known

    # ------------------------------------------------------------ doors

    def _renumber(self, place: UUID, moves: dict[str, int], day: int) -> None:
        wishes = tuple(Wish(code, DoorNumber(main)) for code, main in moves.items())
        plan = draw_renumbering(self.at(self.clerk), Renumbering(place, wishes), {})
        commit_renumbering(self.at(self.county), plan.id, DECREE, self.date(day))
        self.model.move_doors(moves, day)

    def _ring(self, one: int, other: int, day: int) -> None:
        place = self.place(one)
        held = {code: main for main, code in self.ledger(place).items()}
        ring = sorted(held)[: 2 + other % 2]
        if len(ring) > 1:
            turned = {code: held[ring[(i + 1) % len(ring)]] for i, code in enumerate(ring)}
            self._renumber(place, turned, day)

    def _move(self, one: int, other: int, day: int) -> None:
        place = self.place(one)
        codes = sorted(self.ledger(place).values())
        self._renumber(place, {codes[other % len(codes)]: self.last(place) + 1}, day)

    def _decide(self, day: int, act: AddressAct, code: str, **more: Any) -> None:
        asked = draw_address_change(self.at(self.clerk), ActRequest(act, code, **more))
        on = None if act is AddressAct.CORRECT else self.date(day)
        commit_address_change(self.at(self.county), asked.id, DECREE, on)

    def _retire(self, one: int, other: int, day: int) -> None:
        codes = sorted(self.ledger(self.place(one)).values())
        if len(codes) > 1:
            self._decide(day, AddressAct.RETIRE, codes[other % len(codes)])
            self.model.close_door(codes[other % len(codes)], day)

    def _join(self, one: int, other: int, day: int) -> None:
        codes = sorted(self.ledger(self.place(one)).values())
        if len(codes) > 1:
            first, second = codes[other % len(codes)], codes[(other + 1) % len(codes)]
            self._decide(day, AddressAct.MERGE, first, into=second)
            self.model.join_doors(first, second, day)

    def _part(self, one: int, other: int, day: int) -> None:
        place = self.place(one)
        codes = sorted(self.ledger(place).values())
        code = codes[other % len(codes)]
        query = """SELECT l.building_id FROM address_building l JOIN address a ON a.id = l.address_id
                   WHERE a.code = :code AND upper_inf(l.recorded) AND upper_inf(l.valid) ORDER BY 1"""
        houses = [row.building_id for row in self.all(query, code=code)]
        if len(houses) > 1:
            number = self.last(place) + 1
            parts = (SplitPart(tuple(houses[1:2]), DoorNumber(number)),)
            self._decide(day, AddressAct.SPLIT, code, parts=parts, stays=True)
            self.model.part_door(code, {self.ledger(place)[number]: number}, day, stays=True)

    def _correct(self, one: int, other: int, day: int) -> None:
        codes = sorted(self.ledger(self.place(one)).values())
        code, until = codes[other % len(codes)], min(day + 1 + other % 4, self.step)
        if until > day:
            since, ends = self.date(day), self.date(until)
            number = DoorNumber(700 + self.step)
            self._decide(day, AddressAct.CORRECT, code, number=number, since=since, until=ends)
            self.model.put_right(code, 700 + self.step, day, until)

    # ------------------------------------------------------------ names

    def _rename(self, one: int, other: int, day: int) -> None:
        known = self.village(one, day)
        if known:
            name = f"新{self.step}村"
            kind = EventKind.RESPELL if other % 2 else EventKind.RENAME
            rename_division(self.at(self.clerk), known, name, Act(self.date(day), DECREE), kind)
            self.model.call(self.model.village[known.id], name, day)

    def _recode(self, one: int, other: int, day: int) -> None:
        known = self.village(one, day)
        if known:
            code = self.new_code(known.code_nbs[:9])
            recode_division(self.at(self.clerk), known, code, Act(self.date(day), DECREE))

    def _kind(self, one: int, other: int, day: int) -> None:
        known = self.village(one, day)
        if known:
            is_village = known.kind is DivisionKind.ADMINISTRATIVE_VILLAGE
            kind = DivisionKind.COMMUNITY if is_village else DivisionKind.ADMINISTRATIVE_VILLAGE
            name = f"新{self.step}{'社区' if is_village else '村'}"
            change_division_kind(self.at(self.clerk), known, kind, name, Act(self.date(day), DECREE))
            self.model.call(self.model.village[known.id], name, day)

    def _transfer(self, one: int, other: int, day: int) -> None:
        known = self.village(one, day)
        if known:
            town = next(code for code in TOWNS if not known.code_nbs.startswith(code))
            code = self.new_code(town)
            transfer_division(self.at(self.clerk), known, code, Act(self.date(day), DECREE))
            self.model.call(self.model.town[known.id], TOWNS[town], day)

    def _call(self, one: int, other: int, day: int) -> None:
        place = self.place(one)
        rename_place(self.at(self.clerk), place, f"名{self.step}组", Act(self.date(day), DECREE))
        self.model.call(self.model.group[self.key(place)], f"名{self.step}组", day)

    # ------------------------------------------------------------ villages

    def _merge(self, one: int, other: int, day: int) -> None:
        ends, into = self.village(one, day), self.village(one + 1 + other % 2, day)
        if not ends or not into or ends.id == into.id:
            return
        asked = DivisionChange("merge", self.date(day), ends=(ends.id,), absorber=into.id)
        plan = draw_merger(self.at(self.clerk), asked, TERMS)
        choices = self._choices(plan.summary["collisions"], ends.id, other)
        if choices:
            plan = choose_in_merger(self.at(self.clerk), plan.id, choices, TERMS)
        fates = self._fates(ends.id, choices)
        commit_merger(self.at(self.county), plan.id, DECREE, 1.0)
        self.mergers.append((plan.id, self.model.merge_villages(ends.id, into.id, day, fates)))

    def _choices(self, collisions: list[Any], ends: UUID, dice: int) -> list[Choice]:
        if dice % 3 == 0:
            return [Choice(ends, ChoiceKind.DISTRICT, f"旧{self.step}片区")]
        found = []
        for n, one in enumerate(collisions):
            option = one["options"][(dice + n) % len(one["options"])]
            subject, kind = UUID(option["subject_id"]), ChoiceKind(option["kind"])
            into = UUID(option["into_id"]) if option["into_id"] else None
            name = {"district": f"旧{self.step}片区", "rename": f"别{self.step}{n}组"}.get(option["kind"], "")
            found.append(Choice(subject, kind, name, into))
        return found

    def _fates(self, ends: UUID, choices: list[Choice]) -> dict[Any, tuple[str, str, Any, int]]:
        model, chosen = self.model, {self.key(one.subject_id): one for one in choices}
        fates: dict[Any, tuple[str, str, Any, int]] = {}
        for place in model.places_in(ends):
            outer, own = model.outer[place][model.days - 1], model.group[place][model.days - 1]
            match chosen.get(place) or chosen.get(ends):
                case Choice(kind=ChoiceKind.DISTRICT, name=name):
                    fates[place] = (f"{name}{outer}", own, None, 0)
                case Choice(kind=ChoiceKind.RENAME, name=name):
                    fates[place] = (outer, name, None, 0)
                case Choice(into=UUID() as into):
                    fates[place] = ("", "", self.key(into), self.last(into))
                case _:
                    fates[place] = (outer, own, None, 0)
        return fates

    def _split(self, one: int, other: int, day: int) -> None:
        place = self.place(one)
        home = self.model.home[self.key(place)].get(day)
        known = self.clerk.divisions.find_by_id(home, self.date(day)) if home else None
        if not known or len(self.model.places_in(home)) < 2:
            return
        new = NewVillage(self.new_code(known.code_nbs[:9]), f"分{self.step}村")
        asked = DivisionChange("split", self.date(day), new=new, source=home, place_ids=(place,))
        plan = draw_merger(self.at(self.clerk), asked, TERMS)
        done = commit_merger(self.at(self.county), plan.id, DECREE, 1.0)
        self.model.found(done.successor_id, new.name, TOWNS[new.code[:9]], day)
        self.model.leave([self.key(place)], done.successor_id, day)

    def _undo(self, one: int, other: int, day: int) -> None:
        if not self.mergers:
            return
        plan_id, kept = self.mergers[one % len(self.mergers)]
        known = self.clerk.divisions.find_by_id(kept.absorber, self.date(day))
        if not known or day < kept.on:
            return
        code = self.new_code(known.code_nbs[:9])
        plan = undo_merger(self.at(self.clerk), plan_id, None, self.date(day), TERMS, code)
        done = commit_merger(self.at(self.county), plan.id, DECREE, 1.0)
        self.model.found(done.successor_id, plan.summary["target"]["name"], TOWNS[code[:9]], day)
        self.model.give_back(kept, done.successor_id, day)
        self.mergers.remove((plan_id, kept))

    def _read(self, one: int, other: int, day: int) -> None:
        self.cursor = replay(self.clerk, self.seen, self.cursor, 1 + one % 7)


@pytest.fixture
def begin(work: Work, approver: Work, town: Any) -> Callable[[], Histories]:
    create_division(work, "430626114", "示例镇", Act(date(2016, 1, 1), DECREE))
    grounds = [
        town,
        neighbour(work, town, "沙坪村", "430626113210"),
        neighbour(work, town, "石塘村", "430626113211"),
    ]
    villages: dict[UUID, list[UUID]] = {}
    for n, ground in enumerate(grounds):
        bound(work, ground.village_id, n * 1000 - 500, n * 1000 + 500)
        places = []
        for k in (1, 2):
            serial = n * 2 + k
            place = ground.place("group", f"{k}组", serial)
            for door in range(3):
                ground.house(str(serial * 100 + door), n * 1000 + door * 30, k * 100, place)
            yard = str(serial * 100)
            ground.house(str(serial * 100 + 50), n * 1000 + 5, k * 100 + 9, place, parcel=yard)
            commit_numbering_plan(work, plan_numbering(work, place).id)
            approve_addresses(approver, Scope(place_id=place), DECREE, work.today)
            places.append(place)
        villages[ground.village_id] = places

    def make() -> Histories:
        history = Histories(work, approver, villages)
        for (key, places), name in zip(villages.items(), ("烟舟村", "沙坪村", "石塘村"), strict=True):
            history.model.found(key, name, "童市镇")
            for k, place in enumerate(places):
                history.model.settle(place, key, f"{k + 1}组")
                for main, code in history.ledger(place).items():
                    history.model.open_door(code, place, main, 0)
        history.remember()
        return history

    return make


DOORS = ("ring", "move", "retire", "join", "part", "correct")
NAMES = ("rename", "recode", "kind", "transfer", "call")
VILLAGES = ("merge", "merge", "split", "undo")
OPS = st.lists(
    st.tuples(
        st.sampled_from((*DOORS, *NAMES, *VILLAGES, "read")),
        st.integers(0, 20),
        st.integers(0, 20),
        st.integers(0, 3),
    ),
    min_size=EVENTS // 2,
    max_size=EVENTS,
)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate, *([Phase.shrink] if EVENTS < 50 else [])],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(ops=OPS)
@example(ops=[("merge", 0, 0, 0), ("rename", 1, 0, 0), ("undo", 0, 0, 0), ("ring", 1, 1, 2)])
@example(ops=[("call", 0, 0, 0), ("merge", 1, 2, 2), ("move", 2, 0, 0), ("read", 0, 0, 0), ("undo", 0, 0, 0)])
def test_villages_groups_and_doors_are_what_the_naive_county_says(
    begin: Callable[[], Histories], work: Work, ops: list[Op]
) -> None:
    with rolled_back(work):
        history = begin()
        for op in ops:
            history.live(op)
        end = history.step

        _same_texts(history, end)
        asked = [(words, day) for words in sorted(history.model.texts()) for day in range(0, end + 1, 3)]
        for words, day in asked[:: max(1, len(asked) // 500)]:
            _right_targets(history, words, day, end)
        _same_way_back(history, end)
        _same_knowledge(history, end)
        _same_state(history)
        assert work.conn.execute(text(CLASHES)).scalar_one() == 0


def _same_texts(history: Histories, end: int) -> None:
    """Every text and every name of a village of every day, as it is known now."""
    rows = history.all(
        """SELECT a.code, v.full_text, lower(v.valid) AS begin, upper(v.valid) AS until FROM address_version v
           JOIN address a ON a.id = v.address_id WHERE upper_inf(v.recorded) AND v.stage = 'current'"""
    )
    for d in range(end + 1):
        day = history.date(d)
        found = [(r.code, r.full_text) for r in rows if r.begin <= day and (r.until is None or day < r.until)]
        expected = {code: days[d] for code, days in history.model.reads.items() if d in days}
        assert len(found) == len(dict(found))
        assert dict(found) == expected, (d, history.outcomes)


def _right_targets(history: Histories, words: str, day: int, to: int) -> None:
    """The right address is always among the answers, and a single answer is never a wrong one."""
    model = history.model
    answer = resolve_text(history.clerk, words, history.date(day), history.date(to))
    found = [facts.code for facts in answer.targets]
    right = model.resolve(words, day, to)
    may_be = right.union(
        *(model.carried(c, d, to) for c in model.once(words) for d in range(to + 1) if d in model.reads[c])
    )

    assert len(found) == len(set(found))
    assert right <= set(found), (words, day, history.outcomes)
    if model.holders(words, day) and answer.outcome == "resolved":
        assert set(found) == right
    if answer.outcome == "resolved":
        assert set(found) <= may_be, (words, day, history.outcomes)


def _same_way_back(history: Histories, end: int) -> None:
    model, today = history.model, history.date(end)
    forward = {
        code: {t.code for t in resolve_code(history.clerk, code, history.base, today).targets}
        for code in model.alive(0)
    }
    for code in model.alive(end):
        back = {t.code for t in resolve_code(history.clerk, code, today, history.base).targets}
        assert back == model.carried(code, end, 0)
        assert back == {old for old, new in forward.items() if code in new}


def _same_knowledge(history: Histories, end: int) -> None:
    """Texts and names of villages of a day, as they were known at a moment."""
    query = (
        "SELECT name FROM division_version WHERE division_id = :id AND valid @> :day AND recorded @> :moment"
    )
    for position in range(0, len(history.moments), max(4, end // 8)):
        moment = history.moments[position]
        for d in range(0, end + 1, max(4, end // 8)):
            for code, days in history.model.known[position].items():
                assert _card_text(history, code, d, moment) == days.get(d), (code, d, position)  # type: ignore[arg-type]
            for key, names in history.model.named[position].items():
                rows = history.all(query, id=key, day=history.date(d), moment=moment)
                assert [row.name for row in rows] == ([names[d]] if d in names else []), (d, position)


def _same_state(history: Histories) -> None:
    expected = register(history.clerk)
    replay(history.clerk, history.seen, history.cursor, 5)
    anew: Known = {}
    replay(history.clerk, anew, 0, 50)
    assert told(history.seen) == expected
    assert told(anew) == expected

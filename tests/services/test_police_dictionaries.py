"""Police dictionaries over time and the reviewed crosswalk: nothing is linked by itself, nothing is lost."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from address_service.gis.layer_read import ReadLimits
from address_service.model.accounts import Actor, Role
from address_service.model.police_dictionaries import CrosswalkGround as Ground
from address_service.model.police_dictionaries import CrosswalkState as State
from address_service.model.police_dictionaries import CrosswalkVerdict as Verdict
from address_service.model.police_dictionaries import DictionaryKind as Kind
from address_service.services.change_division import rename_division
from address_service.services.decide_crosswalk import (
    accept_sure_pairs,
    count_sure_pairs,
    decide_pair,
    propose_pair,
)
from address_service.services.division_act import Act
from address_service.services.import_police_dictionary import (
    DictionaryOptions,
    DictionaryReport,
    import_police_dictionary,
)
from address_service.store.crosswalk import Crosswalk, KnownPair, PairFilter
from address_service.store.engine import Database
from address_service.store.police_codes import NOT_JOINED, OUTDATED, police_codes
from address_service.store.police_dictionaries import PoliceDictionaries
from address_service.store.work import Work, unit_of_work
from tests.services.people import HERE, THERE, Register, code_of
from tests.services.villages import two_villages

TOWN = "430626113"
DAY = date(2026, 1, 1)
COMMITTEES = f"居村委会代码,居村委会名称,xzjd\n{HERE},烟舟村委会,{TOWN}\n{THERE},沙坪村委会,{TOWN}\n"


class Station:
    """The police of the town, and a second clerk, before two villages with doors."""

    def __init__(self, register: Register, folder: Path) -> None:
        self.register, self.folder = register, folder
        self.clerk = register.as_(TOWN, Role.POLICE)
        self.other = register.as_(TOWN, Role.CIVIL_AFFAIRS)
        other = register.work.accounts.create("示例民政", Role.CIVIL_AFFAIRS, TOWN)
        self.other = Work(self.clerk.conn, other, self.clerk.now, self.clerk.keys)
        self.minutes = 0

    def later(self, work: Work) -> Work:
        """The same account a minute on."""
        self.minutes += 1
        return Work(work.conn, work.actor, work.now + timedelta(minutes=self.minutes), work.keys)

    def send(self, kind: Kind, text_: str, day: date = DAY, **more: bool) -> DictionaryReport:
        options = DictionaryOptions(kind, day, **more)
        limits = ReadLimits(self.folder)
        return import_police_dictionary(
            self.later(self.clerk), text_.encode("gb18030"), "字典.csv", limits, options
        )

    def pairs(self, **wanted: Any) -> list[KnownPair]:
        work = self.clerk
        crosswalk = Crosswalk(work.conn, work.county_code, work.actor.account_id, work.now)
        return crosswalk.page(PairFilter(TOWN, **wanted), None, 1000)

    def accept(self, pair: KnownPair, day: date | None = None) -> KnownPair:
        return decide_pair(self.later(self.other), pair.id, pair.revision, Verdict.ACCEPT, day=day)

    def codes(self, on: date = DAY + timedelta(days=40)) -> dict[str, Any]:
        """By text of an address: its codes on a day."""
        query = """SELECT address_id, full_text FROM address_version WHERE upper_inf(recorded) AND upper_inf(valid)
                     AND stage = 'current'"""
        texts = {row.address_id: row.full_text for row in self.clerk.conn.execute(text(query))}
        found = police_codes(self.clerk.conn, "430626", list(texts), on)
        return {texts[key].removeprefix("湖南省岳阳市平江县童市镇"): one for key, one in found.items()}

    def entries(self, kind: Kind, on: date) -> dict[str, str]:
        return {e.code: e.name for e in PoliceDictionaries(self.clerk.conn, "430626").entries_on(kind, on)}


@pytest.fixture
def station(work: Work, approver: Work, town: Any, tmp_path: Path) -> Station:
    return Station(Register(two_villages(work, approver, town, doors=1)), tmp_path)


def test_a_list_proposes_and_links_nothing_until_a_person_accepts_it(station: Station) -> None:
    report = station.send(Kind.COMMITTEE, COMMITTEES)
    before = station.codes()["烟舟村3组1号"]

    here = next(one for one in station.pairs() if one.code == HERE)
    done = station.accept(here)

    assert (report.read, report.added, report.proposed, before.lacking[Kind.COMMITTEE]) == (
        2,
        2,
        2,
        NOT_JOINED,
    )
    assert (here.state, here.ground, done.state, done.since) == (
        State.PROPOSED,
        Ground.EXACT,
        State.ACCEPTED,
        DAY,
    )
    assert station.codes()["烟舟村3组1号"].fields["jcwh"] == HERE
    assert "jcwh" not in station.codes()["沙坪村3组1号"].fields
    assert "jcwh" not in station.codes(DAY - timedelta(days=1)).get("烟舟村3组1号", before).fields


def test_the_same_list_again_changes_nothing_and_asks_nothing_a_second_time(station: Station) -> None:
    first = station.send(Kind.COMMITTEE, COMMITTEES)
    refused = next(one for one in station.pairs() if one.code == THERE)
    decide_pair(station.other, refused.id, refused.revision, Verdict.REFUSE)

    again = station.send(Kind.COMMITTEE, COMMITTEES)

    assert (again.added, again.changed, again.unchanged, again.proposed) == (0, 0, 2, 0)
    assert again.dictionary_id == first.dictionary_id
    assert [one.state for one in station.pairs() if one.code == THERE] == [State.REFUSED]


def test_a_dry_run_tells_what_would_be_and_writes_nothing(station: Station) -> None:
    report = station.send(Kind.COMMITTEE, COMMITTEES + "12 34-5,示例村委会,\n,无码村委会,\n", dry_run=True)

    assert (report.dictionary_id, report.added) == (None, 2)
    assert [(one.row_no, one.field, one.code) for one in report.rejects] == [
        (3, "居村委会代码", "dictionary-code-malformed"), (4, "居村委会代码", "dictionary-code-missing"),
    ]  # fmt: skip
    assert (station.entries(Kind.COMMITTEE, DAY), station.pairs()) == ({}, [])


def test_a_code_given_to_another_thing_gives_no_codes_until_it_was_looked_at_again(station: Station) -> None:
    station.send(Kind.COMMITTEE, COMMITTEES)
    station.accept(next(one for one in station.pairs() if one.code == HERE))

    station.send(Kind.COMMITTEE, f"代码,名称,xzjd\n{HERE},另一村委会,{TOWN}\n", date(2026, 2, 1))

    assert station.codes(date(2026, 1, 20))["烟舟村3组1号"].fields["jcwh"] == HERE
    assert station.codes(date(2026, 2, 1))["烟舟村3组1号"].lacking[Kind.COMMITTEE] == OUTDATED
    assert station.entries(Kind.COMMITTEE, date(2026, 1, 31))[HERE] == "烟舟村委会"
    assert station.entries(Kind.COMMITTEE, date(2026, 2, 1))[HERE] == "另一村委会"


def test_a_complete_list_ends_what_it_does_not_name_and_an_older_one_fills_the_days_before(
    station: Station,
) -> None:
    station.send(Kind.BEAT, "代码,名称\n01,一警务区\n02,二警务区\n", date(2026, 2, 1))
    partial = station.send(Kind.BEAT, "代码,名称\n01,一警务区\n", date(2026, 2, 5))

    complete = station.send(Kind.BEAT, "代码,名称\n01,一警务区\n", date(2026, 2, 10), is_complete=True)
    station.send(Kind.BEAT, "代码,名称\n02,旧二警务区\n", date(2026, 1, 1))

    assert (partial.missing, partial.ended, complete.ended) == (("02",), 0, 1)
    assert station.entries(Kind.BEAT, date(2026, 2, 12)) == {"01": "一警务区"}
    assert station.entries(Kind.BEAT, date(2026, 2, 9)) == {"01": "一警务区", "02": "二警务区"}
    assert station.entries(Kind.BEAT, date(2026, 1, 15)) == {"02": "旧二警务区"}


def test_the_nearest_accepted_code_holds_and_the_town_s_station_reaches_every_door(station: Station) -> None:
    station.send(Kind.STATION, "派出所代码,派出所名称\n430626130000,平江县公安局童市派出所\n")
    station.send(Kind.STREET, f"街路巷代码,街路巷名称,jcwh\nJ1,烟舟村,{HERE}\nJ2,三组,{HERE}\nJ3,新屋组,\n")
    named = {(one.code, one.target): one for one in station.pairs()}

    for key in (("430626130000", "童市镇"), ("J1", "烟舟村"), ("J2", "烟舟村3组")):
        station.accept(named[key])

    codes = station.codes()
    assert {one.fields["pcs"] for one in codes.values()} == {"430626130000"}
    assert codes["烟舟村3组1号"].fields["jlx"] == "J2"
    assert codes["烟舟村8组1号"].fields["jlx"] == "J1"
    assert codes["烟舟村8组1号"].fields["mlph"] == "1号"
    assert codes["沙坪村5组1号"].lacking.keys() == {Kind.STREET, Kind.BEAT, Kind.COMMITTEE}
    assert {one.rivals for one in station.pairs() if one.code == "J3"} == {1}


def test_what_a_person_proposes_another_one_accepts(station: Station) -> None:
    station.send(Kind.BEAT, "代码,名称\n01,第一警务区\n")
    village = station.register.villages.absorber

    pair = propose_pair(station.clerk, Kind.BEAT, "01", "第一警务区", village, "辖区图所示")

    own = code_of(decide_pair, station.clerk, pair.id, pair.revision, Verdict.ACCEPT)
    again = code_of(propose_pair, station.clerk, Kind.BEAT, "01", "第一警务区", village, "又一次")
    unknown = code_of(propose_pair, station.clerk, Kind.BEAT, "09", "第一警务区", village, "无此码")
    assert (own, again, unknown) == ("four-eyes", "crosswalk-known", "dictionary-entry-not-found")
    assert station.accept(pair).state is State.ACCEPTED
    assert station.codes()["烟舟村8组1号"].fields["zrq"] == "01"


def test_a_refused_pair_may_be_taken_up_again_by_a_person(station: Station) -> None:
    station.send(Kind.COMMITTEE, COMMITTEES)
    pair = next(one for one in station.pairs() if one.code == HERE)
    decide_pair(station.other, pair.id, pair.revision, Verdict.REFUSE)

    anew = propose_pair(station.other, Kind.COMMITTEE, HERE, pair.name, pair.target_id, "核对无误")

    assert (anew.id, anew.state, anew.ground) == (pair.id, State.PROPOSED, Ground.PERSON)
    done = decide_pair(station.clerk, anew.id, anew.revision, Verdict.ACCEPT)
    assert done.state is State.ACCEPTED


def test_a_second_code_for_one_village_waits_until_the_first_has_ended(station: Station) -> None:
    station.send(Kind.COMMITTEE, COMMITTEES + f"430626113508,烟舟社区,{TOWN}\n")
    first = station.accept(next(one for one in station.pairs() if one.code == HERE))
    second = next(one for one in station.pairs() if one.code == "430626113508")
    refused = code_of(station.accept, second)

    decide_pair(station.later(station.other), first.id, first.revision, Verdict.END, day=date(2026, 2, 1))
    station.accept(second, date(2026, 2, 1))

    assert refused == "crosswalk-taken"
    assert station.codes(date(2026, 1, 20))["烟舟村8组1号"].fields["jcwh"] == HERE
    assert station.codes(date(2026, 2, 1))["烟舟村8组1号"].fields["jcwh"] == "430626113508"


def test_a_former_name_of_a_village_is_proposed_as_such(station: Station) -> None:
    approver = station.later(station.register.villages.approver)
    village = approver.divisions.find_by_code(THERE, approver.today)
    assert village is not None
    rename_division(approver, village, "沙塅村", Act(date(2026, 2, 10), "示例〔2026〕9号", ""))

    station.send(Kind.COMMITTEE, COMMITTEES)

    pair = next(one for one in station.pairs() if one.code == THERE)
    assert (pair.ground, pair.target, pair.evidence) == (Ground.ALIAS, "沙塅村", "沙坪村是曾用名，现为沙塅村")


def test_many_sure_ones_are_accepted_at_once_as_many_as_were_shown(station: Station) -> None:
    station.send(Kind.COMMITTEE, COMMITTEES)
    station.send(Kind.STREET, "代码,名称\nJ3,新屋组\n")
    shown = count_sure_pairs(station.other, Kind.COMMITTEE)

    wrong = code_of(accept_sure_pairs, station.other, Kind.COMMITTEE, Ground.EXACT, 9)
    done = accept_sure_pairs(station.other, Kind.COMMITTEE, Ground.EXACT, shown)

    assert (shown, done, wrong) == (2, 2, "count-differs")
    assert count_sure_pairs(station.other, Kind.STREET) == 0
    assert (
        code_of(accept_sure_pairs, station.other, Kind.STREET, Ground.LINEAGE, 1) == "crosswalk-not-at-once"
    )


def test_a_village_outside_of_the_scope_is_not_decided_on(station: Station) -> None:
    station.send(Kind.COMMITTEE, COMMITTEES)
    pair = next(one for one in station.pairs() if one.code == THERE)
    elsewhere = station.register.as_(HERE, Role.POLICE)

    assert code_of(decide_pair, elsewhere, pair.id, pair.revision, Verdict.ACCEPT) == "out-of-scope"


def test_two_reviewers_at_once_decide_once_and_never_on_two_codes_for_one_village(
    database: Database, make_town: Callable[[Work], Any], make_county: Callable[[Any], Actor], tmp_path: Path,
    at_once: Any,
) -> None:  # fmt: skip
    with database.engine.begin() as conn:
        clerk = make_county(conn)
        make_town(Work(conn, clerk, datetime.now(UTC)))
    lines = f"代码,名称\n{HERE},烟舟村委会\n430626113508,烟舟社区\n".encode()
    with unit_of_work(database.engine, clerk, datetime.now(UTC)) as work:
        options = DictionaryOptions(Kind.COMMITTEE, DAY)
        import_police_dictionary(work, lines, "字典.csv", ReadLimits(tmp_path), options)
        pairs = Crosswalk(work.conn, "430626", clerk.account_id, work.now).page(PairFilter(""), None, 10)

    outcomes = at_once(
        database, clerk,
        *(lambda work, one=one: decide_pair(work, one.id, 1, Verdict.ACCEPT) for one in (*pairs, *pairs)),
    )  # fmt: skip

    with unit_of_work(database.engine, clerk, datetime.now(UTC)) as work:
        query = "SELECT count(*) FROM crosswalk_decision WHERE kind = 'accept'"
        decided = work.conn.execute(text(query)).scalar_one()
    assert (len(pairs), outcomes.count("done"), decided) == (2, 1, 1)
    assert set(outcomes) - {"done"} <= {"crosswalk-taken", "crosswalk-decided"}

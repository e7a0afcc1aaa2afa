"""Yearly lists propose, persons decide: the real lists of 童市镇, and the traps that the county's lists have set.

Codes and names are those of the published lists; who went into whom is not public and invented here.
"""

import csv
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import xlsxwriter

from address_service.errors import ServiceError
from address_service.gis.layer_read import ReadLimits
from address_service.model.accounts import Role
from address_service.model.addresses import EventKind
from address_service.model.division_lists import DivisionOutcome, ListSystem
from address_service.services.change_division import create_division, end_division, recode_division
from address_service.services.decide_division_proposal import decide_division_proposal
from address_service.services.division_act import Act
from address_service.services.division_outcomes import Decision
from address_service.services.import_layer import ImportReport, import_file
from address_service.services.queue_import import ImportLayer, ImportOptions
from address_service.store.division_lists import DivisionLists
from address_service.store.division_proposals import DivisionProposals
from address_service.store.events import Successor
from address_service.store.work import Work

TOWN = "430626113"
COUNTY_ROW = ("430626000000", "平江县")
NAMES_2009 = {
    "001": "童市", "200": "排形", "201": "扬墩", "202": "梭墩", "203": "童坪", "204": "翠阳", "205": "石洞",
    "206": "永响", "207": "德字", "208": "烟舟", "209": "沙坪", "210": "旁上", "211": "芭焦", "212": "义字",
    "213": "新乐", "214": "月坳", "215": "协洞", "216": "石枧", "217": "白花", "218": "天和", "219": "和众",
    "220": "东沅", "221": "二联", "222": "桃花", "223": "永丰", "224": "建设", "225": "大造", "226": "优良",
}  # fmt: skip
NAMES_2012 = NAMES_2009 | {"210": "塝上", "220": "东源"}
NAMES_2016 = {
    "001": "童市", "200": "排形", "201": "杨墩", "202": "梭墩", "203": "童坪", "204": "翠阳", "205": "石洞",
    "206": "永响", "207": "德字", "208": "烟舟", "210": "塝上", "211": "芭蕉", "212": "义字", "217": "白花",
    "218": "天和", "220": "东源", "222": "桃花", "224": "建设", "226": "优良", "227": "合旺",
}  # fmt: skip
RESPELLED = {("扬墩村", "杨墩村"), ("旁上村", "塝上村"), ("芭焦村", "芭蕉村"), ("东沅村", "东源村")}
VANISHED = {"209", "213", "214", "215", "216", "219", "221", "223", "225"}


def town_list(names: dict[str, str], town: str = TOWN, town_name: str = "童市镇") -> list[tuple[str, str]]:
    """A list as published: 12 digits, the town first."""
    rows = [COUNTY_ROW, (f"{town}000", town_name)]
    return rows + [
        (f"{town}{code}", f"{name}{'居委会' if code < '200' else '村'}") for code, name in names.items()
    ]


class Lists:
    """Writes lists as files, imports them, and looks at what came of it."""

    def __init__(self, work: Work, folder: Path) -> None:
        self.work, self.folder = work, folder
        self.store = DivisionLists(work.conn, work.county_code)
        self.proposals = DivisionProposals(work.conn, work.county_code)

    def bring(
        self, year: int, rows: list[tuple[str, str]], kind: str = "csv", **options: Any
    ) -> ImportReport:
        path = self.folder / f"{year}年统计用区划代码.{kind}"
        (self._csv if kind == "csv" else self._xlsx)(path, rows)
        limits = ReadLimits(self.folder, max_unpacked_bytes=1 << 20)
        return import_file(
            self.work, path, ImportLayer.DIVISIONS, ImportOptions(year=year, **options), limits
        )

    def _csv(self, path: Path, rows: list[tuple[str, str]]) -> None:
        text = StringIO()
        csv.writer(text).writerows([("统计用区划代码", "名称"), *rows])
        path.write_bytes(text.getvalue().encode("gbk"))

    def _xlsx(self, path: Path, rows: list[tuple[str, str]]) -> None:
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("区划代码")
            for at, row in enumerate([("统计用区划代码", "名称"), *rows]):
                sheet.write_row(at, 0, row)

    def open(self) -> list[dict[str, Any]]:
        return self.proposals.page(None, 100, state="open")

    def kinds(self, year: int | None = None) -> dict[str, set[tuple[str | None, str | None]]]:
        """Old and new names of open proposals by kind."""
        found: dict[str, set[tuple[str | None, str | None]]] = {}
        for row in self.open():
            if year in (None, row["year"]):
                found.setdefault(row["kind"], set()).add((row["old_name"], row["new_name"]))
        return found

    def proposal(self, code: str) -> UUID:
        """The open proposal about a village."""
        (found,) = [row for row in self.open() if code in (row["old_code"], row["new_code"])]
        made: UUID = found["id"]
        return made

    def decide(self, code: str, outcome: DivisionOutcome, **more: Any) -> None:
        decide_division_proposal(self.work, self.proposal(code), Decision(outcome, **more))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.work.conn.exec_driver_sql(query)]

    def content(self) -> dict[str, Any]:
        tables = (
            "division division_version event succession division_list division_list_row division_proposal"
        )
        return {name: self.rows(f"SELECT t::text FROM {name} t ORDER BY 1") for name in tables.split()}

    def names(self, on: date, town: str = TOWN) -> dict[str, str]:
        from address_service.model.divisions import DivisionLevel

        return {d.code_nbs[-3:]: d.name for d in self.work.divisions.list_on(on, DivisionLevel.VILLAGE, town)}


@pytest.fixture
def lists(work: Work, tmp_path: Path) -> Lists:
    return Lists(work, tmp_path)


def test_the_two_lists_of_the_town_give_what_is_known_of_them_and_no_successor(lists: Lists) -> None:
    first = lists.bring(2009, town_list(NAMES_2009))
    second = lists.bring(2016, town_list(NAMES_2016), "xlsx")

    kinds = lists.kinds()
    assert (first.counts.accepted, first.pending) == (30, [])
    assert second.counts.accepted == 0
    assert kinds["respelled"] == RESPELLED
    assert {old for old, _ in kinds["vanished"]} == {f"{NAMES_2009[code]}村" for code in VANISHED}
    assert kinds["appeared"] == {(None, "合旺村")}
    assert sorted(kinds) == ["appeared", "respelled", "vanished"]
    (_, head) = lists.store.lists(None, 9)
    assert head["summary"] == {
        "kept": 17,
        "entered": 0,
        "carried_back": 0,
        "decided": 0,
        "respelled": 4,
        "vanished": 9,
        "appeared": 1,
    }
    assert head["summary"]["kept"] - 2 == 15  # without county and town
    assert lists.rows("SELECT count(*) FROM succession") == [(0,)]
    assert lists.names(date(2016, 1, 1)) == lists.names(date(2009, 1, 1))


def test_a_list_of_a_year_in_between_shows_what_had_happened_by_then(lists: Lists) -> None:
    lists.bring(2009, town_list(NAMES_2009))
    lists.bring(2016, town_list(NAMES_2016), "xlsx")

    lists.bring(2012, town_list(NAMES_2012), "xlsx")

    early = {("旁上村", "塝上村"), ("东沅村", "东源村")}
    assert lists.kinds(2012) == {"respelled": early}
    assert lists.kinds(2016)["respelled"] == RESPELLED - early
    assert len(lists.kinds(2016)["vanished"]) == 9
    superseded = lists.proposals.page(None, 100, state="superseded")
    assert {(row["old_name"], row["new_name"]) for row in superseded} == early


@pytest.mark.parametrize(
    "order", [(2009, 2012, 2016), (2016, 2012, 2009), (2012, 2009, 2016), (2016, 2009, 2012)]
)
def test_lists_in_whatever_order_propose_the_same_years(lists: Lists, order: tuple[int, ...]) -> None:
    names = {2009: NAMES_2009, 2012: NAMES_2012, 2016: NAMES_2016}
    for year in order:
        lists.bring(year, town_list(names[year]))

    differences = {
        (row["old_name"], row["new_name"]) for row in lists.open() if row["kind"] in ("respelled", "vanished")
    }
    assert differences >= RESPELLED
    assert len(differences) == 4 + 9
    assert set(lists.names(date(2009, 1, 1))) | {"201", "210", "211", "220"} == set(NAMES_2009)
    assert lists.rows("SELECT count(*) FROM succession") == [(0,)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_same_list_again_changes_nothing_whatever_its_file(lists: Lists, kind: str) -> None:
    lists.bring(2009, town_list(NAMES_2009))
    lists.bring(2016, town_list(NAMES_2016), "xlsx")
    before = lists.content()

    again = lists.bring(2016, town_list(NAMES_2016), kind)

    assert again.counts.accepted == 0
    assert lists.content() == before


def test_a_dry_run_keeps_neither_list_nor_proposal(lists: Lists) -> None:
    lists.bring(2009, town_list(NAMES_2009))

    report = lists.bring(2016, town_list(NAMES_2016), dry_run=True)

    assert len(report.pending) == 14
    assert lists.open() == []
    assert len(lists.store.lists(None, 9)) == 1


@pytest.fixture
def told(lists: Lists) -> Lists:
    """Both lists are in."""
    lists.bring(2009, town_list(NAMES_2009))
    lists.bring(2016, town_list(NAMES_2016))
    return lists


def test_a_decision_is_carried_out_and_kept_with_its_event(told: Lists) -> None:
    proposal = told.proposal(f"{TOWN}210")

    told.decide(f"{TOWN}210", DivisionOutcome.RESPELLED, effective_on=date(2012, 1, 1), note="示例")

    assert [told.names(day)["210"] for day in (date(2011, 12, 31), date(2012, 1, 1))] == ["旁上村", "塝上村"]
    kept = told.proposals.page(None, 1, proposal_id=proposal)[0]
    event = told.rows(
        f"SELECT kind, details ->> 'division_proposal_id' FROM event WHERE id = '{kept['event_id']}'"
    )
    assert (kept["state"], kept["outcome"], kept["decided_by_name"]) == ("decided", "respelled", "示例管理员")
    assert event == [("respell", str(proposal))]


def test_a_village_went_into_another_only_where_a_person_says_so(told: Lists) -> None:
    told.decide(
        f"{TOWN}209", DivisionOutcome.MERGED, other_code=f"{TOWN}208", decree_no="示例虚构", note="示例虚构"
    )

    assert told.rows("SELECT share, note FROM succession") == [("whole", "示例虚构")]
    assert "209" in told.names(date(2015, 12, 31))
    assert "209" not in told.names(date(2016, 1, 1))


def test_a_village_that_the_list_forgot_lives_on(told: Lists) -> None:
    told.decide(f"{TOWN}209", DivisionOutcome.REJECTED, note="名录漏列")

    assert "209" in told.names(date(2016, 1, 1))
    told.bring(2016, town_list(NAMES_2016), "xlsx")
    assert [row for row in told.open() if row["old_code"] == f"{TOWN}209"] == []


def test_a_new_village_enters_by_decision(told: Lists) -> None:
    told.decide(f"{TOWN}227", DivisionOutcome.CREATED, decree_no="示例虚构")

    assert "227" not in told.names(date(2015, 12, 31))
    assert told.names(date(2016, 1, 1))["227"] == "合旺村"


def test_a_merger_of_a_village_with_houses_is_left_to_the_act_of_a_merger(told: Lists) -> None:
    village = told.work.divisions.id_of_code(f"{TOWN}209", date(2016, 1, 1))
    told.work.places.whole_village_place(village, told.work.actor.account_id, date(2016, 1, 1), told.work.now)

    with pytest.raises(ServiceError) as refusal:
        told.decide(f"{TOWN}209", DivisionOutcome.MERGED, other_code=f"{TOWN}208")

    assert refusal.value.code == "division-in-use"
    assert "并村方案" in refusal.value.message


@pytest.mark.parametrize(
    ("code", "decision", "refused"),
    [
        ("209", Decision(DivisionOutcome.RENAMED), "outcome-not-possible"),
        ("209", Decision(DivisionOutcome.MERGED), "other-code-missing"),
        ("209", Decision(DivisionOutcome.MERGED, other_code=f"{TOWN}299"), "division-not-found"),
        ("210", Decision(DivisionOutcome.MERGED, other_code=f"{TOWN}208"), "outcome-not-possible"),
        ("210", Decision(DivisionOutcome.RENAMED, effective_on=date(2030, 1, 1)), "effective-on-future"),
        ("210", Decision(DivisionOutcome.RENAMED, note="联系电话13807300000"), "personal-data-not-here"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused(
    told: Lists, code: str, decision: Decision, refused: str
) -> None:
    with pytest.raises(ServiceError) as refusal:
        decide_division_proposal(told.work, told.proposal(f"{TOWN}{code}"), decision)

    assert refusal.value.code == refused


def test_nobody_decides_outside_the_own_division(told: Lists) -> None:
    proposal = told.proposal(f"{TOWN}209")
    told.work.actor = replace(told.work.actor, role=Role.CIVIL_AFFAIRS, division_code="430626114")

    with pytest.raises(ServiceError) as refusal:
        decide_division_proposal(told.work, proposal, Decision(DivisionOutcome.ABOLISHED))

    assert refusal.value.code == "out-of-scope"


def test_a_decision_on_what_has_changed_since_is_refused(told: Lists) -> None:
    village = told.work.divisions.id_of_code(f"{TOWN}210", date(2016, 1, 1))
    event = told.rows("SELECT id FROM event LIMIT 1")[0][0]
    told.work.divisions.change(village, date(2013, 1, 1), {"name": "磅上村"}, event, told.work.now)

    with pytest.raises(ServiceError) as refusal:
        told.decide(f"{TOWN}210", DivisionOutcome.RESPELLED)

    assert refusal.value.code == "proposal-outdated"


def test_what_is_decided_on_an_older_list_stands_before_what_was_known(lists: Lists) -> None:
    """2016 came first, so 塝上 is known since then; the list of 2009 knew the village as 旁上."""
    lists.bring(2016, town_list(NAMES_2016))
    lists.bring(2009, town_list(NAMES_2009))

    lists.decide(f"{TOWN}210", DivisionOutcome.RESPELLED, effective_on=date(2012, 1, 1))

    history = lists.work.divisions.history(lists.work.divisions.id_of_code(f"{TOWN}210", date(2016, 1, 1)))
    assert [(d.name, d.valid_from) for d in history] == [
        ("旁上村", date(2009, 1, 1)),
        ("塝上村", date(2012, 1, 1)),
    ]


SANYANG = "430626200"


def test_golden_a_code_used_again_is_another_village(lists: Lists) -> None:
    """三阳乡 …200210 was 石坪, then 更新: two villages that share nothing but a number."""
    lists.bring(2015, town_list({"209": "三联", "210": "石坪"}, SANYANG, "三阳乡"))
    lists.bring(2016, town_list({"209": "三联", "210": "更新"}, SANYANG, "三阳乡"))
    assert lists.kinds() == {"code_reused": {("石坪村", "更新村")}}

    lists.decide(
        f"{SANYANG}210", DivisionOutcome.CODE_REUSED, other_code=f"{SANYANG}209", decree_no="示例虚构"
    )

    divisions = lists.work.divisions
    old, new = (divisions.find_by_code(f"{SANYANG}210", date(year, 6, 1)) for year in (2015, 2016))
    assert old is not None
    assert new is not None
    assert (old.name, new.name, old.id != new.id) == ("石坪村", "更新村", True)
    into = divisions.id_of_code(f"{SANYANG}209", date(2016, 1, 1))
    assert lists.rows("SELECT predecessor_id, successor_id FROM succession") == [(old.id, into)]


def test_golden_a_code_that_looks_used_again_may_be_a_rename_all_the_same(lists: Lists) -> None:
    """Nothing follows from unlike names: a person who knows says that 石坪 is called 更新 now."""
    lists.bring(2015, town_list({"210": "石坪"}, SANYANG, "三阳乡"))
    lists.bring(2016, town_list({"210": "更新"}, SANYANG, "三阳乡"))

    lists.decide(f"{SANYANG}210", DivisionOutcome.RENAMED, decree_no="示例虚构")

    history = lists.work.divisions.history_of_code(f"{SANYANG}210")
    assert [d.name for d in history] == ["石坪村", "更新村"]
    assert len({d.id for d in history}) == 1


def test_golden_two_villages_of_one_name_in_two_towns_are_two(lists: Lists) -> None:
    """芭蕉 was in 瓮江镇 until 2015, another 芭蕉 is in 童市镇 from 2016, where it was 芭焦: no village moved."""
    wengjiang = "430626104"
    other = {"205": "芭蕉", "206": "示例"}
    lists.bring(2015, town_list(other, wengjiang, "瓮江镇") + town_list({"211": "芭焦"})[1:])
    lists.bring(2016, town_list({"206": "示例"}, wengjiang, "瓮江镇") + town_list({"211": "芭蕉"})[1:])

    assert lists.kinds() == {"vanished": {("芭蕉村", None)}, "respelled": {("芭焦村", "芭蕉村")}}


def test_golden_a_village_that_moved_to_another_town_is_still_itself(lists: Lists) -> None:
    """平源 of 三阳乡 came under 天岳街道: one name gone in one town and there in the other, one identity."""
    street = "430626001"
    both = town_list({"209": "三联", "215": "平源"}, SANYANG, "三阳乡")
    lists.bring(2018, both + town_list({"210": "大西"}, street, "天岳街道")[1:])
    after = town_list({"209": "三联"}, SANYANG, "三阳乡")
    lists.bring(2019, after + town_list({"210": "大西", "215": "平源"}, street, "天岳街道")[1:])
    assert lists.kinds() == {"moved_town": {("平源村", "平源村")}}

    lists.decide(f"{street}215", DivisionOutcome.MOVED_TOWN, decree_no="示例虚构")

    divisions = lists.work.divisions
    old = divisions.find_by_code(f"{SANYANG}215", date(2018, 6, 1))
    new = divisions.find_by_code(f"{street}215", date(2019, 6, 1))
    assert old is not None
    assert new is not None
    assert (old.id, old.parent_id != new.parent_id) == (new.id, True)
    assert divisions.find_by_code(f"{SANYANG}215", date(2019, 6, 1)) is None


def test_golden_one_name_under_two_codes_may_be_two_villages(lists: Lists) -> None:
    """A person may say that the village is gone and another one of its name is new: then each half is decided on."""
    lists.bring(2018, town_list({"209": "三联", "215": "平源"}, SANYANG, "三阳乡"))
    lists.bring(2019, town_list({"209": "三联", "216": "平源"}, SANYANG, "三阳乡"))
    assert lists.kinds() == {"recoded": {("平源村", "平源村")}}

    lists.decide(f"{SANYANG}216", DivisionOutcome.REJECTED)

    assert lists.kinds() == {"vanished": {("平源村", None)}, "appeared": {(None, "平源村")}}


def test_golden_a_recoded_village_keeps_its_identity(lists: Lists) -> None:
    """A new code for the same village in the same town, as lists give them out when they are put in order."""
    lists.bring(2018, town_list({"209": "三联", "215": "平源"}, SANYANG, "三阳乡"))
    lists.bring(2019, town_list({"209": "三联", "216": "平源"}, SANYANG, "三阳乡"))

    lists.decide(f"{SANYANG}216", DivisionOutcome.RECODED)

    old = lists.work.divisions.id_of_code(f"{SANYANG}215", date(2018, 6, 1))
    assert lists.work.divisions.id_of_code(f"{SANYANG}216", date(2019, 6, 1)) == old
    assert lists.names(date(2019, 6, 1), SANYANG) == {"209": "三联村", "216": "平源村"}


def test_golden_merged_and_split_again_is_no_resurrection(lists: Lists) -> None:
    """三阳乡 平源 + 南尧 → 南源 in 2016 → 平源, 南尧 in 2019: 平源 of 2019 comes out of 南源 and is new."""
    lists.bring(2015, town_list({"215": "平源", "216": "南尧"}, SANYANG, "三阳乡"))
    lists.bring(2016, town_list({"217": "南源"}, SANYANG, "三阳乡"))
    lists.decide(f"{SANYANG}217", DivisionOutcome.CREATED)
    for code in ("215", "216"):
        lists.decide(f"{SANYANG}{code}", DivisionOutcome.MERGED, other_code=f"{SANYANG}217")
    lists.bring(2019, town_list({"215": "平源", "216": "南尧"}, SANYANG, "三阳乡"))
    for code in ("215", "216"):
        lists.decide(f"{SANYANG}{code}", DivisionOutcome.CREATED, other_code=f"{SANYANG}217")
    lists.decide(f"{SANYANG}217", DivisionOutcome.ABOLISHED)

    old, new = (lists.work.divisions.id_of_code(f"{SANYANG}215", date(year, 6, 1)) for year in (2015, 2019))
    assert old != new
    shares = lists.rows("SELECT share, count(*) FROM succession GROUP BY 1 ORDER BY 1")
    assert shares == [("part", 2), ("whole", 2)]
    assert lists.names(date(2019, 6, 1), SANYANG) == {"215": "平源村", "216": "南尧村"}


def test_golden_village_to_community_and_back_is_one_village(lists: Lists) -> None:
    """天岳街道大西, 2020 and 2021: the stem stays, the generic term goes there and back."""
    street, day = "430626001", timedelta(days=1)
    head = [COUNTY_ROW, (f"{street}000", "天岳街道")]
    for year, name in ((2019, "大西村"), (2020, "大西社区"), (2021, "大西村")):
        lists.bring(year, [*head, (f"{street}210", name)])
        if year > 2019:
            assert set(lists.kinds()) == {"kind_changed"}
            lists.decide(f"{street}210", DivisionOutcome.KIND_CHANGED, decree_no="示例虚构")

    history = lists.work.divisions.history_of_code(f"{street}210")
    assert [(d.kind, d.valid_from) for d in history] == [
        ("administrative_village", date(2019, 1, 1)),
        ("community", date(2020, 1, 1)),
        ("administrative_village", date(2021, 1, 1)),
    ]
    assert len({d.id for d in history}) == 1
    assert history[0].valid_to == history[1].valid_from > date(2019, 1, 1) + day


def test_civil_affairs_codes_are_held_against_civil_affairs_codes(lists: Lists) -> None:
    """上塔市镇 is …118 to the statistics and …116 to civil affairs, 余坪镇 the other way round: neither was recoded."""
    lists.bring(2016, [COUNTY_ROW, ("430626116000", "余坪镇"), ("430626118000", "上塔市镇")])
    towns = {
        code: lists.work.divisions.id_of_code(code, date(2016, 1, 1)) for code in ("430626116", "430626118")
    }
    event = lists.rows("SELECT id FROM event LIMIT 1")[0][0]
    for code, mca in (("430626116", "430626118"), ("430626118", "430626116")):
        lists.work.divisions.change(towns[code], date(2016, 1, 1), {"code_mca": mca}, event, lists.work.now)

    lists.bring(2017, [("430626116000", "上塔市镇"), ("430626118000", "余坪镇")], system=ListSystem.MCA)

    assert lists.open() == []


def test_a_civil_affairs_code_is_learnt_by_decision_and_creates_nothing(lists: Lists) -> None:
    lists.bring(2016, town_list({"208": "烟舟"}))
    lists.bring(2016, town_list({"308": "烟舟"}), "xlsx", system=ListSystem.MCA)
    assert (None, "烟舟村") in lists.kinds()["appeared"]

    with pytest.raises(ServiceError) as refusal:
        lists.decide(f"{TOWN}308", DivisionOutcome.CREATED)
    lists.decide(f"{TOWN}308", DivisionOutcome.RECODED, other_code=f"{TOWN}208")

    known = lists.work.divisions.find_by_code(f"{TOWN}208", date(2016, 1, 1))
    assert refusal.value.code == "outcome-not-possible"
    assert known is not None
    assert (known.code_nbs, known.code_mca) == (f"{TOWN}208", f"{TOWN}308")


def test_a_village_recoded_by_decision_settles_both_halves(lists: Lists) -> None:
    """平源 was listed as 平塬 under its new code: no list pairs them, a person does, and both proposals are decided."""
    lists.bring(2018, town_list({"209": "三联", "215": "平源"}, SANYANG, "三阳乡"))
    lists.bring(2019, town_list({"209": "三联", "216": "平塬"}, SANYANG, "三阳乡"))
    assert set(lists.kinds()) == {"vanished", "appeared"}

    lists.decide(f"{SANYANG}215", DivisionOutcome.RECODED, other_code=f"{SANYANG}216")

    assert lists.open() == []
    old = lists.work.divisions.id_of_code(f"{SANYANG}215", date(2018, 6, 1))
    assert lists.work.divisions.id_of_code(f"{SANYANG}216", date(2019, 6, 1)) == old


def test_a_list_corrected_for_the_same_year_outdoes_the_first(lists: Lists) -> None:
    lists.bring(2009, town_list({"208": "烟舟", "209": "沙坪"}))
    lists.bring(2016, town_list({"208": "烟洲"}))

    lists.bring(2016, town_list({"208": "烟舟"}), "xlsx")

    assert lists.kinds() == {"vanished": {("沙坪村", None)}}
    assert len(lists.proposals.page(None, 100, state="superseded")) == 2
    before = lists.content()
    lists.bring(2016, town_list({"208": "烟洲"}))
    assert {row["new_name"] for row in lists.open()} == {None}
    assert lists.content()["division_proposal"] == before["division_proposal"]


def merged_in_june(lists: Lists) -> None:
    """烟舟 and 沙坪 became 合旺 on 1 June 2016, by an act and not by a list."""
    on, work = date(2016, 6, 1), lists.work
    act = Act(on, "示例虚构")
    olds = [work.divisions.find_by_code(f"{TOWN}{code}", on) for code in ("208", "209")]
    new, _ = create_division(work, f"{TOWN}227", "合旺村", act)
    for old in olds:
        assert old is not None
        end_division(work, old, act, [Successor(old.id, new, "whole")], EventKind.MERGE)


BEFORE_JUNE = {"208": "烟舟", "209": "沙坪", "211": "芭蕉"}
AFTER_JUNE = {"211": "芭蕉", "227": "合旺"}


@pytest.mark.parametrize(("year", "names"), [(2012, BEFORE_JUNE), (2016, BEFORE_JUNE), (2016, AFTER_JUNE)])
def test_a_list_dated_before_a_merger_asks_nothing_of_what_the_merger_has_answered(
    lists: Lists, year: int, names: dict[str, str]
) -> None:
    """The list of 2016 is of 1 January by name, and was published with what June had brought."""
    lists.bring(2009, town_list(BEFORE_JUNE))
    merged_in_june(lists)
    before = lists.rows("SELECT t::text FROM division_version t ORDER BY 1")

    report = lists.bring(year, town_list(names))

    assert report.pending == []
    assert lists.open() == []
    assert lists.rows("SELECT t::text FROM division_version t ORDER BY 1") == before


def test_a_list_brought_before_the_merger_asks_no_more_once_another_year_comes(lists: Lists) -> None:
    lists.bring(2009, town_list(BEFORE_JUNE))
    lists.bring(2016, town_list(AFTER_JUNE))
    merged_in_june(lists)

    lists.bring(2012, town_list(BEFORE_JUNE))

    assert lists.open() == []


def test_a_list_of_an_earlier_year_that_knows_the_merger_is_a_question(lists: Lists) -> None:
    lists.bring(2009, town_list(BEFORE_JUNE))
    merged_in_june(lists)

    lists.bring(2015, town_list(AFTER_JUNE))

    assert lists.kinds() == {
        "vanished": {("烟舟村", None), ("沙坪村", None)},
        "appeared": {(None, "合旺村")},
    }
    assert "227" not in lists.names(date(2016, 5, 31))
    (clue,) = [row["evidence"][1] for row in lists.open() if row["kind"] == "appeared"]
    assert clue["code"] == "known-later"
    assert "2016-06-01" in clue["text"]


def test_a_person_may_say_that_a_village_was_there_before_its_decree(lists: Lists) -> None:
    lists.bring(2009, town_list(BEFORE_JUNE))
    merged_in_june(lists)
    lists.bring(2015, town_list({**BEFORE_JUNE, "227": "合旺"}))

    lists.decide(f"{TOWN}227", DivisionOutcome.CREATED, note="示例虚构")

    village = lists.work.divisions.id_of_code(f"{TOWN}227", date(2020, 1, 1))
    assert [d.valid_from for d in lists.work.divisions.history(village)] == [date(2015, 1, 1)]
    assert lists.open() == []


def test_a_list_that_has_a_new_code_before_its_decree_shortens_no_village(lists: Lists) -> None:
    """平源 had …215 from 2015 and got …216 in June 2018; the list of 2018, dated 1 January, has it under …216."""
    lists.bring(2015, town_list({"209": "三联", "215": "平源"}, SANYANG, "三阳乡"))
    on, divisions = date(2018, 6, 1), lists.work.divisions
    old = divisions.find_by_code(f"{SANYANG}215", on)
    assert old is not None
    recode_division(lists.work, old, f"{SANYANG}216", Act(on, "示例虚构"))
    before = divisions.history(old.id)

    lists.bring(2018, town_list({"209": "三联", "216": "平源"}, SANYANG, "三阳乡"))

    assert divisions.history(old.id) == before
    assert lists.open() == []


def test_a_village_known_under_a_later_code_enters_under_no_earlier_one_unasked(lists: Lists) -> None:
    lists.bring(2019, town_list({"209": "三联", "216": "平源"}, SANYANG, "三阳乡"))

    lists.bring(2018, town_list({"209": "三联", "215": "平源"}, SANYANG, "三阳乡"))

    (asked,) = [row for row in lists.open() if row["kind"] == "appeared"]
    assert (asked["new_name"], asked["candidates"][0]["division"]) == ("平源村", f"{SANYANG}216")
    assert lists.names(date(2018, 6, 1), SANYANG) == {"209": "三联村"}

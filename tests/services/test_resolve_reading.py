"""A text that nobody held as it stands is read and tried again; what was held is answered as before."""

from datetime import date, timedelta

import pytest

from address_service.coding.grammar import Gazetteer
from address_service.services.change_division import rename_division
from address_service.services.division_act import Act
from address_service.services.lineage_answer import Answer
from address_service.services.resolve_address import resolve_reading, resolve_text
from address_service.store.match_book import load_gazetteer
from address_service.store.work import Work
from tests.services.test_renumbering import Group, day
from tests.services.test_resolve import codes, group

__all__ = ["group"]


def read(group: Group, words: str, on: date | None = None) -> tuple[Answer, str | None]:
    work: Work = group.work
    to = work.today + timedelta(100)
    return resolve_reading(work, words, on, to, lambda: load_gazetteer(work.conn, work.county_code))


@pytest.mark.parametrize(
    "words",
    [
        "烟舟村十二组1号",
        "童市乡烟舟村12组001号",
        "平江县童市乡烟舟大队第十二村民小组１号",
        "烟舟12组1号",
        "1号12组烟舟村",
    ],
)
def test_another_spelling_leads_where_the_text_on_record_leads(group: Group, words: str) -> None:
    before = group.codes()
    group.renumber({1: 2, 2: 1})
    then = group.work.today

    answer, spelt = read(group, words, then)

    assert resolve_text(group.work, words, then, then + timedelta(100)).lines == ()
    assert (answer.outcome, codes(answer), spelt is None) == ("resolved", {before[1]}, False)


def test_what_is_on_record_is_answered_without_being_read(group: Group) -> None:
    def never() -> Gazetteer:
        raise AssertionError("it was read")

    work, to = group.work, group.work.today
    for words, on in (("烟舟村12组1号", None), ("烟舟村12组1号", date(1990, 1, 1))):
        answer, spelt = resolve_reading(work, words, on, to, never)

        assert (answer, spelt) == (resolve_text(work, words, on, to), None)


def test_a_former_name_is_read_as_of_its_day(group: Group) -> None:
    """The canonical key has today's name, which nobody had on the day of the paper: the name on record stays."""
    start, before = group.work.today, group.codes()
    later = day(group.approver, 20)
    old = later.divisions.find_by_code("430626113208", start)
    assert old is not None
    rename_division(later, old, "烟洲村", Act(later.today, "示例民批〔2026〕3号"))

    answer, spelt = read(group, "烟舟村十二组1号", start)

    assert (answer.outcome, codes(answer), spelt) == ("resolved", {before[1]}, "烟舟村12组1号")
    assert answer.targets[0].full_text.endswith("烟洲村12组1号")


@pytest.mark.parametrize(
    "words", ["烟舟村十二组1号（隔壁）", "烟舟村十二组1号某某", "烟州村十二组1号", "烟舟村十二组□号"]
)
def test_what_is_not_understood_for_sure_is_not_guessed(group: Group, words: str) -> None:
    answer, _ = read(group, words)

    assert (answer.lines, answer.targets) == ((), ())

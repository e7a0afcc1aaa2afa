"""The mark by which a process knows that its matching book is of yesterday."""

from datetime import date, timedelta

from address_service.model.aliases import AliasKind, AliasRequest
from address_service.services.division_act import Act
from address_service.services.record_alias import end_alias, record_alias
from address_service.services.rename_place import rename_place
from address_service.store.feed import Feed
from address_service.store.match_mark import book_mark, names_mark
from address_service.store.work import Work
from tests.services.test_renumbering import Group, day
from tests.services.test_resolve import group

__all__ = ["group"]


def test_the_mark_moves_with_every_change_with_the_day_and_with_nothing_else(group: Group) -> None:
    work: Work = group.work
    today = work.today

    first = book_mark(work.conn, work.county_code, today)
    again = book_mark(work.conn, work.county_code, today)
    group.renumber({1: 2, 2: 1})
    renumbered = book_mark(work.conn, work.county_code, today)
    Feed(work.conn, work.county_code).page(0, 1000, today)
    given = book_mark(work.conn, work.county_code, today)
    group.renumber({1: 2, 2: 1}, after=30)
    once_more = book_mark(work.conn, work.county_code, today)

    assert first == again
    assert len({first, renumbered, given, once_more}) == 4
    assert (given.waiting, given.reached > 0, once_more.waiting > 0) == (0, True, True)
    assert book_mark(work.conn, work.county_code, today + timedelta(1)) != once_more


def test_the_mark_moves_when_an_alias_is_recorded_and_when_it_is_ended(group: Group) -> None:
    work: Work = group.work
    asked = AliasRequest(AliasKind.POLICE, "烟舟村老屋场", work.today)

    first = book_mark(work.conn, work.county_code, work.today)
    alias = record_alias(work, group.codes()[1], asked)
    recorded = book_mark(work.conn, work.county_code, work.today)
    end_alias(work, group.codes()[1], alias.id, None)
    ended = book_mark(work.conn, work.county_code, work.today)

    assert len({first, recorded, ended}) == 3


def test_the_mark_of_the_names_stays_while_numbers_change_and_moves_with_a_name(group: Group) -> None:
    work: Work = group.work
    first = names_mark(work.conn, work.county_code)
    group.renumber({1: 2, 2: 1})
    same = names_mark(work.conn, work.county_code)
    rename_place(
        day(group.approver, 10), group.place, "桂花组", Act(today_in(work, 10), "示例民批〔2026〕3号")
    )
    renamed = names_mark(work.conn, work.county_code)

    assert first == same != renamed


def today_in(work: Work, days: int) -> date:
    return work.today + timedelta(days)

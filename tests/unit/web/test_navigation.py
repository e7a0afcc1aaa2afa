"""The navigation that all pages share: what it offers to whom, and which page it marks as the present one."""

import re

import pytest

from address_service.web import rendering
from address_service.web.visitor import Visitor

READER = Visitor("李四", "派出所", "csrf", may_assign=False)
COUNTY = Visitor("王五", "县级主管部门", "csrf", may_assign=False, may_approve=True, may_name=True)
CLERK = Visitor("张三", "民政办", "csrf", may_assign=True, may_number=True, may_name=True)
TEAM = Visitor("钱七", "业务队伍", "csrf", may_assign=True, may_see_residents=True)
AUDITOR = Visitor("赵六", "审计管理员", "csrf", may_assign=False, may_audit=True)
PAGES = ["/", "/assign", "/audit", "/renumber", "/acts", "/mergers", "/counter", "/reservations", "/history"]


def navigation(visitor: Visitor | None, page: str = "map") -> str:
    template = rendering._templates.env.get_template("_nav.html")
    return template.render(visitor=visitor, page=page)


def links(text: str) -> list[str]:
    return re.findall(r'<a href="([^"]+)"', text)


@pytest.mark.parametrize(
    ("visitor", "offered"),
    [
        (READER, ["/", "/audit", "/history"]),
        (TEAM, ["/", "/assign", "/audit", "/residents", "/history"]),
        (AUDITOR, ["/", "/audit", "/history", "/audit-trail"]),
        (COUNTY, ["/", "/audit", "/renumber", "/acts", "/mergers", "/history"]),
        (CLERK, PAGES),
    ],
)
def test_it_offers_the_pages_that_the_visitor_may_open(visitor: Visitor, offered: list[str]) -> None:
    assert links(navigation(visitor)) == offered


@pytest.mark.parametrize("page", ["map", "assign", "audit", "renumber", "counter", "reservations", "history"])
def test_it_marks_the_present_page_and_no_other(page: str) -> None:
    path = "/" if page == "map" else f"/{page}"

    assert re.findall(r'href="([^"]+)" aria-current="page"', navigation(CLERK, page)) == [path]


def test_a_stranger_is_offered_what_an_open_map_opens_and_the_sign_in() -> None:
    text = navigation(None, "history")

    assert re.findall(r'href="([^"]+)"', text) == ["/", "/history", "/sign-in"]
    assert re.findall(r'href="([^"]+)" aria-current="page"', text) == ["/history"]
    assert "退出" not in text

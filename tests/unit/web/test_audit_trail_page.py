"""The page of the audit is for those who may read it."""

from address_service.model.audit import Channel
from address_service.model.labels import label
from address_service.web.audit_trail_pages import build_audit_trail_router
from address_service.web.visitor import Visitor
from tests.unit.web.conftest import OpenSite

AUDITOR = Visitor("赵六", "审计管理员", "csrf", may_assign=False, may_audit=True)
CLERK = Visitor("张三", "民政办", "csrf", may_assign=True, may_number=True)


def test_a_stranger_signs_in_first_and_comes_back_to_the_search(open_site: OpenSite) -> None:
    answer = open_site(build_audit_trail_router, None).get("/audit-trail?action=audit.read")

    assert answer.headers["location"].startswith("/sign-in?next=/audit-trail")


def test_a_clerk_is_refused(open_site: OpenSite) -> None:
    assert open_site(build_audit_trail_router, CLERK).get("/audit-trail").status_code == 403


def test_the_auditor_gets_the_form_with_every_channel(open_site: OpenSite) -> None:
    page = open_site(build_audit_trail_router, AUDITOR).get("/audit-trail")

    assert page.status_code == 200
    assert all(label(channel) in page.text for channel in Channel)
    assert "<script>" not in page.text

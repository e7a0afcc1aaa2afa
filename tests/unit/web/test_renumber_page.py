"""Who may open the page of renumbering plans, and what it is told about its visitor."""

import pytest
from fastapi.testclient import TestClient

from address_service.web.renumber_pages import build_renumber_router
from address_service.web.visitor import Visitor
from tests.unit.web.conftest import OpenSite

CLERK = Visitor("张三", "民政办", "csrf", may_assign=True, may_number=True)
COUNTY = Visitor("王五", "县级主管部门", "csrf", may_assign=False, may_approve=True)
READER = Visitor("李四", "派出所", "csrf", may_assign=False)


@pytest.fixture
def client(open_site: OpenSite, request: pytest.FixtureRequest) -> TestClient:
    return open_site(build_renumber_router, request.param)


@pytest.mark.parametrize(
    ("client", "number", "approve"), [(CLERK, "yes", "no"), (COUNTY, "no", "yes")], indirect=["client"]
)
def test_the_page_knows_what_its_visitor_may_do(client: TestClient, number: str, approve: str) -> None:
    page = client.get("/renumber")

    assert page.status_code == 200
    assert f'data-may-number="{number}" data-may-approve="{approve}"' in page.text
    assert "<script>" not in page.text
    assert "style=" not in page.text


@pytest.mark.parametrize("client", [READER], indirect=True)
def test_an_office_that_only_reads_is_refused(client: TestClient) -> None:
    assert client.get("/renumber").status_code == 403


@pytest.mark.parametrize("client", [None], indirect=True)
def test_nobody_signed_in_is_led_to_the_sign_in(client: TestClient) -> None:
    answer = client.get("/renumber")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/renumber")

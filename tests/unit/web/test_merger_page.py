"""Who may open the page of mergers, and what it is told about its visitor."""

import pytest
from fastapi.testclient import TestClient

from address_service.web.merger_pages import build_merger_router
from address_service.web.visitor import Visitor
from tests.unit.web.conftest import OpenSite

CLERK = Visitor("张三", "民政办", "csrf", may_assign=True, may_number=True, may_name=True)
COUNTY = Visitor("王五", "县级主管部门", "csrf", may_assign=False, may_approve=True, may_name=True)
VILLAGER = Visitor("李四", "村委会", "csrf", may_assign=True, may_number=True)


@pytest.fixture
def client(open_site: OpenSite, request: pytest.FixtureRequest) -> TestClient:
    return open_site(build_merger_router, request.param)


@pytest.mark.parametrize(
    ("client", "name", "approve"), [(CLERK, "yes", "no"), (COUNTY, "yes", "yes")], indirect=["client"]
)
def test_the_page_knows_what_its_visitor_may_do(client: TestClient, name: str, approve: str) -> None:
    page = client.get("/mergers")

    assert page.status_code == 200
    assert f'data-may-name="{name}" data-may-approve="{approve}"' in page.text
    assert "<script>" not in page.text
    assert "style=" not in page.text


@pytest.mark.parametrize("client", [VILLAGER], indirect=True)
def test_an_office_that_does_not_name_villages_is_refused(client: TestClient) -> None:
    assert client.get("/mergers").status_code == 403


@pytest.mark.parametrize("client", [None], indirect=True)
def test_nobody_signed_in_is_led_to_the_sign_in(client: TestClient) -> None:
    answer = client.get("/mergers")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/mergers")

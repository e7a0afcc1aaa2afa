"""Errors as people see them and as machines do."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from address_service.edge.problems import install_problem_handlers
from address_service.errors import NotReady
from address_service.web.site import add_error_pages

SECRET = "password=geheim at /srv/inside.py"
BROWSER = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    install_problem_handlers(app)
    add_error_pages(app)

    @app.get("/crash")
    @app.get("/api/v1/crash")
    def crash() -> None:
        raise RuntimeError(SECRET)

    @app.get("/starting")
    def starting() -> None:
        raise NotReady("数据库正在启动，请稍候")

    @app.get("/number")
    def number(page: int) -> int:
        return page

    return TestClient(app, raise_server_exceptions=False)


def test_a_crash_tells_people_nothing_of_the_inside(client: TestClient) -> None:
    answer = client.get("/crash", headers=BROWSER)
    assert answer.status_code == 500
    assert "服务出了问题" in answer.text
    assert "geheim" not in answer.text
    assert "inside.py" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_crash_answers_machines_with_a_problem(client: TestClient) -> None:
    answer = client.get("/api/v1/crash", headers=BROWSER)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "geheim" not in answer.text


def test_what_a_service_says_reaches_people(client: TestClient) -> None:
    answer = client.get("/starting", headers=BROWSER)
    assert answer.status_code == 503
    assert "数据库正在启动，请稍候" in answer.text


def test_a_page_that_is_not_there_is_said_in_chinese(client: TestClient) -> None:
    answer = client.get("/nowhere", headers=BROWSER)
    assert answer.status_code == 404
    assert "没有这一页" in answer.text
    assert client.get("/nowhere", headers={"accept": "application/json"}).json()["code"] == "not-found"


def test_a_wrong_parameter_gets_a_page_too(client: TestClient) -> None:
    answer = client.get("/number?page=x", headers=BROWSER)
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/html")

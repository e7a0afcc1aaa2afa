"""Where the villages of a town lie on any day, and the list of those that have ended."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from address_service.bootstrap import create_app
from address_service.model.accounts import Role
from address_service.settings import MapAccess, Settings

TOWN, OTHER = "430626113", "430626200"
LIST = f"""统计用区划代码,名称,生效日期
430626000000,平江县,2009-01-01
{TOWN}000,童市镇,2009-01-01
{TOWN}208,烟舟村,2009-01-01
{TOWN}209,沙坪村,2009-01-01
{TOWN}210,旁上村,2009-01-01
{OTHER}000,三阳乡,2009-01-01
{OTHER}201,石坪村,2009-01-01
"""
PATH = "/api/v1/division-boundaries"
ACTS: list[tuple[str, dict[str, Any]]] = [
    ("208", {"kind": "boundary", "effective_on": "2009-01-01", "box": (113.6, 113.7)}),
    ("209", {"kind": "boundary", "effective_on": "2009-01-01", "box": (113.7, 113.8)}),
    ("210", {"kind": "respell", "effective_on": "2012-01-01", "name": "塝上村"}),
    ("209", {"kind": "abolish", "effective_on": "2016-01-01"}),
    ("208", {"kind": "boundary", "effective_on": "2016-01-01", "box": (113.6, 113.8)}),
]


def area(west: float, east: float) -> dict[str, Any]:
    ring = [[west, 28.8], [east, 28.8], [east, 28.9], [west, 28.9], [west, 28.8]]
    return {"type": "Polygon", "coordinates": [ring]}


def carry_out(clerk: TestClient, county: TestClient, path: str, body: dict[str, Any]) -> None:
    """Ask for an act as one office and approve it as another."""
    asked = clerk.post(path, json=body).json()
    decree = {"decree_no": "示例〔2016〕1号"}
    done = county.post(f"/api/v1/division-acts/{asked['id']}/commit", json=decree)
    assert done.status_code == 200, done.text


@pytest.fixture(scope="module")
def clerk(signed_in: Any, run_jobs: Callable[[], None]) -> TestClient:
    """沙坪 ended in 2016 and its land went to 烟舟; nobody ever drew 旁上, which is spelled otherwise since 2012."""
    client: TestClient = signed_in(Role.CIVIL_AFFAIRS)
    client.post("/api/v1/jobs", data={"layer": "divisions"}, files={"file": ("示例.csv", LIST)})
    run_jobs()
    for code, act in ACTS:
        before = "2015-12-31" if act["effective_on"] == "2016-01-01" else "2009-01-01"
        path = f"/api/v1/divisions/{TOWN}{code}"
        village = client.get(path, params={"valid_on": before}).json()["id"]
        body = {key: value for key, value in act.items() if key != "box"}
        if "box" in act:
            body["boundary"] = area(*act["box"])
        carry_out(client, signed_in(Role.COUNTY), f"/api/v1/divisions/{village}/changes", body)
    return client


def seen(client: TestClient, on: str | None = None, **more: Any) -> dict[str, Any]:
    asked = {"parent": TOWN, **({"valid_on": on} if on else {}), **more}
    answer = client.get(PATH, params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def width(item: dict[str, Any]) -> tuple[float, float]:
    ring = item["geometry"]["coordinates"][0][0]
    return min(lon for lon, _ in ring), max(lon for lon, _ in ring)


def test_the_boundaries_are_those_of_the_day(clerk: TestClient) -> None:
    before, after = ({i["name"]: i for i in seen(clerk, on)["items"]} for on in ("2015-12-31", "2016-01-01"))

    assert (set(before), set(after)) == ({"烟舟村", "沙坪村", "塝上村"}, {"烟舟村", "塝上村"})
    assert (width(before["烟舟村"]), width(before["沙坪村"])) == ((113.6, 113.7), (113.7, 113.8))
    assert width(after["烟舟村"]) == (113.6, 113.8)
    assert before["烟舟村"]["id"] == after["烟舟村"]["id"]
    assert (before["沙坪村"]["valid_from"], before["沙坪村"]["valid_to"]) == ("2009-01-01", "2016-01-01")


def test_an_area_is_a_multipolygon_and_null_where_nobody_drew_it(clerk: TestClient) -> None:
    found = {i["code"]: i for i in seen(clerk, "2011-12-31")["items"]}

    assert found[f"{TOWN}208"]["geometry"]["type"] == "MultiPolygon"
    assert (found[f"{TOWN}210"]["name"], found[f"{TOWN}210"]["geometry"]) == ("旁上村", None)


def test_without_a_day_it_is_today(clerk: TestClient) -> None:
    today = seen(clerk)

    assert {i["name"] for i in today["items"]} == {"烟舟村", "塝上村"}
    assert today == seen(clerk, today["valid_on"])


def test_a_page_goes_on_where_the_last_one_ended(clerk: TestClient) -> None:
    first = seen(clerk, "2015-12-31", limit=2)
    rest = seen(clerk, "2015-12-31", limit=2, cursor=first["next_cursor"])

    names = [i["name"] for i in (*first["items"], *rest["items"])]
    assert (len(first["items"]), rest["next_cursor"]) == (2, None)
    assert sorted(names) == sorted(["烟舟村", "沙坪村", "塝上村"])


def test_only_the_next_level_is_given(clerk: TestClient) -> None:
    county = clerk.get(PATH, params={"parent": "430626", "valid_on": "2015-12-31"}).json()["items"]
    village = clerk.get(PATH, params={"parent": f"{TOWN}208", "valid_on": "2015-12-31"}).json()["items"]

    assert {i["code"]: i["geometry"] for i in county} == {TOWN: None, OTHER: None}
    assert village == []


def test_a_village_that_has_ended_may_be_drawn_later_on_a_day_of_its_own(
    clerk: TestClient, signed_in: Any
) -> None:
    village = clerk.get(f"/api/v1/divisions/{OTHER}201").json()["id"]
    path, asked = f"/api/v1/divisions/{village}/changes", {"parent": OTHER, "valid_on": "2015-12-31"}
    act = {"kind": "abolish", "effective_on": "2016-01-01"}
    carry_out(clerk, signed_in(Role.COUNTY), path, act)
    before = clerk.get(PATH, params=asked).json()["items"]
    drawn = act | {"kind": "boundary", "effective_on": "2009-01-01", "boundary": area(113.8, 113.9)}

    carry_out(clerk, signed_in(Role.COUNTY), path, drawn)

    (after,) = clerk.get(PATH, params=asked).json()["items"]
    assert [item["geometry"] for item in before] == [None]
    assert (width(after), after["valid_to"]) == ((113.8, 113.9), "2016-01-01")
    assert clerk.get(PATH, params={"parent": OTHER}).json()["items"] == []


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({}, 422, "request-invalid"),
        ({"parent": "43062611"}, 422, "request-invalid"),
        ({"parent": TOWN, "valid_on": "2015-02-30"}, 422, "request-invalid"),
        ({"parent": TOWN, "limit": "0"}, 422, "request-invalid"),
        ({"parent": TOWN, "cursor": "没有"}, 422, "cursor-invalid"),
        ({"parent": "430626999"}, 404, "division-not-found"),
        ({"parent": TOWN, "valid_on": "2008-12-31"}, 404, "division-not-found"),
        ({"parent": f"{TOWN}209", "valid_on": "2016-01-01"}, 404, "division-not-found"),
    ],
)
def test_bad_questions_are_refused_in_words(
    clerk: TestClient, asked: dict[str, str], status: int, code: str
) -> None:
    answer = clerk.get(PATH, params=asked)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_every_account_reads_all_boundaries_of_the_county(clerk: TestClient, signed_in: Any) -> None:
    whole = seen(clerk, "2015-12-31")["items"]

    for role, scope in ((Role.VILLAGE, f"{TOWN}210"), (Role.POLICE, "430626114")):
        assert seen(signed_in(role, scope), "2015-12-31")["items"] == whole


def test_a_stranger_reads_them_only_where_the_map_is_open(
    clerk: TestClient, anonymous: TestClient, settings: Settings
) -> None:
    open_map = settings.model_copy(update={"map_access": MapAccess.OPEN})
    asked = {"parent": TOWN, "valid_on": "2015-12-31"}

    closed = anonymous.get(PATH, params=asked)

    assert (closed.status_code, closed.json()["code"]) == (401, "sign-in-needed")
    with TestClient(create_app(open_map), raise_server_exceptions=False) as passer_by:
        assert seen(passer_by, "2015-12-31") == seen(clerk, "2015-12-31")


def listed(client: TestClient, **more: str) -> dict[str, tuple[str, str | None]]:
    asked = {"parent": TOWN, "level": "village", "include_ended": "true", **more}
    items = client.get("/api/v1/divisions", params=asked).json()["items"]
    return {item["name"]: (item["valid_from"], item["valid_to"]) for item in items}


def test_a_list_may_include_what_has_ended_each_once_as_it_was_last(clerk: TestClient) -> None:
    assert listed(clerk) == {
        "烟舟村": ("2016-01-01", None),
        "沙坪村": ("2009-01-01", "2016-01-01"),
        "塝上村": ("2012-01-01", None),
    }
    assert listed(clerk, valid_on="2011-12-31")["旁上村"] == ("2009-01-01", "2012-01-01")
    assert listed(clerk, include_ended="false").keys() == {"烟舟村", "塝上村"}
    assert listed(clerk, valid_on="2008-12-31") == {}

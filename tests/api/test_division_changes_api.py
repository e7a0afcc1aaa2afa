"""Plans of mergers over HTTP: drawn, looked at, paged through, refused, put aside; nothing is committed here."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from address_service.model.accounts import Role
from address_service.store.work import Work
from tests.services.conftest import add_town
from tests.services.villages import two_villages

PATH = "/api/v1/division-changes"
MERGER = {
    "kind": "merge",
    "effective_on": "2026-03-02",
    "ends": ["430626113210"],
    "absorber": "430626113208",
    "title": "沙坪并入烟舟",
}


def write_villages(work: Work) -> None:
    """Two villages of eighteen approved doors."""
    county = work.accounts.create("示例批准人", Role.COUNTY, "430626")
    two_villages(work, Work(work.conn, county, work.now), add_town(work))


@pytest.fixture(scope="module")
def register(committed: Any, signed_in: Any) -> None:
    """The villages, for all tests of this file."""
    committed(write_villages)


@pytest.fixture
def drawn(signed_in: Any, register: None) -> dict[str, Any]:
    """A plan, fresh for each test."""
    answer = signed_in(Role.CIVIL_AFFAIRS).post(PATH, json=MERGER)
    assert answer.status_code == 201, answer.text
    plan: dict[str, Any] = answer.json()
    return plan


def pages(client: TestClient, plan: str, subject: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        params: dict[str, Any] = {"subject": subject, "limit": 4, **({"cursor": cursor} if cursor else {})}
        page = client.get(f"{PATH}/{plan}/items", params=params).json()
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def test_a_plan_shows_the_map_before_and_after_and_what_collides(
    signed_in: Any, drawn: dict[str, Any]
) -> None:
    reader = signed_in(Role.POLICE)

    shown = reader.get(f"{PATH}/{drawn['id']}").json()

    summary = shown["summary"]
    assert [f["properties"]["name"] for f in summary["boundaries"]["after"]["features"]] == ["烟舟村"]
    assert summary["boundaries"]["before"]["features"][0]["geometry"]["type"] == "MultiPolygon"
    assert [c["reads"] for c in summary["collisions"]] == ["3组", "新屋组"]
    assert (shown["undecided"], shown["can_commit"], shown["stage"]) == (2, False, "draft")
    assert drawn["id"] in [p["id"] for p in reader.get(PATH, params={"stage": "draft"}).json()["items"]]


def test_what_a_plan_touches_is_paged_by_kind(signed_in: Any, drawn: dict[str, Any]) -> None:
    client = signed_in(Role.CIVIL_AFFAIRS)

    counted = {
        kind: len(pages(client, drawn["id"], kind))
        for kind in ("addresses", "places", "parcels", "buildings")
    }

    assert counted == {"addresses": 9, "places": 3, "parcels": 9, "buildings": 9}
    assert len(pages(client, drawn["id"], "numbers")) == 9
    for kind in ("plates", "reservations", "construction_plans", "applications", "lanes"):
        assert pages(client, drawn["id"], kind) == []
    first = pages(client, drawn["id"], "addresses")[0]
    assert "沙坪村" in first["before"]
    assert "烟舟村" in first["after"]


def test_a_plan_of_an_unknown_village_is_refused(signed_in: Any, register: None) -> None:
    client = signed_in(Role.CIVIL_AFFAIRS)

    def code(**changes: Any) -> tuple[int, str]:
        answer = client.post(PATH, json={**MERGER, **changes})
        return answer.status_code, answer.json()["code"]

    assert code(ends=["430626113999"]) == (404, "division-not-found")
    assert code(ends=["430626113208"]) == (422, "division-twice")
    assert code(ends=[]) == (422, "division-change-incomplete")
    assert code(new={"code": "430626113299", "name": "新平村"}) == (422, "division-change-incomplete")
    taken = {"code": "430626113208", "name": "新平村"}
    assert code(new=taken, absorber=None, ends=["430626113210"]) == (422, "division-change-incomplete")


def test_a_plan_is_put_aside(signed_in: Any, drawn: dict[str, Any]) -> None:
    client = signed_in(Role.CIVIL_AFFAIRS)

    dropped = client.post(f"{PATH}/{drawn['id']}/drop").json()

    assert dropped["stage"] == "dropped"
    again = client.post(f"{PATH}/{drawn['id']}/drop")
    assert (again.status_code, again.json()["code"]) == (409, "plan-decided")

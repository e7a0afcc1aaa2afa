"""Plans of mergers and splits asked for with areas that are none, and with numbers that name a person."""

from typing import Any

import pytest

from address_service.model.accounts import Role
from tests.api.test_division_changes_api import MERGER, PATH, register

__all__ = ["register"]

SPLIT = {
    "kind": "split",
    "effective_on": "2026-03-02",
    "source": "430626113208",
    "new": {"code": "430626113399", "name": "新平村"},
}
MOBILE = "13812345678"


def nested(depth: int) -> Any:
    found: Any = [113.7, 28.8]
    for _ in range(depth):
        found = [found]
    return found


@pytest.mark.parametrize(
    "boundary",
    [
        {},
        {"type": "Polygon"},
        {"type": "Point", "coordinates": [113.7, 28.8]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[113.7, 28.8]]]},
        {"type": "Polygon", "coordinates": [[["a", 28.8], [1, 2], [3, 4], ["a", 28.8]]]},
        {"type": "Polygon", "coordinates": nested(300)},
        {"type": "MultiPolygon", "coordinates": [[[[1e308, 1e308], [1, 2], [3, 4], [1e308, 1e308]]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]},
    ],
)
def test_an_area_that_is_none_is_refused_in_words(signed_in: Any, register: None, boundary: Any) -> None:
    answer = signed_in(Role.CIVIL_AFFAIRS).post(PATH, json={**SPLIT, "boundary": boundary})

    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "boundary-invalid"


@pytest.mark.parametrize(
    "asked",
    [
        {**MERGER, "title": f"联系人{MOBILE}"},
        {**SPLIT, "new": {"code": "430626113399", "name": f"{MOBILE}村"}},
    ],
)
def test_a_plan_names_no_person(signed_in: Any, register: None, asked: dict[str, Any]) -> None:
    answer = signed_in(Role.CIVIL_AFFAIRS).post(PATH, json=asked)

    assert (answer.status_code, answer.json()["code"]) == (422, "personal-data-not-here")


def test_a_choice_names_no_person(signed_in: Any, register: None) -> None:
    client = signed_in(Role.CIVIL_AFFAIRS)
    plan = client.post(PATH, json=MERGER).json()
    place = plan["summary"]["collisions"][0]["places"][-1]["id"]
    choices = [{"subject_id": place, "kind": "rename", "name": f"{MOBILE}组"}]

    answer = client.put(f"{PATH}/{plan['id']}/choices", json={"choices": choices})

    assert (answer.status_code, answer.json()["code"]) == (422, "personal-data-not-here")


@pytest.mark.parametrize(
    "choice",
    [
        {"kind": "rename"},
        {"kind": "district", "name": " "},
        {"kind": "join"},
        {"kind": "join", "into_id": "00000000-0000-0000-0000-000000000007"},
        {"kind": "keep", "subject_id": "00000000-0000-0000-0000-000000000007"},
    ],
)
def test_a_choice_that_is_none_is_refused_in_words_and_not_kept(
    signed_in: Any, register: None, choice: dict[str, Any]
) -> None:
    client = signed_in(Role.CIVIL_AFFAIRS)
    plan = client.post(PATH, json=MERGER).json()
    place = plan["summary"]["collisions"][0]["places"][-1]["id"]

    answer = client.put(f"{PATH}/{plan['id']}/choices", json={"choices": [{"subject_id": place, **choice}]})

    assert (answer.status_code, answer.json()["code"]) == (422, "choice-invalid")
    assert client.get(f"{PATH}/{plan['id']}").json()["undecided"] == plan["undecided"]


def test_a_place_that_is_none_beside_another_choice_does_no_harm(signed_in: Any, register: None) -> None:
    client = signed_in(Role.CIVIL_AFFAIRS)
    plan = client.post(PATH, json=MERGER).json()
    place = plan["summary"]["collisions"][0]["places"][-1]["id"]
    kept = {"subject_id": place, "kind": "keep", "into_id": "00000000-0000-0000-0000-000000000007"}

    answer = client.put(f"{PATH}/{plan['id']}/choices", json={"choices": [kept]})

    assert answer.status_code == 200, answer.text


def test_a_consumer_of_changes_names_no_person(signed_in: Any, register: None) -> None:
    answer = signed_in(Role.POLICE).put(f"/api/v1/change-consumers/{MOBILE}", json={"cursor": "0"})

    assert (answer.status_code, answer.json()["code"]) == (422, "personal-data-not-here")

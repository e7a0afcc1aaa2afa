"""The audit of numbers over HTTP: findings, picture, counts, and a decision on a surveyed number made once."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from address_service.model.accounts import Role
from address_service.services.commit_numbering_plan import number_place
from address_service.store.work import Work

VILLAGE = "430626113208"


def add_town(work: Work) -> Any:
    """The hand-made village of the services' tests."""
    path = Path(__file__).parents[1] / "services" / "conftest.py"
    spec = importlib.util.spec_from_file_location("village_of_services", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.add_town(work)


@pytest.fixture(scope="module")
def ground(committed: Callable[[Callable[[Work], object]], None]) -> dict[str, UUID]:
    """A numbered street with one even number on its odd side, and a surveyed house out of order."""
    found: dict[str, UUID] = {}

    def write(work: Work) -> None:
        town = add_town(work)
        place = found["street"] = town.place("street", "新市街", 1, [(600, 0), (0, 0)])
        for n, number in enumerate((1, 3, 6, 7)):
            house = town.house(str(n + 1), 580 - 25 * n, 12, place)
            town.existing(house, place, number)
        number_place(work, place)
        found["surveyed"] = town.house("9", 470, 12, place)
        town.existing(found["surveyed"], place, 5)

    committed(write)
    return found


def test_findings_come_worst_first_with_doors_proposals_and_the_picture(
    signed_in: Any, ground: dict[str, UUID]
) -> None:
    reader = signed_in(Role.POLICE)

    answer = reader.get(f"/api/v1/places/{ground['street']}/number-audit").json()

    assert (answer["place"]["name"], answer["door_count"]) == ("新市街", 5)
    assert answer["policy"]["mode"] == "sequential"
    assert answer["counts"] == {"error": 1, "warning": 1, "notice": 0}
    wrong, inversion = answer["findings"]
    assert (wrong["code"], wrong["title"], wrong["severity"]) == ("wrong-side", "单双号错侧", "error")
    assert (wrong["doors"][0]["number"], len(wrong["doors"][0]["code"])) == ("6号", 26)
    assert (wrong["proposal"]["number"], wrong["remedy"]) == ("3号附1", "renumber")
    assert (inversion["code"], inversion["doors"][-1]["id"]) == ("order-inversion", str(ground["surveyed"]))
    assert (inversion["doors"][-1]["code"], inversion["remedy"]) == (None, "not-keep")
    assert {f["properties"]["number"]: f["properties"]["fits"] for f in answer["fishbone"]["features"]} == {
        "1号": True, "3号": True, "6号": False, "7号": True, "5号": False,
    }  # fmt: skip
    assert all(
        113 < lon < 115 for f in answer["fishbone"]["features"] for lon, _ in f["geometry"]["coordinates"]
    )


def test_counts_by_place_agree_with_the_audit(signed_in: Any, ground: dict[str, UUID]) -> None:
    reader = signed_in(Role.VILLAGE, VILLAGE)

    (counted,) = reader.get("/api/v1/number-audits", params={"village": VILLAGE}).json()["items"]
    whole = reader.get(f"/api/v1/places/{ground['street']}/number-audit").json()

    assert (counted["id"], counted["name"]) == (str(ground["street"]), "新市街")
    assert counted["counts"] == whole["counts"]
    assert reader.get("/api/v1/number-audits", params={"village": "430626"}).status_code == 422


def test_a_decision_is_made_once_and_ends_the_finding(signed_in: Any, ground: dict[str, UUID]) -> None:
    clerk, path = signed_in(Role.CIVIL_AFFAIRS), f"/api/v1/places/{ground['street']}"
    body = {"building_id": str(ground["surveyed"]), "kept": False, "reason": "次序颠倒"}
    key = {"Idempotency-Key": str(uuid4())}

    first = clerk.post(f"{path}/survey-decisions", json=body, headers=key)
    again = clerk.post(f"{path}/survey-decisions", json=body, headers=key)
    silent = clerk.post(f"{path}/survey-decisions", json={**body, "reason": " "})
    audited = clerk.get(f"{path}/number-audit").json()
    back = clerk.post(f"{path}/survey-decisions", json={**body, "kept": True, "reason": "复核"}).json()

    assert (back["kept"], back["number"]) == (True, "5号")
    assert (first.status_code, first.json()["kept"], first.json()["number"]) == (200, False, "5号")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    assert silent.status_code == 422
    assert [f["code"] for f in audited["findings"]] == ["wrong-side"]
    assert audited["findings"][0]["proposal"]["number"] == "3号附1"
    assert [(n["number"], n["reason"]) for n in audited["not_kept"]] == [("5号", "次序颠倒")]

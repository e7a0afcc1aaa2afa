"""The counter over HTTP: candidates, one of them issued once, and decisions on reservations."""

import importlib.util
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from address_service.model.accounts import Role
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.plan_numbering import plan_numbering
from address_service.store.engine import Database
from address_service.store.locks import hold
from address_service.store.work import Work

CROWD = 60
"""More than there are threads for waiting."""
GROUND = ((200, 5), (300, 5), (300, 45), (200, 45), (200, 5))
WKT = "MULTIPOLYGON(((" + ",".join(f"{480_000 + x} {3_180_000 + y}" for x, y in GROUND) + ")))"


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
    """A numbered street with a reserved site, and three houses that have no number yet."""
    found: dict[str, UUID] = {}

    def write(work: Work) -> None:
        town = add_town(work)
        place = found["place"] = town.place("street", "新市街", 1, [(0, 0), (600, 0)])
        town.site(place, 4, 0, 0, wkt=WKT)
        for n, x in enumerate((150, 190, 310, 350)):
            town.house(str(n + 1), x, 12, place, parcel=str(n + 1))
        commit_numbering_plan(work, plan_numbering(work, place).id)
        other = found["other"] = town.place("street", "老街", 2, [(0, 300), (600, 300)])
        high = WKT.replace(" 3180005", " 3180305").replace(" 3180045", " 3180345")
        found["plan"] = town.site(other, 4, 0, 0, wkt=high)
        town.house("41", 500, 312, other, parcel="41")
        town.existing(town.house("42", 100, 312, other, parcel="42"), other, 41)
        commit_numbering_plan(work, plan_numbering(work, other).id)
        for n, (name, x) in enumerate((("on_site", 250), ("between", 170), ("late", 330)), start=20):
            found[name] = town.house(str(n), x, 12, place, parcel=str(n))
        found["crowded"] = town.place("street", "拥挤街", 71, [(0, 710), (600, 710)])
        found["quiet"] = town.place("street", "空闲街", 72, [(0, 910), (600, 910)])
        for n in range(CROWD):
            found[f"crowd {n}"] = town.house(str(700 + n), 20 + n * 9, 722, found["crowded"])
        found["alone"] = town.house("900", 50, 922, found["quiet"])

    committed(write)
    return found


def test_a_house_takes_one_of_its_candidates_once(signed_in: Any, ground: dict[str, UUID]) -> None:
    clerk, path = signed_in(Role.CIVIL_AFFAIRS), f"/api/v1/places/{ground['place']}"
    house = str(ground["between"])

    items = clerk.get(f"{path}/candidates", params={"building_id": house}).json()["items"]
    best = {"building_id": house, "main": items[0]["main"], "sub": items[0]["sub"]}
    key = {"Idempotency-Key": str(uuid4())}
    first = clerk.post(f"{path}/doors", json=best, headers=key)
    again = clerk.post(f"{path}/doors", json=best, headers=key)
    anew = clerk.post(f"{path}/doors", json=best)

    assert 1 <= len(items) <= 3
    assert all(item["reasons"] for item in items)
    assert (first.status_code, first.json()["taken"]["number"]) == (201, items[0]["number"])
    assert again.json() == first.json()
    assert (anew.status_code, anew.json()["code"]) == (409, "building-has-address")
    address = clerk.get(f"/api/v1/addresses/{first.json()['code']}").json()
    assert (address["stage"], address["full_text"]) == ("draft", first.json()["full_text"])


def test_the_number_of_a_neighbour_is_refused(signed_in: Any, ground: dict[str, UUID]) -> None:
    clerk = signed_in(Role.CIVIL_AFFAIRS)
    numbers = clerk.get(f"/api/v1/places/{ground['place']}/numbers").json()["items"]
    theirs = next(n["main"] for n in numbers if n["state"] == "issued")

    answer = clerk.post(
        f"/api/v1/places/{ground['place']}/doors",
        json={"building_id": str(ground["late"]), "main": theirs},
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "number-taken")


def test_a_reservation_is_built_on_kept_longer_and_released(signed_in: Any, ground: dict[str, UUID]) -> None:
    clerk = signed_in(Role.CIVIL_AFFAIRS)
    reservations = clerk.get("/api/v1/reservations", params={"place_id": str(ground["place"])}).json()[
        "items"
    ]
    (mine,) = [r for r in reservations if r["plan_no"]]
    path = f"/api/v1/reservations/{mine['id']}"
    grounds = {"decree_no": "示例〔2026〕7号", "reason": "示例"}

    built = clerk.post(
        f"/api/v1/places/{ground['place']}/doors", json={"building_id": str(ground["on_site"])}
    ).json()
    extended = clerk.post(f"{path}/extend", json={**grounds, "expires_on": "2099-12-31"})
    released = clerk.post(f"{path}/release", json=grounds)
    again = clerk.post(f"{path}/release", json=grounds)

    assert built["taken"]["takes"] == "plan-reserved"
    assert (extended.json()["expires_on"], extended.json()["reserved"]) == ("2099-12-31", 3)
    assert (released.json()["stage"], released.json()["reserved"]) == ("released", 0)
    assert again.json()["code"] == "reservation-released"
    assert clerk.get("/api/v1/reservations/overdue").json()["items"] == []


def test_nobody_waits_for_a_stranger(anonymous: Any, signed_in: Any, ground: dict[str, UUID]) -> None:
    path = f"/api/v1/places/{ground['quiet']}/doors"

    assert anonymous.post(path, json={"unknown": 1}).status_code == 401
    assert anonymous.post(path, json={"unknown": 1}, headers={"X-API-Key": "falsch"}).status_code == 401
    assert signed_in(Role.CIVIL_AFFAIRS).post(path, json={"unknown": 1}).status_code == 422


def test_clerks_who_wait_at_one_street_leave_the_service_to_the_others(
    anonymous: Any, signed_in: Any, api_database: Database, ground: dict[str, UUID]
) -> None:
    key = {"X-API-Key": signed_in(Role.CIVIL_AFFAIRS).headers["X-API-Key"]}

    def issue(place: str, house: str) -> int:
        body = {"building_id": str(ground[house])}
        answer = anonymous.post(f"/api/v1/places/{ground[place]}/doors", json=body, headers=key)
        return int(answer.status_code)

    with ThreadPoolExecutor(CROWD) as pool, api_database.engine.begin() as holder:
        hold(holder, "430626", f"place {ground['crowded']}")
        crowd = [pool.submit(issue, "crowded", f"crowd {n}") for n in range(CROWD)]
        wait(crowd, timeout=1, return_when=FIRST_COMPLETED)
        health = anonymous.get("/health").status_code
        elsewhere = issue("quiet", "alone")
        still_waiting = sum(not one.done() for one in crowd)
        holder.rollback()

    assert (health, elsewhere, still_waiting) == (200, 201, CROWD)
    assert [one.result() for one in crowd] == [201] * CROWD


def test_a_plan_that_came_again_is_reviewed_and_applied_once(
    signed_in: Any, ground: dict[str, UUID], committed: Callable[[Callable[[Work], object]], None]
) -> None:
    clerk, path = signed_in(Role.CIVIL_AFFAIRS), f"/api/v1/construction-plans/{ground['plan']}/review"
    reason = {"decree_no": "示例〔2026〕9号", "reason": "户数增加"}
    untouched = clerk.get(path).json()
    grow = text("UPDATE construction_plan SET planned_doors = 6, holder = '示例合作社' WHERE id = :id")
    committed(lambda work: work.conn.execute(grow, {"id": ground["plan"]}))

    seen = clerk.get(path).json()
    outdated = clerk.post(path, json={**reason, "digest": untouched["digest"]})
    key = {"Idempotency-Key": str(uuid4())}
    applied = clerk.post(path, json={**reason, "digest": seen["digest"]}, headers=key)
    again = clerk.post(path, json={**reason, "digest": seen["digest"]}, headers=key)
    nothing = clerk.post(path, json=reason)

    assert (untouched["changes"], untouched["reserved"], untouched["outline"]["type"]) == (
        False,
        4,
        "MultiPolygon",
    )
    assert (seen["needed"], seen["add"], seen["give_up"], seen["changes"]) == (6, 2, 0, True)
    added = [n for n in seen["numbers"] if n["before"] != "reserved"]
    assert [n["after"] for n in added] == ["reserved"] * 2
    assert all(n["main"] % 2 == 1 and n["why"] and n["lon"] and n["lat"] for n in seen["numbers"])
    assert [(a["field"], a["after"]) for a in seen["amendments"]] == [("holder", "示例合作社")]
    assert (outdated.status_code, outdated.json()["code"]) == (409, "review-outdated")
    assert (applied.status_code, applied.json()["reserved"], applied.json()["changes"]) == (200, 6, False)
    assert again.json() == applied.json()
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing-to-change")
    frontage = clerk.get(path, params={"by": "frontage"}).json()
    assert frontage["needed"] == frontage["frontage"] == 6


def test_an_unknown_plan_is_told(signed_in: Any, ground: dict[str, UUID]) -> None:
    answer = signed_in(Role.VILLAGE).get(f"/api/v1/construction-plans/{uuid4()}/review")

    assert (answer.status_code, answer.json()["code"]) == (404, "construction-plan-not-found")

"""Renumbering plans over HTTP: preview, draw, commit by another office, undo; the register answers old and new."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient

from address_service.model.accounts import Role
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.plan_numbering import plan_numbering
from address_service.store.work import Work
from tests.services.conftest import add_town

PATH = "/api/v1/renumbering-plans"
DECREE = {"decree_no": "示例〔2026〕9号"}


@pytest.fixture(scope="module")
def town(committed: Callable[[Callable[[Work], object]], None], signed_in: Any) -> dict[str, Any]:
    """A village, whose groups the tests add."""
    found: dict[str, Any] = {"serial": iter(range(1, 99))}
    committed(lambda work: found.update(town=add_town(work)))
    return found


@pytest.fixture
def group(town: dict[str, Any], committed: Any, signed_in: Any) -> UUID:
    """A group of four approved doors."""
    serial = next(town["serial"])
    found: list[UUID] = []

    def write(work: Work) -> None:
        village = town["town"]
        village.conn = work.conn
        place = village.place("group", f"{serial}组", serial)
        for n in range(1, 5):
            village.house(str(serial * 100 + n), n * 25, serial * 100, place)
        commit_numbering_plan(work, plan_numbering(work, place).id)
        found.append(place)

    committed(write)
    body = {"place_id": str(found[0]), "decree_no": "示例〔2026〕1号", "effective_on": "2026-01-01"}
    assert signed_in(Role.COUNTY).post("/api/v1/addresses/approvals", json=body).status_code == 200
    return found[0]


def doors(client: TestClient, place: UUID) -> list[dict[str, Any]]:
    answer = client.post(f"{PATH}/preview", json={"place_id": str(place)})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["doors"]
    return found


def swap(client: TestClient, place: UUID) -> dict[str, Any]:
    first, second, *_ = doors(client, place)
    changes = [
        {"code": first["code"], "main": second["main"]},
        {"code": second["code"], "main": first["main"]},
    ]
    return {"place_id": str(place), "changes": changes}


def test_a_preview_shows_the_whole_place_and_keeps_nothing(signed_in: Any, group: UUID) -> None:
    clerk = signed_in(Role.CIVIL_AFFAIRS)

    shown = clerk.post(f"{PATH}/preview", json=swap(clerk, group)).json()

    assert [c["new_number"] for c in shown["changes"]] == ["2号", "1号"]
    assert [d["number"] for d in shown["doors"]] == ["1号", "2号", "3号", "4号"]
    assert (shown["movable"], shown["movable_note"]) == (True, "")
    assert shown["summary"]["dwellings"] == 2
    assert clerk.get(PATH, params={"place_id": str(group)}).json()["items"] == []


def test_where_the_place_decides_nothing_is_dragged(
    signed_in: Any, town: dict[str, Any], committed: Any
) -> None:
    clerk, streets = signed_in(Role.CIVIL_AFFAIRS), []

    def write(work: Work) -> None:
        village = town["town"]
        village.conn = work.conn
        streets.append(village.place("street", "新市街", 1, [(0, 0), (600, 0)]))
        for n in range(3):
            village.house(str(9001 + n), 100 + n * 50, 12, streets[0])
        commit_numbering_plan(work, plan_numbering(work, streets[0], overrides={"mode": "distance"}).id)

    committed(write)

    shown = clerk.post(f"{PATH}/preview", json={"place_id": str(streets[0])}).json()

    assert shown["movable"] is False
    assert "按距离编号" in shown["movable_note"]
    assert {door["side"] for door in shown["doors"]} == {"right"}


def test_a_plan_goes_from_draft_to_the_wall_and_back(signed_in: Any, group: UUID) -> None:
    clerk, county = signed_in(Role.CIVIL_AFFAIRS), signed_in(Role.COUNTY)
    before, asked = doors(clerk, group), swap(clerk, group)

    plan = clerk.post(PATH, json={**asked, "title": "示例改号"})
    done = county.post(f"{PATH}/{plan.json()['id']}/commit", json=DECREE)
    undo = clerk.post(f"{PATH}/{plan.json()['id']}/undo")
    back = county.post(f"{PATH}/{undo.json()['id']}/commit", json=DECREE)

    assert (plan.status_code, plan.json()["stage"], plan.json()["title"]) == (201, "draft", "示例改号")
    assert plan.json()["drawn_by"] == "示例civil_affairs430626"
    assert (done.status_code, done.json()["stage"], done.json()["decided_by"]) == (
        200,
        "committed",
        "示例county430626",
    )
    assert (undo.status_code, undo.json()["undoes"]) == (201, plan.json()["id"])
    assert back.status_code == 200
    assert doors(clerk, group) == before
    assert clerk.get(f"{PATH}/{plan.json()['id']}").json()["undone_by"] == undo.json()["id"]
    listed = clerk.get(PATH, params={"place_id": str(group), "limit": 1}).json()
    assert [p["id"] for p in listed["items"]] == [plan.json()["id"]]
    rest = clerk.get(PATH, params={"place_id": str(group), "cursor": listed["next_cursor"]}).json()
    assert [p["id"] for p in rest["items"]] == [undo.json()["id"]]


def test_the_card_answers_by_day_and_search_finds_the_old_text(signed_in: Any, group: UUID) -> None:
    clerk, county = signed_in(Role.CIVIL_AFFAIRS), signed_in(Role.COUNTY)
    first, second, *_ = doors(clerk, group)
    plan = clerk.post(PATH, json=swap(clerk, group)).json()
    known = clerk.get(f"/api/v1/addresses/{first['code']}").json()["recorded_at"]
    county.post(f"{PATH}/{plan['id']}/commit", json=DECREE)

    card = clerk.get(f"/api/v1/addresses/{first['code']}").json()
    earlier = clerk.get(f"/api/v1/addresses/{first['code']}", params={"known_on": known}).json()
    found = clerk.get("/api/v1/search", params={"q": first["full_text"]}).json()["items"]

    assert (card["number"], earlier["number"]) == ("2号", "1号")
    assert found[0]["code"] == second["code"]


def test_the_old_plate_on_the_wall_leads_to_the_new_text(
    signed_in: Any, group: UUID, run_jobs: Callable[[], None]
) -> None:
    clerk, county = signed_in(Role.ADMIN), signed_in(Role.COUNTY)
    batch = clerk.post("/api/v1/plate-batches", json={"place_id": str(group)}).json()
    run_jobs()
    plates = clerk.get("/api/v1/plates", params={"batch": batch["id"]}).json()["items"]
    plan = clerk.post(PATH, json=swap(clerk, group)).json()
    county.post(f"{PATH}/{plan['id']}/commit", json=DECREE)
    moved = plan["changes"][0]
    (url,) = [p["token_url"] for p in plates if p["address_code"] == moved["code"]]

    page = clerk.get("/p/" + url.rsplit("/", 1)[1]).text

    assert plan["summary"]["plate_count"] == 2
    assert "此门牌已停用" in page
    assert moved["new_text"] in page


def test_a_plan_sent_twice_is_kept_once_and_committed_once(signed_in: Any, group: UUID) -> None:
    clerk, county = signed_in(Role.CIVIL_AFFAIRS), signed_in(Role.COUNTY)
    key, asked = {"Idempotency-Key": str(uuid4())}, swap(clerk, group)

    first, again = (clerk.post(PATH, json=asked, headers=key) for _ in range(2))
    path, key = f"{PATH}/{first.json()['id']}/commit", {"Idempotency-Key": str(uuid4())}
    done, replayed = (county.post(path, json=DECREE, headers=key) for _ in range(2))
    anew = county.post(path, json=DECREE)

    assert again.json() == first.json()
    assert replayed.json() == done.json()
    assert (anew.status_code, anew.json()["code"]) == (409, "plan-decided")


def test_an_old_text_leads_to_the_address_that_had_it(signed_in: Any, group: UUID) -> None:
    clerk, county = signed_in(Role.CIVIL_AFFAIRS), signed_in(Role.COUNTY)
    last = doors(clerk, group)[-1]
    body = {"place_id": str(group), "changes": [{"code": last["code"], "main": 9}]}
    plan = clerk.post(PATH, json=body).json()
    county.post(f"{PATH}/{plan['id']}/commit", json=DECREE)

    found = clerk.get("/api/v1/search", params={"q": last["full_text"]}).json()["items"]
    then = clerk.get(f"/api/v1/addresses/{last['code']}", params={"valid_on": "2026-03-01"}).json()

    assert (found[0]["code"], found[0]["number"]) == (last["code"], "9号")
    assert then["number"] == last["number"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [({"main": 2}, 409, "change-set-refused"), ({"main": 1}, 409, "nothing-to-change")],
)
def test_refusals_name_what_is_in_the_way(
    signed_in: Any, group: UUID, change: dict[str, int], status: int, code: str
) -> None:
    clerk = signed_in(Role.VILLAGE, "430626113208")
    body = {"place_id": str(group), "changes": [{"code": doors(clerk, group)[0]["code"], **change}]}

    answer = clerk.post(PATH, json=body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_dropped_plan_is_not_committed(signed_in: Any, group: UUID) -> None:
    clerk, county = signed_in(Role.CIVIL_AFFAIRS), signed_in(Role.COUNTY)
    plan = clerk.post(PATH, json=swap(clerk, group)).json()

    dropped = clerk.post(f"{PATH}/{plan['id']}/drop")
    late = county.post(f"{PATH}/{plan['id']}/commit", json=DECREE)

    assert dropped.json()["stage"] == "dropped"
    assert late.json()["code"] == "plan-decided"


def test_a_day_to_come_is_refused(signed_in: Any, group: UUID, clock: Any) -> None:
    clerk, county = signed_in(Role.CIVIL_AFFAIRS), signed_in(Role.COUNTY)
    plan = clerk.post(PATH, json=swap(clerk, group)).json()
    far = (clock + timedelta(days=99_999)).date().isoformat()

    answer = county.post(f"{PATH}/{plan['id']}/commit", json={**DECREE, "effective_on": far})

    assert (answer.status_code, answer.json()["code"]) == (422, "effective-on-future")


def test_a_redraw_is_drawn_over_http(signed_in: Any, group: UUID) -> None:
    clerk, county = signed_in(Role.CIVIL_AFFAIRS), signed_in(Role.COUNTY)
    plan = clerk.post(PATH, json=swap(clerk, group)).json()
    county.post(f"{PATH}/{plan['id']}/commit", json=DECREE)

    redraw = clerk.post(PATH, json={"place_id": str(group), "redraw": {}}).json()
    both = clerk.post(PATH, json={**swap(clerk, group), "redraw": {}})

    assert redraw["summary"]["cycles"] == ["1号↔2号"]
    assert both.json()["code"] == "renumbering-both"

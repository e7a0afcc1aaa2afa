"""A merger over HTTP from draft to the register and back: decided, committed by another office once, undone."""

from typing import Any

from address_service.model.accounts import Role
from tests.api.test_division_changes_api import MERGER, PATH, pages, write_villages


def test_a_merger_goes_from_draft_to_the_register_and_back(signed_in: Any, committed: Any) -> None:
    committed(write_villages)
    clerk, county = signed_in(Role.CIVIL_AFFAIRS), signed_in(Role.COUNTY)
    drawn = clerk.post(PATH, json=MERGER).json()
    decree = {"decree_no": "示例〔2026〕21号"}
    early = county.post(f"{PATH}/{drawn['id']}/commit", json=decree)
    assert (early.status_code, early.json()["code"]) == (409, "collisions-undecided")
    village = next(v["id"] for v in drawn["summary"]["villages"] if v["part"] == "ends")
    choice = {"choices": [{"subject_id": village, "kind": "district", "name": "沙坪片区"}]}

    decided = clerk.put(f"{PATH}/{drawn['id']}/choices", json=choice).json()
    done = county.post(f"{PATH}/{drawn['id']}/commit", json=decree, headers={"Idempotency-Key": "once"})
    again = county.post(f"{PATH}/{drawn['id']}/commit", json=decree, headers={"Idempotency-Key": "once"})

    assert (decided["undecided"], decided["can_commit"]) == (0, True)
    assert done.status_code == 200, done.text
    assert done.json() == again.json()
    assert done.json()["stage"] == "committed"
    villages = clerk.get("/api/v1/divisions", params={"level": "village"}).json()["items"]
    assert "沙坪村" not in [v["name"] for v in villages]
    lines = pages(clerk, drawn["id"], "addresses")
    assert len(lines) == 9
    card = clerk.get(f"/api/v1/addresses/{lines[0]['label']}").json()
    assert card["full_text"] == lines[0]["after"]
    assert "烟舟村沙坪片区" in card["full_text"]

    undo = clerk.post(f"{PATH}/{drawn['id']}/undo", json={})
    assert undo.status_code == 201, undo.text
    split = undo.json()
    assert (split["kind"], split["undoes"], split["can_commit"]) == ("split", drawn["id"], True)
    back = county.post(f"{PATH}/{split['id']}/commit", json=decree)
    assert back.status_code == 200, back.text
    card = clerk.get(f"/api/v1/addresses/{lines[0]['label']}").json()
    assert card["full_text"] == lines[0]["before"]
    assert clerk.get(f"{PATH}/{drawn['id']}").json()["undone_by"] == [split["id"]]
    absorber = clerk.get("/api/v1/divisions/430626113208").json()["id"]
    (went,) = clerk.get(f"/api/v1/divisions/{absorber}/history").json()["successors"]
    assert (went["share"], went["name"]) == ("part", "沙坪村")
    assert 0 < went["area_share"] < 1
    assert went["groups"]

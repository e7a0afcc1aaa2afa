"""The whole road over the API alone: upload, number, approve, order, download."""

import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from fastapi.testclient import TestClient

from address_service.model.accounts import Role

DIVISIONS = """统计用区划代码,民政区划代码,名称,城乡分类代码,生效日期
430626000000,430626,平江县,,2009-01-01
430626113000,430626113,童市镇,,2009-01-01
430626113208,430626113208,烟舟村,220,2009-01-01
"""
HOUSES = "建筑编号,村代码,用途,层数,村民小组,经度,纬度\n" + "".join(
    f"YZ-{n:03d},430626113208,住宅,2,12组,{113.7 + n * 0.0003:.4f},{28.8 + n % 2 * 0.0002:.4f}\n"
    for n in range(1, 7)
)
SURVEY = """建筑编号,村名称,组或街路,门牌号,原地址,启用日期,门牌状态
YZ-003,烟舟村,12组,９号,平江县童市乡烟舟村12组009号,2009年5月1日,完好
YZ-099,烟舟村,12组,4,,2009-05-01,完好
"""


def upload(
    client: TestClient, run_jobs: Callable[[], None], layer: str, text: str, **more: str
) -> dict[str, Any]:
    file = {"file": (f"{layer}.csv", text.encode("gb18030"))}
    job = client.post("/api/v1/jobs", data={"layer": layer, **more}, files=file)
    assert job.status_code == 202, job.text
    assert job.json()["stage"] == "queued"
    run_jobs()
    done: dict[str, Any] = client.get(f"/api/v1/jobs/{job.json()['id']}").json()
    return done


def test_from_a_file_to_a_plate(signed_in: Any, run_jobs: Callable[[], None]) -> None:
    clerk, approver = signed_in(Role.CIVIL_AFFAIRS), signed_in(Role.COUNTY)

    # Layers: good rows go through, a bad one is named; a second time changes nothing.
    assert upload(clerk, run_jobs, "divisions", DIVISIONS)["accepted"] == 3
    assert upload(clerk, run_jobs, "buildings", HOUSES, dry_run="true")["accepted"] == 6
    assert clerk.get("/api/v1/buildings").json()["items"] == []
    assert upload(clerk, run_jobs, "buildings", HOUSES)["accepted"] == 6
    assert upload(clerk, run_jobs, "buildings", HOUSES)["unchanged"] == 6
    survey = upload(clerk, run_jobs, "addresses", SURVEY)
    assert (survey["accepted"], survey["rejected"]) == (1, 1)
    (reject,) = clerk.get(f"/api/v1/jobs/{survey['id']}/rejects").json()["items"]
    assert (reject["row"], reject["field"], reject["value"]) == (2, "建筑编号", "YZ-099")

    # Dry run, then commit; the same key again answers the same and does nothing.
    (place,) = clerk.get("/api/v1/places", params={"village": "430626113208"}).json()["items"]
    plan_key = {"Idempotency-Key": str(uuid4())}
    plan = clerk.post("/api/v1/numbering-plans", json={"place_id": place["id"]}, headers=plan_key).json()
    other = {"place_id": place["id"], "policy": "另一规则"}
    reused = clerk.post("/api/v1/numbering-plans", json=other, headers=plan_key)
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency-key-reused")
    assert (plan["summary"]["doors"], plan["summary"]["kept"]) == (6, 1)
    assert all(line["reasons"] for line in plan["items"])
    key = {"Idempotency-Key": str(uuid4())}
    first = clerk.post(f"/api/v1/numbering-plans/{plan['id']}/commit", headers=key)
    again = clerk.post(f"/api/v1/numbering-plans/{plan['id']}/commit", headers=key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert clerk.post(f"/api/v1/numbering-plans/{plan['id']}/commit").json()["code"] == "plan-decided"

    # Drafts become current by the county alone.
    decree = {"village_code": "430626113208", "decree_no": "示例〔2026〕1号"}
    assert clerk.post("/api/v1/addresses/approvals", json=decree).status_code == 403
    assert approver.post("/api/v1/addresses/approvals", json=decree).json() == {
        "approved": 6,
        "held_back": [],
    }
    items = clerk.get("/api/v1/addresses", params={"limit": 4}).json()
    rest = clerk.get("/api/v1/addresses", params={"limit": 4, "cursor": items["next_cursor"]}).json()
    assert len({a["code"] for a in items["items"] + rest["items"]}) == 6
    assert {a["building_codes"][0]: a["main"] for a in items["items"] + rest["items"]}["YZ-003"] == 9
    found = clerk.get("/api/v1/search", params={"q": "烟舟村12组9号"}).json()["items"]
    assert found[0]["full_text"] == "湖南省岳阳市平江县童市镇烟舟村12组9号"
    card = clerk.get(f"/api/v1/addresses/{found[0]['code']}").json()
    assert [alias["text"] for alias in card["aliases"]] == ["平江县童市乡烟舟村12组009号"]

    # Plates: five of six, since one is good on the wall.
    batch = clerk.post("/api/v1/plate-batches", json={"village_code": "430626113208"})
    assert (batch.status_code, batch.json()["plate_count"]) == (202, 5)
    run_jobs()
    path = f"/api/v1/plate-batches/{batch.json()['id']}"
    assert clerk.get(path).json()["stage"] == "printed"
    assert clerk.get(f"{path}/files/plates.pdf").content.startswith(b"%PDF-")
    assert clerk.get(f"{path}/files/list.xlsx").content.startswith(b"PK")
    plate = clerk.get("/api/v1/plates").json()["items"][0]
    page = clerk.get("/p/" + plate["token_url"].rpartition("/")[2])
    assert plate["full_text"] in page.text.replace("<wbr>", "")


def test_a_file_of_an_unknown_kind_is_refused_at_once(signed_in: Any) -> None:
    clerk = signed_in(Role.CIVIL_AFFAIRS)

    answer = clerk.post(
        "/api/v1/jobs", data={"layer": "parcels"}, files={"file": ("图.dwg", io.BytesIO(b"AC1018"))}
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "file-kind-unsupported")


def test_a_broken_file_fails_its_job_with_a_reason(signed_in: Any, run_jobs: Callable[[], None]) -> None:
    job = upload(signed_in(Role.CIVIL_AFFAIRS), run_jobs, "parcels", "")

    assert job["stage"] == "failed"
    assert job["report"]["error"]["code"] == "file-empty"

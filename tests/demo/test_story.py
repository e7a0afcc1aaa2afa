"""The sample town's story over HTTP: the merger of 2016, and old papers that lead to today's addresses.

Held against the files that were loaded and against the generator's oracle, which the program never reads.
"""

import csv
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import openpyxl
import pytest

from tests.demo.test_sample_town import ORACLE

pytestmark = pytest.mark.demo

DATA = ORACLE.parent / "data"
TOWN = "430626113"
BEFORE, AFTER = "2015-12-31", "2016-01-01"
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def client(demo_server: Any) -> Iterator[httpx.Client]:
    headers = {"X-API-Key": demo_server.api_key}
    with httpx.Client(base_url=f"{demo_server.url}/api/v1", headers=headers, timeout=60) as signed_in:
        yield signed_in


@pytest.fixture(scope="module")
def decided() -> Rows:
    """What the decrees said, as the town entered it; who went into whom is invented and said so there."""
    with (DATA / "merger_2016.csv").open(encoding="utf-8-sig") as source:
        return list(csv.DictReader(source))


def villages(client: httpx.Client, on: str) -> dict[str, str]:
    asked: dict[str, str | int] = {"level": "village", "parent": TOWN, "valid_on": on, "limit": 1000}
    items = client.get("/divisions", params=asked).raise_for_status().json()["items"]
    return {one["code"]: one["name"] for one in items}


def resolve(client: httpx.Client, text: str, on: date | str) -> dict[str, Any]:
    asked = {"text": text, "on": str(on)}
    answer: dict[str, Any] = client.get("/resolve", params=asked).raise_for_status().json()
    return answer


def test_twenty_eight_villages_became_twenty(client: httpx.Client) -> None:
    first, before, after = (villages(client, on) for on in ("2009-06-30", BEFORE, AFTER))

    assert (len(first), len(before), len(after)) == (28, 28, 20)
    assert len(before.keys() - after.keys()) == 9
    assert {after[code] for code in after.keys() - before.keys()} == {"合旺村"}
    respelled = {
        (first[code], after[code]) for code in first.keys() & after.keys() if first[code] != after[code]
    }
    assert respelled == {
        ("旁上村", "塝上村"),
        ("东沅村", "东源村"),
        ("扬墩村", "杨墩村"),
        ("芭焦村", "芭蕉村"),
    }
    assert len(first.keys() & after.keys()) - len(respelled) == 15


def test_every_village_of_before_leads_to_the_one_that_a_person_named(
    client: httpx.Client, decided: Rows
) -> None:
    mergers = [row for row in decided if row["变更类型"] == "合并"]

    found = {row["旧名称"]: resolve(client, row["旧名称"], BEFORE) for row in mergers}

    assert len(mergers) == 9
    assert {
        name: [one["name"] for v in answer["villages"] for one in v["became"]]
        for name, answer in found.items()
    } == {row["旧名称"]: [row["新名称"]] for row in mergers}
    assert {answer["outcome"] for answer in found.values()} == {"village"}
    decrees = {
        step["decree_no"] for answer in found.values() for v in answer["villages"] for step in v["steps"]
    }
    assert decrees == {row["批准文号"] for row in mergers}


def test_nothing_that_was_on_record_is_left_for_a_person_to_decide(client: httpx.Client) -> None:
    """The decrees were entered before the list of 2016, so that the list asks nothing any more."""
    lists = client.get("/division-lists").raise_for_status().json()["items"]

    assert [one["year"] for one in lists] == [2009, 2016]
    assert client.get("/division-proposals", params={"state": "open"}).json()["items"] == []


def test_every_old_paper_leads_to_its_own_house(client: httpx.Client) -> None:
    """All 600 texts of the survey on their first day, 童市乡 for 童市镇 and 018号 for 18号 among them."""
    sheet = openpyxl.load_workbook(DATA / "existing_addresses.xlsx").worksheets[0]
    head, *rows = sheet.iter_rows(values_only=True)
    column = {name: at for at, name in enumerate(head)}
    assert len(rows) == 600
    wrong = []
    for row in rows:
        text, building = str(row[column["原地址"]]), str(row[column["建筑编号"]])
        answer = resolve(client, text, _day(row[column["启用日期"]]))
        codes = [target["code"] for target in answer["targets"]]
        behind = [b for code in codes for b in client.get(f"/addresses/{code}").json()["building_codes"]]
        if answer["outcome"] != "resolved" or building not in behind:
            wrong.append((text, answer["outcome"], building, behind))

    assert wrong == []


def _day(written: Any) -> date:
    digits = re.findall(r"\d+", str(written))
    if len(digits) == 1:
        return date.fromisoformat(digits[0])
    return date(*(int(part) for part in digits[:3]))


def test_a_door_of_an_abolished_village_that_was_never_on_record_is_a_candidate_only(
    client: httpx.Client,
) -> None:
    """The group of that number may be another one by now, so this is for a person to say."""
    answer = resolve(client, "平江县童市镇沙坪村3组5号", BEFORE)

    assert answer["outcome"] == "ambiguous"
    assert "village-merged" in answer["doubts"]
    assert {target["village"] for target in answer["targets"]} == {"烟舟村"}
    (line,) = answer["lines"]
    assert [step["kind"] for step in line["via_division"]] == ["merge"]

"""The sample town over HTTP, held against the generator's oracle, which the program never reads."""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pypdfium2
import pytest
import zxingcpp
from stdnum.iso7064 import mod_11_10

pytestmark = pytest.mark.demo

ORACLE = Path(__file__).parents[2] / "gis_data" / "tongshi" / "oracle"
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def client(demo_server: Any) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=demo_server.url, headers={"X-API-Key": demo_server.api_key}, timeout=60
    ) as signed_in:
        yield signed_in


@pytest.fixture(scope="module")
def listed(client: httpx.Client) -> Callable[..., Rows]:
    """Read a list to its end by cursor."""

    def read(path: str, **params: Any) -> Rows:
        rows: Rows = []
        cursor = None
        while True:
            asked = {"limit": 1000, **params} | ({"cursor": cursor} if cursor else {})
            page = client.get(path, params=asked).raise_for_status().json()
            rows += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return rows

    return read


@pytest.fixture(scope="module")
def oracle() -> Rows:
    with (ORACLE / "addresses.csv").open(encoding="utf-8") as source:
        return list(csv.DictReader(source))


@pytest.fixture(scope="module")
def addresses(listed: Callable[..., Rows]) -> Rows:
    return listed("/api/v1/addresses")


@pytest.fixture(scope="module")
def by_building(addresses: Rows) -> dict[str, dict[str, Any]]:
    return {code: a for a in addresses for code in a["building_codes"]}


def test_every_building_of_the_oracle_has_its_address_and_no_other_has(
    oracle: Rows, by_building: dict[str, Any]
) -> None:
    assert set(by_building) == {row["building_code"] for row in oracle}
    wrong = [
        row["building_code"]
        for row in oracle
        for found in [by_building[row["building_code"]]]
        if (found["village_code"], found["place_kind"], found["stage"])
        != (row["village_code"], row["place_kind"], "current")
        or (row["place_kind"] != "village" and found["place"] != row["place_name"])
    ]
    assert wrong == []


def test_a_courtyard_shares_one_address(oracle: Rows, by_building: dict[str, Any]) -> None:
    courts = defaultdict(set)
    for row in oracle:
        if not row["existing_number"]:
            courts[row["parcel_code"]].add(by_building[row["building_code"]]["code"])

    assert {len(codes) for codes in courts.values()} == {1}


def test_the_surveyed_houses_keep_their_numbers(oracle: Rows, by_building: dict[str, Any]) -> None:
    surveyed = [row for row in oracle if row["existing_number"]]
    numbers = {row["building_code"]: by_building[row["building_code"]] for row in surveyed}

    assert len(surveyed) == 600
    assert [
        row["building_code"]
        for row in surveyed
        if row["existing_number"].replace("号", "").replace("附", "-").strip()
        != _plain(numbers[row["building_code"]])
    ] == []


def _plain(address: dict[str, Any]) -> str:
    return f"{address['main']}-{address['sub']}" if address["sub"] else str(address["main"])


def test_only_doors_without_a_good_plate_get_one(
    oracle: Rows, by_building: dict[str, Any], listed: Callable[..., Rows]
) -> None:
    plates = [plate["address_code"] for plate in listed("/api/v1/plates")]
    needed = {by_building[r["building_code"]]["code"] for r in oracle if r["plate_needed"] == "yes"}
    good = {by_building[r["building_code"]]["code"] for r in oracle if r["plate_needed"] == "no"}

    assert len(plates) == len(set(plates))
    assert set(plates) == needed - good


def test_codes_are_valid_and_distinct_and_texts_too(addresses: Rows) -> None:
    codes = [a["code"] for a in addresses]

    assert all(len(code) == 26 and mod_11_10.is_valid(code) for code in codes)
    assert len(set(codes)) == len(codes)
    assert len({a["full_text"] for a in addresses}) == len(addresses)


def test_rooms_are_as_many_as_dwellings(oracle: Rows, addresses: Rows, by_building: dict[str, Any]) -> None:
    rooms: dict[str, int] = defaultdict(int)
    for a in addresses:
        if a["door_code"]:
            rooms[a["door_code"]] += 1
    expected: dict[str, int] = defaultdict(int)
    for row in oracle:
        if int(row["rooms"]):
            expected[by_building[row["building_code"]]["code"]] += int(row["rooms"])

    assert rooms == expected
    assert sum(expected.values()) == json.loads((ORACLE / "summary.json").read_text())["room_addresses"]


def test_no_issued_number_lies_in_a_reserved_block(addresses: Rows, listed: Callable[..., Rows]) -> None:
    """A block is all numbers of one parity between its ends on a street, all numbers between them elsewhere."""
    blocks = [r for r in listed("/api/v1/reservations") if r["plan_no"]]
    kinds = {a["place_id"]: a["place_kind"] for a in addresses}
    issued = {(a["place_id"], a["main"]) for a in addresses}
    inside = []
    for block in blocks:
        on_street = kinds[block["place_id"]] == "street"
        for parity in (0, 1) if on_street else (None,):
            numbers = [n for n in block["numbers"] if parity is None or n % 2 == parity]
            span = range(min(numbers), max(numbers) + 1, 2 if on_street else 1) if numbers else ()
            inside += [(block["plan_no"], n) for n in span if (block["place_id"], n) in issued]
    planned = json.loads((ORACLE / "summary.json").read_text())["planned_doors"]

    assert len(blocks) == 8
    assert inside == []
    assert sum(len(b["numbers"]) for b in blocks) == planned


def test_streets_have_parity_by_side_and_numbers_in_order(oracle: Rows, by_building: dict[str, Any]) -> None:
    sides: dict[tuple[str, str], dict[int, tuple[int, int]]] = defaultdict(dict)
    for row in oracle:
        if row["place_kind"] == "street":
            found = by_building[row["building_code"]]
            sides[row["place_name"], row["side"]][int(row["order_on_side"])] = (found["main"], found["sub"])

    assert len({street for street, _ in sides}) == 6
    for (street, side), numbers in sides.items():
        in_order = [numbers[rank] for rank in sorted(numbers)]
        assert in_order == sorted(in_order), (street, side)
        assert {main % 2 for main, _ in in_order} == {1 if side == "right" else 0}, (street, side)


def test_houses_without_a_group_are_listed_and_have_no_address(
    oracle: Rows, listed: Callable[..., Rows]
) -> None:
    """Other tests may assign some of them meanwhile; that alone gives no address."""
    known = {row["building_code"] for row in oracle}
    houses = listed("/api/v1/buildings")
    outside = [h for h in houses if h["building_code"] not in known and h["use"] != "outbuilding"]

    assert len(outside) == json.loads((ORACLE / "summary.json").read_text())["ungrouped_dwellings"]
    assert all(house["address_code"] is None for house in outside)
    assert all(house["unassigned"] is (house["place"] is None) for house in outside)


def test_a_whole_village_of_plates_reads_back(
    client: httpx.Client, listed: Callable[..., Rows], until: Callable[..., Any]
) -> None:
    batches = listed("/api/v1/plate-batches")
    batch_id = min(batches, key=lambda b: abs(b["plate_count"] - 300))["id"]
    batch = until(
        lambda: client.get(f"/api/v1/plate-batches/{batch_id}").json(), lambda b: b["stage"] == "printed"
    )
    plates = sorted(listed("/api/v1/plates", batch=batch_id), key=lambda p: p["position"])
    content = client.get(f"/api/v1/plate-batches/{batch_id}/files/plates.pdf").content
    document = pypdfium2.PdfDocument(BytesIO(content))

    assert len(document) == len(plates) == batch["plate_count"]
    for page, plate in zip(document, plates, strict=True):
        width, height = (side / 72 * 25.4 for side in page.get_size())
        assert (width, height) == (pytest.approx(150, abs=0.1), pytest.approx(90, abs=0.1))
        text = page.get_textpage().get_text_bounded().replace("\r\n", "\n")
        assert plate["number_text"] in text
        assert plate["name_text"] in text.replace("\n", "")
        (code,) = zxingcpp.read_barcodes(page.render(scale=200 / 72).to_pil())
        assert code.text == plate["token_url"]


def test_a_scanned_plate_shows_its_address(client: httpx.Client, listed: Callable[..., Rows]) -> None:
    plate = listed("/api/v1/plates")[0]

    page = httpx.get(plate["token_url"], timeout=10)

    assert page.status_code == 200
    assert plate["full_text"] in page.text.replace("<wbr>", "")


def test_tiles_and_search_answer_without_signing_in(demo_server: Any, addresses: Rows) -> None:
    target = next(a for a in addresses if a["place_kind"] == "street")

    found = httpx.get(
        f"{demo_server.url}/api/v1/search", params={"q": target["full_text"]}, timeout=10
    ).json()

    assert found["items"][0]["code"] == target["code"]


@pytest.fixture(scope="module")
def until() -> Callable[..., Any]:
    """Ask again until the answer is as wanted, for a minute at most."""
    import time

    def ask(get: Callable[[], Any], wanted: Callable[[Any], bool]) -> Any:
        for _ in range(240):
            answer = get()
            if wanted(answer):
                return answer
            time.sleep(0.5)
        raise AssertionError(f"not in time: {answer}")

    return ask


def test_every_invented_person_lives_in_the_town_and_shows_masked_alone(listed: Callable[..., Rows]) -> None:
    with (ORACLE.parent / "data" / "residents.csv").open(encoding="gb18030", newline="") as source:
        invented = list(csv.DictReader(source))

    households, persons = listed("/api/v1/households"), listed("/api/v1/residents")

    at = {(household["home"]["full_text"], household["person_count"]) for household in households}
    expected = Counter(person["户籍地址"] for person in invented)
    assert at == set(expected.items())
    assert len(persons) == len(invented)
    shown = json.dumps([households, persons], ensure_ascii=False)
    assert not any(person["姓名"] in shown or person["户号"] in shown for person in invented)
    assert not any(person["公民身份号码"] in shown for person in invented if person["公民身份号码"])

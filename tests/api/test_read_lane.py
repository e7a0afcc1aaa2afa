"""Tiles, search and plates over HTTP."""

import gzip
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from address_service.api import read_lane
from address_service.edge.problems import install_problem_handlers
from address_service.errors import Unauthenticated
from address_service.store.engine import Database
from address_service.store.read_lane import ReadLane
from address_service.store.search_index import index_addresses
from tests.store.conftest import COUNTY, MapWorld, settle  # noqa: F401
from tests.store.conftest import world as world
from tests.store.test_tiles import tile_at

Open = Callable[..., TestClient]


@pytest.fixture
def client(database: Database, world: MapWorld) -> Iterator[TestClient]:
    """The read lane alone, for a signed-in visitor unless the request says ``X-Stranger``."""

    async def access(request: Request) -> str | None:
        if "x-stranger" in request.headers:
            raise Unauthenticated("请先登录", code="sign-in-needed")
        return COUNTY

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with ReadLane(database.read_url, COUNTY, 1) as lane:
            app.state.read_lane = lane
            yield

    app = FastAPI(lifespan=lifespan)
    install_problem_handlers(app)
    app.include_router(read_lane.build_read_router(access))
    with TestClient(app) as opened:
        yield opened


@pytest.fixture
def door(database: Database, world: MapWorld) -> str:
    """The path of a tile with one door in it."""
    group = world.place("group", "12组", 12, world.square(-300, -300, 600))
    address = world.address(group, 18, "湖南省岳阳市平江县童市镇烟舟村12组18号", 0, 0)
    with database.engine.begin() as conn:
        index_addresses(conn, COUNTY, [(address, "湖南省岳阳市平江县童市镇烟舟村12组18号", [])])
    z, x, y = tile_at(16)
    return f"/tiles/map/{z}/{x}/{y}.mvt"


def test_a_tile_says_what_it_is_and_that_it_may_change(client: TestClient, door: str) -> None:
    answer = client.get(door)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert b"addresses" in answer.content


def test_an_unchanged_tile_is_not_sent_again(client: TestClient, door: str) -> None:
    first = client.get(door)

    again = client.get(door, headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


def test_a_changed_tile_is_sent_again(client: TestClient, door: str, world: MapWorld) -> None:
    tag = client.get(door).headers["etag"]
    world.building("F1", 0, 0)
    client.app.state.read_lane.forget()  # type: ignore[attr-defined]

    assert client.get(door, headers={"If-None-Match": tag}).status_code == 200


def test_an_empty_tile_has_no_content(client: TestClient) -> None:
    answer = client.get("/tiles/map/16/0/0.mvt")

    assert (answer.status_code, answer.content) == (204, b"")


def test_a_large_tile_is_packed_for_those_who_take_it(
    client: TestClient, door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_lane, "PACK_FROM", 10)
    plain = client.get(door, headers={"Accept-Encoding": "identity"})

    with client.stream("GET", door, headers={"Accept-Encoding": "gzip"}) as packed:
        raw = b"".join(packed.iter_raw())

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/tiles/people/1/0/0.mvt", 404, "tile-layer-unknown"),
        ("/tiles/map/23/0/0.mvt", 422, "tile-out-of-range"),
        ("/tiles/map/3/8/0.mvt", 422, "tile-out-of-range"),
        ("/tiles/map/3/-1/0.mvt", 422, "tile-out-of-range"),
        ("/tiles/map/3/a/0.mvt", 422, "tile-out-of-range"),
        ("/tiles/map/3/²/0.mvt", 422, "tile-out-of-range"),
        (f"/tiles/map/3/{'9' * 5000}/0.mvt", 422, "tile-out-of-range"),
        ("/api/v1/plates/by-token/zzzzzzzzzzzzzzzz", 404, "plate-not-found"),
        ("/api/v1/search?q=烟舟&cursor=x", 422, "cursor-malformed"),
        ("/api/v1/search?q=烟舟&limit=0", 422, "request-invalid"),
        ("/api/v1/search", 422, "request-invalid"),
        ("/api/v1/search?q=烟舟&within=4306", 422, "request-invalid"),
        ("/api/v1/search/suggestions?q=烟舟&limit=21", 422, "request-invalid"),
    ],
)
def test_mistakes_are_answered_by_problems(client: TestClient, path: str, status: int, code: str) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "/tiles/map/3/0/0.mvt",
        "/api/v1/search?q=烟舟",
        "/api/v1/search/suggestions?q=烟舟",
        "/api/v1/plates/by-token/zzzzzzzzzzzzzzzz",
    ],
)
def test_strangers_are_turned_away(client: TestClient, path: str) -> None:
    assert client.get(path, headers={"X-Stranger": "1"}).status_code == 401


def test_a_search_answers_a_list(client: TestClient, door: str) -> None:
    answer = client.get("/api/v1/search", params={"q": "烟舟", "limit": 5}).json()

    assert answer["next_cursor"] is None
    (item,) = answer["items"]
    assert item["full_text"] == "湖南省岳阳市平江县童市镇烟舟村12组18号"
    assert (item["place"], item["number"], item["stage"]) == ("12组", "18号", "current")
    assert (item["field"], item["form"]) == ("text", "烟舟")
    assert item["match"] == "标准地址以所查文字开头"
    assert client.get("/api/v1/search/suggestions", params={"q": "烟舟"}).json() == {"items": [item]}
    assert client.get("/api/v1/search?q=烟舟&within=430626113208").json()["items"] == [item]
    assert client.get("/api/v1/search?q=烟舟&within=430626113209").json()["items"] == []
    assert item["lon"] == pytest.approx(113.8, abs=0.1)


def test_ten_kilobytes_of_brackets_are_an_empty_answer(client: TestClient, door: str) -> None:
    answers = [
        client.get(f"/api/v1/search{path}", params={"q": "（" * 3_000}) for path in ("", "/suggestions")
    ]

    assert [answer.json() for answer in answers] == [{"items": [], "next_cursor": None}, {"items": []}]


def test_the_routes_are_documented(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]

    assert {
        "/tiles/{layer}/{z}/{x}/{y}.mvt",
        "/api/v1/search",
        "/api/v1/search/suggestions",
        "/api/v1/plates/by-token/{token}",
    } <= paths.keys()

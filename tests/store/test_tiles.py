"""Tiles of the register, decoded again from their bytes, and when they are forgotten."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, TypeVar

import mapbox_vector_tile
import psycopg
import pyproj
import pytest

from address_service.errors import InvalidInput, NotFound, NotReady
from address_service.store import tiles
from address_service.store.engine import Database
from address_service.store.overview import announce_change, refresh_overview
from address_service.store.read_lane import ReadLane
from address_service.store.tile_layers import NOBODY
from address_service.store.tiles import read_tile
from tests.store.conftest import COUNTY, ORIGIN, MapWorld

TODAY = date(2026, 3, 2)
WORLD_M = 40075016.685578488
_TO_MAP = pyproj.Transformer.from_crs(4547, 3857, always_xy=True)

Layers = dict[str, Any]
T = TypeVar("T")


def tile_at(z: int, east: float = 0, north: float = 0) -> tuple[int, int, int]:
    """The tile over a spot of the world."""
    x, y = _TO_MAP.transform(ORIGIN[0] + east, ORIGIN[1] + north)
    return z, int((x / WORLD_M + 0.5) * 2**z), int((0.5 - y / WORLD_M) * 2**z)


def with_lane(database: Database, act: Callable[[ReadLane], Awaitable[T]], **options: Any) -> T:
    """Run something on a listening lane of one connection."""

    async def run() -> T:
        async with ReadLane(database.read_url, COUNTY, 1, today=lambda: TODAY, **options) as lane:
            await until(lambda: lane.listening)
            return await act(lane)

    return asyncio.run(run())


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something that happens soon."""
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.01)


def read(
    database: Database, layer: str, z: int, east: float = 0, north: float = 0, scope: str = COUNTY
) -> bytes:
    """The bytes of the tile over a spot, as somebody of the county sees it unless the scope says otherwise."""
    return with_lane(database, lambda lane: read_tile(lane, layer, *tile_at(z, east, north), scope)).body


def decode(body: bytes) -> Layers:
    """Properties and geometry by layer, y growing southward."""
    return dict(mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})) if body else {}


def properties(layers: Layers, name: str) -> list[dict[str, Any]]:
    """Properties of a layer's features, empty when it is not there."""
    return [feature["properties"] for feature in layers.get(name, {"features": []})["features"]]


def refresh(database: Database) -> None:
    """Count the cells anew."""
    with database.engine.begin() as conn:
        refresh_overview(conn, COUNTY, TODAY)


def crowd(world: MapWorld, place: Any, count: int) -> None:
    """So many doors within 30 m, in two statements."""
    world.do(
        """INSERT INTO address (county_code, id, code, scheme, created_at)
           SELECT %(c)s, md5(n::text)::uuid, '4306261132085009' || lpad(n::text, 5, '0') || '00000', 'TS-2026', now()
           FROM generate_series(1, %(n)s) n""",
        n=count,
    )
    world.do(
        """INSERT INTO address_version (county_code, id, address_id, stage, division_id, place_id, main, full_text,
             position, decree_no, drafted_by, approved_by, event_id, valid, recorded)
           SELECT %(c)s, gen_random_uuid(), md5(n::text)::uuid, 'current', %(village)s, %(place)s, n, n || '号',
             ST_Transform(ST_SetSRID(ST_Point(%(x)s + n %% 30, %(y)s + n %% 29), 4547), 4490), '示例', %(drafter)s,
             %(approver)s, %(event)s, %(valid)s, '[2026-01-01,)'
           FROM generate_series(1, %(n)s) n""",
        n=count, place=place, village=world.village, x=ORIGIN[0], y=ORIGIN[1],
    )  # fmt: skip


@pytest.fixture
def group(world: MapWorld) -> Any:
    """12组, an area around the origin."""
    return world.place("group", "12组", 12, world.square(-300, -300, 600))


def test_a_door_stands_where_it_was_surveyed(database: Database, world: MapWorld, group: Any) -> None:
    world.address(group, 18, "烟舟村12组18号", 40, 25)

    layers = decode(read(database, "addresses", 16, 40, 25))

    (door,) = layers["addresses"]["features"]
    z, x, y = tile_at(16, 40, 25)
    side = WORLD_M / 2**z
    east, south = (v / layers["addresses"]["extent"] * side for v in door["geometry"]["coordinates"])
    expected = _TO_MAP.transform(ORIGIN[0] + 40, ORIGIN[1] + 25)
    assert (x * side - WORLD_M / 2 + east, WORLD_M / 2 - y * side - south) == pytest.approx(expected, abs=0.3)
    assert door["properties"]["label"] == "18号"
    assert door["properties"]["code"].startswith("430626113208501200018")


def test_a_sub_number_is_labelled_as_on_plates(database: Database, world: MapWorld, group: Any) -> None:
    world.address(group, 1, "烟舟村12组18号附1", 0, 0, main=18, sub=1)

    assert [p["label"] for p in properties(decode(read(database, "addresses", 16)), "addresses")] == ["18附1"]


def test_only_what_is_current_today_is_shown(database: Database, world: MapWorld, group: Any) -> None:
    world.address(group, 1, "现行", 0, 0)
    world.address(group, 2, "起草", 5, 0, stage="draft")
    world.address(group, 3, "注销", 10, 0, stage="retired")
    world.address(group, 4, "明年", 15, 0, valid="[2027-01-01,)")
    world.address(group, 5, "从前", 20, 0, valid="[2020-01-01,2025-01-01)")
    world.address(group, 6, "更正前", 25, 0, recorded="[2026-01-01,2026-02-01)")

    assert [p["label"] for p in properties(decode(read(database, "addresses", 17)), "addresses")] == ["1号"]


def test_rooms_hide_behind_their_door(database: Database, world: MapWorld, group: Any) -> None:
    door = world.address(group, 1, "1号", 0, 0)
    world.address(group, 1, "1号302室", 0, 0, room_of=door)

    assert len(properties(decode(read(database, "addresses", 17)), "addresses")) == 1


def test_another_county_is_not_drawn(database: Database, world: MapWorld, neighbour: MapWorld) -> None:
    street = neighbour.place("street", "建设路", 1, neighbour.wkt("LINESTRING", [(0, 0), (90, 0)]))
    neighbour.address(street, 1, "建设路1号", 0, 0)
    refresh(database)

    near, far = decode(read(database, "map", 16)), decode(read(database, "map", 10))

    assert {p["code"] for p in properties(near, "villages")} == {f"{COUNTY}113208"}
    assert not properties(near, "addresses") + properties(far, "addresses") + properties(near, "places")


def test_a_building_says_whether_it_has_an_address_and_a_group(
    database: Database, world: MapWorld, group: Any
) -> None:
    done, waiting, left = world.building("A", 0, 0), world.building("B", 20, 0), world.building("C", 40, 0)
    world.building("D", 60, 0)
    world.building("E", 80, 0, use="outbuilding")
    for building in (done, waiting):
        world.join(building, group)
    world.join(left, group, valid="[2026-01-01,2026-02-01)")
    world.address(group, 1, "1号", 0, 0, building=done)
    world.address(group, 2, "2号", 20, 0, building=waiting, stage="draft")

    found = {p["code"]: p for p in properties(decode(read(database, "buildings", 16)), "buildings")}

    assert {code: (p["addressed"], p["unassigned"]) for code, p in found.items()} == {
        "A": (True, False),
        "B": (False, False),
        "C": (False, True),
        "D": (False, True),
        "E": (False, False),
    }
    assert {p["use"] for p in found.values()} == {"dwelling", "outbuilding"}


def test_a_village_has_its_outline_and_one_label(database: Database, world: MapWorld) -> None:
    z, x, y = tile_at(14)
    around = [(z, x + dx, y + dy) for dx in range(-2, 3) for dy in range(-2, 3)]

    async def collect(lane: ReadLane) -> list[Layers]:
        return [decode((await read_tile(lane, "villages", *tile)).body) for tile in around]

    layers = with_lane(database, collect)

    outlines = [p for found in layers for p in properties(found, "villages")]
    assert {(p["name"], p["code"]) for p in outlines} == {("烟舟村", f"{COUNTY}113208")}
    assert len(outlines) > 1
    assert [p["name"] for found in layers for p in properties(found, "village_labels")] == ["烟舟村"]


def test_streets_groups_lanes_and_parcels_carry_their_names(
    database: Database, world: MapWorld, group: Any
) -> None:
    world.place("street", "建设路", 1, world.wkt("LINESTRING", [(-50, 0), (50, 0)]))
    world.do(
        """INSERT INTO lane (county_code, id, name, geom, feature_key, import_id) VALUES (%(c)s, %(run)s, '井边小路',
             ST_Transform(ST_SetSRID(ST_GeomFromText(%(shape)s), 4547), 4490), %(run)s, %(run)s)""",
        shape=world.wkt("LINESTRING", [(0, -50), (0, 50)]),
    )
    world.parcel("430626113208JC00001", 10, 10)

    layers = decode(read(database, "map", 16))

    assert {(p["kind"], p["name"]) for p in properties(layers, "places")} == {
        ("group", "12组"),
        ("street", "建设路"),
    }
    assert [p["name"] for p in properties(layers, "place_labels")] == ["12组"]
    assert [p["name"] for p in properties(layers, "lanes")] == ["井边小路"]
    assert [(p["code"], p["use"]) for p in properties(layers, "parcels")] == [
        ("430626113208JC00001", "宅基地")
    ]


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ([21, 23, 25, 45], "21-25、45"),
        ([21, 22, 23, 24], "21-24"),
        ([8], "8"),
        ([2, 4, 6, 9], "2、4、6、9"),
    ],
)
def test_a_plan_shows_the_numbers_held_back_for_it(
    database: Database, world: MapWorld, group: Any, numbers: list[int], text: str
) -> None:
    plan = world.plan(group, "2026-01", "安置点", 12, world.square(0, 0, 60))
    world.reserve(group, numbers, plan)
    world.reserve(group, [99])

    layers = decode(read(database, "map", 16))

    (shown,) = properties(layers, "reservations")
    assert (shown["name"], shown["planned_doors"], shown["numbers"]) == ("安置点", 12, text)
    assert (shown["expires_on"], shown["expired"]) == ("2027-12-31", False)
    assert all(p["reserved"].endswith("99") for p in properties(layers, "places"))


@pytest.mark.parametrize(
    ("scope", "outline", "numbers"),
    [("430626113", True, True), ("430626114", True, False), (NOBODY, False, False)],
)
def test_reserved_numbers_are_for_who_may_see_them(
    database: Database, world: MapWorld, group: Any, scope: str, outline: bool, numbers: bool
) -> None:
    world.reserve(group, [7771], world.plan(group, "2026-01", "安置点", 1, world.square(0, 0, 60)))
    world.reserve(group, [7772])

    body = read(database, "map", 16, scope=scope)

    assert (b"7771" in body, b"7772" in body) == (numbers, numbers)
    assert bool(properties(decode(body), "reservations")) is outline
    assert [p["name"] for p in properties(decode(body), "places")] == ["12组"]


def test_small_scales_count_every_address_once(database: Database, world: MapWorld, group: Any) -> None:
    for serial in range(1, 31):
        world.address(group, serial, f"{serial}号", serial * 37 % 1900 - 950, serial * 53 % 1900 - 950)
    refresh(database)

    async def count(lane: ReadLane, z: int) -> int:
        _, x, y = tile_at(z)
        square = [(z, a, b) for a in (x - 1, x, x + 1) for b in (y - 1, y, y + 1) if 0 <= a < 2**z > b >= 0]
        found = [decode((await read_tile(lane, "addresses", *tile)).body) for tile in square]
        return sum(p["count"] for layers in found for p in properties(layers, "addresses"))

    async def counts(lane: ReadLane) -> list[int]:
        return [await count(lane, z) for z in range(14)]

    assert with_lane(database, counts) == [30] * 14


def test_counting_anew_forgets_what_is_gone(database: Database, world: MapWorld, group: Any) -> None:
    world.address(group, 1, "1号", 0, 0)
    refresh(database)

    world.do("UPDATE address_version SET recorded = tstzrange('2026-01-01', '2026-02-01')")
    refresh(database)

    assert read(database, "map", 6) == b""


def test_a_crowd_is_counted_instead_of_drawn(database: Database, world: MapWorld, group: Any) -> None:
    crowd(world, group, 5001)
    refresh(database)

    crowded, single = read(database, "map", 15), read(database, "map", 21, 5, 5)

    assert sum(p["count"] for p in properties(decode(crowded), "addresses")) == 5001
    assert max(len(crowded), len(single)) < tiles.MAX_BYTES
    assert all(p["label"] for p in properties(decode(single), "addresses"))


def test_a_tile_that_grows_too_large_gives_way_to_a_sketch(
    database: Database, world: MapWorld, group: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for serial in range(1, 41):
        world.building(f"F{serial}", serial, 0)
        world.address(group, serial, f"{serial}号", serial, 0)
    refresh(database)
    full = read(database, "map", 14)

    monkeypatch.setattr(tiles, "MAX_BYTES", len(full) - 1)
    sketch = read(database, "map", 14)

    assert {"addresses", "buildings"} <= decode(full).keys()
    assert len(sketch) < len(full)
    assert "buildings" not in decode(sketch)
    assert sum(p["count"] for p in properties(decode(sketch), "addresses")) == 40


def test_a_change_drops_the_tiles(database: Database, world: MapWorld, group: Any) -> None:
    async def act(lane: ReadLane) -> tuple[bytes, bytes, bytes]:
        first = await read_tile(lane, "addresses", *tile_at(16))
        world.address(group, 1, "1号", 0, 0)
        kept = await read_tile(lane, "addresses", *tile_at(16))
        generation = lane.generation
        with database.engine.begin() as conn:
            announce_change(conn, COUNTY)
        await until(lambda: lane.generation > generation)
        return first.body, kept.body, (await read_tile(lane, "addresses", *tile_at(16))).body

    first, kept, fresh = with_lane(database, act)

    assert (first, kept) == (b"", b"")
    assert len(properties(decode(fresh), "addresses")) == 1


def test_what_one_process_changed_no_other_serves_from_memory(
    database: Database, world: MapWorld, group: Any
) -> None:
    async def run() -> list[bytes]:
        lanes = [ReadLane(database.read_url, COUNTY, 1, today=lambda: TODAY) for _ in range(2)]
        async with lanes[0], lanes[1]:
            await until(lambda: all(lane.listening for lane in lanes))
            for lane in lanes:
                assert (await read_tile(lane, "addresses", *tile_at(16))).body == b""
            generations = [lane.generation for lane in lanes]
            world.address(group, 1, "1号", 0, 0)
            with database.engine.begin() as conn:
                announce_change(conn, COUNTY)
            await until(lambda: all(lane.generation > g for lane, g in zip(lanes, generations, strict=True)))
            return [(await read_tile(lane, "addresses", *tile_at(16))).body for lane in lanes]

    one, other = asyncio.run(run())

    assert one == other
    assert len(properties(decode(one), "addresses")) == 1


def test_after_a_change_tiles_are_remembered_again(database: Database, world: MapWorld) -> None:
    async def act(lane: ReadLane) -> tuple[int, int]:
        with database.engine.begin() as conn:
            announce_change(conn, COUNTY)
        await until(lambda: not lane.listening)
        await read_tile(lane, "villages", *tile_at(14))
        in_the_lull = len(lane.tiles)
        await until(lambda: lane.listening)
        await read_tile(lane, "villages", *tile_at(14))
        return in_the_lull, len(lane.tiles)

    assert with_lane(database, act) == (0, 1)


def test_a_change_of_another_county_or_rolled_back_drops_nothing(database: Database, world: MapWorld) -> None:
    async def act(lane: ReadLane) -> int:
        tile = await read_tile(lane, "villages", *tile_at(14))
        with database.engine.connect() as conn:
            announce_change(conn, COUNTY)
            conn.rollback()
            announce_change(conn, "430624")
            conn.commit()
        await asyncio.sleep(0.3)
        assert await read_tile(lane, "villages", *tile_at(14)) is tile
        return len(lane.tiles)

    assert with_lane(database, act) == 1


def test_nothing_is_remembered_while_nobody_listens(database: Database, world: MapWorld) -> None:
    end_listener = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN register_changed'"
    )

    async def act(lane: ReadLane) -> tuple[int, int]:
        await read_tile(lane, "villages", *tile_at(14))
        await lane.rows(end_listener, {})
        await until(lambda: not lane.listening)
        await read_tile(lane, "villages", *tile_at(14))
        deaf = len(lane.tiles)
        await until(lambda: lane.listening)
        await read_tile(lane, "villages", *tile_at(14))
        return deaf, len(lane.tiles)

    assert with_lane(database, act) == (0, 1)


def test_a_tile_under_way_during_a_change_is_not_kept(
    database: Database, world: MapWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(lane: ReadLane) -> int:
        rows = lane.rows

        async def interrupted(*arguments: Any) -> Any:
            found = await rows(*arguments)
            lane.forget()
            return found

        monkeypatch.setattr(lane, "rows", interrupted)
        await read_tile(lane, "villages", *tile_at(14))
        return len(lane.tiles)

    assert with_lane(database, act) == 0


def test_the_cache_lets_go_of_what_was_asked_for_longest_ago(database: Database, world: MapWorld) -> None:
    async def act(lane: ReadLane) -> bool:
        old = await read_tile(lane, "villages", *tile_at(14))
        await read_tile(lane, "villages", *tile_at(15))
        await read_tile(lane, "villages", *tile_at(14))
        return await read_tile(lane, "villages", *tile_at(14)) is old

    assert with_lane(database, act)
    assert not with_lane(database, act, cache_bytes=0)


def test_a_slow_question_is_cut_off(database: Database, world: MapWorld) -> None:
    async def act(lane: ReadLane) -> None:
        await lane.rows("SELECT set_config('statement_timeout', '30', false)", {})
        await lane.rows("SELECT pg_sleep(5)", {})

    with pytest.raises(NotReady) as caught:
        with_lane(database, act)
    assert caught.value.code == "read-lane-timeout"


@pytest.mark.parametrize(
    ("layer", "z", "x", "y", "error"),
    [
        ("people", 1, 0, 0, NotFound),
        ("map", 23, 0, 0, InvalidInput),
        ("map", -1, 0, 0, InvalidInput),
        ("map", 3, 8, 0, InvalidInput),
        ("map", 3, 0, 8, InvalidInput),
        ("map", 3, 0, -1, InvalidInput),
    ],
)
def test_there_is_no_tile_outside_of_the_pyramid(
    layer: str, z: int, x: int, y: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        tiles.check_tile(layer, z, x, y)


@pytest.mark.parametrize(
    "table", ["account", "api_key", "session", "idempotency", "import_reject", "layer_history"]
)
def test_the_read_role_sees_no_accounts(database: Database, table: str) -> None:
    with (
        psycopg.connect(database.read_url) as conn,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        conn.execute(f"SELECT * FROM {table}")


def test_the_read_role_writes_nothing(database: Database) -> None:
    query = """SELECT count(*) FROM information_schema.role_table_grants
               WHERE grantee = 'address_read' AND table_schema = 'registry' AND privilege_type <> 'SELECT'"""
    with psycopg.connect(database.owner_url) as conn:
        assert conn.execute(query).fetchall() == [(0,)]

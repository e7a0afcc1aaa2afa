"""The search box and the plate look-up against a real register."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from typing import Any, TypeVar

import psycopg
import pytest
from sqlalchemy import text

from address_service.errors import Forbidden, InvalidInput
from address_service.store import search_book
from address_service.store.engine import Database
from address_service.store.plate_lookup import PlateFound, find_plate
from address_service.store.read_lane import ReadLane
from address_service.store.search import SearchPage, complete_address, scope_within, search_addresses
from address_service.store.search_index import index_addresses
from tests.conftest import CopyDatabase
from tests.store.conftest import COUNTY, MapWorld, settle

TODAY = date(2026, 3, 2)
HEAD = "湖南省岳阳市平江县"
TOKEN = "0123456789abcdef"
T = TypeVar("T")


@pytest.fixture(scope="module")
def town(copy_database: CopyDatabase) -> Iterator[Database]:
    """烟舟村 and 童坪村 of 童市镇, another 童坪村 in 三阳乡; committed once, only read by the tests."""
    with (
        copy_database() as database,
        psycopg.connect(database.app_url, autocommit=True, cursor_factory=psycopg.ClientCursor) as conn,
    ):
        world = settle(conn, COUNTY)
        _fill(world)
        with database.engine.begin() as bulk:
            rows = bulk.execute(text("SELECT address_id, full_text FROM address_version ORDER BY full_text"))
            former = f"{HEAD}童市镇老屋场3号"
            named = [(row[0], row[1], [former] if row[1].endswith("烟舟村12组18号") else []) for row in rows]
            assert index_addresses(bulk, COUNTY, named) == len(named)
        yield database


def _fill(world: MapWorld) -> None:
    parcel = world.parcel("430626113208JC00001", 0, 0)
    house = world.building("YZ-0018", 0, 0, parcel=parcel)
    other_house = world.building("YZ-0019", 12, 0, parcel=parcel)
    group = world.place("group", "12组", 12)
    for serial in range(1, 31):
        building = {18: house, 19: other_house}.get(serial)
        text = f"{HEAD}童市镇烟舟村12组{serial}号"
        door = world.address(group, serial, text, serial, 0, building=building)
        if serial == 18:
            world.address(group, 18, f"{text}302室", serial, 0, room_of=door)
    world.address(group, 31, f"{HEAD}童市镇烟舟村12组18号附1", 31, 0, main=18, sub=1)
    world.address(group, 32, f"{HEAD}童市镇烟舟村12组99号", 32, 0, stage="draft")
    world.address(group, 33, f"{HEAD}童市镇烟舟村12组98号", 33, 0, stage="retired")
    for town_name, code in (("童市镇", "430626113209"), ("三阳乡", "430626210209")):
        if town_name == "三阳乡":
            world.division("township", town_name, code[:9])
        village = world.division("village", "童坪村", code)
        hamlet = world.place("hamlet", "上屋", 1, village=village)
        world.address(hamlet, 1, f"{HEAD}{town_name}童坪村上屋1号", 500, 500)


def ask(database: Database, act: Callable[[ReadLane], Awaitable[T]]) -> T:
    """Run something on a lane of one connection."""

    async def run() -> T:
        async with ReadLane(database.read_url, COUNTY, 1, today=lambda: TODAY) as lane:
            return await act(lane)

    return asyncio.run(run())


def search(
    database: Database, query: str, limit: int = 20, cursor: str | None = None, within: str | None = None
) -> SearchPage:
    """One search."""
    return ask(database, lambda lane: search_addresses(lane, query, limit, cursor, within))


def suggested(database: Database, query: str, limit: int = 8, within: str | None = None) -> list[str]:
    """Suggestions without the common head."""
    hits = ask(database, lambda lane: complete_address(lane, query, limit, within))
    return [hit.full_text.removeprefix(HEAD) for hit in hits]


def texts(page: SearchPage) -> list[str]:
    """Full texts without the common head."""
    return [hit.full_text.removeprefix(HEAD) for hit in page.items]


def test_two_characters_name_a_village(town: Database) -> None:
    found = texts(search(town, "烟舟", 100))

    assert len(found) == 32
    assert found[:3] == ["童市镇烟舟村12组1号", "童市镇烟舟村12组2号", "童市镇烟舟村12组3号"]


@pytest.mark.parametrize(
    "query",
    [
        "湖南省岳阳市平江县童市镇烟舟村12组18号",
        "平江县童市镇烟舟村12组18号",
        "童市镇烟舟村12组18号",
        "烟舟村12组18号",
        " 烟舟村 １２组，18 号",
    ],
)
def test_the_whole_address_comes_first_with_or_without_its_heads(town: Database, query: str) -> None:
    (first, *others) = search(town, query).items

    assert first.full_text == f"{HEAD}童市镇烟舟村12组18号"
    assert first.match == "标准地址一致"
    assert (first.stage, first.place, first.number) == ("current", "12组", "18号")
    assert first.code.startswith("430626113208501200018")
    assert (first.lon, first.lat) == pytest.approx((113.8, 28.7), abs=0.2)
    assert all(hit.match != "标准地址一致" for hit in others)


def test_what_begins_with_the_query_comes_before_what_contains_it(town: Database) -> None:
    begins, contains = search(town, "烟舟村12组1号").items[0], search(town, "12组1号").items[0]

    assert (begins.match, contains.match) == ("标准地址一致", "标准地址含所查文字")
    assert search(town, "烟舟村12组").items[0].match == "标准地址以所查文字开头"


def test_a_bare_number_prefers_that_door(town: Database) -> None:
    page = search(town, "18")

    assert texts(page)[0] == "童市镇烟舟村12组18号"
    assert page.items[0].match == "门牌号一致"


def test_one_character_is_looked_for_at_the_start(town: Database) -> None:
    assert len(search(town, "烟", 100).items) == 32
    assert search(town, "屋").items == []


@pytest.mark.parametrize("query", ["18号附1", "18附1", "18-1", "18－1号", "12组18之1"])
def test_every_spelling_of_a_sub_number_finds_it(town: Database, query: str) -> None:
    assert texts(search(town, query))[0] == "童市镇烟舟村12组18号附1"


def test_a_town_in_the_query_tells_villages_of_one_name_apart(town: Database) -> None:
    assert len(search(town, "童坪村").items) == 2
    assert texts(search(town, "三阳乡童坪村")) == ["三阳乡童坪村上屋1号"]


def test_a_town_with_a_bracket_in_its_name_is_a_head_too(database: Database, world: MapWorld) -> None:
    world.division("township", "江南（新）镇", "430626114")

    assert search(database, "江南（新）镇") == SearchPage([], None)


def test_a_town_alone_lists_its_addresses(town: Database) -> None:
    assert texts(search(town, "三阳乡")) == ["三阳乡童坪村上屋1号"]
    assert len(search(town, "平江县", 100).items) == 34


def test_a_former_address_finds_todays_and_says_so(town: Database) -> None:
    (hit,) = search(town, "老屋场3号").items

    assert hit.full_text == f"{HEAD}童市镇烟舟村12组18号"
    assert (hit.field, hit.match, hit.form) == ("former", "曾用地址一致", "老屋场3号")
    assert search(town, "老屋场").items[0].match == "曾用地址含所查文字"


@pytest.mark.parametrize("query", ["烟州村12组7号", "烟舟12组7号", "烟舟村12组7号号", "烟舟村112组7号"])
def test_one_slip_still_finds_the_address(town: Database, query: str) -> None:
    page = search(town, query)

    assert texts(page)[0] == "童市镇烟舟村12组7号"
    assert page.items[0].match.startswith(("相近", "含所查的各个字词"))


def test_a_code_is_found_whole_and_by_its_start(town: Database) -> None:
    (door,) = [hit for hit in search(town, "烟舟村12组18号").items if hit.match == "标准地址一致"]
    grouped = f"{door.code[:6]} {door.code[6:9]} {door.code[9:12]} {door.code[12:]}"

    assert [(hit.code, hit.match) for hit in search(town, grouped).items] == [(door.code, "地址编码一致")]
    assert texts(search(town, door.code[:21])) == ["童市镇烟舟村12组18号", "童市镇烟舟村12组18号302室"]
    assert search(town, "99999999").items == []


@pytest.mark.parametrize(
    "query", ["430626113208JC00001", "430626 113208 jc00001", "430626113208JC00001F00010001"]
)
def test_a_parcel_finds_the_addresses_of_its_houses(town: Database, query: str) -> None:
    page = search(town, query)

    assert texts(page) == ["童市镇烟舟村12组18号", "童市镇烟舟村12组19号"]
    assert page.items[0].match == "宗地430626113208JC00001上的建筑物"


@pytest.mark.parametrize("query", ["YZ-0018", "yz-0018", "ＹＺ-0018"])
def test_a_building_code_finds_its_address(town: Database, query: str) -> None:
    assert texts(search(town, query)) == ["童市镇烟舟村12组18号"]


@pytest.mark.parametrize(
    ("letters", "match", "form"),
    [
        ("yzc12z18h", "拼音首字母一致", "烟舟村12组18号"),
        ("YZC12Z18", "拼音首字母以所查字母开头", "烟舟村12组18"),
        ("zc12z18h", "拼音首字母含所查字母", "舟村12组18号"),
        ("lwc3h", "拼音首字母一致", "老屋场3号"),
    ],
)
def test_initials_find_an_address_and_say_what_they_stand_for(
    town: Database, letters: str, match: str, form: str
) -> None:
    hit = search(town, letters).items[0]

    assert hit.full_text == f"{HEAD}童市镇烟舟村12组18号"
    assert (hit.field, hit.match, hit.form) == ("initials", match, form)


def test_two_initials_name_a_village(town: Database) -> None:
    assert len(search(town, "yz", 100).items) == 32
    assert texts(search(town, "童市镇tp")) == ["童市镇童坪村上屋1号"]
    assert search(town, "zz").items == []


@pytest.mark.parametrize("query", ["烟舟村十二组十八号", "烟舟村十二组18号", "童市镇烟舟村12组十八号"])
def test_chinese_numerals_find_arabic_numbers(town: Database, query: str) -> None:
    assert texts(search(town, query))[0] == "童市镇烟舟村12组18号"


def test_a_number_is_not_found_in_a_longer_one(town: Database) -> None:
    assert texts(search(town, "12组8号"))[0] == "童市镇烟舟村12组8号"
    assert "童市镇烟舟村12组18号" not in texts(search(town, "烟舟村12组8号"))


@pytest.mark.parametrize(
    "query",
    ["童坪", "童坪村上屋1号", "tpc", "tp", "上屋", "1", "4306261132", "430626", "童坪材上屋1号", "村上"],
)
def test_every_kind_of_search_stays_within_its_scope(town: Database, query: str) -> None:
    whole, village = texts(search(town, query, 100)), texts(search(town, query, 100, within="430626113209"))
    township = texts(search(town, query, 100, within="430626113"))

    assert village == ["童市镇童坪村上屋1号"]
    assert set(village) <= set(township) <= set(whole)
    assert not any(text.startswith("三阳乡") for text in township)
    assert suggested(town, query, 20, "430626113209") == village
    assert search(town, query, within="430626999").items == []


def test_a_village_does_not_find_its_neighbour_by_any_identifier(town: Database) -> None:
    (door,) = [hit for hit in search(town, "烟舟村12组18号").items if hit.match == "标准地址一致"]

    for query in (door.code, "430626113208JC00001", "YZ-0018", "老屋场3号", "三阳乡"):
        assert search(town, query).items
        assert search(town, query, within="430626113209").items == []


def test_an_account_cannot_search_outside_of_its_scope() -> None:
    assert scope_within("430626113208", None) == "430626113208"
    assert scope_within("430626113", "430626113208") == "430626113208"
    assert scope_within(None, "430626113208") == "430626113208"
    for outside in ("430626113209", "430626113", "430626"):
        with pytest.raises(Forbidden):
            scope_within("430626113208", outside)


def test_common_grams_are_looked_for_in_order_and_found_all_the_same(
    town: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {
        query: texts(search(town, query, 100)) for query in ("烟舟", "组1", "12组18号", "yzc12z18", "组3")
    }
    with psycopg.connect(town.owner_url, autocommit=True) as conn:
        conn.execute("ANALYZE address_search")
    monkeypatch.setattr(search_book, "OFTEN", 1)

    for within in (None, "430626113208"):
        assert {query: texts(search(town, query, 100, within=within)) for query in asked} == asked
    assert all(asked.values())


def test_suggestions_begin_with_what_was_typed_or_hold_it(town: Database) -> None:
    assert suggested(town, "烟舟村12组1号") == ["童市镇烟舟村12组1号"]
    assert suggested(town, "烟", 3) == ["童市镇烟舟村12组1号", "童市镇烟舟村12组2号", "童市镇烟舟村12组3号"]
    assert suggested(town, "12组18号") == [
        "童市镇烟舟村12组18号",
        "童市镇烟舟村12组18号302室",
    ]
    assert suggested(town, "老屋场") == ["童市镇烟舟村12组18号"]
    assert suggested(town, "yzc12z18h")[0] == "童市镇烟舟村12组18号"
    assert suggested(town, "烟州村12组7号")[0] == "童市镇烟舟村12组7号"


def test_what_is_not_current_is_not_found(town: Database) -> None:
    assert not {"童市镇烟舟村12组98号", "童市镇烟舟村12组99号"} & {
        *texts(search(town, "烟舟村12组98号")),
        *texts(search(town, "烟舟村12组99号")),
    }


def test_pages_follow_each_other_without_gap_or_repetition(town: Database) -> None:
    whole = texts(search(town, "烟舟", 100))

    pages: list[list[str]] = []
    cursor = None
    while cursor is not None or not pages:
        page = search(town, "烟舟", 10, cursor)
        pages.append(texts(page))
        cursor = page.next_cursor

    assert [len(page) for page in pages] == [10, 10, 10, 2]
    assert [text for page in pages for text in page] == whole


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "(" * 10_000,
        "[]{}\\^$.|?*+" * 900,
        "😀" * 5_000,
        "%_%'; DROP TABLE address; --",
        "\x00\x01\x02",
        "\ud800\udfff",
        "\u202e\u200b",
        "\n\t",
        "龘" * 10_000,
    ],
)
def test_hostile_input_finds_nothing_and_breaks_nothing(town: Database, query: str) -> None:
    assert search(town, query) == SearchPage([], None)
    assert suggested(town, query) == []


def test_only_the_start_of_a_long_query_counts(town: Database) -> None:
    assert texts(search(town, "烟舟村12组18号" + " " * 100 + "童坪村")) == texts(
        search(town, "烟舟村12组18号")
    )


@pytest.mark.parametrize(("limit", "cursor"), [(0, None), (101, None), (10, "x"), (10, "-1"), (10, "１０")])
def test_a_limit_or_cursor_out_of_range_is_refused(town: Database, limit: int, cursor: str | None) -> None:
    with pytest.raises(InvalidInput):
        search(town, "烟舟", limit, cursor)


def test_indexing_again_replaces_the_document(database: Database, world: MapWorld) -> None:
    group = world.place("group", "12组", 12)
    address = world.address(group, 1, f"{HEAD}童市镇烟舟村12组1号", 0, 0)

    for name in ("老屋场1号", "新井边1号"):
        with database.engine.begin() as conn:
            index_addresses(conn, COUNTY, [(address, f"{HEAD}童市镇烟舟村12组1号", [name])])

    assert search(database, "老屋场").items == []
    assert texts(search(database, "新井边")) == ["童市镇烟舟村12组1号"]


def _plate(world: MapWorld, address: Any) -> None:
    world.do(
        """INSERT INTO plate_batch (county_code, id, batch_no, profile, stage, actor_id, created_at)
           VALUES (%(c)s, %(run)s, '1', 'small', 'made', %(drafter)s, now())"""
    )
    world.do(
        """INSERT INTO plate (county_code, id, address_id, batch_id, profile, token, position, stage, name_text,
             number_text, changed_at)
           VALUES (%(c)s, %(run)s, %(a)s, %(run)s, 'small', %(t)s, 1, 'installed', '烟舟村12组', '18', now())""",
        a=address, t=TOKEN,
    )  # fmt: skip


def _find(database: Database, token: str = TOKEN) -> PlateFound | None:
    return ask(database, lambda lane: find_plate(lane, token))


def test_a_plate_leads_to_its_address(database: Database, world: MapWorld) -> None:
    group = world.place("group", "12组", 12)
    _plate(world, world.address(group, 18, "烟舟村12组18号", 0, 0))

    found = _find(database)

    assert found is not None
    assert (found.name_text, found.number_text, found.plate_stage) == ("烟舟村12组", "18", "installed")
    assert (found.full_text, found.stage, found.place, found.village) == (
        "烟舟村12组18号",
        "current",
        "12组",
        "烟舟村",
    )
    assert (found.postcode, found.valid_from, found.successor_texts) == ("414500", date(2026, 1, 1), [])


def test_the_plate_of_a_retired_address_names_its_successor(database: Database, world: MapWorld) -> None:
    group = world.place("group", "12组", 12)
    old = world.address(group, 18, "烟舟村12组18号", 0, 0, stage="retired")
    heir = world.address(group, 19, "烟舟村12组20号", 0, 0, main=20)
    _plate(world, old)
    world.do(
        """INSERT INTO succession (county_code, id, event_id, subject, predecessor_id, successor_id, share)
           VALUES (%(c)s, %(run)s, %(event)s, 'address', %(old)s, %(heir)s, 'whole')""",
        old=old, heir=heir,
    )  # fmt: skip

    found = _find(database)

    assert found is not None
    assert (found.stage, found.successor_texts) == ("retired", ["烟舟村12组20号"])


@pytest.mark.parametrize("token", ["zzzzzzzzzzzzzzzz", "", "'; --", "0123456789ABCDEF", "０" * 16])
def test_an_unknown_token_leads_nowhere(town: Database, token: str) -> None:
    assert _find(town, token) is None

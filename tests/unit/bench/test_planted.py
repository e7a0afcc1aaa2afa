"""The planted county and its rows: the same for a seed, true by the oracle, and of every kind."""

import ast
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

import address_service.bench.planted as planted
from address_service.bench.match import DEVELOPMENT_SEED, PUBLISHED_SEED
from address_service.bench.planted import KINDS, PlantedRow, make_rows
from address_service.bench.planted_lines import small_world
from address_service.bench.planted_maker import make_world
from address_service.bench.planted_names import TODAY
from address_service.bench.planted_noise import FULL_WIDTH, any_numeral, chinese, mistyped
from address_service.bench.planted_oracle import ENDED, Oracle
from address_service.bench.planted_world import REUSED, Spot, Stretch, World

ROWS = 6000
WITHOUT_ANSWER = {
    "missing_group", "neighbour_town", "elsewhere", "contradicting_town", "only_village", "missing_room",
    "never_existed", "illegible", "unknown_external_id",
}  # fmt: skip


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(7, 0.3)


@pytest.fixture(scope="module")
def oracle(world: World) -> Oracle:
    return Oracle(world)


@pytest.fixture(scope="module")
def rows(world: World) -> list[PlantedRow]:
    return make_rows(world, 7, ROWS)


def stretches(world: World, village: str, *, day: date = TODAY) -> list[Stretch]:
    """Of a village those in force on a day."""
    return [
        one
        for one in world.stretches
        if one.spot.village == village and one.start <= day and (one.end is None or day < one.end)
    ]


def test_a_seed_gives_the_same_county_and_the_same_rows_again(world: World, rows: list[PlantedRow]) -> None:
    again = make_world(7, 0.3)

    assert again.stretches == world.stretches
    assert make_rows(again, 7, ROWS) == rows
    assert make_rows(again, 8, 100) != rows[:100]


def test_the_county_has_more_than_twenty_thousand_addresses_and_no_text_twice() -> None:
    for seed in (DEVELOPMENT_SEED, PUBLISHED_SEED, *range(11, 19)):
        texts = Counter(one.spot.text() for one in make_world(seed).current())

        assert len(texts) > 20_000
        assert set(texts.values()) == {1}


def test_no_two_addresses_have_one_text_on_one_day(world: World) -> None:
    by_text = defaultdict(list)
    for one in world.stretches:
        by_text[one.spot.text()].append(one)

    for found in by_text.values():
        found.sort(key=lambda one: one.start)
        assert all(a.end and a.end <= b.start for a, b in pairwise(found))


def test_every_kind_is_planted_and_no_more_than_a_fifth_differs_only_in_its_prefix(
    rows: list[PlantedRow],
) -> None:
    kinds = Counter(row.kind for row in rows)

    assert set(kinds) == set(KINDS)
    assert len(kinds) >= 20
    assert min(kinds.values()) >= 20
    assert sum(row.prefix_only for row in rows) / len(rows) <= 0.2


def test_a_kind_of_spelling_changes_more_than_the_prefix(rows: list[PlantedRow]) -> None:
    changed = ("respelt", "homophone", "scanned_name", "chinese_numerals", "full_width", "zero_padded", "group_words",
               "traditional", "separators", "noise", "wrong_order", "remark", "organ", "room_forms")  # fmt: skip

    assert not [row for row in rows if row.kind in changed and row.prefix_only]


def test_kinds_that_name_no_door_have_no_answer_and_all_others_have_some(rows: list[PlantedRow]) -> None:
    answered = {row.kind for row in rows if row.truth is not None}

    assert answered == set(KINDS) - WITHOUT_ANSWER


def test_an_answer_is_an_address_in_force(world: World, rows: list[PlantedRow]) -> None:
    current = {one.address for one in world.current()}

    assert {row.truth for row in rows if row.truth} <= current


def test_a_text_means_who_held_it_on_the_day_and_nobody_for_sure_without(
    world: World, oracle: Oracle
) -> None:
    after = next(one for one in world.stretches if one.start == REUSED)
    before = next(one for one in world.stretches if one.spot == after.spot and one.start < REUSED)
    spot = after.spot

    def today(on: date | None) -> set[str]:
        return oracle.today(oracle.fits([spot], on, towns=[after.town_key], villages=[spot.village]))

    assert before.address != after.address
    assert today(before.start) == {before.address}
    assert today(TODAY) == {after.address}
    assert today(None) == {before.address, after.address}


def test_a_door_of_an_abolished_village_is_the_door_that_its_group_took_along(
    world: World, oracle: Oracle
) -> None:
    old = next(
        one for one in stretches(world, "沙坪村", day=date(2014, 1, 1)) if one.address not in world.successors
    )
    new = next(one for one in world.current() if one.address == old.address)

    assert new.spot.village == "烟舟村"
    assert new.spot.places[0] == "沙坪片区"
    assert oracle.today(oracle.fits([old.spot], None, towns=["t113"], villages=["沙坪村"])) == {old.address}


def test_villages_of_one_name_are_told_apart_by_their_town(world: World, oracle: Oracle) -> None:
    there = stretches(world, "芭蕉村", day=date(2014, 1, 1))
    here = stretches(world, "芭蕉村")

    assert {one.town_key for one in there} == {"t190"}
    assert {one.town_key for one in here} == {"t113"}
    for one in there:
        fits = oracle.fits([one.spot], date(2014, 1, 1), towns=["t190"], villages=["芭蕉村"])
        assert {fit.address for fit in fits} == {one.address}


def test_a_house_that_was_split_or_is_gone_has_no_one_successor(world: World, oracle: Oracle) -> None:
    split = next(address for address, after in world.successors.items() if len(after) > 1)
    gone = next(address for address, after in world.successors.items() if not after)
    joined = next(address for address, after in world.successors.items() if len(after) == 1)
    of = {one.address: one for one in world.stretches}

    assert oracle.today([of[split]]) == set(world.successors[split])
    assert oracle.today([of[gone]]) == {ENDED}
    assert oracle.today([of[joined]]) == set(world.successors[joined])


def test_a_number_that_two_swapped_is_never_answered_without_a_day_by_either_alone(
    world: World, oracle: Oracle
) -> None:
    by_spot = defaultdict(set)
    for one in world.stretches:
        by_spot[one.spot].add(one.address)
    swapped = [spot for spot, held in by_spot.items() if len(held) > 1 and not held & set(world.successors)]

    assert len(swapped) > 20
    for spot in swapped:
        assert len(oracle.today(oracle.fits([spot], villages=[spot.village]))) > 1


def test_swapped_digits_say_what_they_say(world: World, rows: list[PlantedRow]) -> None:
    current = {one.address: one.spot for one in world.current()}
    answered = [row for row in rows if row.kind == "swapped_digits" and row.truth]

    assert answered
    assert all(current[row.truth or ""].number_text() in row.text for row in answered if row.on is None)


def test_a_misspelt_name_is_near_one_name_only(oracle: Oracle) -> None:
    assert set(oracle.villages_like("德宇村", ["t113"])) == {"德字村"}
    assert len(oracle.villages_like("石同村", ["t113"])) > 1


@pytest.mark.parametrize(
    ("number", "text"),
    [(7, "七"), (12, "十二"), (20, "二十"), (103, "一百零三"), (110, "一百一十"), (115, "一百一十五")],
)
def test_numerals_are_written_as_people_write_them(number: int, text: str) -> None:
    assert chinese(number) == text


def test_noise_changes_what_it_is_asked_to() -> None:
    from random import Random

    draw = Random(1)

    assert mistyped(draw, "烟舟", {"舟": "丹"}) == "烟丹"
    assert mistyped(draw, "烟舟", {"山": "出"}) is None
    assert "12号".translate(FULL_WIDTH) == "１２号"
    assert "廿三" in {any_numeral(draw, 23) for _ in range(60)}


def test_a_spot_reads_as_the_register_writes_it() -> None:
    spot = Spot("童市镇", "烟舟村", ("沙坪片区", "3组"), 18, 1)

    assert spot.text() == "湖南省岳阳市平江县童市镇烟舟村沙坪片区3组18号附1号"
    assert replace(spot, number=0, sub=0, inside="2栋1单元302室").tail() == "烟舟村沙坪片区3组2栋1单元302室"


def test_the_small_county_fits_on_two_thousand_lines() -> None:
    assert 1500 < len(small_world().current()) <= 2000


def test_the_generator_knows_neither_grammar_nor_matching() -> None:
    folder = Path(planted.__file__).parent
    makers = [
        path for path in folder.glob("planted*.py") if path.stem not in {"planted_book", "planted_lines"}
    ]

    imported = {
        name
        for path in makers
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        for name in [node.module or ""]
    }

    assert len(makers) >= 9
    assert not {name for name in imported if name.startswith("address_service.coding")}

"""The questions of the search bench: every kind, repeatable, two characters and hostile ones among them."""

from collections import Counter
from itertools import pairwise

from address_service.bench.search_questions import HOSTILE, Door, kinds, questions, typed, village_names

NAMES = village_names()
DOORS = [Door(town, village, n % 7 + 1, n + 1, f"4306261{n:019d}") for n, (village, town) in enumerate(NAMES)]


def test_villages_have_names_of_their_own_that_share_characters() -> None:
    villages = [village for village, _ in NAMES]

    assert len(set(villages)) == len(villages) == 540
    assert max(Counter(village[0] for village in villages).values()) > 20
    assert {len(village) for village in villages} == {3}


def test_every_kind_is_asked_and_every_hostile_question() -> None:
    asked = questions(DOORS, 3000, 1)

    assert {kind for kind, _ in asked} == set(kinds())
    assert {text for kind, text in asked if kind == "hostile"} == set(HOSTILE)
    assert sum(len(text) == 2 for _, text in asked) > 450
    assert asked == questions(DOORS, 3000, 1) != questions(DOORS, 3000, 2)


def test_typing_grows_each_question_to_its_end() -> None:
    asked = typed(DOORS, 400, 3)

    steps = [(a, b) for a, b in pairwise(asked) if b.startswith(a)]
    assert len(asked) == 400
    assert len(steps) > 250
    assert min(len(text) for text in asked) <= 2

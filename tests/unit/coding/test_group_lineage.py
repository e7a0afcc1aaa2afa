"""A group that moved whole took its doors along under their numbers; anything less than that proves nothing."""

from datetime import date

import pytest

from address_service.coding.grammar import ElementKind as K
from address_service.coding.grammar import KnownName
from address_service.coding.matching import (
    BookSuccession,
    BookText,
    MatchAnswer,
    MatchAsk,
    MatchStage,
    Outcome,
    SuccessionOf,
    build_book,
    match,
)
from tests.unit.coding.grammar_names import MERGED, NAMES

HEAD = "湖南省岳阳市平江县童市镇"
LATER = date(2019, 1, 1)
SINCE = BookText("since", f"{HEAD}烟舟村24组5号", start=MERGED, division="yanzhou")


def _moved(number: int, place: str = "烟舟村24组", division: str = "yanzhou") -> tuple[BookText, BookText]:
    """A door of 沙坪村4组 with its texts before and since the merger."""
    address = f"moved-{number}"
    return (
        BookText(address, f"{HEAD}沙坪村4组{number}号", end=MERGED, division="shaping"),
        BookText(address, f"{HEAD}{place}{number}号", start=MERGED, division=division),
    )


TWO = (*_moved(2), *_moved(3))


def _match(
    texts: tuple[BookText, ...],
    text: str = "沙坪村4组5号",
    names: tuple[KnownName, ...] = NAMES,
    successions: tuple[BookSuccession, ...] = (),
) -> MatchAnswer:
    book = build_book(names, texts, successions, today=date(2026, 11, 1), jurisdiction=("tongshi",))
    return match(MatchAsk(text), book)


def test_a_door_on_record_since_the_merger_is_found_by_its_text_of_before() -> None:
    answer = _match((*TWO, SINCE))

    assert (answer.accepted, answer.stage) == ("since", MatchStage.LINEAGE)
    assert "整组并入" in answer.candidates[0].reasons[0].message


def test_it_is_followed_through_a_renumbering_of_later() -> None:
    renumbered = (
        BookText("since", f"{HEAD}烟舟村24组5号", start=MERGED, end=LATER, division="yanzhou"),
        BookText("since", f"{HEAD}烟舟村24组7号", start=LATER, division="yanzhou"),
        BookText("other", f"{HEAD}烟舟村24组5号", start=LATER, division="yanzhou"),
    )

    assert _match((*TWO, *renumbered)).accepted == "since"


def test_a_group_that_moved_twice_is_followed_back_to_its_first_village() -> None:
    again = tuple(
        text
        for number in (2, 3)
        for text in (
            BookText(f"moved-{number}", f"{HEAD}沙坪村4组{number}号", end=MERGED, division="shaping"),
            BookText(
                f"moved-{number}", f"{HEAD}烟舟村24组{number}号", start=MERGED, end=LATER, division="yanzhou"
            ),
            BookText(f"moved-{number}", f"{HEAD}德字村4组{number}号", start=LATER, division="dezi"),
        )
    )

    assert (
        _match((*again, BookText("last", f"{HEAD}德字村4组5号", start=LATER, division="dezi"))).accepted
        == "last"
    )


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param((*_moved(2), SINCE), id="one door alone may have been given another address"),
        pytest.param((*TWO, *_moved(9, "德字村8组", "dezi"), SINCE), id="a door went elsewhere"),
        pytest.param(
            (*TWO, BookText("stays", f"{HEAD}沙坪村4组8号", division="shaping"), SINCE), id="a door stayed"
        ),
        pytest.param(
            (*TWO, BookText("native", f"{HEAD}烟舟村24组8号", division="yanzhou"), SINCE),
            id="the group was there before, with doors of its own",
        ),
        pytest.param(
            (
                *TWO,
                SINCE,
                *(
                    text
                    for number in (12, 13)
                    for text in (
                        BookText(f"d{number}", f"{HEAD}德字村6组{number}号", end=MERGED, division="dezi"),
                        BookText(
                            f"d{number}", f"{HEAD}烟舟村24组{number}号", start=MERGED, division="yanzhou"
                        ),
                    )
                ),
            ),
            id="another group went there too",
        ),
        pytest.param(
            (*TWO, BookText("new", f"{HEAD}烟舟村24组5号", start=LATER, division="yanzhou")),
            id="the number was given out later",
        ),
    ],
)
def test_what_is_less_than_a_whole_group_proves_nothing(texts: tuple[BookText, ...]) -> None:
    answer = _match(texts)

    assert answer.outcome in (Outcome.UNMATCHED, Outcome.AMBIGUOUS)


def test_a_text_that_somebody_else_is_on_record_for_stays_his() -> None:
    other = BookText("other", f"{HEAD}沙坪村4组5号", end=MERGED, division="shaping")
    now = BookText("other", f"{HEAD}烟舟村24组6号", start=MERGED, division="yanzhou")

    answer = _match((*TWO, SINCE, other, now))

    assert answer.accepted == "other"


def test_a_group_that_is_one_identity_in_both_villages_moved() -> None:
    names = (
        *NAMES,
        KnownName("chen", K.GROUP, "4组", "shaping", end=MERGED),
        KnownName("chen", K.GROUP, "24组", "yanzhou", start=MERGED),
    )

    assert _match((SINCE,), names=names).accepted == "since"


def test_a_group_of_which_a_decree_says_what_it_became_moved() -> None:
    names = (
        *NAMES,
        KnownName("four", K.GROUP, "第四组", "shaping", end=MERGED),
        KnownName("part", K.DISTRICT, "沙坪片区", "yanzhou", start=MERGED),
        KnownName("kept", K.GROUP, "4组", "part", start=MERGED),
    )
    decree = BookSuccession(SuccessionOf.PLACE, "four", "kept", MERGED)
    door = BookText("kept-5", f"{HEAD}烟舟村沙坪片区4组5号", start=MERGED, division="yanzhou")

    assert _match((door,), names=names, successions=(decree,)).accepted == "kept-5"
    assert _match((door,), names=names).accepted is None

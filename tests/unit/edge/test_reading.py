"""What of an address card shows to whom, and how a wanted division meets a scope."""

from uuid import UUID

import pytest

from address_service.edge.reading import narrowed, readable_card
from address_service.edge.sign_in import nobody
from address_service.errors import Forbidden, NotFound
from address_service.model.accounts import Actor, Role

VILLAGE = "430626113208"


def clerk(division_code: str) -> Actor:
    return Actor(UUID(int=1), "示例", Role.VILLAGE, "430626", division_code)


def card(stage: str) -> dict[str, object]:
    rooms = [{"code": "1", "stage": "current"}, {"code": "2", "stage": "draft"}]
    return {
        "code": "43062611320850120001800007", "stage": stage, "village_code": VILLAGE, "rooms": rooms,
        "drafted_by": "示例甲", "approved_by": "示例乙",
    }  # fmt: skip


@pytest.mark.parametrize("scope", [VILLAGE, "430626113", "430626"])
def test_one_s_own_drafts_show(scope: str) -> None:
    assert readable_card(clerk(scope), card("draft")) == card("draft")
    assert len(readable_card(clerk(scope), card("current"))["rooms"]) == 2


def test_of_a_neighbour_shows_what_is_published() -> None:
    seen = readable_card(clerk("430626113209"), card("current"))

    assert [room["code"] for room in seen["rooms"]] == ["1"]
    assert (seen["drafted_by"], seen["approved_by"]) == ("示例甲", "示例乙")


@pytest.mark.parametrize("stage", ["draft", "rejected"])
def test_unpublished_stages_show_to_nobody_else(stage: str) -> None:
    with pytest.raises(Forbidden):
        readable_card(clerk("430626113209"), card(stage))
    with pytest.raises(NotFound):
        readable_card(nobody("430626"), card(stage))


def test_a_visitor_sees_no_names_and_no_draft_rooms() -> None:
    seen = readable_card(nobody("430626"), card("retired"))

    assert [room["code"] for room in seen["rooms"]] == ["1"]
    assert (seen["drafted_by"], seen["approved_by"]) == (None, None)


@pytest.mark.parametrize(
    ("scope", "wanted", "within"),
    [
        ("430626", None, None),
        ("430626", "430626113", "430626113"),
        ("430626113", None, "430626113"),
        ("430626113", "430626", "430626113"),
        ("430626113", VILLAGE, VILLAGE),
        (VILLAGE, VILLAGE, VILLAGE),
    ],
)
def test_a_list_is_of_what_is_wanted_and_within_the_scope(
    scope: str, wanted: str | None, within: str | None
) -> None:
    assert narrowed(clerk(scope), wanted) == within


def test_what_is_wanted_outside_the_scope_is_refused() -> None:
    with pytest.raises(Forbidden):
        narrowed(clerk(VILLAGE), "430626113209")

"""Places that would read alike after a merger, and what becomes of them by each choice."""

from dataclasses import replace
from uuid import UUID

from address_service.coding.merger.collisions import (
    Choice,
    ChoiceKind,
    MergerPlace,
    collisions_of,
    district_name,
    fates_of,
    faults_of,
    free_name,
)
from address_service.model.places import PlaceKind

ABSORBER, ENDS, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
_VILLAGES = {ABSORBER: "烟舟村", ENDS: "沙坪村", OTHER: "石塘村"}


def place(
    n: int, name: str, division: UUID = ABSORBER, kind: PlaceKind = PlaceKind.GROUP, last: int = 10
) -> MergerPlace:
    return MergerPlace(
        UUID(int=100 + n), kind, name, "", division, _VILLAGES[division], division != ABSORBER, last, last
    )


A3, B3, C3 = place(1, "3组"), place(2, "3组", ENDS, last=7), place(3, "3组", OTHER, last=4)


def choose(*choices: Choice) -> dict[UUID, Choice]:
    return {choice.subject_id: choice for choice in choices}


def test_equal_names_collide_whatever_their_kinds() -> None:
    found = collisions_of(
        [place(1, "新屋组"), place(2, "新屋组", ENDS, PlaceKind.HAMLET), place(3, "5组", ENDS)], {}
    )

    assert [(one.reads, one.is_decided) for one in found] == [("新屋组", False)]
    # What belongs to different kinds cannot become one place.
    assert [choice.kind for choice in found[0].options[UUID(int=102)]] == [
        ChoiceKind.DISTRICT,
        ChoiceKind.RENAME,
    ]


def test_two_whole_villages_collide_and_keep_no_name_to_change() -> None:
    whole = [place(1, "烟舟村", kind=PlaceKind.VILLAGE), place(2, "沙坪村", ENDS, PlaceKind.VILLAGE)]

    (found,) = collisions_of(whole, {})

    assert (found.reads, found.words) == ("", "全村统一编号")
    assert [choice.kind for choice in found.options[UUID(int=102)]] == [ChoiceKind.DISTRICT, ChoiceKind.JOIN]


def test_the_absorbers_own_place_is_proposed_to_keep_its_name() -> None:
    (found,) = collisions_of([C3, B3, A3], {})

    assert [one.village for one in found.places] == ["烟舟村", "沙坪村", "石塘村"]
    assert set(found.options) == {B3.id, C3.id}
    assert found.options[B3.id][0] == Choice(B3.id, ChoiceKind.DISTRICT, "沙坪片区")
    assert found.options[B3.id][2] == Choice(B3.id, ChoiceKind.JOIN, into=A3.id)


def test_a_district_itself_keeps_its_name_since_its_places_read_it() -> None:
    here, there = place(1, "新屋片区", kind=PlaceKind.HAMLET), place(2, "新屋片区", ENDS, PlaceKind.HAMLET)
    inside = replace(place(3, "3组", ENDS), outer="新屋片区", parent_id=there.id)

    (found,) = collisions_of([here, there, inside], {})

    assert [choice.kind for choice in found.options[there.id]] == [ChoiceKind.DISTRICT]
    for kind in (ChoiceKind.RENAME, ChoiceKind.JOIN):
        choice = Choice(there.id, kind, "旧屋片区", here.id)
        assert [key for key, _ in faults_of([here, there, inside], choose(choice))] == [there.id]


def test_a_village_kept_as_district_decides_for_all_its_places() -> None:
    places = [A3, B3, place(4, "5组", ENDS)]
    choices = choose(Choice(ENDS, ChoiceKind.DISTRICT, "沙坪片区"))

    assert all(one.is_decided for one in collisions_of(places, choices))
    reads = {fate.place.id: fate.reads for fate in fates_of(places, choices).values()}
    assert reads == {A3.id: "3组", B3.id: "沙坪片区3组", UUID(int=104): "沙坪片区5组"}


def test_a_place_in_a_district_keeps_it_inside_the_next() -> None:
    inner = replace(B3, outer="石塘片区")

    fates = fates_of([A3, inner], choose(Choice(B3.id, ChoiceKind.DISTRICT, "沙坪片区")))

    assert fates[B3.id].reads == "沙坪片区石塘片区3组"


def test_joined_doors_follow_one_another_place_by_place() -> None:
    choices = choose(Choice(B3.id, ChoiceKind.JOIN, into=A3.id), Choice(C3.id, ChoiceKind.JOIN, into=A3.id))

    fates = fates_of([A3, B3, C3], choices)

    assert (fates[B3.id].offset, fates[C3.id].offset) == (10, 17)
    assert fates[C3.id].reads == "3组"
    assert all(one.is_decided for one in collisions_of([A3, B3, C3], choices))


def test_joined_streets_keep_odd_and_even_sides() -> None:
    streets = [place(1, "老街", kind=PlaceKind.STREET, last=11), place(2, "老街", ENDS, PlaceKind.STREET)]

    fates = fates_of(streets, choose(Choice(UUID(int=102), ChoiceKind.JOIN, into=UUID(int=101))))

    assert fates[UUID(int=102)].offset == 12


def test_a_collision_of_three_is_decided_when_all_but_one_give_way() -> None:
    one_of_two = choose(Choice(B3.id, ChoiceKind.RENAME, "9组"))
    both = one_of_two | choose(Choice(C3.id, ChoiceKind.DISTRICT, "石塘片区"))

    assert [one.is_decided for one in collisions_of([A3, B3, C3], one_of_two)] == [False]
    assert [one.is_decided for one in collisions_of([A3, B3, C3], both)] == [True]


def test_the_absorbers_place_may_give_way_instead() -> None:
    choices = choose(Choice(A3.id, ChoiceKind.RENAME, "4组"), Choice(B3.id, ChoiceKind.KEEP))

    assert [one.is_decided for one in collisions_of([A3, B3], choices)] == [True]


def test_to_keep_both_names_decides_nothing() -> None:
    choices = choose(Choice(A3.id, ChoiceKind.KEEP), Choice(B3.id, ChoiceKind.KEEP))

    assert [one.is_decided for one in collisions_of([A3, B3], choices)] == [False]


def test_a_new_name_that_is_taken_is_another_collision() -> None:
    places = [A3, B3, place(4, "8组")]

    found = collisions_of(places, choose(Choice(B3.id, ChoiceKind.RENAME, "8组")))

    assert [(one.reads, one.is_decided) for one in found] == [("8组", False), ("3组", True)]


def test_free_names_go_on_counting_or_take_the_old_village() -> None:
    assert free_name(B3, ["1组", "12组", "新屋组"]) == "13组"
    assert free_name(place(2, "新屋组", ENDS), ["新屋组"]) == "沙坪新屋组"
    assert free_name(place(2, "新屋组", ENDS), ["沙坪新屋组"]) == "沙坪2新屋组"
    assert [district_name(name) for name in ("沙坪村", "城关社区", "村")] == [
        "沙坪片区",
        "城关片区",
        "村片区",
    ]


def test_choices_that_cannot_be_are_named() -> None:
    places = [A3, B3, place(4, "老街", ENDS, PlaceKind.STREET), place(5, "沙坪村", ENDS, PlaceKind.VILLAGE)]
    stranger, street, whole = UUID(int=999), UUID(int=104), UUID(int=105)

    def fault(*choices: Choice) -> list[UUID]:
        return [key for key, _ in faults_of(places, choose(*choices))]

    assert fault(Choice(stranger, ChoiceKind.KEEP)) == [stranger]
    assert fault(Choice(ENDS, ChoiceKind.RENAME, "沙坪")) == [ENDS]
    assert fault(Choice(B3.id, ChoiceKind.JOIN, into=B3.id)) == [B3.id]
    assert fault(Choice(B3.id, ChoiceKind.JOIN, into=street)) == [B3.id]
    assert fault(Choice(whole, ChoiceKind.RENAME, "全村")) == [whole]
    swap = (Choice(A3.id, ChoiceKind.JOIN, into=B3.id), Choice(B3.id, ChoiceKind.JOIN, into=A3.id))
    assert fault(*swap) == [A3.id, B3.id]
    assert (
        fault(Choice(B3.id, ChoiceKind.JOIN, into=A3.id), Choice(ENDS, ChoiceKind.DISTRICT, "沙坪片区")) == []
    )

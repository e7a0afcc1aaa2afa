"""Households and persons: enrolled, changed, moved and ended, with every link kept; seen by their village alone."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from address_service.errors import Conflict, Stale
from address_service.model.accounts import Actor, Role
from address_service.model.residents import EndReason, HouseholdKind, RevealPurpose
from address_service.services.change_relations import RelationsAsked, change_relations
from address_service.services.change_residents import change_household, change_person
from address_service.services.end_residents import end_household, end_person
from address_service.services.enrol_residents import (
    HouseholdAsked,
    NewcomerAsked,
    enrol_household,
    join_household,
)
from address_service.services.move_residents import HouseholdMove, PersonMove, move_household, move_person
from address_service.services.read_residents import (
    Narrowed,
    list_households,
    list_persons,
    look_up_households,
    look_up_persons,
    read_history,
    read_household_card,
    read_person_card,
)
from address_service.services.resident_numbers import ONE_OF_THEM
from address_service.services.reveal_residents import reveal_person
from address_service.services.withdraw_residents import destroy_person, withdraw_import
from address_service.store.work import Work
from tests.services.people import HEAD_ID, HERE, LETTER, THERE, WIFE_ID, Register, child, code_of, head, wife
from tests.services.villages import two_villages


@pytest.fixture
def register(work: Work, approver: Work, town: Any) -> Register:
    return Register(two_villages(work, approver, town))


def test_a_household_is_enrolled_and_read_each_way(register: Register) -> None:
    door = register.doors(HERE)[0]
    done = register.enrol(door, head(), wife(), child(), book_no="h 001")

    house = read_household_card(register.work, done.household_id)
    person = read_person_card(register.work, done.person_ids[2])
    by_door = list_households(register.work, Narrowed(address_code=door), None, 10)
    assert house.home is not None
    by_building = list_households(
        register.work, Narrowed(building_code=house.home.building_codes[0]), None, 10
    )
    by_parcel = list_persons(register.work, Narrowed(parcel_code=house.home.parcel_codes[0]), None, 10)

    assert [m.relation for m, _ in house.members] == ["02", "10", "20"]
    assert house.household.book_no == "H001"
    assert person.household is not None
    assert person.household.id == done.household_id
    assert {h.kind for h in person.homes} == {"registered", "actual"}
    assert {h.address_code for h in person.homes} == {door}
    assert [c.household.id for c in by_door] == [c.household.id for c in by_building] == [done.household_id]
    assert {c.person.id for c in by_parcel} == set(done.person_ids)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ([wife()], "head-missing"),
        ([head(), NewcomerAsked({"name": "示例丁"}, "02")], "head-twice"),
        ([NewcomerAsked({"name": "示例丁", "id_no": "430626198003021231"}, "02")], "resident-invalid"),
        ([head(), head()], "head-twice"),
        ([head(), NewcomerAsked({"name": "示例丁", "id_no": HEAD_ID}, "10")], "citizen-id-twice"),
    ],
)
def test_a_household_that_cannot_be_is_refused_whole(
    register: Register, members: list[NewcomerAsked], code: str
) -> None:
    door = register.doors(HERE)[0]

    assert code_of(register.enrol, door, *members) == code
    assert list_persons(register.work, Narrowed(), None, 10) == []


def test_a_collective_household_needs_no_head_and_may_have_strangers(register: Register) -> None:
    strangers = [NewcomerAsked({"name": f"示例{word}"}, "99") for word in "子丑寅"]

    done = register.enrol(register.doors(HERE)[0], *strangers, kind=HouseholdKind.COLLECTIVE)

    assert len(read_household_card(register.work, done.household_id).members) == 3


def test_one_person_is_not_enrolled_twice(register: Register) -> None:
    first = register.enrol(register.doors(HERE)[0], head())

    with pytest.raises(Conflict) as refused:
        register.enrol(
            register.doors(HERE)[1], NewcomerAsked({"name": "示例甲", "id_no": "430626800302123"}, "02")
        )

    assert refused.value.code == "person-known"
    assert str(first.person_ids[0]) in refused.value.message
    assert HEAD_ID not in refused.value.message


def test_of_several_numbers_it_is_not_told_which_is_known(register: Register) -> None:
    register.enrol(register.doors(HERE)[0], head())
    guesses = [wife(), child()]

    answers = set()
    for guess in guesses:
        with pytest.raises(Conflict) as refused:
            register.enrol(
                register.doors(HERE)[1], replace(head(), relation="10"), replace(guess, relation="02")
            )
        answers.add((refused.value.code, refused.value.message))
    register.enrol(register.doors(HERE)[2], replace(wife(), relation="02"))
    with pytest.raises(Conflict) as right:
        register.enrol(
            register.doors(HERE)[1], replace(head(), relation="10"), replace(wife(), relation="02")
        )

    assert answers == {(right.value.code, right.value.message)} == {("person-known", ONE_OF_THEM)}


def test_people_are_found_by_exactly_their_number_name_phone_or_book(register: Register) -> None:
    done = register.enrol(register.doors(HERE)[0], head(), wife(), book_no="H001")
    asked: list[dict[str, Any]] = [
        {"id_no": HEAD_ID.lower(), "name": None, "phone": None},
        {"id_no": None, "name": " 示例甲", "phone": None},
        {"id_no": None, "name": None, "phone": "+86 138 0000 5678"},
    ]

    for one in asked:
        assert [c.person.id for c in look_up_persons(register.work, **one)] == [done.person_ids[0]]
    assert [c.household.id for c in look_up_households(register.work, "h001")] == [done.household_id]
    assert [c.household.id for c in look_up_households(register.work, None, " 示例甲")] == [done.household_id]
    assert look_up_households(register.work, None, "示例乙") == []  # lives there, is not the head
    assert code_of(lambda: look_up_households(register.work, "H001", "示例甲")) == "look-up-by-one"
    assert look_up_persons(register.work, id_no=None, name="示例", phone=None) == []
    assert (
        code_of(lambda: look_up_persons(register.work, id_no=HEAD_ID, name="示例甲", phone=None))
        == "look-up-by-one"
    )


def test_every_read_is_noted_without_personal_data(register: Register) -> None:
    done = register.enrol(register.doors(HERE)[0], head())
    register.work.audit_notes.clear()

    read_person_card(register.work, done.person_ids[0])
    list_persons(register.work, Narrowed(), None, 10)
    look_up_persons(register.work, id_no=HEAD_ID, name=None, phone=None)
    reveal_person(register.work, done.person_ids[0], RevealPurpose.CASE, "核对户口簿", 5)

    notes = register.work.audit_notes
    assert [note.action for note in notes] == [
        "person.read",
        "person.list",
        "person.look-up",
        "person.reveal",
    ]
    assert notes[3].reason == "核对户口簿"
    assert not any(secret in str(notes) for secret in (HEAD_ID, "示例甲", "13800005678"))


def test_a_change_keeps_what_was_before_under_seal_and_moves_the_index(register: Register) -> None:
    done = register.enrol(register.doors(HERE)[0], head())
    person = done.person_ids[0]

    assert change_person(register.work, person, 1, {"name": "示例改", "phone": None}) == 2

    facts = read_person_card(register.work, person).person.facts
    assert facts is not None
    assert (facts.name, facts.id_no, facts.phone) == ("示例改", HEAD_ID, None)
    assert look_up_persons(register.work, id_no=None, name="示例甲", phone=None) == []
    kept = register.work.conn.execute(
        text(
            "SELECT h.payload, p.key_id, p.row_key FROM sealed_history h JOIN person p ON p.id = h.subject_id"
        )
    ).one()
    from address_service.store.seal import RowKey

    before = register.work.seal.open("person", person, RowKey(kept[1], bytes(kept[2])), bytes(kept[0]))
    assert before["name"] == "示例甲"


@pytest.mark.parametrize(
    "guess", [{"born_on": "1980-03-02"}, {"born_on": "1980-03-03"}, {"sex": "男"}, {"sex": "女"}]
)
def test_a_right_guess_at_what_a_number_says_is_answered_as_a_wrong_one(
    register: Register, guess: dict[str, str]
) -> None:
    person = register.enrol(register.doors(HERE)[0], head()).person_ids[0]

    assert code_of(lambda: change_person(register.work, person, 1, guess)) == "number-says-so"
    assert change_person(register.work, person, 1, {"id_no": WIFE_ID, "born_on": "1982-05-06"}) == 2


def test_a_change_on_a_revision_that_is_past_is_refused(register: Register) -> None:
    done = register.enrol(register.doors(HERE)[0], head())
    change_person(register.work, done.person_ids[0], 1, {"phone": None})

    with pytest.raises(Stale):
        change_person(register.work, done.person_ids[0], 1, {"phone": "13900001111"})
    with pytest.raises(Stale):
        change_household(register.work, done.household_id, 7, "H002")


def test_a_household_moves_with_its_members_and_the_old_address_stays_on_record(register: Register) -> None:
    old, new, other = register.doors(HERE)[:3]
    done = register.enrol(old, head(), replace(wife(), lives_at=other))

    revision = move_household(
        register.work, done.household_id, 1, HouseholdMove(new, LETTER, date(2026, 3, 1))
    )

    card = read_household_card(register.work, done.household_id)
    husband, woman = (read_person_card(register.work, key) for key in done.person_ids)
    assert revision == card.household.revision == 2
    assert card.home is not None
    assert (card.home.address_code, card.home.since) == (new, date(2026, 3, 1))
    assert {(h.kind, h.address_code) for h in husband.homes} == {("registered", new), ("actual", new)}
    assert {(h.kind, h.address_code) for h in woman.homes} == {("registered", new), ("actual", other)}
    assert {h.arrived_on for h in husband.homes} == {date(2026, 3, 1)}
    past = "SELECT count(*) FROM household_address WHERE upper_inf(recorded) AND valid = '[2026-02-01,2026-03-01)'"
    assert register.count(past) == 1
    assert (
        code_of(lambda: move_household(register.work, done.household_id, 2, HouseholdMove(new, LETTER)))
        == "already-there"
    )


def test_a_person_moves_into_another_household_and_the_family_keeps_a_head(register: Register) -> None:
    first = register.enrol(register.doors(HERE)[0], head(), wife())
    other = register.enrol(register.doors(HERE)[1], NewcomerAsked({"name": "示例庚"}, "02"))
    move = PersonMove(other.household_id, "28", None, date(2026, 3, 1), None, LETTER)

    assert code_of(move_person, register.work, first.person_ids[0], 1, move) == "head-missing"
    move_person(register.work, first.person_ids[0], 1, replace(move, new_head=first.person_ids[1]))

    left = read_household_card(register.work, first.household_id)
    joined = read_household_card(register.work, other.household_id)
    assert [(m.person_id, m.relation) for m, _ in left.members] == [(first.person_ids[1], "02")]
    assert [m.relation for m, _ in joined.members] == ["02", "28"]
    homes = {h.kind: h.address_code for h in read_person_card(register.work, first.person_ids[0]).homes}
    assert homes == {"registered": register.doors(HERE)[1], "actual": register.doors(HERE)[0]}


def test_a_person_lives_elsewhere_without_a_document_and_changes_household_with_one(
    register: Register,
) -> None:
    done = register.enrol(register.doors(HERE)[0], head())
    other = register.enrol(register.doors(HERE)[1], NewcomerAsked({"name": "示例庚"}, "02"))
    person = done.person_ids[0]

    move_person(register.work, person, 1, PersonMove(lives_at=register.doors(THERE)[0], on=date(2026, 3, 1)))

    homes = {h.kind: h.address_code for h in read_person_card(register.work, person).homes}
    assert homes == {"registered": register.doors(HERE)[0], "actual": register.doors(THERE)[0]}
    assert (
        code_of(lambda: move_person(register.work, person, 2, PersonMove(other.household_id, "99")))
        == "document-missing"
    )
    assert code_of(move_person, register.work, person, 2, PersonMove()) == "move-nowhere"


def test_an_end_needs_a_document_and_deletes_nothing(register: Register) -> None:
    done = register.enrol(register.doors(HERE)[0], head(), wife())
    person, spouse = done.person_ids

    assert (
        code_of(lambda: end_person(register.work, person, 1, EndReason.DECEASED, " ", None, spouse))
        == "document-missing"
    )
    end_person(register.work, person, 1, EndReason.DECEASED, "死亡证明001", date(2026, 3, 1), spouse)

    card = read_person_card(register.work, person)
    assert (card.person.stage, card.person.end_reason, card.membership, card.homes) == (
        "ended",
        "deceased",
        None,
        (),
    )
    assert card.person.facts is not None
    assert [c.person.id for c in look_up_persons(register.work, id_no=HEAD_ID, name=None, phone=None)] == [
        person
    ]
    revision = read_household_card(register.work, done.household_id).household.revision
    assert (
        code_of(lambda: end_household(register.work, done.household_id, revision, LETTER, None))
        == "household-inhabited"
    )
    end_person(register.work, spouse, 1, EndReason.MOVED_AWAY, LETTER, None)
    end_household(register.work, done.household_id, revision + 1, LETTER, None)
    assert read_household_card(register.work, done.household_id).household.stage == "ended"


def test_days_are_neither_in_the_future_nor_before_what_they_end(register: Register) -> None:
    done = register.enrol(register.doors(HERE)[0], head())
    target = register.doors(HERE)[1]

    for on, code in (
        (date(2026, 3, 3), "effective-on-future"),
        (date(2026, 1, 31), "effective-on-too-early"),
    ):
        assert (
            code_of(
                lambda on=on: move_household(
                    register.work, done.household_id, 1, HouseholdMove(target, LETTER, on)
                )
            )
            == code
        )


def test_a_village_sees_and_writes_its_own_people_alone(register: Register) -> None:
    own = register.enrol(register.doors(HERE)[0], head())
    other = register.enrol(register.doors(THERE)[0], wife(), NewcomerAsked({"name": "示例庚"}, "02"))
    villager = register.as_(HERE)

    assert [c.person.id for c in list_persons(villager, Narrowed(), None, 100)] == list(own.person_ids)
    assert look_up_persons(villager, id_no=WIFE_ID, name=None, phone=None) == []
    assert code_of(read_household_card, villager, other.household_id) == "household-not-found"
    assert (
        code_of(lambda: reveal_person(villager, other.person_ids[0], RevealPurpose.CASE, "示例", 5))
        == "person-not-found"
    )
    assert (
        code_of(lambda: change_person(villager, other.person_ids[0], 1, {"phone": None}))
        == "person-not-found"
    )
    assert code_of(list_persons, villager, Narrowed(village=THERE), None, 10) == "out-of-scope"
    there = HouseholdAsked(HouseholdKind.FAMILY, register.doors(THERE)[1], [head()])
    assert code_of(enrol_household, villager, there) == "out-of-scope"
    move = HouseholdMove(register.doors(THERE)[1], LETTER)
    assert code_of(move_household, villager, own.household_id, 1, move) == "out-of-scope"


def test_who_moves_to_another_village_shows_to_that_village(register: Register) -> None:
    done = register.enrol(register.doors(HERE)[0], head(), wife(), book_no="H001")
    change_person(register.work, done.person_ids[0], 1, {"phone": None})

    move_household(register.work, done.household_id, 1, HouseholdMove(register.doors(THERE)[0], LETTER))

    assert list_persons(register.as_(HERE), Narrowed(), None, 10) == []
    seen = list_households(register.as_(THERE), Narrowed(), None, 10)
    assert [len(card.members) for card in seen] == [2]
    assert seen[0].home is not None
    assert seen[0].home.address_code == register.doors(THERE)[0]


def test_what_happened_to_who_moves_is_read_by_the_village_that_they_live_in_now_alone(
    register: Register,
) -> None:
    done = register.enrol(register.doors(HERE)[0], head(), wife(), book_no="H001")
    change_person(register.work, done.person_ids[0], 1, {"phone": None})
    move_household(register.work, done.household_id, 1, HouseholdMove(register.doors(THERE)[0], LETTER))

    here, there = register.as_(HERE), register.as_(THERE)

    kinds = [event["kind"] for event in read_history(there, "person", done.person_ids[0])]
    assert kinds == ["move", "change", "enrol"]
    assert [event["kind"] for event in read_history(there, "household", done.household_id)] == [
        "move",
        "enrol",
    ]
    assert code_of(read_history, here, "person", done.person_ids[0]) == "person-not-found"
    assert here.residents.events(done.person_ids[0]) == []


def test_a_collective_household_changes_relations_without_a_head(register: Register) -> None:
    done = register.enrol(register.doors(HERE)[0], head(), wife(), kind=HouseholdKind.COLLECTIVE)
    asked = RelationsAsked({done.person_ids[0]: "非亲属"}, "更正")

    change_relations(register.work, done.household_id, 1, asked)

    assert set(relations_of(register, done.household_id).values()) == {"99", "10"}


def test_a_reveal_needs_a_reason_and_ends_at_the_hours_limit(register: Register) -> None:
    person = register.enrol(register.doors(HERE)[0], head()).person_ids[0]
    work = register.work

    assert code_of(reveal_person, work, person, RevealPurpose.CASE, " ", 2) == "reason-missing"
    assert (
        code_of(lambda: reveal_person(work, person, RevealPurpose.CASE, f"查{HEAD_ID}", 2))
        == "personal-data-not-here"
    )
    for _ in range(2):
        assert reveal_person(work, person, RevealPurpose.CASE, "核对", 2).facts is not None
    assert code_of(reveal_person, work, person, RevealPurpose.CASE, "核对", 2) == "reveals-used-up"
    later = Work(work.conn, work.actor, work.now + timedelta(hours=1), work.keys)
    assert reveal_person(later, person, RevealPurpose.CASE, "核对", 2).facts is not None


def test_look_ups_that_find_nobody_end_at_the_hours_limit(register: Register) -> None:
    register.enrol(register.doors(HERE)[0], head(), book_no="H001")
    work = register.work

    def guess(phone: str, at: Work = work) -> Any:
        return look_up_persons(at, id_no=None, name=None, phone=phone, most_misses=3)

    found = [len(guess("13800005678")) for _ in range(5)]
    missed = [len(guess(f"1380000567{n}")) for n in range(2)]
    missed.append(len(look_up_households(work, "H002", most_misses=3)))

    assert (found, missed) == ([1] * 5, [0] * 3)
    assert code_of(guess, "13800005678") == "lookups-used-up"
    for asked in (("H001", None), (None, "示例甲")):
        assert code_of(look_up_households, work, *asked, most_misses=3) == "lookups-used-up"
    later = Work(work.conn, work.actor, work.now + timedelta(hours=1), work.keys)
    assert len(guess("13800005678", later)) == 1


def imported(register: Register) -> UUID:
    """A run that brought the people of one household."""
    run = register.villages.town.import_id
    register.work.conn.execute(text("UPDATE import_run SET stage = 'done' WHERE id = :id"), {"id": run})
    return UUID(str(run))


def test_a_destroyed_key_makes_a_person_unreadable_for_ever_and_deletes_nothing(register: Register) -> None:
    done = register.enrol(register.doors(HERE)[0], head(), wife())
    person = done.person_ids[0]
    change_person(register.work, person, 1, {"phone": None})
    assert code_of(destroy_person, register.work, person, LETTER, "期满") == "person-still-here"
    end_person(register.work, person, 2, EndReason.DECEASED, LETTER, None, done.person_ids[1])
    before = register.count("SELECT count(*) FROM person") + register.count(
        "SELECT count(*) FROM sealed_history"
    )

    destroy_person(register.work, person, LETTER, "保存期满")

    card = read_person_card(register.work, person)
    assert (card.person.facts, card.person.key, card.person.stage) == (None, None, "withdrawn")
    assert look_up_persons(register.work, id_no=HEAD_ID, name=None, phone=None) == []
    assert (
        code_of(lambda: reveal_person(register.work, person, RevealPurpose.CASE, "示例", 5))
        == "key-destroyed"
    )
    after = register.count("SELECT count(*) FROM person") + register.count(
        "SELECT count(*) FROM sealed_history"
    )
    assert after == before
    row = (
        register.work.conn.execute(text("SELECT * FROM person WHERE id = :id"), {"id": person})
        .mappings()
        .one()
    )
    assert [name for name in row if name.endswith("_index") and row[name] is not None] == []
    assert register.count("SELECT persons FROM residents_decision WHERE kind = 'destroy_person'") == 1


def test_nobody_without_an_account_reaches_residents(register: Register) -> None:
    nobody = Actor(UUID(int=0), "匿名", Role.LEADING_GROUP, "430626", "430626")
    bare = Work(register.work.conn, nobody, register.work.now, register.work.keys)

    assert code_of(lambda: bare.residents) == "right-missing"


def test_joining_holds_to_the_same_rules(register: Register) -> None:
    done = register.enrol(register.doors(HERE)[0], head())

    joined = join_household(register.work, done.household_id, child(), None)

    assert joined.revision == read_household_card(register.work, done.household_id).household.revision
    second = NewcomerAsked({"name": "示例丁"}, "02")
    assert code_of(join_household, register.work, done.household_id, second, None) == "head-twice"
    assert (
        code_of(lambda: withdraw_import(register.work, imported(register), LETTER, "误导入"))
        == "import-not-found"
    )


def test_two_heads_at_one_time_are_refused_also_when_the_second_is_dated_back(register: Register) -> None:
    done = register.enrol(register.doors(HERE)[0], head())
    end_person(register.work, done.person_ids[0], 1, EndReason.DECEASED, LETTER, register.work.today)

    earlier = NewcomerAsked({"name": "示例丁"}, "02")

    assert (
        code_of(join_household, register.work, done.household_id, earlier, date(2026, 2, 10))
        == "dates-overlap"
    )


def relations_of(register: Register, household: UUID) -> dict[UUID, str]:
    card = read_household_card(register.work, household)
    return {person.id: member.relation for member, person in card.members}


def test_another_head_takes_over_in_one_act_and_what_held_before_stays_on_record(register: Register) -> None:
    done = register.enrol(register.doors(HERE)[0], head(), wife(), child())
    old, new, son = done.person_ids
    asked = RelationsAsked({old: "配偶", new: "户主"}, "户主变更", date(2026, 2, 20), "示例〔2026〕9号")

    revision = change_relations(register.work, done.household_id, 1, asked)

    assert revision == 2
    assert relations_of(register, done.household_id) == {new: "02", old: "10", son: "20"}
    ended = register.count("SELECT count(*) FROM household_member WHERE upper(valid) = '2026-02-20'")
    assert ended == 2
    (event, *_) = read_history(register.work, "person", new)
    assert (event["kind"], event["document_no"]) == ("change", "示例〔2026〕9号")


def test_a_change_of_relations_that_leaves_no_head_or_two_or_a_stranger_changes_nothing(
    register: Register,
) -> None:
    done = register.enrol(register.doors(HERE)[0], head(), wife())
    stranger = register.enrol(register.doors(HERE)[1], NewcomerAsked({"name": "示例丁"}, "02")).person_ids[0]
    old, spouse = done.person_ids
    cases: list[tuple[dict[UUID, str], str]] = [
        ({old: "配偶"}, "head-missing"),
        ({spouse: "户主"}, "head-twice"),
        ({stranger: "子"}, "member-unknown"),
        ({old: "户主"}, "relation-unchanged"),
    ]

    codes = [
        code_of(change_relations, register.work, done.household_id, 1, RelationsAsked(relations, "更正"))
        for relations, _ in cases
    ]

    assert codes == [code for _, code in cases]
    assert relations_of(register, done.household_id) == {old: "02", spouse: "10"}
    with pytest.raises(Stale):
        change_relations(register.work, done.household_id, 7, RelationsAsked({spouse: "女"}, "更正"))

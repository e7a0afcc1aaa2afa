"""Acts on divisions and names by two persons: a dry run that keeps nothing, a commit on what the drawer saw."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from address_service.errors import ServiceError
from address_service.model.division_acts import DivisionActKind, DivisionActRequest
from address_service.services.change_division import create_division
from address_service.services.commit_division_act import commit_division_act
from address_service.services.division_act import Act
from address_service.services.draw_division_act import draw_division_act, drop_division_act
from address_service.services.order_plates import order_plates
from address_service.store.work import Work
from tests.services.test_change_division import (
    APPROVED,
    DECREE,
    RENAMED,
    TOWN,
    VILLAGE,
    group,
    rows,
    village,
)

__all__ = ["group"]

CURRENT = """SELECT DISTINCT v.drafted_by, v.approved_by, v.decree_no FROM address_version v
    WHERE upper_inf(v.recorded) AND upper_inf(v.valid) AND v.stage = 'current'"""
STANDING = "SELECT count(*), max(lower(recorded)) FROM {} WHERE upper_inf(recorded)"


def asked(work: Work, kind: str = "rename", **more: Any) -> DivisionActRequest:
    code = more.pop("of", VILLAGE)
    facts = {"name": "烟洲村", "effective_on": RENAMED, **more}
    return DivisionActRequest(DivisionActKind(kind), division_id=village(work, code=code).id, **facts)


def standing(work: Work) -> list[Any]:
    tables = ("division_version", "place_version", "address_version", "alias")
    return [rows(work, STANDING.format(table)) for table in tables] + [
        rows(work, "SELECT count(*) FROM event"),
        rows(work, "SELECT stage, count(*) FROM plate GROUP BY 1 ORDER BY 1"),
    ]


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(ServiceError) as refused:
        act()
    return refused.value.code


@pytest.mark.usefixtures("group")
def test_a_plan_counts_what_would_change_and_changes_nothing(work: Work) -> None:
    order_plates(work, "small", village_code=VILLAGE)
    before = standing(work)

    head = draw_division_act(work, asked(work))

    named = {"code": VILLAGE, "kind": "administrative_village"}
    assert standing(work) == before
    assert (head.stage, head.codes) == ("planned", (VILLAGE,))
    assert {name: head.summary[name] for name in ("addresses", "in_force", "plates")} == {
        "addresses": 7,
        "in_force": 6,
        "plates": 4,
    }
    assert head.summary["changes"] == [
        {
            "id": str(head.division_id),
            "before": {**named, "name": "烟舟村"},
            "after": {**named, "name": "烟洲村"},
        }
    ]
    assert head.summary["name_clashes"] == []


@pytest.mark.usefixtures("group")
def test_addresses_that_read_the_new_name_say_who_asked_and_who_approved(work: Work, approver: Work) -> None:
    drawn = draw_division_act(work, asked(work))

    done = commit_division_act(approver, drawn.id, DECREE)

    assert rows(work, CURRENT) == [(work.actor.account_id, approver.actor.account_id, DECREE)]
    (event,) = rows(
        work, f"SELECT kind, decree_no, actor_id, details FROM event WHERE id = '{done.event_id}'"
    )
    assert event == ("rename", DECREE, approver.actor.account_id, {"division_act_id": str(drawn.id)})
    assert (done.stage, done.decided_by, done.drawn_by) == ("committed", "示例县民政局", "示例管理员")


def test_a_place_is_renamed_by_two(work: Work, approver: Work, group: UUID) -> None:
    request = DivisionActRequest(
        DivisionActKind.RENAME_PLACE, place_id=group, name="横山组", effective_on=RENAMED
    )

    drawn = draw_division_act(work, request)
    commit_division_act(approver, drawn.id, DECREE)

    assert [(c["before"]["name"], c["after"]["name"]) for c in drawn.summary["changes"]] == [
        ("12组", "横山组")
    ]
    assert rows(work, CURRENT) == [(work.actor.account_id, approver.actor.account_id, DECREE)]


@pytest.mark.usefixtures("group")
def test_who_asked_does_not_approve_even_past_the_program(work: Work) -> None:
    drawn = draw_division_act(work, asked(work))

    code = refusal(lambda: commit_division_act(work, drawn.id, DECREE))
    with pytest.raises(IntegrityError, match="division_act_four_eyes"), work.conn.begin_nested():
        work.conn.exec_driver_sql(
            """UPDATE division_act SET stage = 'committed', decree_no = 'x', decided_by = actor_id,
               decided_at = now(), event_id = (SELECT id FROM event LIMIT 1)"""
        )

    assert code == "own-act"


@pytest.mark.usefixtures("group")
def test_a_plan_on_what_was_changed_since_is_out_of_date(work: Work, approver: Work) -> None:
    """The village itself, its town above it, and the code that it was to get."""
    rename = draw_division_act(work, asked(work))
    recode = draw_division_act(work, asked(work, "recode", code=f"{TOWN}230", name=None))
    other = draw_division_act(work, asked(work, name="烟州村"))
    town = draw_division_act(work, asked(work, of=TOWN, name="童新镇"))
    create_division(work, f"{TOWN}230", "示例村", Act(RENAMED, DECREE))
    codes = [refusal(lambda: commit_division_act(approver, recode.id, DECREE))]

    commit_division_act(approver, rename.id, DECREE)
    codes += [refusal(partial(commit_division_act, approver, act.id, DECREE)) for act in (other, town)]
    fresh = draw_division_act(work, asked(work, of=TOWN, name="童新镇"))
    waiting = draw_division_act(work, asked(work, name="烟州村"))
    commit_division_act(approver, fresh.id, DECREE)
    codes.append(refusal(lambda: commit_division_act(approver, waiting.id, DECREE)))

    assert codes == ["division-act-outdated"] * 4


@pytest.mark.usefixtures("group")
def test_new_doors_do_not_make_a_plan_out_of_date(work: Work, approver: Work) -> None:
    drawn = draw_division_act(work, asked(work))
    rest = rows(work, "SELECT count(*) FROM address")

    commit_division_act(approver, drawn.id, DECREE)

    assert rows(work, "SELECT count(*) FROM address") == rest
    assert rows(work, "SELECT count(*) FROM address_version WHERE full_text LIKE '%%烟洲村%%'") != [(0,)]


@pytest.mark.usefixtures("group")
def test_what_stands_in_the_way_is_said_when_it_is_drawn(work: Work) -> None:
    create_division(work, f"{TOWN}211", "芭蕉村", Act(APPROVED))
    clashing = asked(work, name="芭蕉村")

    codes = [
        refusal(partial(draw_division_act, work, request))
        for request in (
            clashing,
            asked(work, name="烟舟村"),
            asked(work, name=None),
            asked(work, "abolish"),
            asked(work, "recode", code=f"{TOWN}211"),
            asked(work, effective_on=work.today.replace(year=work.today.year + 1)),
            asked(work, note="联系人13812345678"),
        )
    ]

    assert codes == [
        "division-name-taken",
        "name-unchanged",
        "value-missing",
        "division-in-use",
        "division-code-taken",
        "effective-on-future",
        "personal-data-not-here",
    ]
    assert rows(work, "SELECT count(*) FROM division_act") == [(0,)]


@pytest.mark.usefixtures("group")
def test_an_act_is_decided_once(work: Work, approver: Work) -> None:
    dropped = drop_division_act(work, draw_division_act(work, asked(work)).id)
    done = commit_division_act(approver, draw_division_act(work, asked(work)).id, DECREE)

    codes = [
        refusal(lambda: commit_division_act(approver, dropped.id, DECREE)),
        refusal(lambda: drop_division_act(work, done.id)),
        refusal(lambda: commit_division_act(approver, done.id, DECREE)),
    ]

    assert codes == ["division-act-decided"] * 3

"""Layers that come after a merger: a group of the 片区 and the absorber's own of that name are told apart."""

from datetime import timedelta

from address_service.coding.merger.collisions import Choice, ChoiceKind
from address_service.model.accounts import Role
from address_service.services.commit_merger import commit_merger
from address_service.services.draw_merger import Terms, choose_in_merger, draw_merger
from address_service.services.merger_request import DivisionChange
from address_service.store.work import Work
from tests.services.imports.conftest import EAST, WEST, Register, box, groups

FIRST, THERE = box(0, 0, 300, 300), box(1000, 0, 1300, 300)


def merge(town: Register) -> None:
    """The eastern village goes into the western one and stays in the text as 片区."""
    work, terms = town.work, Terms({}, 1.0)
    ends, absorber = (work.divisions.id_of_code(code, work.today) for code in (EAST, WEST))
    plan = draw_merger(work, DivisionChange("merge", work.today, ends=(ends,), absorber=absorber), terms)
    choose_in_merger(work, plan.id, [Choice(ends, ChoiceKind.DISTRICT, "义字片区")], terms)
    county = work.accounts.create("示例县民政局", Role.COUNTY, "430626")
    commit_merger(Work(work.conn, county, work.now + timedelta(minutes=1)), plan.id, "示例〔2026〕21号", 1.0)


def test_a_group_of_the_district_and_the_villages_own_are_told_apart(town: Register) -> None:
    town.houses(("F1", 100, 100), ("F2", 1100, 100))
    town.bring("groups", groups(("1组", FIRST)))
    town.bring("groups", groups(("1组", THERE), village=EAST))
    merge(town)
    known = town.rows("SELECT id FROM place WHERE kind = 'group' ORDER BY code_prefix")

    report = town.bring(
        "groups", groups(("1组", box(0, 0, 310, 300)), ("义字片区1组", box(1000, 0, 1310, 300)))
    )

    assert report.counts.accepted == 2
    assert town.rows("SELECT id FROM place WHERE kind = 'group' ORDER BY code_prefix") == known
    names = """SELECT o.name, v.name, round(ST_Area(ST_Transform(v.geom, 4547)) / 1000) FROM place_version v
               LEFT JOIN place_version o ON o.place_id = v.parent_place_id AND upper_inf(o.recorded)
               WHERE v.geom IS NOT NULL AND upper_inf(v.recorded) AND upper_inf(v.valid) ORDER BY o.name NULLS FIRST"""
    assert town.rows(names) == [(None, "1组", 93.0), ("义字片区", "1组", 93.0)]
    assert {code: name for code, (name, _) in town.members().items()} == {"F1": "1组", "F2": "1组"}

"""Construction plans: each on a place that is on record, drawn as its kind wants it."""

from datetime import date
from typing import Any

import pytest
import shapely

from address_service.services.commit_numbering_plan import number_place
from address_service.services.review_site import apply_site_review, review_site
from tests.services.imports.conftest import WEST, Register, box, groups, layer, line

SITE, STRETCH = box(50, 50, 100, 100), line((100, 100), (200, 100))


def plan(shape: shapely.Geometry, kind: str = "area", place: str = "1组", **other: Any) -> Any:
    """One plan."""
    columns = {
        "plan_no": "P1",
        "name": "集中建房点",
        "plan_kind": kind,
        "village_code": WEST,
        "place_name": place,
        "planned_doors": 12,
        "holder": "村委会",
        "purpose": "住宅",
        "decree_no": "示例〔2026〕1号",
        "expires_on": date(2029, 12, 31),
        "side": None,
        **other,
    }
    return layer([shape], **{name: [value] for name, value in columns.items()})


@pytest.fixture
def grouped(town: Register) -> Register:
    """A town with one group."""
    town.bring("groups", groups(("1组", box(0, 0, 300, 300))))
    return town


def test_the_same_plans_twice_change_nothing(grouped: Register) -> None:
    grouped.bring("plans", plan(SITE))
    before = grouped.content()

    assert grouped.bring("plans", plan(SITE)).counts.unchanged == 1
    assert grouped.content() == before


def test_a_plan_with_more_doors_is_changed_and_its_past_kept(grouped: Register) -> None:
    grouped.bring("plans", plan(SITE))

    assert grouped.bring("plans", plan(SITE, planned_doors=20)).counts.accepted == 1
    assert grouped.rows("SELECT planned_doors FROM construction_plan") == [(20,)]
    assert grouped.rows("SELECT layer, row ->> 'planned_doors' FROM layer_history") == [("plans", "12")]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (plan(SITE, place="9组"), "place-unknown"),
        (plan(STRETCH, kind="segment"), "place-unknown"),
        (plan(STRETCH), "plan-shape"),
        (plan(SITE, kind="segment"), "plan-shape"),
        (plan(SITE, side="left"), "plan-side"),
    ],
    ids=["no-such-group", "segment-on-a-group", "area-as-line", "segment-as-area", "area-with-side"],
)
def test_a_plan_that_makes_no_sense_is_refused(grouped: Register, row: Any, code: str) -> None:
    report = grouped.bring("plans", row)

    assert [r.code for r in report.rejects] == [code]


def test_a_plan_imported_again_is_reviewed_and_changes_its_reservation_by_decree_alone(
    grouped: Register,
) -> None:
    work = grouped.work
    grouped.bring("plans", plan(SITE))
    (place, found) = grouped.rows("SELECT place_id, id FROM construction_plan")[0]
    number_place(work, place)
    before = review_site(work, found)

    grouped.bring("plans", plan(SITE, planned_doors=20))
    after_import = grouped.rows("SELECT count(*) FROM door_number WHERE state = 'reserved'")
    review = review_site(work, found)
    apply_site_review(work, found, "示例〔2026〕20号", "规划调整")

    assert (before.need.doors, before.changes) == (12, False)
    assert after_import == [(12,)]
    assert (review.need.doors, len(review.change.add)) == (20, 8)
    assert grouped.rows("SELECT count(*) FROM door_number WHERE state = 'reserved'") == [(20,)]

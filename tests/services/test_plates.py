"""Orders of missing plates, and their print read back."""

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook

from address_service.errors import Conflict, InvalidInput
from address_service.jobs.fonts import load_fonts
from address_service.model.plates import BatchStage
from address_service.services.approve_addresses import approve_addresses
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.order_plates import order_plates
from address_service.services.plan_numbering import plan_numbering
from address_service.services.print_batch import print_batch
from address_service.store.addresses import Scope
from address_service.store.files import FileStore
from address_service.store.work import Work

VILLAGE = "430626113208"


def approved_group(
    work: Work, approver: Work, town: Any, states: list[str | None], name: str = "12组"
) -> UUID:
    """A group of current addresses; each house's surveyed plate is as listed, None for no survey."""
    group: UUID = town.place("group", name, 12)
    for n, state in enumerate(states, start=1):
        house = town.house(str(n), n * 25, 12, group)
        if state:
            town.existing(house, group, n, state)
    commit_numbering_plan(work, plan_numbering(work, group).id)
    approve_addresses(approver, Scope(village_code=VILLAGE), "示例〔2026〕5号", date(2026, 3, 2))
    return group


def test_only_missing_plates_are_ordered(work: Work, approver: Work, town: Any) -> None:
    approved_group(work, approver, town, ["good", "damaged", "none", "unreadable", None])

    batch_id = order_plates(work, "small", village_code=VILLAGE)

    assert len(work.plates.printed(batch_id)) == 4
    assert "1号" not in [p.number_text for p in work.plates.printed(batch_id)]


def test_a_second_order_finds_nothing_missing(work: Work, approver: Work, town: Any) -> None:
    approved_group(work, approver, town, [None, None])
    order_plates(work, "small", village_code=VILLAGE)

    with pytest.raises(Conflict) as caught:
        order_plates(work, "small", village_code=VILLAGE)

    assert caught.value.code == "no-plates-needed"


def test_drafts_get_no_plate(work: Work, town: Any) -> None:
    group = town.place("group", "12组", 12)
    town.house("1", 20, 12, group)
    commit_numbering_plan(work, plan_numbering(work, group).id)

    with pytest.raises(Conflict):
        order_plates(work, "small", place_id=group)


def test_tokens_are_opaque_and_distinct(work: Work, approver: Work, town: Any) -> None:
    approved_group(work, approver, town, [None] * 5)
    plates = work.plates.printed(order_plates(work, "small", village_code=VILLAGE))

    assert len({p.token for p in plates}) == 5
    assert all(len(p.token) == 16 and p.code not in p.token for p in plates)


def test_a_batch_prints_its_three_files(work: Work, approver: Work, town: Any, tmp_path: Path) -> None:
    approved_group(work, approver, town, [None] * 3)
    batch_id = order_plates(work, "small", village_code=VILLAGE)
    files = FileStore(tmp_path)

    stage = print_batch(work, files, load_fonts(), "http://127.0.0.1:8000", batch_id)

    batch = work.plates.batch(batch_id)
    assert (stage, batch["stage"], batch["preflight"]) == (BatchStage.PRINTED, "printed", [])
    sheet = load_workbook(BytesIO(files.get_plates(batch["batch_no"], "list.xlsx").read_bytes())).worksheets[
        0
    ]
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    assert all(p.code in cells for p in work.plates.printed(batch_id))


def test_printing_twice_gives_the_same_bytes(work: Work, approver: Work, town: Any, tmp_path: Path) -> None:
    approved_group(work, approver, town, [None] * 3)
    batch_id = order_plates(work, "small", village_code=VILLAGE)
    files = FileStore(tmp_path)
    print_batch(work, files, load_fonts(), "http://127.0.0.1:8000", batch_id)
    before = work.plates.batch(batch_id)["files"]

    print_batch(work, files, load_fonts(), "http://127.0.0.1:8000", batch_id)

    assert work.plates.batch(batch_id)["files"] == before


def test_a_name_with_a_character_no_font_has_is_refused_by_name(
    work: Work, approver: Work, town: Any, tmp_path: Path
) -> None:
    approved_group(work, approver, town, [None], name="\U00031abc组")
    batch_id = order_plates(work, "small", village_code=VILLAGE)

    stage = print_batch(work, FileStore(tmp_path), load_fonts(), "http://127.0.0.1:8000", batch_id)

    assert stage is BatchStage.FAILED
    assert "U+31ABC" in work.plates.batch(batch_id)["preflight"][0]["message"]
    assert not list(tmp_path.rglob("*.pdf"))
    assert len(work.plates.doors_without_plate("small", VILLAGE, None)) == 1


def test_an_unknown_profile_is_refused(work: Work, town: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        order_plates(work, "巨型", village_code=VILLAGE)

    assert caught.value.code == "plate-profile-unknown"


def test_the_plate_reads_as_the_full_text_does(work: Work, approver: Work, town: Any) -> None:
    group = town.place("group", "12组", 12)
    for n in range(1, 3):
        town.house(str(n), n * 25, 12, group)
    house = town.house("3", 75, 12, group)
    town.existing(house, group, 7)
    town.run("UPDATE existing_address SET sub = 1, plate_state = 'none' WHERE county_code = :c")
    plan = plan_numbering(work, group, "dash", {"sub_style": "dash"})
    commit_numbering_plan(work, plan.id)
    approve_addresses(approver, Scope(village_code=VILLAGE), "示例〔2026〕5号", date(2026, 3, 2))

    plates = work.plates.printed(order_plates(work, "small", village_code=VILLAGE))

    assert "7-1号" in [p.number_text for p in plates]
    assert all(p.full_text.endswith(p.number_text) for p in plates)


def test_padded_numbers_read_alike_in_text_and_on_the_plate(work: Work, approver: Work, town: Any) -> None:
    group = town.place("group", "12组", 12)
    town.house("1", 25, 12, group)
    commit_numbering_plan(work, plan_numbering(work, group, overrides={"zero_pad": 3}).id)
    approve_addresses(approver, Scope(village_code=VILLAGE), "示例〔2026〕5号", date(2026, 3, 2))

    (plate,) = work.plates.printed(order_plates(work, "small", village_code=VILLAGE))

    assert plate.number_text == "001号"
    assert plate.full_text.endswith("12组001号")

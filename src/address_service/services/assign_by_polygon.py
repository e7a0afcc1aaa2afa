"""Membership by polygon: a house belongs to the one group or hamlet that holds it, and nearest is never asked."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from address_service.services.import_task import ImportTask
from address_service.store.memberships import MemberChange


def assign_by_polygon(task: ImportTask, division_ids: Sequence[UUID]) -> None:
    """Assign the houses of these villages; what the polygons do not settle is reported.

    What a column, a list or a person said stays, and where an address stands.
    """
    if not division_ids:
        return
    task.progress("按范围归组", 0, len(division_ids))
    change, open_ends = task.work.memberships.record_by_polygon(list(division_ids), task.day, task.work.today)
    if change.opened or change.moved:
        task.note(f"按范围归入：新归{change.opened}座，改归{change.moved}座")
    task.find_all(
        "in-several-places", (f"建筑{code}同在几个组的范围内，未归组" for code in open_ends.in_several)
    )
    task.find_all(
        "left-by-polygon", (f"建筑{code}已不在原组的范围内，仍归原组" for code in open_ends.in_none_now)
    )
    report_stayed(task, change)


def report_stayed(task: ImportTask, change: MemberChange, rows: Mapping[UUID, int] | None = None) -> None:
    """Report the houses that stay where their address is; ``rows`` are those of the file that name them."""
    for building_id, code in change.addressed.items():
        text = f"建筑{code}已有地址，改归须先改号"
        task.find("has-address", text, (rows or {}).get(building_id))

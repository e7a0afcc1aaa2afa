"""Use-case: a page of what a merger or split does to things of one kind."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from address_service.services.draw_merger import known_choices, redraft
from address_service.services.merger_lines import MergerDraft, part_of
from address_service.store.merger_hangers import Wanted
from address_service.store.merger_plans import DivisionChangeHead
from address_service.store.merger_situation import MergerReader
from address_service.store.work import Work

ItemSubject = Literal[
    "places",
    "addresses",
    "buildings",
    "parcels",
    "lanes",
    "numbers",
    "plates",
    "reservations",
    "construction_plans",
    "applications",
]
_RECORDED = {
    "places": "place",
    "addresses": "address",
    "buildings": "building",
    "parcels": "parcel",
    "lanes": "lane",
}
_FEATURES = ("buildings", "parcels", "lanes")


def list_merger_items(
    work: Work, plan: DivisionChangeHead, subject: ItemSubject, after: int, limit: int, tolerance_m: float
) -> list[dict[str, Any]]:
    """Rows with ``id``, ``label`` and, where something changes, ``before`` and ``after``.

    Of a draft as things stand now, of a committed plan as it was done.
    """
    reader = MergerReader(work.conn, work.county_code)
    if plan.stage == "committed":
        return _done(reader, plan, subject, after, limit)
    draft = redraft(work, plan, known_choices(work, plan.id), tolerance_m)
    if subject == "places":
        return _places(draft)[after : after + limit]
    if subject == "addresses":
        return [_address(draft, i) for i in range(after, min(after + limit, len(draft.lines)))]
    return [_row(row) for row in reader.hangers.page(subject, _wanted(draft, subject), after, limit)]


def _done(
    reader: MergerReader, plan: DivisionChangeHead, subject: ItemSubject, after: int, limit: int
) -> list[dict[str, Any]]:
    if subject in ("places", "addresses"):
        items = reader.items(plan.id, _RECORDED[subject])[after : after + limit]
        return [_recorded(item) for item in items]
    things: Sequence[UUID] = ()
    if subject in _FEATURES:
        things = [item["subject_id"] for item in reader.items(plan.id, _RECORDED[subject])]
    places = [item["subject_id"] for item in reader.items(plan.id, "place")]
    return [_row(row) for row in reader.hangers.page(subject, Wanted((), places, things), after, limit)]


def _wanted(draft: MergerDraft, subject: str) -> Wanted:
    standing = draft.standing
    places = draft.affected_place_ids
    if standing.asked.kind == "merge":
        return Wanted(standing.asked.ends, places)
    things = standing.reader.hangers.part(part_of(draft), _RECORDED[subject]) if subject in _FEATURES else ()
    return Wanted((), places, things)


def _places(draft: MergerDraft) -> list[dict[str, Any]]:
    village = draft.standing.target.name
    return [
        {
            "id": fate.place.id,
            "label": fate.place.name,
            "before": f"{fate.place.village}{fate.place.outer}{fate.place.own}",
            "after": f"{village}{fate.reads}",
            "state": "joined" if fate.into else "moved" if fate.place.moves else "renamed",
        }
        for fate in draft.affected
    ]


def _address(draft: MergerDraft, index: int) -> dict[str, Any]:
    line = draft.lines[index]
    return {
        "id": line.address.id,
        "label": line.address.code,
        "before": line.address.full_text,
        "after": line.new_text,
        "state": line.address.stage,
    }


def _recorded(item: Mapping[str, Any]) -> dict[str, Any]:
    before, after = item["before"], item["after"]
    return {
        "id": item["subject_id"],
        "label": before.get("code") or before.get("name") or "",
        "before": before.get("text") or f"{before.get('outer', '')}{before.get('name', '')}",
        "after": after.get("text") or f"{after.get('outer', '')}{after.get('name', '')}",
        "state": "joined" if after.get("into") else "created" if after.get("created") else "moved",
    }


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": row["id"], "label": row["label"], "before": None, "after": None, "state": row["state"]}

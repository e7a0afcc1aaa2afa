"""The dry run of an act on a division or a name: it is carried out, looked at, and taken back."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from address_service.coding.divisions.name_report import Named, clashes
from address_service.model.division_acts import DivisionActKind, DivisionActRequest
from address_service.model.places import PlaceKind
from address_service.services.division_act import Act
from address_service.services.division_act_ground import ActGround, hold_ground
from address_service.services.division_act_steps import Done, carry_out, given
from address_service.store.name_circles import group_names, street_names, village_names
from address_service.store.place_context import load_place_context
from address_service.store.work import Work

_Called = Mapping[UUID, Mapping[str, str]]
_CLASHES_SHOWN = 50


def preview_division_act(
    work: Work, asked: DivisionActRequest, act: Act, ground: ActGround
) -> tuple[UUID, dict[str, Any]]:
    """The digest of what stands there, and what the act would change; nothing of it is kept.

    Raises as the act itself would: whoever draws it hears at once what stands in its way.
    """
    with work.taken_back():
        seen = hold_ground(work, ground)
        before = _called(work, asked, act, ground.division_ids)
        done = carry_out(work, asked, act)
        made = {done.made_id} if done.made_id else set()
        after = _called(work, asked, act, ground.division_ids | made)
        return seen, _summary(work, asked, act, done, before, after)


def _called(
    work: Work, asked: DivisionActRequest, act: Act, division_ids: Collection[UUID]
) -> dict[UUID, dict[str, str]]:
    """What is called how on the day."""
    if asked.kind is DivisionActKind.RENAME_PLACE:
        place_id = given(asked.place_id, "地名")
        place = load_place_context(work.conn, work.county_code, place_id, act.effective_on)
        return {place_id: {"code": place.code_prefix, "name": place.name, "kind": place.kind}}
    found = (work.divisions.find_by_id(key, act.effective_on) for key in division_ids)
    return {one.id: {"code": one.code_nbs, "name": one.name, "kind": one.kind} for one in found if one}


def _summary(
    work: Work, asked: DivisionActRequest, act: Act, done: Done, before: _Called, after: _Called
) -> dict[str, Any]:
    changes: list[dict[str, Any]] = [
        {"id": str(key), "before": before.get(key), "after": after.get(key)}
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    ]
    named = {one["after"]["code"] for one in changes if one["after"]}
    return {
        "addresses": done.reread.addresses,
        "in_force": done.reread.in_force,
        "plates": done.reread.plates,
        "changes": changes,
        "name_clashes": _clashes(work, asked, act, named, after),
    }


def _clashes(
    work: Work, asked: DivisionActRequest, act: Act, codes: Collection[str], after: _Called
) -> list[dict[str, Any]]:
    """For what the new name is taken in its circle: a warning, as two towns may have a village of one name."""
    if not codes:
        return []
    found = clashes(_circle(work, asked, act, after))
    hit = [clash for clash in found if any(name.id in codes for name in clash.names)]
    return [asdict(clash) for clash in hit[:_CLASHES_SHOWN]]


def _circle(work: Work, asked: DivisionActRequest, act: Act, after: _Called) -> list[Named]:
    read = village_names
    if asked.kind is DivisionActKind.RENAME_PLACE:
        kinds = {one["kind"] for one in after.values()}
        read = street_names if PlaceKind.STREET in kinds else group_names
    return read(work.conn, work.county_code, act.effective_on)
